"""Every write about an example: receiving it, the dialogue under its code, and taking its words away.

Moves that touch a case (make_case, add_to_case, leave_case, set_aside, take_back, withdraw, erase) stand in
`backend.cases.actions`.
"""

import datetime
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.attachments.actions import delete_file, store_file
from backend.attachments.cleaning import Refused
from backend.attachments.models import StoredFile
from backend.organisations.permissions import check_permission, moment
from backend.organisations.sealing import fingerprint, seal
from backend.registry.models import Area, Cause

from .contacts import forget_contacts
from .idempotency import Claim
from .lifecycle import SUBMITTER, Status, check_move
from .models import (
    Attachment,
    Contact,
    Example,
    ExampleEvent,
    Flag,
    IdempotencyKey,
    Message,
    TrackingCode,
)
from .personal_hints import find_personal_hints
from .queries import code_in_force
from .references import code_hmac, new_code, new_reference
from .stems import stems
from .validation import FieldError, InvalidInput, check_submission, check_text, unknown_choice

# What a writer is told about personal details that were let through, by kind of hint.
HINTS = {
    "email": _(
        "There seems to be an e-mail address in the text. The secretariat takes it out before others see it."
    ),
    "phone": _(
        "There seems to be a phone number in the text. The secretariat takes it out before others see it."
    ),
    "address": _(
        "There seems to be an address in the text. The secretariat takes it out before others see it."
    ),
    "health": _(
        "There seems to be something about one person's health in the text. The secretariat takes it out before others"
        " see it."
    ),
    "name": _(
        "There seems to be a person's name in the text. The secretariat takes it out before others see it."
    ),
}


# How long a writer's address is kept.
CONTACT_DAYS = 30
# How many bytes of files an organisation stores on one day: a flood must not fill the disk.
MOST_BYTES_A_DAY = 5 * 1024**3


class CampaignNotOpen(Exception):
    """The campaign takes no examples now; `state` is one of Campaign.state, never «open»."""

    def __init__(self, campaign, state):
        self.campaign, self.state = campaign, state
        super().__init__(state)


@dataclass(frozen=True)
class Warning:
    """A personal detail that was accepted: in which field, of what kind, and where."""

    pointer: str
    code: str
    detail: str
    span: tuple


@dataclass(frozen=True)
class Receipt:
    """What the writer gets back. The code is nowhere else."""

    reference: str
    tracking_code: str
    warnings: tuple


def _record(example, move, *, from_status, by=None, at, why="", is_public=True):
    """One row of history. A time of day is kept only where staff acted (P-3)."""
    ExampleEvent.objects.create(
        example=example,
        move=move,
        from_status=from_status,
        to_status=example.status,
        by=by,
        on_date=timezone.localdate(at),
        at=at if by is not None else None,
        why=why,
        is_public=is_public,
    )


def step(example, name, *, by=None, at, why="", is_public=True):
    """Make the move `name` of the lifecycle table: check it, set the status, write history. Locks the row.

    `by` None is the submitter under the code, or the clock. Raises IllegalMove, NotAllowed.
    """
    locked = lock_example(example)
    move = check_move(name, locked)
    if by is not None and move.permission != SUBMITTER:
        check_permission(by, move.permission, locked.organisation_id)
    from_status = locked.status
    example.status = move.target or from_status
    Example.objects.filter(pk=example.pk).update(status=example.status)
    _record(example, name, from_status=from_status, by=by, at=at, why=why, is_public=is_public)
    return move


def _warnings(submission):
    found = []
    for field in ("title", "problem", "proposal", "legislation"):
        for hint in find_personal_hints(getattr(submission, field)):
            found.append(Warning(f"/{field}", hint.kind, str(HINTS[hint.kind]), (hint.start, hint.end)))
    return tuple(found)


def _look_up(model, key, pointer, errors):
    if not key:
        return None
    row = model.objects.filter(key=key).first()
    if row is None:
        errors.append(unknown_choice(pointer))
    return row


def submit_example(
    *,
    campaign,
    submission,
    files=(),
    source="form",
    idempotency_key=None,
    is_quarantined=False,
    by=None,
    at=None,
):
    """Receive an example for `campaign`. Returns a Receipt.

    `submission` is a validation.Submission as typed; `files` are cleaned ones (`attaching.check_attachments`). `by`:
    the coordinator who types a paper form in for its writer; None for a writer. The same `idempotency_key`, submission
    and files give the first receipt again. Raises CampaignNotOpen, InvalidInput (every fault at once),
    idempotency.OtherBody.
    """
    at = moment(at)
    if by is not None:
        check_permission(by, "example.move", campaign.organisation_id)
    errors = []
    try:
        submission = check_submission(submission)
    except InvalidInput as invalid:
        errors.extend(invalid.errors)
    pointed = {error.pointer for error in errors}
    area = None if "/area" in pointed else _look_up(Area, submission.area, "/area", errors)
    cause = None if "/cause" in pointed else _look_up(Cause, submission.cause, "/cause", errors)
    if errors:
        raise InvalidInput(errors)
    with transaction.atomic():
        claim = None
        if idempotency_key:
            body = {"campaign": str(campaign.pk), **asdict(submission), "files": [f.came_as for f in files]}
            claim = Claim(key=idempotency_key, body=body, at=at)
            if claim.first_answer is not None:
                first = claim.first_answer
                warnings = tuple(Warning(**{**w, "span": tuple(w["span"])}) for w in first.pop("warnings"))
                return Receipt(warnings=warnings, **first)
        state = campaign.state(at=at)
        if state != "open":
            raise CampaignNotOpen(campaign, state)
        _check_room(campaign.organisation_id, files, is_quarantined, at)
        example = _create(campaign, submission, area, cause, source, is_quarantined, by, at)
        code = new_code()
        TrackingCode.objects.create(example=example, hmac=code_hmac(code))
        for number, clean in enumerate(files, start=1):
            stored = store_file(organisation=campaign.organisation, clean=clean, number=number, at=at)
            Attachment.objects.create(example=example, file=stored)
        if submission.contact_email:
            store_contact(example, email=submission.contact_email, name=submission.contact_name, at=at)
        receipt = Receipt(example.reference, code, _warnings(submission))
        if claim is not None:
            claim.keep(example, asdict(receipt))
    return receipt


def _check_room(organisation_id, files, is_quarantined, at):
    """Refuse files at /files, never the words, in a flood: of what is set aside, and beyond MOST_BYTES_A_DAY."""
    if not files:
        return
    today = StoredFile.objects.filter(organisation=organisation_id, stored_date=timezone.localdate(at))
    stored = today.aggregate(bytes=Sum("size"))["bytes"] or 0
    if is_quarantined or stored + sum(len(clean.data) for clean in files) > MOST_BYTES_A_DAY:
        busy = Refused("busy")
        raise InvalidInput([FieldError("/files", busy.code, busy.detail)])


def _create(campaign, submission, area, cause, source, is_quarantined, by, at):
    example = Example.objects.create(
        organisation_id=campaign.organisation_id,
        campaign=campaign,
        reference=new_reference("E"),
        submitted_date=timezone.localdate(at),
        source=source,
        title=submission.title,
        problem=submission.problem,
        proposal=submission.proposal,
        legislation=submission.legislation,
        area=area,
        cause_guess=cause,
        workplace=submission.workplace,
        role=submission.role,
        minutes=submission.minutes,
        times=submission.times,
        period=submission.period,
        people=submission.people,
        audience=submission.audience,
        spare_my_workplace=submission.spare_my_workplace,
        preview_wording=submission.preview_wording,
        flag=Flag.SINGLE_CITIZEN if submission.about_one_citizen else "",
        is_quarantined=is_quarantined,
        stems=stems(submission.title, submission.problem, submission.proposal, submission.legislation),
    )
    _record(example, "submit", from_status="", by=by, at=at)
    return example


def store_contact(example, *, email, name="", at):
    """Keep a writer's address for `example`, sealed, for CONTACT_DAYS: the form says so (P-7)."""
    return Contact.objects.create(
        example=example,
        email_encrypted=seal(email),
        name_encrypted=seal(name) if name else "",
        email_hmac=fingerprint("email:" + email.strip().lower()),
        delete_after=timezone.localdate(at) + datetime.timedelta(days=CONTACT_DAYS),
    )


def open_example(*, code, at=None):
    """The example that a typed tracking code opens, or None. From its first use a new code ends those before it."""
    found = code_in_force(code)
    if found is None:
        return None
    if found.has_older:
        older = found.example.tracking_codes.filter(revoked_date=None, pk__lt=found.pk)
        older.update(revoked_date=timezone.localdate(moment(at)))
    return found.example


@transaction.atomic
def replace_code(*, example, code, at=None):
    """Give the writer who shows `code` a new one. Returns the new code, shown once.

    The old one opens the example until the new one has been used: an answer that never arrives shuts nobody out.
    Raises TrackingCode.DoesNotExist where `code` does not open `example`, as when a newer one has just been used.
    """
    at = moment(at)
    example = lock_example(example)
    example.tracking_codes.get(hmac=code_hmac(code), revoked_date=None)
    fresh = new_code()
    TrackingCode.objects.create(example=example, hmac=code_hmac(fresh))
    _record(example, "replace_code", from_status=example.status, at=at, is_public=False)
    return fresh


@transaction.atomic
def delete_contact(*, example, at=None):
    """The writer takes the address back, under the code. Whether there was one."""
    example = lock_example(example)
    deleted = forget_contacts(Contact.objects.filter(example=example))
    if deleted:
        _record(example, "delete_contact", from_status=example.status, at=moment(at), is_public=False)
    return bool(deleted)


@transaction.atomic
def ask(*, example, text, by, at=None):
    """Ask the writer; the question waits under the tracking code."""
    at = moment(at)
    text = check_text(text, pointer="/text", maximum=2000, minimum=1, required=True)
    step(example, "ask", by=by, at=at)
    Message.objects.create(example=example, from_submitter=False, text=text, on_date=timezone.localdate(at))


@transaction.atomic
def answer(*, example, text, at=None):
    """The writer's answer to the secretariat's question, under the code."""
    at = moment(at)
    text = check_text(text, pointer="/text", maximum=8000, minimum=1, required=True)
    step(example, "answer", at=at)
    _add_message(lock_example(example), text, at)


@transaction.atomic
def add_message(*, example, text, at=None):
    """Something the writer adds under the code without being asked; the status stays.

    The same words on the same day are one message that was sent twice: it is stored once. Raises InvalidInput where the
    example is withdrawn or erased.
    """
    at = moment(at)
    text = check_text(text, pointer="/text", maximum=8000, minimum=1, required=True)
    # As it stands now: what was withdrawn in another window meanwhile takes no more words.
    example = lock_example(example)
    if example.status in (Status.WITHDRAWN, Status.ERASED):
        raise InvalidInput(
            [FieldError("/text", "closed", _("This example has been closed. Nothing can be added."))]
        )
    today = timezone.localdate(at)
    if example.messages.filter(from_submitter=True, on_date=today, text=text).exists():
        return
    _add_message(example, text, at)
    _record(example, "add_message", from_status=example.status, at=at)


def lock_example(example):
    """The example's row, locked until the transaction ends, as it stands now."""
    return Example.objects.select_for_update(no_key=True).get(pk=example.pk)


def _add_message(example, text, at):
    Message.objects.create(example=example, from_submitter=True, text=text, on_date=timezone.localdate(at))
    Example.objects.filter(pk=example.pk).update(stems=f"{example.stems.rstrip()}{stems(text) or ' '}")


@transaction.atomic
def stop_waiting(*, example, by=None, at=None):
    """Read the example on without the writer's answer; `by` None is the clock, after ten working days."""
    step(example, "stop_waiting", by=by, at=moment(at))


@transaction.atomic
def release_from_quarantine(*, example, by, at=None):
    """A person says that what the flood guard set aside is a real example."""
    check_permission(by, "example.move", example.organisation_id)
    example.is_quarantined = False
    Example.objects.filter(pk=example.pk).update(is_quarantined=False)
    _record(
        example, "release_from_quarantine", from_status=example.status, by=by, at=moment(at), is_public=False
    )


# What goes when the words go: a tombstone keeps reference, dates, statuses and why. Who may see it, and whether the
# writer reads the wording first, stay: a wording already made from the words goes no further than was said.
_WORDS = {
    "title": "",
    "problem": "",
    "proposal": "",
    "legislation": "",
    "workplace": "",
    "role": "",
    "stems": "",
    "provenance": {},
    "minutes": None,
    "times": None,
    "period": "",
    "people": None,
    "area": None,
    "cause_guess": None,
    "burden": None,
    "core_task": None,
    "flag": "",
    "spare_my_workplace": True,
}


def remove_words(example):
    """Take everything the writer wrote out of the row, its dialogue, its files and its contact; for whatever erases."""
    for name, value in _WORDS.items():
        setattr(example, name, value)
    Example.objects.filter(pk=example.pk).update(**_WORDS)
    example.messages.all().delete()
    for attachment in example.attachments.select_related("file"):
        attachment.delete()
        delete_file(stored=attachment.file)
    # The hash of a random key stays to the next day, or a reload of the receipt would send the words again.
    IdempotencyKey.objects.filter(example=example).update(example=None, body_hash="", sealed_answer="")
    forget_contacts(Contact.objects.filter(example=example))
