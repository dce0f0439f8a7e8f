"""The filters of the lists of cases and referrals: one FilterSet each for pages, desk and API."""

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.campaigns.models import Campaign
from backend.examples.filters import campaigns, core_tasks
from backend.examples.models import Flag
from backend.examples.search import matching
from backend.organisations.filters import (
    KeyFilter,
    MonthFilter,
    OrganisationFilterSet,
    QueryFilter,
    UniqueOrdering,
    own_organisations,
)
from backend.organisations.permissions import moment
from backend.registry.models import Area, Body, Cause, Law, OrganisationArea, RuleLevel

from .lifecycle import CASE_OUTCOMES, OPEN_REFERRALS, Outcome, ReferralStatus, Status
from .models import Case, CaseCause, CaseLaw, FormTable, ReallyLaw, Referral, Reply, Visibility

OUTCOMES = [(outcome.value, outcome.label) for outcome in CASE_OUTCOMES]
# What the public sees of a referral begins when it is sent; a cancelled one was never an answer.
SHOWN_REFERRALS = [*OPEN_REFERRALS, ReferralStatus.ANSWERED, ReferralStatus.RETURNED]


def bodies(filters):
    """Bodies to choose between: national ones and the organisations' own."""
    return (
        Body.objects.filter(Q(organisation=None) | Q(organisation__in=filters.organisations()))
        .receivers()
        .with_names()
    )


def public_campaigns(filters):
    """Campaigns that the public knows of."""
    return Campaign.objects.published().filter(organisation__in=filters.organisations())


class CasesFilter(OrganisationFilterSet):
    """What the public list and the desk's list have in common."""

    q = QueryFilter(method="search")
    area = KeyFilter(label=_("Area"), offered=lambda filters: Area.objects.all(), lookup="area__key")
    core_task = KeyFilter(label=_("Core task"), offered=core_tasks, method="with_core_task")
    body = KeyFilter(label=_("Body"), offered=bodies, method="with_body")
    law = KeyFilter(label=_("Law"), offered=lambda filters: Law.objects.all(), method="with_law")
    published_from = MonthFilter(label=_("Published from"), field_name="published_date")
    published_to = MonthFilter(label=_("Published to"), field_name="published_date", is_end=True)

    asked = SHOWN_REFERRALS

    def search(self, queryset, name, value):
        return matching(queryset, value)

    def with_core_task(self, queryset, name, value):
        derived = OrganisationArea.objects.filter(
            organisation=OuterRef("organisation"), area=OuterRef("area"), core_task__key=value.key
        )
        return queryset.filter(Q(core_task__key=value.key) | Q(Exists(derived), core_task=None))

    def with_body(self, queryset, name, value):
        asked = Referral.objects.filter(case=OuterRef("pk"), body__key=value.key, status__in=self.asked)
        return queryset.filter(Exists(asked))

    def with_law(self, queryset, name, value):
        return queryset.filter(Exists(CaseLaw.objects.filter(case=OuterRef("pk"), law=value)))


class PublicCaseFilter(CasesFilter):
    """The published cases, for the public list, its feed, open data and API."""

    campaign = KeyFilter(label=_("Campaign"), offered=public_campaigns, key="slug", lookup="campaign__slug")
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Status.choices)
    outcome = django_filters.ChoiceFilter(label=_("Outcome"), choices=OUTCOMES)
    ordering = UniqueOrdering(
        orders={
            "-published": (_("Newest first"), ["-published_date"]),
            "published": (_("Oldest first"), ["published_date"]),
            "title": (_("Title"), ["title"]),
        }
    )

    class Meta:
        model = Case
        fields = []


class CaseFilter(CasesFilter):
    """The desk's list of cases. The queryset given decides what may be seen."""

    organisation = KeyFilter(label=_("Organisation"), offered=own_organisations, lookup="organisation__key")
    campaign = KeyFilter(label=_("Campaign"), offered=campaigns, key="slug", lookup="campaign__slug")
    status = django_filters.MultipleChoiceFilter(label=_("Status"), choices=Status.choices)
    outcome = django_filters.MultipleChoiceFilter(label=_("Outcome"), choices=OUTCOMES)
    visibility = django_filters.ChoiceFilter(label=_("Visible to"), choices=Visibility.choices)
    table = django_filters.TypedChoiceFilter(
        label=_("Table"), choices=FormTable.choices, coerce=int, empty_value=None
    )
    rule_level = KeyFilter(
        label=_("Rule level"), offered=lambda filters: RuleLevel.objects.all(), lookup="rule_level__key"
    )
    cause = KeyFilter(label=_("Cause"), offered=lambda filters: Cause.objects.all(), method="with_cause")
    really_law = django_filters.ChoiceFilter(label=_("Is it really the law?"), choices=ReallyLaw.choices)
    flag = django_filters.ChoiceFilter(label=_("Flag"), choices=Flag.choices)
    created_from = MonthFilter(label=_("Made from"), field_name="created_date")
    created_to = MonthFilter(label=_("Made to"), field_name="created_date", is_end=True)
    merged = django_filters.BooleanFilter(label=_("Merged into another"), method="only_merged")
    ordering = UniqueOrdering(
        orders={
            "-created": (_("Newest first"), ["-created_date"]),
            "created": (_("Oldest first"), ["created_date"]),
            "title": (_("Title"), ["title"]),
            "status": (_("Status"), ["status", "-created_date"]),
            "-published": (_("Published"), ["-published_date"]),
        }
    )

    asked = [status for status in ReferralStatus if status != ReferralStatus.CANCELLED]

    class Meta:
        model = Case
        fields = []

    def with_cause(self, queryset, name, value):
        return queryset.filter(Exists(CaseCause.objects.filter(case=OuterRef("pk"), cause=value)))

    def only_merged(self, queryset, name, value):
        return queryset.exclude(merged_into=None) if value else queryset.filter(merged_into=None)


class ReferralFilter(OrganisationFilterSet):
    """The desk's list of referrals. The queryset given decides what may be seen."""

    organisation = KeyFilter(
        label=_("Organisation"), offered=own_organisations, lookup="case__organisation__key"
    )
    campaign = KeyFilter(label=_("Campaign"), offered=campaigns, key="slug", lookup="case__campaign__slug")
    case = django_filters.CharFilter(label=_("Case"), field_name="case__reference", max_length=20)
    body = KeyFilter(label=_("Body"), offered=bodies, lookup="body__key")
    status = django_filters.MultipleChoiceFilter(label=_("Status"), choices=ReferralStatus.choices)
    answer = django_filters.ChoiceFilter(label=_("Answer"), choices=Outcome.choices, method="with_answer")
    overdue = django_filters.BooleanFilter(label=_("Late"), method="only_overdue")
    sent_from = MonthFilter(label=_("Sent from"), field_name="sent_date")
    sent_to = MonthFilter(label=_("Sent to"), field_name="sent_date", is_end=True)
    ordering = UniqueOrdering(
        orders={
            "-sent": (_("Newest first"), ["-sent_date"]),
            "sent": (_("Oldest first"), ["sent_date"]),
            "due": (_("Deadline"), ["due_at"]),
        },
        last="pk",
    )

    class Meta:
        model = Referral
        fields = []

    def with_answer(self, queryset, name, value):
        return queryset.filter(Exists(Reply.objects.filter(referral=OuterRef("pk"), answer=value)))

    def only_overdue(self, queryset, name, value):
        late = queryset.overdue(at=moment(None))
        return late if value else queryset.exclude(pk__in=late.order_by().values("pk"))


class ReplyFilter(OrganisationFilterSet):
    """The desk's list of answers. The queryset given decides what may be seen."""

    organisation = KeyFilter(
        label=_("Organisation"), offered=own_organisations, lookup="referral__case__organisation__key"
    )
    case = django_filters.CharFilter(label=_("Case"), field_name="referral__case__reference", max_length=20)
    body = KeyFilter(label=_("Body"), offered=bodies, lookup="referral__body__key")
    answer = django_filters.MultipleChoiceFilter(label=_("Answer"), choices=Outcome.choices)
    waiting = django_filters.BooleanFilter(label=_("Wait to be released"), method="only_waiting")
    held = django_filters.BooleanFilter(label=_("Held back"), method="only_held")
    ordering = UniqueOrdering(
        orders={
            "received": (_("Oldest first"), ["received_date"]),
            "-received": (_("Newest first"), ["-received_date"]),
        },
        last="pk",
    )

    class Meta:
        model = Reply
        fields = []

    def only_waiting(self, queryset, name, value):
        waiting = queryset.waiting()
        return waiting if value else queryset.exclude(pk__in=waiting.order_by().values("pk"))

    def only_held(self, queryset, name, value):
        held = Q(held_until__gt=timezone.localdate())
        return queryset.filter(held) if value else queryset.exclude(held)
