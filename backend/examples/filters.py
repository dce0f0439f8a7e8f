"""The filters of the list of examples: one FilterSet for desk and API."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.campaigns.models import Campaign
from backend.organisations.filters import (
    KeyFilter,
    MonthFilter,
    OrganisationFilterSet,
    QueryFilter,
    UniqueOrdering,
    own_organisations,
)
from backend.organisations.permissions import moment
from backend.registry.models import Area, CoreTask

from .lifecycle import Status
from .models import Audience, Example, Flag, SetAsideReason
from .search import matching

MATERIALS = {
    "worklist": _("What the secretariat must read"),
    "camp": _("Camp material"),
    "quarantined": _("Set aside by the flood guard"),
}


def campaigns(filters):
    """Campaigns to choose between."""
    return Campaign.objects.filter(organisation__in=filters.organisations())


def core_tasks(filters):
    """Core tasks to choose between."""
    return CoreTask.objects.filter(organisation__in=filters.organisations()).prefetch_related("names")


class ExampleFilter(OrganisationFilterSet):
    """The coordinator's list. The queryset given decides what may be seen."""

    q = QueryFilter(method="search")
    organisation = KeyFilter(label=_("Organisation"), offered=own_organisations, lookup="organisation__key")
    campaign = KeyFilter(label=_("Campaign"), offered=campaigns, key="slug", lookup="campaign__slug")
    status = django_filters.MultipleChoiceFilter(label=_("Status"), choices=Status.choices)
    area = KeyFilter(label=_("Area"), offered=lambda filters: Area.objects.all(), lookup="area__key")
    core_task = KeyFilter(label=_("Core task"), offered=core_tasks, lookup="core_task__key")
    submitted_from = MonthFilter(label=_("From"), field_name="submitted_date")
    submitted_to = MonthFilter(label=_("To"), field_name="submitted_date", is_end=True)
    material = django_filters.ChoiceFilter(
        label=_("Material"), choices=list(MATERIALS.items()), method="only_material"
    )
    overdue = django_filters.BooleanFilter(label=_("Past the reading term"), method="only_overdue")
    audience = django_filters.ChoiceFilter(label=_("May be seen by"), choices=Audience.choices)
    flag = django_filters.ChoiceFilter(label=_("Flag"), choices=Flag.choices)
    set_aside_reason = django_filters.ChoiceFilter(
        label=_("Set aside because"), choices=SetAsideReason.choices
    )
    ordering = UniqueOrdering(
        orders={
            "-submitted": (_("Newest first"), ["-submitted_date"]),
            "submitted": (_("Oldest first"), ["submitted_date"]),
            "status": (_("Status"), ["status", "-submitted_date"]),
            "area": (_("Area"), ["area__position", "-submitted_date"]),
        }
    )

    class Meta:
        model = Example
        fields = []

    def search(self, queryset, name, value):
        return matching(queryset, value)

    def only_material(self, queryset, name, value):
        if value == "worklist":
            return queryset.in_worklists()
        if value == "camp":
            return queryset.exclude(batch=None)
        return queryset.filter(is_quarantined=True)

    def only_overdue(self, queryset, name, value):
        late = Example.objects.filter(organisation__in=self.organisations()).overdue(at=moment(None))
        condition = Q(pk__in=late.order_by().values("pk"))
        return queryset.filter(condition if value else ~condition)
