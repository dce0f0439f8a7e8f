"""What the world looks like: core tasks, areas, bodies and laws, as one organisation knows them."""

import datetime
from dataclasses import asdict
from typing import Annotated

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import Field

from backend.examples.validation import FieldError, InvalidInput
from backend.registry.citations import find_citations, read_names
from backend.registry.models import (
    Area,
    Body,
    BodyPeriod,
    Burden,
    Cause,
    CoreTask,
    Law,
    LawAuthority,
    OrganisationArea,
    RuleLevel,
)

from .filtering import LEFT_OUT, ListQuery, page_of
from .routing import Router
from .schemas import Input, Named, limited, named
from .tenants import open_organisation
from .throttling import SIMILAR

router = Router(tags=["registry"])

MAXIMUM_TEXT = 20_000

Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$", description="Words in the name.")]


class Period(Schema):
    """A name through time. A day that is not known is null; `known_date`: the source speaks of that day only."""

    name: str
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    known_date: datetime.date | None


class CoreTaskOut(Named):
    names: list[Period]


class CoreTaskList(Schema):
    count: int
    items: list[CoreTaskOut]


class AreaOut(Named):
    """An area, with its core task, committee and centre in this organisation."""

    core_task: Named | None
    committee: Named | None
    centre: Named | None


class AreaList(Schema):
    count: int
    items: list[AreaOut]


class BodyOut(Named):
    """Somebody who can do something about it. `is_type`: a kind of body, of which there are several."""

    kind: str
    level: str
    is_type: bool
    is_national: bool
    type: str | None
    parent: str | None
    periods: list[Period]
    successors: list[str]


class BodyList(Schema):
    count: int
    items: list[BodyOut]


class Authority(Schema):
    """Who answers for a law: through a period, or as known on a day."""

    kind: str
    body: Named
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    known_date: datetime.date | None


class Version(Schema):
    type: str
    number: int
    date: datetime.date
    eli: str


class LawOut(Named):
    popular_name: str
    official_title: str
    area: Named | None
    aliases: list[str]
    versions: list[Version]
    authorities: list[Authority]


class LawList(Schema):
    count: int
    items: list[LawOut]


class TextIn(Input):
    """A text in which somebody cites rules."""

    text: str = limited(MAXIMUM_TEXT, default=...)


class DocumentOut(Schema):
    """A document by its number; `type` is null where an ELI hides it. `date`: ISO day, year, session or null."""

    type: str | None
    number: str
    date: str | None


class CitationOut(Schema):
    """A citation as it was written, and what it was recognised as. One string per item: `83 a`, `83-87`, `art. 9`."""

    start: int
    end: int
    text: str
    law: str | None = Field(description="The law's key.")
    paragraphs: list[str]
    stk: list[str]
    nr: list[str]
    litra: list[str]
    pkt: list[str]
    document: DocumentOut | None
    eli: str | None


class CitationList(Schema):
    items: list[CitationOut]


class NamedList(Schema):
    count: int
    items: list[Named]


class NameQuery(ListQuery):
    q: Words = LEFT_OUT


@router.get("/core-tasks", response=CoreTaskList)
def list_core_tasks(request: HttpRequest, query: Query[ListQuery]):
    """The organisation's core tasks, with the names they have had."""
    organisation = open_organisation(request, query.organisation)
    found = CoreTask.objects.filter(organisation=organisation).prefetch_related("names")
    return page_of(found, query, lambda rows: [named(row) | {"names": list(row.names.all())} for row in rows])


@router.get("/areas", response=AreaList)
def list_areas(request: HttpRequest, query: Query[ListQuery]):
    """The areas of work, and what each is in the organisation."""
    organisation = open_organisation(request, query.organisation)

    def show(rows):
        here = {
            row.area_id: row
            for row in OrganisationArea.objects.filter(organisation=organisation, area__in=rows)
            .select_related("core_task", "committee", "centre")
            .prefetch_related("core_task__names", "committee__periods", "centre__periods")
        }
        parts = ("core_task", "committee", "centre")
        return [
            named(row) | {part: named(getattr(here.get(row.pk), part, None)) for part in parts}
            for row in rows
        ]

    return page_of(Area.objects.all(), query, show)


@router.get("/bodies", response=BodyList)
def list_bodies(request: HttpRequest, query: Query[NameQuery]):
    """National bodies and the organisation's own, with the names they have had."""
    organisation = open_organisation(request, query.organisation)
    found = Body.objects.of(organisation)
    if query.q:
        found = found.filter(pk__in=BodyPeriod.objects.filter(name__icontains=query.q).values("body"))
    found = found.select_related("type").prefetch_related("periods__parent", "successions__successor")
    return page_of(found, query, lambda rows: [show_body(row) for row in rows])


def show_body(body: Body) -> dict:
    """A body with its periods."""
    now = body.period_on(None)
    return named(body) | {
        "kind": body.kind,
        "level": body.level,
        "is_type": body.is_type,
        "is_national": body.organisation_id is None,
        "type": body.type.key if body.type else None,
        "parent": now.parent.key if now and now.parent else None,
        "periods": list(body.periods.all()),
        "successors": [row.successor.key for row in body.successions.all()],
    }


@router.get("/laws", response=LawList)
def list_laws(request: HttpRequest, query: Query[NameQuery]):
    """Laws by their popular names; `q` looks in names, titles and abbreviations."""
    if query.organisation:
        open_organisation(request, query.organisation)
    found = Law.objects.all()
    if query.q:
        wanted = query.q
        found = found.filter(
            pk__in=Law.objects.filter(
                Q(popular_name__icontains=wanted)
                | Q(official_title__icontains=wanted)
                | Q(aliases__text__icontains=wanted)
            ).values("pk")
        )
    authorities = LawAuthority.objects.select_related("body").prefetch_related("body__periods")
    found = found.select_related("area").prefetch_related(
        "aliases", "versions", Prefetch("authorities", authorities)
    )
    return page_of(found, query, lambda rows: [show_law(row) for row in rows])


def show_law(law: Law) -> dict:
    """A law with its aliases, versions and authorities."""
    return {
        "key": law.key,
        "name": law.popular_name,
        "popular_name": law.popular_name,
        "official_title": law.official_title,
        "area": named(law.area),
        "aliases": [alias.text for alias in law.aliases.all()],
        "versions": list(law.versions.all()),
        "authorities": [
            {
                "kind": row.kind,
                "body": named(row.body),
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "known_date": row.known_date,
            }
            for row in law.authorities.all()
        ],
    }


@router.post("/laws/citations", response=CitationList, throttle=SIMILAR)
def read_citations(request: HttpRequest, body: TextIn):
    """The rule citations in a Danish text, in their order. The text is not kept, and not logged.

    An unknown law, or a § without one, has `law` null: a question, never a guess. Offsets count characters.
    """
    if len(body.text) > MAXIMUM_TEXT:
        raise InvalidInput([FieldError("/text", "too_long", _("Shorten the text."))])
    return {"items": [asdict(citation) for citation in find_citations(body.text, read_names())]}


def _list_named(request, model, query):
    if query.organisation:
        open_organisation(request, query.organisation)
    return page_of(model.objects.all(), query, lambda rows: [named(row) for row in rows])


@router.get("/causes", response=NamedList)
def list_causes(request: HttpRequest, query: Query[ListQuery]):
    """Why a thing may be in the way."""
    return _list_named(request, Cause, query)


@router.get("/rule-levels", response=NamedList)
def list_rule_levels(request: HttpRequest, query: Query[ListQuery]):
    """Who makes rules: from EU down to the workplace."""
    return _list_named(request, RuleLevel, query)


@router.get("/burdens", response=NamedList)
def list_burdens(request: HttpRequest, query: Query[ListQuery]):
    """What kind of work a rule costs."""
    return _list_named(request, Burden, query)
