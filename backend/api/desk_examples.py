"""The coordinator's work with examples: the list, one example with its raw text, and its moves."""

import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Schema

from backend.attachments.serving import file_response
from backend.cases import actions as case_actions
from backend.cases.models import Case, CaseExample
from backend.examples import actions
from backend.examples.filters import ExampleFilter
from backend.examples.lifecycle import Status, available, check_move
from backend.examples.models import Example, ExampleEvent, SetAsideReason
from backend.examples.reading import read_attachment, read_contact, read_raw
from backend.examples.validation import InvalidInput, check_text, unknown_choice
from backend.registry.models import Area, CoreTask

from .errors import Problem
from .filtering import filtered, page_of, query_for
from .routing import Router
from .schemas import Input, Named, Nothing, WhyIn, find, limited, named
from .tenants import check_own, in_one

router = Router(tags=["desk: examples"], is_staff=True)


class DeskExample(Schema):
    """An example in a list: everything but what the employee wrote."""

    reference: str
    organisation: str
    campaign: str
    status: str
    status_label: str
    submitted_date: datetime.date
    read_by_date: datetime.date
    is_overdue: bool
    source: str
    is_camp_material: bool
    is_quarantined: bool
    area: Named | None
    cause: Named | None
    core_task: Named | None
    burden: Named | None
    minutes: float | None
    times: int | None
    period: str | None
    people: int | None
    audience: str
    spare_my_workplace: bool
    preview_wording: bool
    flag: str | None
    set_aside_reason: str | None
    case: str | None
    allowed_moves: list[str]


class DeskExampleList(Schema):
    count: int
    items: list[DeskExample]


class MessageOut(Schema):
    """One turn of the dialogue under the code."""

    from_submitter: bool
    text: str
    on_date: datetime.date


class AttachedFileOut(Schema):
    """A file that came along, under a name of ours."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str


class RawOut(Schema):
    """What the employee wrote and attached. Each reading is logged."""

    title: str
    problem: str
    proposal: str
    legislation: str
    workplace: str
    role: str
    messages: list[MessageOut]
    files: list[AttachedFileOut]


class EventOut(Schema):
    """One move: who, when and why. `at` only where staff acted."""

    move: str
    from_status: str
    to_status: str
    by: str | None
    on_date: datetime.date
    at: datetime.datetime | None
    why: str


class DeskExampleDetail(DeskExample):
    raw: RawOut
    has_contact: bool
    provenance: dict[str, Any]
    events: list[EventOut]


class ContactOut(Schema):
    """The writer's address. Each reading is logged with its purpose."""

    email: str
    name: str


class AskIn(Input):
    text: str = limited(2000, "The question to the writer.", default=...)


class SetAsideIn(WhyIn):
    reason: str = limited(
        20, "outside_campaign, belongs_elsewhere, whistleblower, no_example or spam", default=...
    )


class MakeCaseIn(Input):
    """The secretariat's wording; never the raw text as it stands."""

    title: str = limited(120, default=...)
    problem: str = limited(8000, default=...)
    proposal: str | None = limited(8000)
    legislation_text: str | None = limited(1000)
    area: str | None = limited(60, "An area's key; left out: the example's.")
    core_task: str | None = limited(60, "A core task's key; left out: it follows from the area.")


class AddToCaseIn(Input):
    case: str = limited(20, "A case's reference.", default=...)


class PurposeQuery(Schema):
    purpose: str = limited(200, "Why the address is read. It is logged.", default=...)


DeskExampleQuery: Any = query_for(ExampleFilter, "DeskExampleQuery")


def visible(request: HttpRequest) -> QuerySet:
    """What the user may see, with all that a list prints."""
    current = CaseExample.objects.current().select_related("case")
    return (
        in_one(Example.objects.visible_to(request.user), request.user)
        .select_related("organisation", "campaign", "area", "cause_guess", "core_task", "burden")
        .prefetch_related("core_task__names", Prefetch("case_examples", current, to_attr="open_rows"))
    )


def find_example(request: HttpRequest, reference: str) -> Example:
    """The example, if it is one of the user's; else there is none."""
    example = visible(request).filter(reference=reference).first()
    if example is None:
        raise Http404
    return example


def show(example: Example, user: Any, today: datetime.date) -> dict:
    """An example as lists print it."""
    read_by = example.read_by_date()
    row = example.open_rows[0] if example.open_rows else None
    is_waiting = (
        example.status == Status.RECEIVED and not example.is_quarantined and not example.is_camp_material
    )
    return {
        "reference": example.reference,
        "organisation": example.organisation.key,
        "campaign": example.campaign.slug,
        "status": example.status,
        "status_label": example.get_status_display(),
        "submitted_date": example.submitted_date,
        "read_by_date": read_by,
        "is_overdue": is_waiting and read_by < today,
        "source": example.source,
        "is_camp_material": example.is_camp_material,
        "is_quarantined": example.is_quarantined,
        "area": named(example.area),
        "cause": named(example.cause_guess),
        "core_task": named(example.core_task),
        "burden": named(example.burden),
        "minutes": example.minutes,
        "times": example.times,
        "period": example.period or None,
        "people": example.people,
        "audience": example.audience,
        "spare_my_workplace": example.spare_my_workplace,
        "preview_wording": example.preview_wording,
        "flag": example.flag or None,
        "set_aside_reason": example.set_aside_reason or None,
        "case": row.case.reference if row else None,
        "allowed_moves": [move.name for move in available(example, user)],
    }


def show_again(request: HttpRequest, example: Example) -> dict:
    """The example as it is after a move."""
    return show(find_example(request, example.reference), request.user, timezone.localdate())


def show_event(event: ExampleEvent) -> dict:
    """One line of the history."""
    return {
        "move": event.move,
        "from_status": event.from_status,
        "to_status": event.to_status,
        "by": str(event.by) if event.by else None,
        "on_date": event.on_date,
        "at": event.at,
        "why": event.why,
    }


@router.get("/desk/examples", response=DeskExampleList)
def list_desk_examples(request: HttpRequest, query: Query[DeskExampleQuery]):
    """The examples of the organisations where the user is a coordinator. The raw text stands in no list."""
    check_own(request, query.organisation)
    found = filtered(ExampleFilter, visible(request), query, request=request)
    today = timezone.localdate()
    return page_of(found, query, lambda rows: [show(row, request.user, today) for row in rows])


@router.get("/desk/examples/{reference:reference}", response=DeskExampleDetail)
def get_desk_example(request: HttpRequest, reference: str):
    """One example with its raw text, for a coordinator; the reading is logged."""
    example = find_example(request, reference)
    raw = read_raw(example, by=request.user, purpose="api")
    return show(example, request.user, timezone.localdate()) | {
        "raw": raw,
        "has_contact": hasattr(example, "contact"),
        "provenance": example.provenance,
        "events": [show_event(event) for event in example.events.select_related("by")],
    }


@router.get(
    "/desk/examples/{reference:reference}/files/{uuid:key}",
    openapi_extra={
        "responses": {
            200: {
                "description": "The cleaned file, as a download.",
                "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                },
            }
        }
    },
)
def download_desk_example_file(request: HttpRequest, reference: str, key: UUID):
    """A file that came with the example, for a coordinator. Each download is logged."""
    file = read_attachment(find_example(request, reference), key, by=request.user, purpose="api: file")
    if file is None:
        raise Http404
    return file_response(file)


@router.get("/desk/examples/{reference:reference}/contact", response=ContactOut)
def get_desk_contact(request: HttpRequest, reference: str, query: Query[PurposeQuery]):
    """The writer's address, for a coordinator; the reading is logged with its purpose."""
    example = find_example(request, reference)
    purpose = check_text(query.purpose, pointer="/purpose", maximum=200, required=True, single_line=True)
    contact = read_contact(example, by=request.user, purpose=purpose)
    if contact is None:
        raise Http404
    return {"email": contact[0], "name": contact[1]}


def _move(path: str):
    return router.post(
        f"/desk/examples/{{reference:reference}}/{path}", response={200: DeskExample, 409: Problem}
    )


@_move("ask")
def ask_writer(request: HttpRequest, reference: str, body: AskIn):
    """Ask the writer; the question waits under the tracking code."""
    example = find_example(request, reference)
    actions.ask(example=example, text=body.text, by=request.user)
    return show_again(request, example)


@_move("stop_waiting")
def stop_waiting(request: HttpRequest, reference: str, body: Nothing | None = None):
    """Read on without the writer's answer."""
    example = find_example(request, reference)
    actions.stop_waiting(example=example, by=request.user)
    return show_again(request, example)


@_move("set_aside")
def set_aside(request: HttpRequest, reference: str, body: SetAsideIn):
    """Set aside with a sentence that the writer reads. The reason whistleblower is the move to_whistleblower, which
    deletes the words at once and keeps a sentence of its own."""
    example = find_example(request, reference)
    if body.reason == SetAsideReason.WHISTLEBLOWER:
        check_move("set_aside", example)
        case_actions.to_whistleblower(example=example, by=request.user)
    else:
        case_actions.set_aside(example=example, reason=body.reason, why=body.why, by=request.user)
    return show_again(request, example)


@_move("to_whistleblower")
def to_whistleblower(request: HttpRequest, reference: str, body: Nothing | None = None):
    """Close what belongs in the whistleblower scheme to everybody at once, and delete it. It cannot be undone."""
    example = find_example(request, reference)
    case_actions.to_whistleblower(example=example, by=request.user)
    return show_again(request, example)


@_move("take_back")
def take_back(request: HttpRequest, reference: str, body: Nothing | None = None):
    """Undo `set_aside`."""
    example = find_example(request, reference)
    case_actions.take_back(example=example, by=request.user)
    return show_again(request, example)


@_move("release_from_quarantine")
def release_from_quarantine(request: HttpRequest, reference: str, body: Nothing | None = None):
    """Say that what the flood guard set aside is a real example."""
    example = find_example(request, reference)
    actions.release_from_quarantine(example=example, by=request.user)
    return show_again(request, example)


@_move("make_case")
def make_case(request: HttpRequest, reference: str, body: MakeCaseIn):
    """Make a draft case in the secretariat's wording. `case` in the answer is its reference."""
    example = find_example(request, reference)
    errors: list = []
    area = find(Area.objects.all(), body.area, "/area", errors)
    tasks = CoreTask.objects.filter(organisation=example.organisation_id)
    core_task = find(tasks, body.core_task, "/core_task", errors)
    if errors:
        raise InvalidInput(errors)
    case_actions.make_case(
        example=example,
        title=body.title,
        problem=body.problem,
        proposal=body.proposal or "",
        legislation_text=body.legislation_text or "",
        area=area,
        core_task=core_task,
        by=request.user,
    )
    return show_again(request, example)


@_move("add_to_case")
def add_to_case(request: HttpRequest, reference: str, body: AddToCaseIn):
    """Let the example join a case of the same organisation."""
    example = find_example(request, reference)
    cases = Case.objects.visible_to(request.user).filter(organisation=example.organisation_id)
    case = cases.filter(reference=body.case).first() if body.case.isprintable() else None
    if case is None:
        raise InvalidInput([unknown_choice("/case")])
    case_actions.add_to_case(example=example, case=case, by=request.user)
    return show_again(request, example)


@_move("leave_case")
def leave_case(request: HttpRequest, reference: str, body: WhyIn):
    """Take the example out of its case."""
    example = find_example(request, reference)
    case_actions.leave_case(example=example, why=body.why, by=request.user)
    return show_again(request, example)


@_move("erase")
def erase(request: HttpRequest, reference: str, body: WhyIn):
    """Remove the words for good. There is no way back."""
    example = find_example(request, reference)
    case_actions.erase(example=example, why=body.why, by=request.user)
    return show_again(request, example)
