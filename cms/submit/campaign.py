"""The campaign's page: its form, the answer to a submission, and what it says when it is not open."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backend.cases.actions import submit_example_of
from backend.cases.queries import public_case
from backend.examples.actions import CampaignNotOpen
from backend.examples.hours import periods_a_year
from backend.examples.idempotency import OtherBody
from backend.examples.models import Example
from backend.examples.throttle import admit
from backend.examples.validation import InvalidInput
from backend.language import is_english
from cms.submit.campaign_form import INSTEAD, CampaignForm
from cms.submit.forms import fresh_key

# What each choice means for the answer, and what it cannot promise.
AUDIENCE_HINTS = {
    "public": _("Your example may become a case on this site. It carries the most weight."),
    "bodies": _("It may be sent to a committee, a board or a ministry, but is not shown here."),
    "secretariat": _("It is not sent on and not shown. It counts, but nobody else can act on it."),
}


@dataclass(frozen=True)
class Notice:
    """Why a submission was not taken, when no field is wrong."""

    heading: str
    text: str


USUAL_QUESTION = _("What gets in the way of your work?")
LONGEST_KEY = 200
# What is no answer of the writer's own.
NOT_WORDS = ("key", "seen", "same_as", "files")
CRUSH = Notice(
    _("There is a crush right now"),
    _("Nothing has been sent yet. What you wrote is still here: wait a minute and press Send again."),
)
SENT_BEFORE = Notice(
    _("You have already sent an example from this page"),
    _("Press Send once more to send what stands here now as a new example."),
)


def answer(request, page):
    """The page for a GET; for a POST the receipt, or the form again with everything that was typed."""
    campaign = page.as_draft() if is_preview(request) else page.campaign
    if campaign is None:
        raise Http404
    if request.method == "POST":
        return receive(request, page, campaign)
    is_open = state_of(request, campaign) == "open"
    initial = {"key": fresh_key(), "same_as": request.GET.get("ligesom", "")}
    form = CampaignForm(question=question_of(campaign), initial=initial) if is_open else None
    return show(request, page, campaign, form=form)


def question_of(campaign):
    """The question in the visitor's language: the usual one is ours to translate, an editor's own stays Danish."""
    if not is_english():
        return campaign.asks
    with translation.override(settings.LANGUAGE_CODE):
        is_usual = campaign.asks == USUAL_QUESTION
    return str(USUAL_QUESTION) if is_usual else format_html('<span lang="da">{}</span>', campaign.asks)


def state_of(request, campaign):
    """The campaign's state; an editor's preview shows it as it will be when open."""
    return "open" if is_preview(request) else campaign.state(at=timezone.now())


def is_preview(request):
    """Whether an editor looks at a draft."""
    return getattr(request, "is_preview", False)


def show(request, page, campaign, *, form=None, status=200, **extra):
    """Render the page. A form is never kept in a cache: it carries a key of its own."""
    context = page.get_context(request) | {
        "campaign": campaign,
        "organisation": campaign.organisation,
        "state": state_of(request, campaign),
        "address": reverse("campaign_page", args=[page.slug]),
        "form": form,
        "audience_hints": AUDIENCE_HINTS,
        "instead": INSTEAD,
        "same_case": public_case(campaign.organisation, form["same_as"].value()) if form else None,
        "periods_a_year": json.dumps(periods_a_year(**campaign.organisation.periods())),
        **extra,
    }
    response = TemplateResponse(request, page.template, context, status=status)
    if form is not None or status != 200:
        response.headers["Cache-Control"] = "no-store"
    return response


def receive(request, page, campaign):
    """Take a submission. Nothing that was typed is lost, whatever happens."""
    form = CampaignForm(request.POST, request.FILES, question=question_of(campaign))
    passage = admit("submit", request, subject=campaign.pk)
    retry_after = passage.retry_after or (form.had_files and admit("attach", request).retry_after)
    if retry_after:
        response = show(request, page, campaign, form=form, status=429, notice=CRUSH)
        response.headers["Retry-After"] = str(retry_after)
        return response
    if form.leads_to:
        form.errors.clear()  # it is not sent, so nothing need be mended
        return show(request, page, campaign, form=form, leads_to=form.leads_to)
    if state_of(request, campaign) != "open":
        return show(request, page, campaign, kept=typed(form), status=409)
    is_whole = form.check_all()
    if is_whole and ("look" in request.POST or form.must_look()):
        return show(request, page, campaign, form=changed(form, seen=len(form.hints)), look=form.look())
    files = form.clean_files_now()
    if form.errors:
        return show(request, page, campaign, form=form, status=422)
    try:
        # A case that has been hidden meanwhile never stops a sending.
        case = public_case(campaign.organisation, form.cleaned_data["same_as"])
        receipt = submit_example_of(
            case=case,
            campaign=campaign,
            submission=form.submission(),
            files=files,
            idempotency_key=form.cleaned_data["key"][:LONGEST_KEY] or None,
            is_quarantined=passage.is_quarantined,
        )
    except InvalidInput as invalid:
        form.add_invalid(invalid)
        return show(request, page, campaign, form=form, status=422)
    except OtherBody:
        return show(
            request, page, campaign, form=changed(form, key=fresh_key()), status=409, notice=SENT_BEFORE
        )
    except CampaignNotOpen:
        return show(request, page, campaign, kept=typed(form), status=409)
    return show_receipt(request, page, campaign, receipt, case)


def changed(form, **values):
    """The same form as typed, but for some hidden fields."""
    data = form.data.copy()
    for name, value in values.items():
        data[name] = str(value)
    return CampaignForm(data, form.files, question=form.fields["problem"].label)


def typed(form):
    """The text fields that hold something, for the writer to copy."""
    return [
        bound
        for bound in form
        if bound.name not in NOT_WORDS and bound.name in form.changed_data and bound.value()
    ]


def show_receipt(request, page, campaign, receipt, case):
    """The receipt: the answer to the POST, kept nowhere."""
    example = Example.objects.select_related("campaign").get(reference=receipt.reference)
    response = TemplateResponse(
        request,
        "submit/receipt.html",
        {
            "page": page,
            "campaign": campaign,
            "same_case": case,
            "reference": receipt.reference,
            "code": receipt.tracking_code,
            "warnings": receipt.warnings,
            "received": example.submitted_date,
            "read_by": example.read_by_date(),
            "tracking_address": request.build_absolute_uri(reverse("track")),
        },
    )
    response.headers["Cache-Control"] = "no-store"
    return response
