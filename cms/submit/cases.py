"""What is published: the list with its filters, a page per case, and «Det sker også hos mig»."""

from decimal import Decimal
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods

from backend.cases.actions import support_case
from backend.cases.answers import current_replies, days_late, name_now, shown_status, with_answers
from backend.cases.effects import documented_effect
from backend.cases.filters import PublicCaseFilter
from backend.cases.models import Case
from backend.cases.queries import shown, with_counts
from backend.cases.suggestions import core_task_of
from backend.cases.wordings import is_reworded
from backend.error_pages import error_page
from backend.examples.hours import hours_label
from backend.examples.throttle import admit
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import moment
from backend.registry.citations import read_names
from cms.pages.queries import surroundings
from cms.submit.case_filters import filter_groups, orders, typed_filters
from cms.submit.forms import SupportForm
from cms.submit.origin import public_form

PAGE_SIZE = 20
# Further than this nobody pages; counting on would cost more the more there is.
COUNTED = 2_000


class CappedPaginator(Paginator):
    """Counts no further than COUNTED, so that the first page takes the same time however much there is."""

    @cached_property
    def count(self):
        """How many there are, at most COUNTED."""
        return self.object_list.order_by().values("pk")[:COUNTED].count()

    @property
    def is_capped(self):
        """Whether there may be more than was counted."""
        return self.count == COUNTED


def published(organisation):
    """The organisation's published cases, newest first, each with its number of supports."""
    return with_counts(
        Case.objects.public()
        .filter(organisation=organisation)
        .select_related("area")
        .order_by("-published_date", "reference")
    )


def case_list(request, organisation):
    """Context of the list: one page of what the query asks for, and the filters as links."""
    query = request.GET.dict()
    wanted = {name: value for name, value in query.items() if name in PublicCaseFilter.base_filters and value}
    filters = PublicCaseFilter(wanted, published(organisation), organisation=organisation, request=request)
    # An address with a filter that is none shows what the other filters find, not an error.
    cases = filters.qs if filters.is_valid() else filters.queryset.none()
    page = CappedPaginator(cases, PAGE_SIZE).get_page(query.get("side"))
    for case in page.object_list:
        case.supports_shown = shown(case.support_count)
    return {
        "page_obj": page,
        "is_valid": filters.is_valid(),
        "wanted": wanted,
        "query": urlencode(sorted(wanted.items())),
        "filter_groups": filter_groups(organisation, wanted, most=COUNTED),
        "typed_filters": typed_filters(wanted),
        "orders": orders(wanted),
    }


def story(organisation, reference):
    """One published case with what its page tells, or 404: whatever is not published does not exist."""
    case = (
        with_answers(published(organisation))
        .filter(reference=reference)
        .select_related("area", "campaign__page", "core_task")
        .prefetch_related("case_laws__law")
        .first()
    )
    if case is None:
        raise Http404
    prefetch_related_objects(case.asked, "wordings")
    for referral in case.asked:
        tell(referral, organisation, at=moment(None))
        referral.is_reworded = is_reworded(referral)
    return case


def tell(referral, organisation, *, at):
    """Put what the outside may see on a referral, as `answers.shown_referrals` gives it."""
    referral.shown_replies = current_replies(referral)
    referral.shown_status = shown_status(referral)
    referral.name_now = name_now(referral.body, referral.body_name_then)
    referral.days_late = days_late(referral, at=at) if organisation.is_lateness_public else 0


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def case_page(request, reference):
    """The page of one published case; a POST is «Det sker også hos mig»."""
    organisation = surroundings(request).organisation
    passage = admit("support" if request.method == "POST" else "read", request, subject=reference.upper())
    if passage.retry_after:
        return error_page(request, 429, passage.retry_after)
    case = story(organisation, reference.upper())
    form = SupportForm(request.POST if request.method == "POST" else None)
    status, is_supported = 200, False
    if request.method == "POST":
        status, is_supported = take_support(case, form, is_quarantined=passage.is_quarantined)
    return TemplateResponse(
        request,
        "submit/case.html",
        {
            "case": case,
            "organisation": organisation,
            "core_task": core_task_of(case),
            "hours": hours_label(None if case.hours is None else Decimal(case.hours)),
            "supports": shown(case.support_count),
            "effect": documented_effect(case),
            "names": read_names(),
            "form": form,
            "is_supported": is_supported,
            "tell_address": tell_address(case, organisation),
        },
        status=status,
        headers={"Cache-Control": "no-store"} if request.method == "POST" else {"Cache-Control": "no-cache"},
    )


def tell_address(case, organisation):
    """Where somebody to whom it happens too may write about it: the case's campaign while it is open, else ""."""
    if case.campaign is None:
        return ""
    case.campaign.organisation = organisation  # known: not asked for once more
    page = getattr(case.campaign, "page", None)
    if page is None or not page.live or case.campaign.state(at=timezone.now()) != "open":
        return ""
    return reverse("campaign_page", args=[page.slug])


def take_support(case, form, *, is_quarantined):
    """Count one more to whom it happens. Returns the status and whether it was taken."""
    if not form.is_valid():
        return 422, False
    try:
        support_case(case=case, is_quarantined=is_quarantined, **form.cleaned_data)
    except InvalidInput as invalid:
        form.add_invalid(invalid)
        return 422, False
    return 200, True
