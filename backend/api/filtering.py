"""A FilterSet as documented query parameters, and lists as pages of it."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from ninja import Schema
from pydantic import Field, create_model

from backend.examples.validation import FieldError, InvalidInput, unknown_choice
from backend.organisations.filters import KeyFilter, MonthFilter, UniqueOrdering

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LARGEST_OFFSET = 10_000_000
# A parameter that is not sent. It is not typed as optional: `null` is no value that could be sent.
LEFT_OUT: Any = None

OrganisationKey = Annotated[
    str, Field(max_length=40, description="An organisation's key; overrules the host.")
]


class Page(Schema):
    """Which part of a list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT)
    offset: int = Field(0, ge=0, le=LARGEST_OFFSET)


class OfOrganisation(Schema):
    """Which organisation, where it is not the host's."""

    organisation: OrganisationKey = LEFT_OUT


class ListQuery(Page, OfOrganisation):
    """The parameters that every list of one organisation takes."""


def query_for(filterset: type[django_filters.FilterSet], name: str, base: type[Schema] = ListQuery) -> Any:
    """A schema of the FilterSet's filters and the page, for `query: Query[…]`; OpenAPI documents it."""
    with override("en"):
        fields = {
            key: _parameter(one)
            for key, one in filterset.base_filters.items()
            if key not in base.model_fields
        }
    return create_model(name, __base__=base, **fields)


def _parameter(one: django_filters.Filter) -> Any:
    description = str(one.label or "")
    choices: list[str] = []
    if isinstance(one, django_filters.ChoiceFilter | django_filters.MultipleChoiceFilter):
        choices = [str(value) for value, _label in one.extra.get("choices", [])]
    if isinstance(one, django_filters.BooleanFilter):
        flag: Any = Annotated[Literal["true", "false"], Field(description=description)]
        return flag, None
    extra: dict[str, Any] = {"enum": choices} if choices else {}
    if isinstance(one, MonthFilter):
        description += ": a month, such as 2026-11"
    elif isinstance(one, KeyFilter):
        description += ": a key"
    elif isinstance(one, UniqueOrdering):
        description = "The order; a minus turns it round."
    value: Any = Annotated[str, Field(max_length=200, description=description, json_schema_extra=extra)]
    if isinstance(one, django_filters.MultipleChoiceFilter):
        return Annotated[list[value], Field(max_length=50, description=description)], []
    return value, None


_MESSAGES = {
    "invalid_choice": unknown_choice,
    "invalid_month": lambda pointer: FieldError(
        pointer, "invalid_month", _("Write a month as year and month, such as 2026-11.")
    ),
    "max_length": lambda pointer: FieldError(pointer, "too_long", _("Shorten the text.")),
}


def filtered(
    filterset: type[django_filters.FilterSet], queryset: QuerySet, query: Schema, **context: Any
) -> QuerySet:
    """`queryset` narrowed by the query's filters. Raises InvalidInput with every filter that is not understood."""
    data = QueryDict(mutable=True)
    for name in filterset.base_filters:
        value = getattr(query, name, None)
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is not None:
            data[name] = value
    filters = filterset(data, queryset, **context)
    if filters.errors:
        errors = []
        for name, found in filters.errors.as_data().items():
            code = found[0].code or ""
            make = _MESSAGES.get(
                code, lambda pointer: FieldError(pointer, "invalid", _("This is not understood."))
            )
            errors.append(make(f"/{name}"))
        raise InvalidInput(errors)
    return filters.qs


def page_of(queryset: QuerySet, page: Page, show: Callable[[list], list]) -> dict[str, Any]:
    """One page of a list: how many there are in all, and the rows as `show` (all rows at once) gives them."""
    return {
        "count": queryset.count(),
        "items": show(list(queryset[page.offset : page.offset + page.limit])),
    }
