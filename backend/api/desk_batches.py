"""Letters to bodies: seen as they would be sent, sent, and read."""

import datetime
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils import translation
from ninja import Query, Schema, Status
from pydantic import Field, StrictBool

from backend.cases import actions
from backend.cases.actions.links import link_address
from backend.cases.actions.resending import letter_moves, mails_of, next_contact
from backend.cases.actions.sending import MOST_ROWS, assemble
from backend.cases.letters import Letter, mail_text
from backend.cases.lifecycle import ReferralStatus
from backend.cases.models import AccessLink, Batch, Case, Referral
from backend.examples.validation import FieldError, InvalidInput, missing, unknown_choice
from backend.organisations.models import Organisation
from backend.organisations.permissions import check_permission, moment
from backend.organisations.queries import organisation_for_host
from backend.organisations.sealing import unseal
from backend.outbox.actions import SECRET_MARK
from backend.registry.models import Body
from exports.forms.referral_letter import attachments

from .errors import Problem
from .filtering import ListQuery, OfOrganisation, page_of
from .routing import Router
from .schemas import Input, Named, find, limited
from .submissions import editable_organisation
from .tenants import check_own

router = Router(tags=["desk: letters"], is_staff=True)


class BatchNumberConverter(StringConverter):
    """A letter's number in an address, such as `H-2026-014`."""

    regex = r"H-[0-9]{4}-[0-9]{3,6}"


register_converter(BatchNumberConverter, "batch_number")


class BatchIn(Input):
    """A letter. Its rows are prepared `referrals` to the body, or `cases`, for which they are prepared first."""

    organisation: str | None = limited(40, "The organisation's key, for a user of several.")
    body: str = limited(60, "The body's key.", default=...)
    referrals: list[UUID] | None = Field(None, max_length=MOST_ROWS)
    cases: list[str] | None = Field(None, max_length=MOST_ROWS)
    question: str | None = limited(2000, "What is asked about each of `cases`.")
    reason: str | None = limited(500, "Why this body, where it is not the suggested one.")
    to: str | None = limited(
        254, "One of the body's registered addresses; left out: the first on its ladder."
    )
    subject: str = limited(180, default=...)
    letter: str = limited(20000, default=...)
    journal_number: str | None = limited(40)
    preview: StrictBool = Field(
        False, description="Answer 200 with the mail as it would be sent; nothing is kept."
    )


class PreviewOut(Schema):
    """The mail as it would be sent; the link's secret is made with the sending."""

    number: str
    to: str
    reply_to: str
    subject: str
    text: str
    attachment: str
    rows: list[str]


class MailOut(Schema):
    """A mail about the letter, and whether it left."""

    id: UUID
    kind: str
    state: str
    sent_at: datetime.datetime | None
    last_error: str


class BatchRow(Schema):
    position: int | None
    referral: UUID
    case: str
    status: str
    due_at: datetime.datetime | None


class BatchOut(Schema):
    """A letter that was sent, its rows and its mail."""

    number: str
    organisation: str
    body: Named
    channel: str
    subject: str
    letter: str
    journal_number: str
    contact: str
    sent_at: datetime.datetime
    rows: list[BatchRow]
    mails: list[MailOut]


class BatchList(Schema):
    count: int
    items: list[BatchOut]


class LinkOut(Schema):
    """A way to the body's own page: where it went and whether it opens. Its secret stands in the mail alone."""

    id: UUID
    to: str
    is_passed_on: bool
    is_open: bool
    created_at: datetime.datetime
    expires_at: datetime.datetime
    revoked_at: datetime.datetime | None


class ContactOut(Schema):
    """Somebody on the body's ladder."""

    name: str
    title: str
    email: str


class BatchDetail(BatchOut):
    """A letter by itself. `next_contact`: whom `escalate` would write to."""

    links: list[LinkOut]
    next_contact: ContactOut | None
    allowed_moves: list[str]


def visible(request: HttpRequest, organisation: str | None = None) -> QuerySet:
    """The letters that the user may see, with all that is shown of them."""
    check_own(request, organisation)
    found = (
        Batch.objects.visible_to(request.user)
        .select_related("organisation", "body")
        .prefetch_related("body__periods", "referrals__case")
    )
    return found.filter(organisation__key=organisation) if organisation else found


def find_batch(request: HttpRequest, number: str, organisation: str | None) -> Batch:
    """The letter with this number. Whoever has several organisations gets the host's, or says which."""
    found = list(visible(request, organisation).filter(number=number))
    if len(found) > 1:
        here = organisation_for_host(request.get_host())
        found = [batch for batch in found if batch.organisation == here]
        if not found:
            raise InvalidInput([missing("/organisation")])
    if not found:
        raise Http404
    return found[0]


def show(batch: Batch, mails: list) -> dict:
    """A letter as the API tells it."""
    rows = sorted(batch.referrals.all(), key=lambda row: (row.position or 0, str(row.pk)))
    return {
        "number": batch.number,
        "organisation": batch.organisation.key,
        "body": {"key": batch.body.key, "name": batch.body.name_on(batch.sent_at.date())},
        "channel": batch.channel,
        "subject": batch.subject,
        "letter": batch.letter,
        "journal_number": batch.journal_number,
        "contact": batch.contact,
        "sent_at": batch.sent_at,
        "rows": [
            {
                "position": row.position,
                "referral": row.pk,
                "case": row.case.reference,
                "status": row.status,
                "due_at": row.due_at,
            }
            for row in rows
        ],
        "mails": [
            {
                "id": mail.pk,
                "kind": mail.kind,
                "state": mail.state,
                "sent_at": mail.sent_at,
                "last_error": mail.last_error,
            }
            for mail in mails
        ],
    }


def show_all(batches: list) -> list:
    """Letters with their mail."""
    mails = mails_of(batches)
    return [show(batch, mails[batch.pk]) for batch in batches]


def show_detail(batch: Batch, user: Any) -> dict:
    """A letter by itself, with its links and what may be done about it now."""
    at = moment(None)
    mails = mails_of([batch])[batch.pk]
    moves = letter_moves(batch, mails, by=user, at=at)
    contact = next_contact(batch, at=at) if "escalate" in moves else None
    return show(batch, mails) | {
        "links": [show_link(link, at) for link in batch.links.select_related("parent")],
        "next_contact": contact and {name: getattr(contact, name) for name in ("name", "title", "email")},
        "allowed_moves": moves,
    }


def show_link(link: AccessLink, at: datetime.datetime) -> dict:
    """A link as the desk shows it."""
    return {
        "id": link.pk,
        "to": unseal(link.to_email_encrypted),
        "is_passed_on": link.parent_id is not None,
        "is_open": link.is_usable(at=at),
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
    }


def chosen_referrals(organisation: Organisation, ids: list[UUID]) -> list[Referral]:
    """The organisation's referrals that the body names, in their order. Raises InvalidInput with every unknown one."""
    found = (
        Referral.objects.filter(case__organisation=organisation)
        .select_related("case__campaign", "case__organisation", "body")
        .in_bulk(ids)
    )
    if errors := [unknown_choice(f"/referrals/{index}") for index, pk in enumerate(ids) if pk not in found]:
        raise InvalidInput(errors)
    return [found[pk] for pk in ids]


def prepared_for(organisation: Organisation, body: Body, wanted: BatchIn, user: Any) -> list[Referral]:
    """A prepared referral of each case to the body: the one there is, else a new one."""
    references = wanted.cases or []
    cases = {
        case.reference: case
        for case in Case.objects.filter(
            organisation=organisation, reference__in=[one for one in references if one.isprintable()]
        )
    }
    if errors := [
        unknown_choice(f"/cases/{index}") for index, one in enumerate(references) if one not in cases
    ]:
        raise InvalidInput(errors)
    rows = []
    for index, one in enumerate(references):
        row = cases[one].referrals.filter(body=body, status=ReferralStatus.PREPARED).first()
        try:
            rows.append(
                row
                or actions.prepare_referral(
                    case=cases[one],
                    body=body,
                    question=wanted.question or "",
                    reason=wanted.reason or "",
                    by=user,
                )
            )
        except InvalidInput as invalid:
            raise InvalidInput(
                [FieldError(f"/cases/{index}", error.code, error.detail) for error in invalid.errors]
            ) from None
    return rows


@router.get("/desk/batches", response=BatchList)
def list_batches(request: HttpRequest, query: Query[ListQuery]):
    """The letters to bodies, the newest first."""
    return page_of(visible(request, query.organisation), query, show_all)


@router.get("/desk/batches/{batch_number:number}", response=BatchDetail)
def get_batch(request: HttpRequest, number: str, query: Query[OfOrganisation]):
    """One letter: its rows, its mail, its links and the moves that the user may make now."""
    return show_detail(find_batch(request, number, query.organisation), request.user)


@router.post("/desk/batches", response={200: PreviewOut, 201: BatchDetail, 409: Problem})
def send_batch(request: HttpRequest, body: BatchIn):
    """Send one letter to one body, or with `preview` see it as it would be sent."""
    organisation = editable_organisation(request, body.organisation, "case.edit")
    check_permission(request.user, "case.edit", organisation)
    errors: list[FieldError] = []
    own = Body.objects.filter(organisation=organisation)
    is_own = body.body.isprintable() and own.filter(key=body.body).exists()
    receiver = find(
        own if is_own else Body.objects.filter(organisation=None).receivers(), body.body, "/body", errors
    )
    if (body.cases is None) == (body.referrals is None):
        errors.append(missing("/referrals"))
    if errors or receiver is None:
        raise InvalidInput(errors or [missing("/body")])
    words: dict[str, Any] = {
        "organisation": organisation,
        "body": receiver,
        "subject": body.subject,
        "letter": body.letter,
        "to": body.to,
        "journal_number": body.journal_number or "",
        "by": request.user,
    }
    try:
        # What is prepared for the letter goes with it; prepared already, nothing need be held while its file is made.
        with transaction.atomic() if body.referrals is None else nullcontext():
            rows = (
                chosen_referrals(organisation, body.referrals)
                if body.referrals is not None
                else prepared_for(organisation, receiver, body, request.user)
            )
            if body.preview:
                letter = assemble(referrals=rows, at=moment(None), **words)
                if body.referrals is None:
                    transaction.set_rollback(True)
                return Status(200, preview(organisation, letter))
            batch = actions.send_batch(referrals=rows, make_files=attachments, **words)
    except InvalidInput as invalid:
        if body.cases is None:
            raise
        raise InvalidInput(
            [
                FieldError(error.pointer.replace("/referrals", "/cases"), error.code, error.detail)
                for error in invalid.errors
            ]
        ) from None
    return Status(201, show_detail(find_batch(request, batch.number, organisation.key), request.user))


def preview(organisation: Organisation, letter: Letter) -> dict:
    """The mail as it would be sent."""
    with translation.override(settings.LANGUAGE_CODE):
        text = mail_text(letter, link_address(organisation, SECRET_MARK))
    return {
        "number": letter.number,
        "to": letter.to,
        "reply_to": letter.reply_to,
        "subject": letter.full_subject,
        "text": text,
        "attachment": attachments(letter)[0][0],
        "rows": [row.reference for row in letter.rows],
    }
