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
from backend.examples.actions import CampaignNotOpen
from backend.examples.hours import periods_a_year
from backend.examples.idempotency import OtherBody
from backend.examples.models import Example
from backend.examples.throttle import admit
from backend.examples.validation import InvalidInput, check_submission
from backend.language import is_english
from cms.submit.cases import published
from cms.submit.forms import ExampleForm, fresh_key

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
CRUSH = Notice(
    _("There is a crush right now"),
    _("Nothing has been sent yet. What you wrote is still here: wait a minute and press Send again."),
)
SENT_BEFORE = Notice(
    _("You have already sent an example from this page"),
    _("Since then you have changed the text. Press Send once more to send it as a new example."),
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
    form = ExampleForm(question=question_of(campaign), initial=initial) if is_open else None
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
        "same_case": same_case(campaign, form["same_as"].value()) if form else None,
        "periods_a_year": json.dumps(periods_a_year(**campaign.organisation.periods())),
        **extra,
    }
    response = TemplateResponse(request, page.template, context, status=status)
    if form is not None or status != 200:
        response.headers["Cache-Control"] = "no-store"
    return response


def receive(request, page, campaign):
    """Take a submission. Nothing that was typed is lost, whatever happens."""
    form = ExampleForm(request.POST, question=question_of(campaign))
    passage = admit("submit", request, subject=campaign.pk)
    if passage.retry_after:
        response = show(request, page, campaign, form=form, status=429, notice=CRUSH)
        response.headers["Retry-After"] = str(passage.retry_after)
        return response
    if not form.is_valid():
        add_what_else_is_wrong(form)
        return show(request, page, campaign, form=form, status=422)
    try:
        case = same_case(campaign, form.cleaned_data["same_as"])
        receipt = submit_example_of(
            case=case,
            campaign=campaign,
            submission=form.submission(),
            idempotency_key=form.cleaned_data["key"][:LONGEST_KEY] or None,
            is_quarantined=passage.is_quarantined,
        )
    except InvalidInput as invalid:
        form.add_invalid(invalid)
        return show(request, page, campaign, form=form, status=422)
    except OtherBody:
        return show(request, page, campaign, form=with_fresh_key(form), status=409, notice=SENT_BEFORE)
    except CampaignNotOpen:
        return show(request, page, campaign, kept=typed(form), status=409)
    return show_receipt(request, page, campaign, receipt, case)


def same_case(campaign, reference):
    """The published case that the writer says is the same, or None: one hidden meanwhile never stops a sending."""
    if not reference or not reference.isprintable():
        return None
    return published(campaign.organisation).filter(reference=reference[:20].upper()).first()


def add_what_else_is_wrong(form):
    """Every fault at once: what the form could not even parse, and what the shared validation says of the rest."""
    try:
        check_submission(form.submission())
    except InvalidInput as invalid:
        form.add_invalid(invalid)


def with_fresh_key(form):
    """The same form as typed, under a new key."""
    data = form.data.copy()
    data["key"] = fresh_key()
    return ExampleForm(data, question=form.fields["problem"].label)


def typed(form):
    """The text fields that hold something, for the writer to copy."""
    return [
        bound for bound in form if bound.name != "key" and bound.name in form.changed_data and bound.value()
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
            "words": receipt.tracking_code.split(),
            "warnings": receipt.warnings,
            "received": example.submitted_date,
            "read_by": example.read_by_date(),
            "tracking_address": request.build_absolute_uri(reverse("track")),
        },
    )
    response.headers["Cache-Control"] = "no-store"
    return response
