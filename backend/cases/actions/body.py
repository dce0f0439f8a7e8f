"""What a body does on its own page, under its link and without an account (peers.md c; P-21).

Every act asks first whether the link opens its letter at that moment, and takes only rows that are the link's own.
Nobody outside the desk sees what was said until the secretariat has read and released it. History names nobody: who
answered stands on the answer itself, as it was typed.
"""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.attachments.actions import delete_file, store_file
from backend.attachments.cleaning import MAXIMUM_FILES
from backend.cases.lifecycle import (
    OPEN_REFERRALS,
    Outcome,
    ReferralStatus,
    Status,
    check_referral_move,
)
from backend.cases.models import AccessLink, ReferralMessage, ReplyFile
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import FieldError, InvalidInput, check_text
from backend.organisations.permissions import NotAllowed, moment

from .links import record_rows
from .replies import ANSWERS_IN, NEEDS, check_reply, new_reply, reopen, stands_by, take_reply
from .steps import lock_cases, lock_referrals, record, refuse

# What an answer of each outcome may carry; the rest is not stored, so that a no never carries a promise.
_ALWAYS = ("text", "med_discussed_date", "plan_url")
TAKES = {outcome: frozenset({*needs, *_ALWAYS}) for outcome, needs in NEEDS.items()}


def replaceable(row, waiting):
    """The one of the row's `waiting` replies (of `newest()`) that a new answer takes the place of, or None.

    Not one by which the secretariat corrects what it has released already: the body's answer is out.
    """
    return next((reply for reply in waiting if stands_by(row, reply) and not reply.is_out), None)


def may_answer(row, replaceable):
    """Whether the body may answer `row` now: it is open, or its answer (`replaceable`) has not been released."""
    if not _is_open(row.case, row):
        return False
    return row.status in OPEN_REFERRALS or replaceable is not None


@transaction.atomic
def acknowledge(*, link, referrals, at=None):
    """«Vi har set det»: those of the rows that were only sent are seen now. Returns how many."""
    at = moment(at)
    _link, rows = _enter(link, referrals, at=at, is_main=True)
    return sum(_mark_seen(row, at) for row in rows)


def _mark_seen(row, at):
    """Whether `row` was only sent, and is now seen."""
    if row.status != ReferralStatus.SENT or not _is_open(row.case, row):
        return False
    row.status = check_referral_move("acknowledge", row)
    row.acknowledged_date = timezone.localdate(at)
    row.save(update_fields=["status", "acknowledged_date"])
    record(row.case, "acknowledge", from_status=row.case.status, by=None, at=at, referral=row)
    return True


def ask_back(*, link, referrals, text, signed_name, signed_title, at=None):
    """The body lacks facts: its question reaches the writers once it is released, and the clock stands meanwhile."""
    return answer(
        link=link,
        referrals=referrals,
        answer=Outcome.LACKS_FACTS,
        values={"text": text},
        signed_name=signed_name,
        signed_title=signed_title,
        at=at,
    )


def hand_back(*, link, referrals, points_to, signed_name, signed_title, text="", at=None):
    """«Ikke hos os – prøv …»: somebody else can do something about it."""
    return answer(
        link=link,
        referrals=referrals,
        answer=Outcome.NOT_OURS,
        values={"points_to": points_to, "text": text},
        signed_name=signed_name,
        signed_title=signed_title,
        at=at,
    )


@transaction.atomic
def correct(*, link, referral, text, signed_name, signed_title, at=None):
    """The body says that the description is wrong; shown beside it once it is released. Returns the message."""
    at = moment(at)
    _link, (row,) = _enter(link, [referral], at=at, is_main=True)
    signature, errors = _signature(signed_name, signed_title)
    try:
        text = check_text(text, pointer="/text", maximum=4000, required=True)
    except InvalidInput as invalid:
        errors = [*invalid.errors, *errors]
    if errors:
        raise InvalidInput(errors)
    if not _is_open(row.case, row):
        raise IllegalMove("correct_description", row.case.status)
    said = row.messages.filter(kind="correction", text=text, released_at=None, **signature).first()
    if said is not None:
        return said
    _mark_seen(row, at)
    message = ReferralMessage.objects.create(
        referral=row, kind="correction", text=text, on_date=timezone.localdate(at), **signature
    )
    record(row.case, "correct_description", from_status=row.case.status, by=None, at=at, referral=row)
    return message


@transaction.atomic
def answer(
    *,
    link,
    referrals,
    answer,
    values,
    signed_name,
    signed_title,
    files=(),
    kept_files=(),
    seen=None,
    at=None,
):
    """Answer one row, or several with the same words: all of them or none. Returns the Replies.

    `values`: what `record_reply` takes. `files`: cleaned ones (`check_attachments`); `kept_files`: ids of those of the
    answer that this one replaces. Until the secretariat has released an answer a new one replaces it, and the old one
    is kept. Under a sub-link the answers are drafts for the one who passed the rows on, and move nothing.

    `seen`: {a row's id: the id of the answer that stood there when this one was written}, without the rows that had
    none. IllegalMove where somebody has answered since; None: not asked. What stands there already, word for word, is
    stored once, as after a double click.
    """
    at = moment(at)
    link, rows = _enter(link, referrals, at=at)
    values = check_answer(
        answer=answer, values=values, signed_name=signed_name, signed_title=signed_title, at=at
    )
    formers = [_former(link, row) for row in rows]
    if all(_is_repeated(former, answer, values, files, kept_files) for former in formers):
        return formers
    _check_seen(rows, formers, seen)
    files = _store(link, files, at)
    if link.parent_id is not None:
        return [_propose(link, row, answer, values, files, kept_files, at) for row in rows]
    return [_take(link, row, answer, values, files, kept_files, at) for row in rows]


@transaction.atomic
def accept_proposal(
    *,
    link,
    reply,
    signed_name,
    signed_title,
    answer=None,
    values=None,
    files=(),
    kept_files=None,
    seen=None,
    at=None,
):
    """Make a colleague's draft the body's own answer, with what was changed in it. Returns the Reply.

    `answer`, `values`, `kept_files` None: as drafted. The signature is of the one who answers now. `seen`: as `answer`
    takes it. A draft that is used already, word for word, is used once, as after a double click.
    """
    at = moment(at)
    link, (row,) = _enter(link, [reply.referral], at=at, is_main=True)
    draft = row.replies.filter(pk=reply.pk, is_proposal=True).first()
    if draft is None:
        raise _no_draft()
    answer = answer or draft.answer
    if values is None:
        values = {name: getattr(draft, name) for name in TAKES[answer]}
    if kept_files is None:
        kept_files = list(draft.files.values_list("file", flat=True))
    values = check_answer(
        answer=answer, values=values, signed_name=signed_name, signed_title=signed_title, at=at
    )
    former = _former(link, row)
    if not _drafts(row).filter(pk=draft.pk).exists():
        if _is_repeated(former, answer, values, files, kept_files):
            return former
        raise _no_draft()
    _check_seen([row], [former], seen)
    files = _store(link, files, at)
    return _take(link, row, answer, values, files, kept_files, at, draft=draft)


def _drafts(row):
    """The drafts on offer: the last version of each that has not been used."""
    return row.replies.filter(is_proposal=True, superseded_by=None, taken_back_at=None)


def _no_draft():
    return refuse("", "superseded", _("There is already a newer version of this draft."))


@transaction.atomic
def discard_proposal(*, link, reply, at=None):
    """The receiver throws a colleague's draft away, with its earlier versions and the files that nothing else holds.

    A draft is no answer: nobody but the two has seen it, and history keeps only that it was thrown away.
    """
    at = moment(at)
    _link, (row,) = _enter(link, [reply.referral], at=at, is_main=True)
    draft = _drafts(row).filter(pk=reply.pk).first()
    if draft is None:
        raise _no_draft()
    while draft is not None and draft.is_proposal:
        files = [attached.file for attached in draft.files.select_related("file")]
        older = draft.supersedes
        draft.delete()
        for file in files:
            if not ReplyFile.objects.filter(file=file).exists():
                delete_file(stored=file)
        draft = older
    record(row.case, "discard_proposal", from_status=row.case.status, by=None, at=at, referral=row)


@transaction.atomic
def take_back_rows(*, link, sub_link, at=None):
    """The receiver closes a sub-link that it made; the drafts that came by it stay."""
    at = moment(at)
    link, _rows = _enter(link, [], at=at, is_main=True)
    sub_link = (
        AccessLink.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=sub_link.pk, parent=link)
        .first()
    )
    if sub_link is None:
        raise NotAllowed("link")
    if sub_link.revoked_at is None:
        sub_link.revoked_at = at
        sub_link.save(update_fields=["revoked_at"])
        rows = list(sub_link.referrals.select_related("case"))
        record_rows(link.batch, "revoke_link", by=None, at=at, referrals=rows)


def _enter(link, referrals, *, at, is_main=False):
    """The link and its rows, locked with their cases until the transaction ends, in the letter's order.

    Raises NotAllowed where the link does not open its letter at `at`, or a row is not the link's; and where
    `is_main`, under a sub-link.
    """
    links = AccessLink.objects.usable(at=at).filter(pk=link.pk).select_related("batch__organisation")
    link = links.select_for_update(of=("self",), no_key=True).first()
    if link is None or (is_main and link.parent_id is not None):
        raise NotAllowed("link")
    wanted = {referral.pk for referral in referrals}
    found = link.rows().filter(pk__in=wanted)
    cases = lock_cases(found.order_by().values("case"))
    by_pk = lock_referrals(found.order_by().values("pk"))
    rows = [by_pk[pk] for pk in found.values_list("pk", flat=True) if pk in by_pk]
    if len(rows) != len(wanted):
        raise NotAllowed("link")
    for row in rows:
        row.case = cases[row.case_id]
    return link, rows


def _is_open(case, row):
    """Whether the case still takes what the body says: not closed, merged, stopped or a draft again."""
    statuses = {Status.REFERRED, Status.ANSWERED}
    if row.status == ReferralStatus.RETURNED:
        statuses.add(Status.READY)
    return case.merged_into_id is None and not case.flag and case.status in statuses


def _signature(name, title):
    """Who answers, as typed: ({signed_name, signed_title}, errors)."""
    signature, errors = {}, []
    for field, value in (("signed_name", name), ("signed_title", title)):
        try:
            signature[field] = check_text(
                value, pointer=f"/{field}", maximum=120, required=True, single_line=True
            )
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    return signature, errors


def check_answer(*, answer, values, signed_name, signed_title, at=None):
    """The values of an answer with its signature, or InvalidInput with everything that is wrong at once."""
    at = moment(at)
    signature, errors = _signature(signed_name, signed_title)
    if answer not in TAKES:
        unknown = FieldError("/answer", "unknown_choice", _("Choose one of the answers."))
        raise InvalidInput([unknown, *errors])
    values = {name: value for name, value in values.items() if name in TAKES[answer]}
    today = timezone.localdate(at)
    try:
        values = check_reply(answer, values, received_date=today, today=today)
    except InvalidInput as invalid:
        errors = [*invalid.errors, *errors]
    if errors:
        raise InvalidInput(errors)
    return {**values, **signature}


def _former(link, row):
    """What a new answer under `link` takes the place of, or None: the answer, or under a sub-link its own draft."""
    if link.parent_id is None:
        return replaceable(row, row.replies.waiting())
    return _drafts(row).filter(link=link).order_by("received_date", "id").last()


def _is_repeated(former, answer, values, files, kept_files):
    """Whether `former` says just that already, with the same files."""
    if former is None or former.answer != answer:
        return False
    if any(getattr(former, name) != value for name, value in values.items()):
        return False
    had = dict(former.files.values_list("file", "file__sha256"))
    has = [digest for pk, digest in had.items() if pk in kept_files]
    has += [hashlib.sha256(clean.data).hexdigest() for clean in files]
    return sorted(has) == sorted(had.values())


def _check_seen(rows, formers, seen):
    """Raise IllegalMove where an answer stands that the one who answers now has not seen."""
    for row, former in zip(rows, formers, strict=True):
        if seen is not None and seen.get(row.pk) != (former.pk if former else None):
            raise IllegalMove("reply", row.status)


def _take(link, row, answer, values, files, kept_files, at, draft=None):
    """Store the body's answer to one row; one that nobody has released yet is replaced."""
    previous = replaceable(row, row.replies.waiting())
    if not may_answer(row, previous):
        raise IllegalMove("reply", row.status)
    if row.status in ANSWERS_IN:
        reopen(row)
    reply = take_reply(
        case=row.case,
        referral=row,
        answer=answer,
        by=None,
        received_date=timezone.localdate(at),
        channel="page",
        at=at,
        link=link,
        supersedes=previous or draft,
        **values,
    )
    if previous is not None and draft is not None:
        # The answer stands in one place only, the former answer's; so the draft is taken off the offer by itself.
        draft.taken_back_at = at
        draft.save(update_fields=["taken_back_at"])
    if previous is not None and previous.held_until is not None:
        reply.held_until, reply.held_note = previous.held_until, previous.held_note
        reply.save(update_fields=["held_until", "held_note"])
    _attach(reply, files, kept_files, [previous, draft])
    return reply


def _propose(link, row, answer, values, files, kept_files, at):
    """Store a colleague's draft; a new one replaces the one that the same sub-link wrote before."""
    if not may_answer(row, replaceable(row, row.replies.waiting())):
        raise IllegalMove("propose_reply", row.status)
    previous = _former(link, row)
    reply = new_reply(
        referral=row,
        answer=answer,
        received_date=timezone.localdate(at),
        at=at,
        entered_by=None,
        channel="page",
        link=link,
        is_proposal=True,
        supersedes=previous,
        **values,
    )
    reply.save(force_insert=True)
    _attach(reply, files, kept_files, [previous])
    record(row.case, "propose_reply", from_status=row.case.status, by=None, at=at, referral=row)
    return reply


def _store(link, files, at):
    """The cleaned files as StoredFiles: one each, however many rows are answered with it."""
    organisation = link.batch.organisation
    return [
        store_file(organisation=organisation, clean=clean, number=number, at=at)
        for number, clean in enumerate(files, start=1)
    ]


def _attach(reply, files, kept_files, sources):
    """The new files, and those kept of the answers it comes after: never anybody else's."""
    own = ReplyFile.objects.filter(reply__in=[source for source in sources if source is not None])
    kept = (
        list(own.filter(file__in=kept_files).order_by("id").values_list("file", flat=True))
        if kept_files
        else []
    )
    ids = list(dict.fromkeys([*kept, *(file.pk for file in files)]))
    if len(ids) > MAXIMUM_FILES:
        detail = format_lazy(_("Attach at most {maximum} files."), maximum=MAXIMUM_FILES)
        raise refuse("/files", "too_many", detail)
    ReplyFile.objects.bulk_create(ReplyFile(reply=reply, file_id=file_id) for file_id in ids)
