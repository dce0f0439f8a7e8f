"""The ministry's form for staff: freeze it, record its sending, download the very bytes."""

import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import register_converter
from django.urls.converters import StringConverter
from ninja import Query, Schema, Status
from pydantic import Field, StrictBool, StrictInt

from backend.cases.actions.steps import waiting_for_writers
from backend.cases.models import Case
from backend.examples.validation import FieldError, InvalidInput, missing, unknown_choice
from backend.organisations.models import Organisation
from backend.organisations.permissions import moment, organisations_where
from backend.organisations.queries import organisation_for_host
from backend.registry.models import Body
from exports import actions
from exports.formats import FORMATS
from exports.models import FormRow, Submission, SubmissionFile
from exports.queries import ready_cases

from .errors import Problem
from .filtering import ListQuery, OfOrganisation, page_of
from .routing import Router
from .schemas import Input, Named, find, limited
from .tenants import check_own

router = Router(tags=["desk: submissions"], is_staff=True)

MOST_ROWS = 1000
FormatName = Literal["xlsx", "docx", "csv", "json"]


class NumberConverter(StringConverter):
    """A submission's number in an address, such as `2026-01`."""

    regex = r"[0-9]{4}-[0-9]{2,4}"


register_converter(NumberConverter, "submission_number")


class RowIn(Input):
    """A case that comes in. `table` left out: the case's own, else the suggested one."""

    reference: str = limited(20, default=...)
    table: StrictInt | None = Field(None, description="1 or 2")


class SenderIn(Input):
    """The form's three lines. What is left out comes from the organisation's settings."""

    name: str | None = limited(120)
    contact: str | None = limited(200)
    phone: str | None = limited(40)


class SubmissionIn(Input):
    """What is frozen. Without `cases`: the draft as it stands in the desk, else the ready cases with a table."""

    organisation: str | None = limited(40, "The organisation's key, for a user of several.")
    form: Literal["kulegravning_2017"] = "kulegravning_2017"
    body: str | None = limited(60, "The receiver's key; left out: the draft's, else fm.")
    cases: list[RowIn] | None = Field(None, max_length=MOST_ROWS)
    sender: SenderIn | None = None
    has_annex: StrictBool | None = Field(None, description="With the sheet Uddybning.")
    has_answers: StrictBool | None = Field(None, description="With the sheet Svar.")


class SentIn(Input):
    """To whom it was sent. `sent_date` left out: today."""

    sent_to: str = limited(200, default=...)
    sent_date: datetime.date | None = None


class RowOut(Schema):
    """A row as it was frozen."""

    id: UUID
    case: str
    table: int
    position: int
    cells: dict[str, str]
    referral: UUID | None


class FileOut(Schema):
    format: str
    size: int
    sha256: str


class SubmissionOut(Schema):
    """A frozen submission. `not_referred`: cases that could not be marked as sent on, such as closed ones."""

    number: str
    organisation: str
    form: str
    body: Named
    senders: list[dict[str, str]]
    frozen_at: datetime.datetime
    sent_date: datetime.date | None
    sent_to: str
    replaces: str | None
    has_annex: bool
    has_answers: bool
    rows: list[RowOut]
    files: list[FileOut]
    not_referred: list[str] = []


class SubmissionList(Schema):
    count: int
    items: list[SubmissionOut]


def visible(request: HttpRequest, organisation: str | None = None) -> QuerySet:
    """The frozen submissions that the user may see, with their rows and files."""
    check_own(request, organisation)
    found = (
        Submission.objects.visible_to(request.user)
        .frozen()
        .select_related("organisation", "body", "replaces")
        .prefetch_related(
            "body__periods",
            Prefetch("rows", FormRow.objects.select_related("case").order_by("table", "position")),
            Prefetch("files", SubmissionFile.objects.defer("bytes")),
        )
    )
    return found.filter(organisation__key=organisation) if organisation else found


def find_submission(request: HttpRequest, number: str, organisation: str | None) -> Submission:
    """The submission with this number. Whoever has several organisations gets the host's, or says which."""
    found = list(
        visible(request, organisation).numbered(number).select_related("organisation", "body", "replaces")
    )
    here = organisation_for_host(request.get_host())
    if len(found) > 1:
        found = [submission for submission in found if submission.organisation == here]
        if not found:
            raise InvalidInput([missing("/organisation")])
    if not found:
        raise Http404
    return found[0]


def show(submission: Submission, left: list[Case] | None = None) -> dict:
    """The submission with its rows and files."""
    return {
        "number": submission.number,
        "organisation": submission.organisation.key,
        "form": submission.form,
        "body": {"key": submission.body.key, "name": str(submission.body)},
        "senders": submission.senders,
        "frozen_at": submission.frozen_at,
        "sent_date": submission.sent_date,
        "sent_to": submission.sent_to,
        "replaces": submission.replaces.number if submission.replaces else None,
        "has_annex": submission.has_annex,
        "has_answers": submission.has_answers,
        "rows": [
            {
                "id": row.pk,
                "case": row.case.reference,
                "table": row.table,
                "position": row.position,
                "cells": row.cells,
                "referral": row.referral_id,
            }
            for row in submission.rows.all()
        ],
        "files": [
            {"format": file.format, "size": file.size, "sha256": file.sha256}
            for file in submission.files.all()
        ],
        "not_referred": [case.reference for case in left or []],
    }


def editable_organisation(
    request: HttpRequest, key: str | None, permission: str = "submission.edit"
) -> Organisation:
    """The organisation that is written for: the one named, else the host's, else the only one of the user's."""
    check_own(request, key)
    theirs = Organisation.objects.filter(id__in=organisations_where(request.user, permission))
    if key:
        # Without the role there the action refuses; the organisation itself is known to the user.
        return Organisation.objects.get(key=key)
    here = organisation_for_host(request.get_host())
    if here is not None and theirs.filter(pk=here.pk).exists():
        return here
    only = list(theirs[:2])
    if len(only) > 1:
        raise InvalidInput([missing("/organisation")])
    return only[0] if only else _first_of(request)


def _first_of(request: HttpRequest) -> Organisation:
    found = Organisation.objects.visible_to(request.user).first()
    if found is None:
        raise Http404
    return found


def chosen_cases(organisation: Organisation, rows: list[RowIn]) -> list[tuple[Case, int | None]]:
    """The cases that the rows name, in their order. Raises InvalidInput with every unknown one."""
    wanted = [row.reference for row in rows if row.reference.isprintable()]
    cases = {
        case.reference: case for case in Case.objects.filter(organisation=organisation, reference__in=wanted)
    }
    errors = [
        unknown_choice(f"/cases/{number}/reference")
        for number, row in enumerate(rows)
        if row.reference not in cases
    ]
    errors.extend(
        unknown_choice(f"/cases/{number}/table")
        for number, row in enumerate(rows)
        if row.table not in (None, 1, 2)
    )
    if errors:
        raise InvalidInput(errors)
    return [(cases[row.reference], row.table) for row in rows]


@router.get("/desk/submissions", response=SubmissionList)
def list_desk_submissions(request: HttpRequest, query: Query[ListQuery]):
    """The frozen submissions, the newest first."""
    return page_of(visible(request, query.organisation), query, lambda rows: [show(row) for row in rows])


@router.post("/desk/submissions", response={201: SubmissionOut, 409: Problem})
def freeze_submission(request: HttpRequest, body: SubmissionIn):
    """Freeze the ministry's form: it gets its number, and its bytes are kept in every format."""
    organisation = editable_organisation(request, body.organisation)
    errors: list[FieldError] = []
    receiver = find(Body.objects.of(organisation).receivers(), body.body, "/body", errors)
    if errors:
        raise InvalidInput(errors)
    options: dict[str, Any] = {
        **(body.sender.model_dump(exclude_none=True) if body.sender else {}),
        "has_annex": body.has_annex,
        "has_answers": body.has_answers,
    }
    draft = Submission.objects.drafts().filter(organisation=organisation, form=body.form).first()
    if body.cases is None and draft is not None:
        with transaction.atomic():
            actions.set_options(submission=draft, body=receiver, by=request.user, **options)
            frozen = actions.freeze(submission=draft, by=request.user)
    else:
        receiver = receiver or find(Body.objects.filter(organisation=None), "fm", "/body", errors)
        if receiver is None:
            raise InvalidInput([missing("/body")])
        ready = ready_cases(organisation)
        waiting = waiting_for_writers(ready, at=moment(None))
        frozen = actions.freeze_cases(
            organisation=organisation,
            form=body.form,
            body=receiver,
            cases=[(case, None) for case in ready if case.pk not in waiting]
            if body.cases is None
            else chosen_cases(organisation, body.cases),
            options=options,
            by=request.user,
        )
    return Status(201, show(find_submission(request, frozen.number, organisation.key)))


@router.get("/desk/submissions/{submission_number:number}", response=SubmissionOut)
def get_desk_submission(request: HttpRequest, number: str, query: Query[OfOrganisation]):
    """One frozen submission with its rows and the hashes of its files."""
    return show(find_submission(request, number, query.organisation))


@router.post("/desk/submissions/{submission_number:number}/sent", response={200: SubmissionOut, 409: Problem})
def record_submission_sent(request: HttpRequest, number: str, body: SentIn, query: Query[OfOrganisation]):
    """Record the sending: each row's case is referred to the receiver."""
    submission = find_submission(request, number, query.organisation)
    left = actions.record_sent(
        submission=submission, sent_to=body.sent_to, sent_date=body.sent_date, by=request.user
    )
    return show(find_submission(request, number, submission.organisation.key), left)


FILE_ANSWER = {
    "responses": {
        200: {
            "description": "The bytes that were stored at freezing.",
            "content": {
                module.CONTENT_TYPE.split(";")[0]: {
                    "schema": {"type": "object"} if name == "json" else {"type": "string", "format": "binary"}
                }
                for name, module in FORMATS.items()
            },
        }
    }
}


@router.get("/desk/submissions/{submission_number:number}.{format_name}", openapi_extra=FILE_ANSWER)
def download_submission(
    request: HttpRequest, number: str, format_name: FormatName, query: Query[OfOrganisation]
):
    """The form as a file: the very bytes that were stored at freezing. Each download is logged."""
    submission = find_submission(request, number, query.organisation)
    content = actions.download(submission=submission, format_name=format_name, by=request.user)
    response = HttpResponse(content, content_type=FORMATS[format_name].CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{submission.file_name(format_name)}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
