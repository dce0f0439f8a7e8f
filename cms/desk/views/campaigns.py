"""The ways in to a campaign besides its page: the short address, the poster, and the form on paper."""

import datetime
import secrets

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.campaigns.links import short_code
from backend.campaigns.models import Campaign
from backend.examples.actions import CampaignNotOpen, submit_example
from backend.examples.idempotency import OtherBody
from backend.examples.references import ALPHABET
from backend.examples.validation import InvalidInput
from backend.organisations.addresses import address_of
from backend.organisations.permissions import can, organisations_where
from cms.desk.access import desk_view, forget_draft
from cms.desk.forms.campaigns import PaperForm
from cms.desk.views.listing import page_of
from cms.submit.forms import fresh_key
from exports.prints.paper_form import MOST_COPIES, paper_form
from exports.prints.poster import poster


def short_address(campaign):
    """The address that stands on everything printed."""
    return address_of(campaign.organisation, f"/k/{short_code(campaign)}/")


def campaign_or_404(request, key, permission):
    """The campaign `key` of an organisation where the user holds `permission`."""
    found = Campaign.objects.published().filter(
        pk=key, organisation__in=organisations_where(request.user, permission)
    )
    campaign = found.select_related("organisation").first()
    if campaign is None:
        raise Http404
    return campaign


@desk_view("campaign.edit")
def campaigns(request):
    """The published campaigns with their address, poster and paper form."""
    found = (
        Campaign.objects.published()
        .filter(organisation__in=organisations_where(request.user, "campaign.edit"))
        .select_related("organisation")
        .order_by("-opens_date", "slug", "pk")
    )
    page, now = page_of(request, found), timezone.now()
    for campaign in page:
        campaign.short_address = short_address(campaign)
        campaign.state_now = campaign.state(at=now)
        campaign.may_type = can(request.user, "example.move", campaign.organisation_id)
    context = {
        "title": _("Ways in"),
        "page": page,
        "copies": MOST_COPIES,
        "empty": _("No campaign has been published yet. When one is, its poster and paper form are here."),
    }
    return render(request, "desk/campaigns/list.html", context)


@desk_view("campaign.edit")
def campaign_poster(request, key):
    """The poster as a PDF."""
    campaign = campaign_or_404(request, key, "campaign.edit")
    return pdf_answer(poster(campaign, short_address(campaign)), f"plakat-{campaign.slug}.pdf")


@desk_view("campaign.edit")
def campaign_paper(request, key):
    """The paper form as a PDF, in as many copies as `?antal=` says; each pair of form and slip has its own number."""
    campaign = campaign_or_404(request, key, "campaign.edit")
    asked = request.GET.get("antal", "")
    copies = min(int(asked), MOST_COPIES) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    numbers = ["".join(secrets.choice(ALPHABET) for _ in range(5)) for _copy in range(max(copies, 1))]
    return pdf_answer(paper_form(campaign, short_address(campaign), numbers), f"papir-{campaign.slug}.pdf")


def pdf_answer(data, name):
    """A PDF to save or print."""
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@desk_view("example.move", methods=["GET", "HEAD", "POST"])
def type_in(request, key):
    """Type a paper form in for its writer; the answer is the slip with the code, kept nowhere."""
    campaign = campaign_or_404(request, key, "example.move")
    initial = {"key": fresh_key()}
    form = PaperForm(request.POST or None, question=campaign.asks, initial=initial)
    draft_name = f"paper:{campaign.pk}"
    if request.method == "POST" and form.is_valid():
        received = datetime.datetime.combine(form.cleaned_data["received_date"], datetime.time(12))
        try:
            receipt = submit_example(
                campaign=campaign,
                submission=form.submission(),
                source="paper",
                idempotency_key=form.cleaned_data["key"] or None,
                by=request.user,
                at=timezone.make_aware(received),
            )
        except InvalidInput as invalid:
            form.add_invalid(invalid)
        except OtherBody:
            form.add_error(None, _("This form has been sent once already, with another text."))
        except CampaignNotOpen:
            form.add_error("received_date", _("The campaign was not open on that day."))
        else:
            forget_draft(request, draft_name)
            context = {
                "title": _("The slip"),
                "campaign": campaign,
                "receipt": receipt,
                "words": receipt.tracking_code.split(),
                "number": form.cleaned_data["number"],
                "tracking_address": address_of(campaign.organisation, "/spor/"),
            }
            response = render(request, "desk/campaigns/slip.html", context)
            response.headers["Cache-Control"] = "no-store"
            return response
    context = {
        "title": _("Type in a paper form"),
        "campaign": campaign,
        "form": form,
        "draft_name": draft_name,
    }
    return render(request, "desk/campaigns/type_in.html", context, status=422 if form.errors else 200)
