"""The parts that the lists' filters are made of: keys instead of row numbers, months, an order that never ties."""

import datetime
import re

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Organisation
from .permissions import organisations_where

MONTH = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])\Z")
LONGEST_QUERY = 200


class OrganisationFilterSet(django_filters.FilterSet):
    """A FilterSet whose choices are those of some organisations; what may be seen is decided by the queryset given.

    `organisation`: offer this one's campaigns, bodies and core tasks (public lists); else all the user's.
    """

    def __init__(self, data=None, queryset=None, *, organisation=None, request=None, prefix=None):
        self.organisation = organisation
        super().__init__(data, queryset, request=request, prefix=prefix)

    def organisations(self):
        """Ids or rows for `organisation__in`: whose things the choices offer."""
        if self.organisation is not None:
            return [self.organisation]
        return organisations_where(self.request.user if self.request else None)


class KeyField(django_filters.fields.ModelChoiceField):
    """A choice by stable key. The same key may stand in two organisations: the first one speaks for it."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        text = str(value)
        found = None
        if text.isprintable():
            found = self.queryset.filter(**{self.to_field_name: text}).first()
        if found is None:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": ""}
            )
        return found


class KeyFilter(django_filters.ModelChoiceFilter):
    """Filters by a related row's stable key; `offered` takes the FilterSet and returns what may be chosen.

    `lookup` says where the key stands seen from the list, for instance `area__key`.
    """

    field_class = KeyField

    def __init__(self, *args, offered, lookup=None, key="key", **kwargs):
        self.offered, self.lookup, self.key = offered, lookup, key
        super().__init__(*args, queryset=None, to_field_name=key, **kwargs)

    def get_queryset(self, request):
        return self.offered(self.parent)

    def filter(self, qs, value):
        if value is None or value == "":
            return qs
        if self._method is not None:
            return super().filter(qs, value)
        return qs.filter(**{self.lookup: getattr(value, self.key)})


class MonthField(forms.CharField):
    """A month as `2026-11`: the first day of it."""

    widget = forms.DateInput(attrs={"type": "month"})

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        match = MONTH.match(text)
        if match is None:
            raise ValidationError(
                _("Write a month as year and month, such as 2026-11."), code="invalid_month"
            )
        return datetime.date(int(match[1]), int(match[2]), 1)

    def prepare_value(self, value):
        return f"{value:%Y-%m}" if isinstance(value, datetime.date) else value


class MonthFilter(django_filters.Filter):
    """From or up to and including a month. Dates outside the desk are months, never days."""

    field_class = MonthField

    def __init__(self, *args, is_end=False, **kwargs):
        self.is_end = is_end
        super().__init__(*args, **kwargs)

    def filter(self, qs, value):
        if value is None:
            return qs
        if not self.is_end:
            return qs.filter(**{f"{self.field_name}__gte": value})
        next_month = (
            (value.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) if value.year < 9999 else None
        )
        return qs.filter(**{f"{self.field_name}__lt": next_month}) if next_month else qs


class QueryFilter(django_filters.CharFilter):
    """The words that somebody looks for; `method` says how."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label", _("Search"))
        super().__init__(*args, max_length=LONGEST_QUERY, **kwargs)


class UniqueOrdering(django_filters.ChoiceFilter):
    """One way of ordering, always ended by a unique key, so that pages neither repeat nor miss a row.

    `orders` is {name: (label, [columns])}; `last` the unique column.
    """

    def __init__(self, *args, orders, last="reference", **kwargs):
        self.orders, self.last = orders, last
        kwargs.setdefault("label", _("Order"))
        super().__init__(
            *args, choices=[(name, label) for name, (label, _columns) in orders.items()], **kwargs
        )

    def filter(self, qs, value):
        if not value:
            return qs
        return qs.order_by(*self.orders[value][1], self.last)


def own_organisations(filters):
    """The organisations of the user, for staff lists that cover several."""
    return (
        Organisation.objects.filter(pk__in=filters.organisations())
        if filters.organisation is None
        else (Organisation.objects.filter(pk=filters.organisation.pk))
    )
