"""Asking bodies: one letter to one body about one or many cases, by mail through the outbox or in another way.

The letter, its rows, its link, the history and the mail in the outbox are one transaction: all of it has happened, or
nothing has. Only the secretariat's wording goes out.
"""

import hashlib

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.attachments.models import StoredFile
from backend.cases.letters import Letter, contact_line, mail_text, reply_address, row_of
from backend.cases.lifecycle import MOVES, ReferralStatus, check_referral_move
from backend.cases.models import Batch, BatchFile, Referral
from backend.cases.terms import due_at, last_date
from backend.cases.wordings import wording_now
from backend.examples.validation import FieldError, InvalidInput, check_text
from backend.organisations.models import Organisation
from backend.organisations.permissions import check_permission, moment
from backend.outbox.actions import queue_message
from backend.registry.letters import left_open

from .enclosing import MOST_BYTES, MOST_MEGABYTES, enclosed, files_of, name_as_sent
from .links import contacts_on, issue_link, link_address, no_address
from .referring import check_may_be_asked, check_not_halted, check_workplace_spared, new_referral
from .steps import begin, check_may_leave_secretariat, lock_cases, lock_referrals, record, refuse, save

MOST_ROWS = 200
MOST_LETTER = 20000
# How an organisation may have asked otherwise than by our mail.
OTHER_CHANNELS = ("letter", "phone", "meeting")
# The mail's own kinds of message, as the list of outgoing mail names them.
LETTER_KINDS = (
    *("letter", "letter_again", "letter_next"),
    *("letter_link", "letter_passed_on", "letter_wording", "reminder"),
)


def next_number(organisation, *, at):
    """The number that the organisation's next letter gets, such as H-2026-014."""
    stem = f"H-{timezone.localdate(at).year}-"
    numbers = Batch.objects.filter(organisation=organisation, number__startswith=stem).values_list(
        "number", flat=True
    )
    return f"{stem}{max((int(number.removeprefix(stem)) for number in numbers), default=0) + 1:03}"


def _take_number(organisation, at):
    """The next number, held until the transaction ends: the row lock keeps them without gaps."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    return next_number(organisation, at=at)


def assemble(
    *, organisation, body, referrals, subject, letter, to=None, journal_number="", by, at, number=None
):
    """The Letter as it would be sent at `at`, or InvalidInput with all that stands in its way. Writes nothing.

    `referrals`: prepared ones to `body`, in the order of the letter's rows. `to`: one of the body's registered
    addresses; None: the first on its ladder.
    """
    check_permission(by, "case.edit", organisation)
    errors = []

    def ask(check, *args, **options):
        try:
            return check(*args, **options)
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
            return None

    subject = ask(
        check_text, subject, pointer="/subject", maximum=180, minimum=3, required=True, single_line=True
    )
    text = ask(check_text, letter, pointer="/letter", maximum=MOST_LETTER, required=True)
    journal_number = ask(check_text, journal_number, pointer="/journal_number", maximum=40, single_line=True)
    errors += [
        FieldError(pointer, "placeholder_left", _("Fill in or delete “%(what)s” first.") % {"what": what})
        for pointer, words in (("/subject", subject), ("/letter", text))
        if (what := left_open(words or ""))
    ]
    to = ask(registered, body, organisation, to, at)
    referrals = list(dict.fromkeys(referrals))
    if not referrals:
        errors.append(FieldError("/referrals", "required", _("Choose at least one case.")))
    if len(referrals) > MOST_ROWS:
        errors.append(
            FieldError(
                "/referrals", "too_many", _("A letter holds at most %(most)s cases.") % {"most": MOST_ROWS}
            )
        )
    for index, referral in enumerate(referrals[:MOST_ROWS]):
        ask(_check_row, referral, organisation, body, f"/referrals/{index}", at)
    files = files_of(referrals[:MOST_ROWS])
    if sum(file.size for of_row in files.values() for file in of_row) > MOST_BYTES:
        detail = format_lazy(
            _(
                "The cases' files are together larger than the {most} MB that one mail takes. Send the cases in several"
                " letters, or remove a file."
            ),
            most=MOST_MEGABYTES,
        )
        errors.append(FieldError("/referrals", "too_large", detail))
    if errors:
        raise InvalidInput(errors)
    cases = [referral.case for referral in referrals]
    answer_to = reply_address(organisation, cases, by)
    today = timezone.localdate(at)
    return Letter(
        number=number or next_number(organisation, at=at),
        organisation=organisation.name,
        body=body.name_on(today),
        to=to,
        reply_to=answer_to,
        subject=subject,
        text=text,
        journal_number=journal_number,
        contact=contact_line(organisation, answer_to),
        sent_date=today,
        due_date=last_date(due_at(body=body, organisation=organisation, sent_date=today)),
        rows=tuple(
            row_of(referral, position, files[referral.pk])
            for position, referral in enumerate(referrals, start=1)
        ),
    )


def registered(body, organisation, to, at):
    """The address to write to: `to` if it is registered for the body, else the first on its ladder; or InvalidInput."""
    emails = [row.email for row in contacts_on(body, organisation, timezone.localdate(at))]
    if not emails:
        raise no_address(body, "/to")
    if not to:
        return emails[0]
    found = next((email for email in emails if email.lower() == to.strip().lower()), None)
    if found is None:
        raise refuse("/to", "not_registered", _("Choose one of the body's registered addresses."))
    return found


def _check_row(referral, organisation, body, pointer, at):
    """Why a case may not go to the body now, said with its reference."""
    case = referral.case
    if case.organisation_id != organisation.pk or referral.body_id != body.pk:
        raise refuse(pointer, "unknown_choice", _("Choose one of the options on the list."))
    if referral.status != ReferralStatus.PREPARED:
        raise refuse(
            pointer,
            "already_sent",
            _("%(case)s: this has already been sent, or taken back.") % {"case": case.reference},
        )
    try:
        if case.status not in MOVES["refer"].sources:
            raise refuse(pointer, "not_ready", _("Mark the case as ready first."))
        check_may_leave_secretariat(case, at=at, pointer=pointer)
        check_may_be_asked(case, body, referral.question, pointer)
    except InvalidInput as invalid:
        raise InvalidInput(
            [
                FieldError(error.pointer, error.code, f"{case.reference}: {error.detail}")
                for error in invalid.errors
            ]
        ) from None


def send_batch(
    *,
    organisation,
    body,
    referrals,
    subject,
    letter,
    to=None,
    journal_number="",
    files=(),
    make_files=None,
    by,
    at=None,
):
    """Send one letter about the prepared `referrals` to `body`: one mail in the outbox, with files and a link.

    `files`: [(name, content type, bytes)]; `make_files(letter)` returns more of them, made of the Letter as it is sent.
    The files of each row go along after them.
    Raises InvalidInput (/subject, /letter, /to, /referrals/0 …), IllegalMove and NotAllowed. Returns the Batch.
    """
    at = moment(at)
    words = {"subject": subject, "letter": letter, "to": to, "journal_number": journal_number}
    keys = list(dict.fromkeys(referral.pk for referral in referrals))
    expected = made = None
    if make_files is not None:
        # Files take seconds and are made before anything is locked; again only if the letter has changed meanwhile.
        expected = _assemble_now(organisation, body, _rows(keys), words, by=by, at=at)
        made = make_files(expected)
    with transaction.atomic():
        lock_cases(Referral.objects.filter(pk__in=keys).order_by().values("case"))
        lock_referrals(keys)
        rows = _rows(keys)
        own = [row for row in rows if row.case.organisation_id == organisation.pk]
        moves = {row.pk: begin(row.case, "refer", by=by) for row in own}
        number = _take_number(organisation, at)
        whole = _assemble_now(organisation, body, rows, words, by=by, at=at, number=number)
        if make_files is not None and whole != expected:
            made = make_files(whole)
        batch = _new_batch(whole, organisation, body, at=at, by=by)
        due = due_at(body=body, organisation=organisation, sent_date=whole.sent_date)
        for position, row in enumerate(rows, start=1):
            _mark_sent(row, whole.sent_date, due, batch=batch, position=position, by=by, at=at)
        name_as_sent(rows, whole)
        files = [*files, *(made or ())]
        _keep_files(batch, files, at=at)
        _mail(batch, whole, [*files, *enclosed(batch)], kind="letter", at=at)
        for row in rows:
            move, from_status, _why = moves[row.pk]
            row.case.status = move.target
            save(row.case, "status")
            record(row.case, "refer", from_status=from_status, by=by, at=at, referral=row, is_public=True)
    return batch


def _rows(keys):
    """The referrals in the order of `keys`, with what a letter reads of them."""
    found = Referral.objects.select_related("case__campaign").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _assemble_now(organisation, body, rows, words, **options):
    with translation.override(settings.LANGUAGE_CODE):
        return assemble(organisation=organisation, body=body, referrals=rows, **words, **options)


def _new_batch(letter, organisation, body, *, at, by, channel="mail"):
    return Batch.objects.create(
        organisation=organisation,
        number=letter.number,
        body=body,
        subject=letter.subject,
        letter=letter.text,
        journal_number=letter.journal_number,
        contact=letter.contact,
        channel=channel,
        sent_at=at,
        sent_by=by,
    )


def _keep_files(batch, files, *, at):
    """Keep what goes along as it was sent."""
    for name, content_type, content in files:
        stored = StoredFile(
            organisation=batch.organisation,
            name=name,
            content_type=content_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            stored_date=timezone.localdate(at),
        )
        stored.file.save("", ContentFile(content), save=False)
        stored.save(force_insert=True)
        BatchFile.objects.create(batch=batch, file=stored)


def _mail(batch, letter, files, *, kind, at):
    """Issue the link and put the mail that carries it in the outbox."""
    _link, secret = issue_link(batch=batch, to_email=letter.to, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        text = mail_text(letter, link_address(batch.organisation, secret))
    queue_message(
        organisation=batch.organisation,
        kind=kind,
        to=letter.to,
        subject=letter.full_subject,
        body=text,
        reference=str(batch.pk),
        attachments=files,
        headers={"Reply-To": letter.reply_to} if letter.reply_to else None,
        secret=secret,
        at=at,
    )


@transaction.atomic
def refer(*, case, by, referrals=None, channel="letter", at=None):
    """Record that the prepared referrals (or those given) have been sent otherwise: by letter, phone or at a meeting.

    Nothing is mailed; each gets a number and a term. Returns the referrals.
    """
    at = moment(at)
    if channel not in OTHER_CHANNELS:
        raise refuse("/channel", "unknown_choice", _("Choose one of the options on the list."))
    move, from_status, _why = begin(case, "refer", by=by)
    check_may_leave_secretariat(case, at=at, pointer="/referrals")
    prepared = case.referrals.filter(status=ReferralStatus.PREPARED).select_related("body")
    if referrals is not None:
        prepared = prepared.filter(pk__in=[referral.pk for referral in referrals])
    prepared = list(prepared)
    if not prepared:
        raise refuse("/referrals", "required", _("Choose a body first."))
    sent_date = timezone.localdate(at)
    for referral in prepared:
        check_may_be_asked(case, referral.body, referral.question, "/referrals")
        batch = Batch.objects.create(
            organisation=case.organisation,
            number=_take_number(case.organisation, at),
            body=referral.body,
            subject=case.title,
            letter="",
            contact=contact_line(case.organisation, ""),
            channel=channel,
            sent_at=at,
            sent_by=by,
        )
        due = due_at(body=referral.body, organisation=case.organisation, sent_date=sent_date)
        _mark_sent(referral, sent_date, due, batch=batch, position=1, by=by, at=at)
    case.status = move.target
    save(case, "status")
    for referral in prepared:
        record(case, "refer", from_status=from_status, by=by, at=at, referral=referral, is_public=True)
    return prepared


@transaction.atomic
def refer_to_body(*, case, body, by, reason="", sent_date=None, at=None):
    """Record that `body` has been asked, as when a submission has been sent to it. Returns the sent Referral.

    A prepared referral to the same body is the one that is sent; an open one stays as it is. The submission is the
    letter: it has a number of its own, and it asks the ministry itself whether it is really the law.
    """
    at = moment(at)
    move, from_status, _why = begin(case, "refer", by=by)
    check_not_halted(case, "/body")
    check_may_leave_secretariat(case, at=at, pointer="/body")
    referral = case.referrals.open().filter(body=body).first()
    if referral is not None:
        return referral
    referral = case.referrals.filter(body=body, status=ReferralStatus.PREPARED).first()
    if referral is None:
        referral = new_referral(case, body, "", reason, at)
    check_workplace_spared(case, body, "/referrals")
    sent_date = sent_date or timezone.localdate(at)
    due = due_at(body=body, organisation=case.organisation, sent_date=sent_date)
    _mark_sent(referral, sent_date, due, by=by, at=at)
    case.status = move.target
    save(case, "status")
    record(case, "refer", from_status=from_status, by=by, at=at, referral=referral, is_public=True)
    return referral


def _mark_sent(referral, sent_date, due, *, batch=None, position=None, by, at):
    """The referral is with its body, and what was sent is kept as it reads now."""
    referral.status = check_referral_move("refer", referral)
    referral.sent_date, referral.due_at = sent_date, due
    referral.batch, referral.position = batch, position
    referral.save(update_fields=["status", "sent_date", "due_at", "batch", "position"])
    wording_now(referral, sent_at=at, sent_by=by).save(force_insert=True)
