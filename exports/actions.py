"""Every write about a submission: putting the form together, freezing it, recording its sending, replacing it.

All are keyword-only, with `by` the actor and `at` the moment (None: now), and atomic. They raise IllegalMove where
the move is not legal now (409), NotAllowed where the role does not hold it (403) and InvalidInput for what was
typed (422).
"""

import dataclasses
import hashlib

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.actions import refer_to_body
from backend.cases.actions.referring import check_not_halted
from backend.cases.actions.steps import begin, check_may_leave_secretariat, lock_cases, record, refuse
from backend.cases.lifecycle import IllegalMove
from backend.cases.models import Case, FormTable
from backend.cases.suggestions import suggest_table
from backend.examples.validation import FieldError, InvalidInput, check_text, unknown_choice
from backend.organisations.actions import log_access
from backend.organisations.models import Organisation
from backend.organisations.permissions import check_permission, moment
from exports.formats import FORMATS
from exports.forms import FORMS
from exports.forms.challenge import Challenge
from exports.forms.challenge import write as write_challenge
from exports.models import FormRow, Submission, SubmissionFile
from exports.queries import document_of, rows_with_cases

# What is typed in a challenge: how long it may be, and whether it has to be there.
CHALLENGE_TEXTS = {
    "subject": (180, True),
    "introduction": (4000, False),
    "rule": (2000, True),
    "problem": (8000, True),
    "wish": (8000, True),
    "effect": (2000, True),
    "contact": (300, False),
}
NOT_READY = _("This case is closed or not ready. Take it out of the form.")


@transaction.atomic
def create_draft(*, organisation, body, by, form="kulegravning_2017", at=None):
    """Begin a submission to `body`; there is one draft of a form at a time. Returns the Submission."""
    check_permission(by, "submission.edit", organisation)
    if form not in FORMS:
        raise InvalidInput([unknown_choice("/form")])
    return _new_draft(organisation, body, form, by, moment(at))


def _new_draft(organisation, body, form, by, at, **values):
    if body.is_type or body.organisation_id not in (None, organisation.pk):
        raise InvalidInput([unknown_choice("/body")])
    # The organisation's row is what two people who begin at once wait for.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Submission.objects.drafts().filter(organisation=organisation, form=form).exists():
        raise refuse(
            "", "draft_exists", _("There is already a draft of this form. Finish it or throw it away first.")
        )
    senders = [{"name": organisation.name, "contact": organisation.contact, "phone": organisation.phone}]
    return Submission.objects.create(
        organisation=organisation,
        body=body,
        form=form,
        created_at=at,
        created_by=by,
        **{"senders": senders, **values},
    )


def _lock_draft(submission, by, move):
    """The draft's row, locked. IllegalMove once it is frozen: what was frozen is replaced, never changed."""
    check_permission(by, "submission.edit", submission.organisation_id)
    locked = (
        Submission.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=submission.pk)
    )
    if locked.is_frozen:
        raise IllegalMove(move, "frozen")
    return locked


@transaction.atomic
def discard_draft(*, submission, by, at=None):
    """Throw the draft away; its cases are as free as before, and what it was to replace still stands."""
    draft = _lock_draft(submission, by, "discard")
    at = moment(at)
    for row in draft.rows.select_related("case"):
        record(row.case, "take_out_of_submission", from_status=row.case.status, by=by, at=at)
    draft.rows.all().delete()
    draft.delete()


@transaction.atomic
def add_case(*, submission, case, by, table=None, at=None):
    """Put a case into the draft, last in its table. Returns the FormRow.

    `table` None takes the case's own, and where nobody has chosen, the suggested one.
    """
    at = moment(at)
    draft = _lock_draft(submission, by, "put_in_submission")
    if case.organisation_id != draft.organisation_id:
        raise Case.DoesNotExist
    _move, from_status, _why = begin(case, "put_in_submission", by=by)
    check_may_leave_secretariat(case, at=at, pointer="/cases")
    if draft.rows.filter(case=case).exists():
        raise refuse("/cases", "already_chosen", _("The case is already in the submission."))
    table = _check_table(table or case.table or suggest_table(case).value)
    last = draft.rows.filter(table=table).aggregate(last=Max("position"))["last"] or 0
    row = FormRow(
        submission=draft,
        organisation=draft.organisation,
        case=case,
        table=table,
        position=last + 1,
        cells={},
    )
    row.save(force_insert=True)
    record(case, "put_in_submission", from_status=from_status, by=by, at=at)
    return row


def _check_table(table):
    if table not in (FormTable.COHERENCE, FormTable.TIME):
        raise InvalidInput([unknown_choice("/table")])
    return int(table)


@transaction.atomic
def remove_case(*, submission, case, by, at=None):
    """Take a case out of the draft again. Also one that has been closed since: it must not be stuck there."""
    draft = _lock_draft(submission, by, "take_out_of_submission")
    row = draft.rows.select_related("case").get(case=case)
    rows = [other for other in _rows(draft) if other.pk != row.pk]
    _place(draft, rows)
    record(row.case, "take_out_of_submission", from_status=row.case.status, by=by, at=moment(at))


def _rows(draft):
    return list(draft.rows.order_by("table", "position"))


def _place(draft, rows):
    """Let `rows`, in this order, be the draft's rows: deleted and put in again, as their places are unique."""
    draft.rows.all().delete()
    taken = {}
    for row in rows:
        row.submission = draft
        row.position = taken[row.table] = taken.get(row.table, 0) + 1
    FormRow.objects.bulk_create(rows)


@transaction.atomic
def move_rows(*, submission, rows, table, by):
    """Move rows to the other table, last and in the order they had. `rows` are FormRows or their ids."""
    draft = _lock_draft(submission, by, "edit")
    table = _check_table(table)
    chosen = {str(getattr(row, "pk", row)) for row in rows}
    stay, go = [], []
    for row in _rows(draft):
        (go if str(row.pk) in chosen and row.table != table else stay).append(row)
    for row in go:
        row.table = table
    _place(draft, [*stay, *go])


@transaction.atomic
def shift_row(*, submission, row, steps, by):
    """Move one row up (negative) or down among its table's rows; at the end it stays."""
    draft = _lock_draft(submission, by, "edit")
    rows = _rows(draft)
    table = draft.rows.get(pk=getattr(row, "pk", row)).table
    beside = [other for other in rows if other.table == table]
    index = next(i for i, other in enumerate(beside) if other.pk == getattr(row, "pk", row))
    moved = beside.pop(index)
    beside.insert(min(max(index + steps, 0), len(beside)), moved)
    _place(draft, [*(other for other in rows if other.table != table), *beside])


@transaction.atomic
def reorder(*, submission, order, by):
    """Give the whole form a new order: `order` is {table: [row ids]} and must name each row once."""
    draft = _lock_draft(submission, by, "edit")
    rows = {str(row.pk): row for row in _rows(draft)}
    named = [(_check_table(table), str(pk)) for table, pks in order.items() for pk in pks]
    if sorted(pk for _table, pk in named) != sorted(rows):
        raise refuse(
            "/order", "unknown_choice", _("The rows have changed since the page was opened. Try again.")
        )
    for table, pk in named:
        rows[pk].table = table
    _place(draft, [rows[pk] for _table, pk in named])


@transaction.atomic
def edit_row(*, submission, row, cells, by):
    """Let the row say something else than its case; a cell that says the same follows the case again."""
    draft = _lock_draft(submission, by, "edit")
    row = rows_with_cases(draft).get(pk=getattr(row, "pk", row))
    form = FORMS[draft.form]
    own = form.cells(row.case)
    errors, cleaned = [], {}
    for key, text in cells.items():
        if key not in own:
            raise InvalidInput([unknown_choice(f"/cells/{key}")])
        try:
            cleaned[key] = check_text(
                text, pointer=f"/cells/{key}", maximum=form.CELL_LIMITS[key], required=key == "problem"
            )
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    if errors:
        raise InvalidInput(errors)
    row.cells = {key: text for key, text in {**row.cells, **cleaned}.items() if text != own[key]}
    row.save(update_fields=["cells"])
    return row


@transaction.atomic
def set_options(
    *, submission, by, name=None, contact=None, phone=None, body=None, has_annex=None, has_answers=None
):
    """Set the sender block, the receiver and which sheets follow the form; None leaves a thing as it is."""
    draft = _lock_draft(submission, by, "edit")
    sender = dict(draft.senders[0])
    errors = []
    for key, text, maximum in (("name", name, 120), ("contact", contact, 200), ("phone", phone, 40)):
        if text is None:
            continue
        try:
            sender[key] = check_text(
                text, pointer=f"/{key}", maximum=maximum, required=key == "name", single_line=True
            )
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    if body is not None and (body.is_type or body.organisation_id not in (None, draft.organisation_id)):
        errors.append(unknown_choice("/body"))
    if errors:
        raise InvalidInput(errors)
    draft.senders = [sender, *draft.senders[1:]]
    draft.body = body or draft.body
    draft.has_annex = draft.has_annex if has_annex is None else has_annex
    draft.has_answers = draft.has_answers if has_answers is None else has_answers
    draft.save(update_fields=["senders", "body", "has_annex", "has_answers"])
    return draft


@transaction.atomic
def freeze(*, submission, by, at=None):
    """Give the draft its number and keep the very bytes of every format. Returns the frozen Submission.

    InvalidInput names each case that may not leave the house (any more).
    """
    at = moment(at)
    draft = _lock_draft(submission, by, "freeze")
    lock_cases(draft.rows.order_by().values("case"))
    rows = list(rows_with_cases(draft))
    if not rows:
        raise refuse("", "no_rows", _("There is nothing in the form yet."))
    _check_rows(rows, by=by, at=at)
    # The organisation's row last (`cases.actions.steps`): two submissions frozen at once get their numbers one after
    # the other.
    Organisation.objects.select_for_update(no_key=True).get(pk=submission.organisation_id)
    form = FORMS[draft.form]
    for row in rows:
        # From now on the row keeps its own words, whatever becomes of the case.
        row.cells = {**form.cells(row.case), **row.cells}
    FormRow.objects.bulk_update(rows, ["cells"])
    year = timezone.localdate(at).year
    taken = Submission.objects.filter(organisation=draft.organisation_id, year=year).aggregate(
        last=Max("seq")
    )["last"]
    draft.year, draft.seq = year, (taken or 0) + 1
    draft.frozen_at, draft.frozen_by = at, by
    draft.save(update_fields=["year", "seq", "frozen_at", "frozen_by"])
    document = document_of(draft)
    for name, format_module in FORMATS.items():
        content = format_module.write(document)
        SubmissionFile.objects.create(
            submission=draft,
            format=name,
            bytes=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
    return draft


def _check_rows(rows, *, by, at):
    errors = []
    for row in rows:
        try:
            begin(row.case, "put_in_submission", by=by)
            check_may_leave_secretariat(row.case, at=at, pointer=f"/cases/{row.case.reference}")
        except IllegalMove:
            errors.extend(refuse(f"/cases/{row.case.reference}", "not_ready", NOT_READY).errors)
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    if errors:
        raise InvalidInput(errors)


@transaction.atomic
def freeze_cases(*, organisation, body, cases, by, form="kulegravning_2017", options=None, at=None):
    """Draw up and freeze a form of these cases in one step, as the API does. Returns the frozen Submission.

    `cases` is a list of (case, table or None) in the order of the rows, `options` what `set_options` takes.
    InvalidInput names every case that cannot come in by its number in the list: `/cases/0`.
    """
    at = moment(at)
    lock_cases([case.pk for case, _table in cases])
    draft = create_draft(organisation=organisation, body=body, form=form, by=by, at=at)
    errors = []
    for number, (case, table) in enumerate(cases):
        try:
            add_case(submission=draft, case=case, table=table, by=by, at=at)
        except IllegalMove:
            errors.extend(refuse(f"/cases/{number}", "not_ready", NOT_READY).errors)
        except InvalidInput as invalid:
            errors.extend(dataclasses.replace(error, pointer=f"/cases/{number}") for error in invalid.errors)
    if errors:
        raise InvalidInput(errors)
    if options:
        set_options(submission=draft, by=by, **options)
    return freeze(submission=draft, by=by, at=at)


@transaction.atomic
def record_sent(*, submission, sent_to, by, sent_date=None, at=None):
    """Record to whom and when the frozen form was sent; each row's case is then referred to the receiver.

    Returns the cases that could not be moved along, such as one closed since the freezing: the row went all the same.
    """
    at = moment(at)
    check_permission(by, "submission.edit", submission.organisation_id)
    frozen = Submission.objects.select_for_update(of=("self",), no_key=True).get(pk=submission.pk)
    if not frozen.is_frozen or frozen.sent_date is not None:
        raise IllegalMove("sent", "sent" if frozen.is_frozen else "draft")
    sent_to = check_text(sent_to, pointer="/sent_to", maximum=200, required=True, single_line=True)
    sent_date = sent_date or timezone.localdate(at)
    if not timezone.localdate(frozen.frozen_at) <= sent_date <= timezone.localdate(at):
        detail = _("Write a day from the freezing until today.")
        raise refuse("/sent_date", "out_of_range", detail)
    frozen.sent_to, frozen.sent_date, frozen.sent_by, frozen.sent_recorded_at = sent_to, sent_date, by, at
    frozen.save(update_fields=["sent_to", "sent_date", "sent_by", "sent_recorded_at"])
    left = []
    lock_cases(frozen.rows.order_by().values("case"))
    for row in frozen.rows.select_related("case"):
        try:
            referral = refer_to_body(
                case=row.case, body=frozen.body, by=by, reason=frozen.number, sent_date=sent_date, at=at
            )
        except (IllegalMove, InvalidInput):
            left.append(row.case)
        else:
            FormRow.objects.filter(pk=row.pk).update(referral=referral)
    return left


@transaction.atomic
def replace(*, submission, by, at=None):
    """Begin a draft that will replace a frozen submission, with the same rows, receiver and sender.

    Returns (draft, cases left behind): a case that is closed or may not leave the house is not taken along.
    """
    at = moment(at)
    check_permission(by, "submission.edit", submission.organisation_id)
    old = (
        Submission.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "body")
        .get(pk=submission.pk)
    )
    if not old.is_frozen:
        raise IllegalMove("replace", "draft")
    if Submission.objects.filter(replaces=old).exists():
        raise IllegalMove("replace", "replaced")
    lock_cases(old.rows.order_by().values("case"))
    draft = _new_draft(
        old.organisation,
        old.body,
        old.form,
        by,
        at,
        senders=old.senders,
        has_annex=old.has_annex,
        has_answers=old.has_answers,
        replaces=old,
    )
    left = []
    form = FORMS[old.form]
    for row in rows_with_cases(old):
        try:
            taken = add_case(submission=draft, case=row.case, by=by, table=row.table, at=at)
        except (IllegalMove, InvalidInput):
            left.append(row.case)
            continue
        own = form.cells(row.case)
        taken.cells = {key: text for key, text in row.cells.items() if text != own[key]}
        taken.save(update_fields=["cells"])
    return draft, left


@transaction.atomic
def download(*, submission, format_name, by, at=None):
    """The bytes of the submission in one format: the stored ones of a frozen one, a draft drawn up now. Logged."""
    check_permission(by, "submission.view", submission.organisation_id)
    log_access(
        by=by,
        organisation=submission.organisation,
        kind="export",
        reference=f"{submission.number or 'kladde'}.{format_name}",
        at=at,
    )
    if submission.is_frozen:
        return bytes(submission.files.get(format=format_name).bytes)
    return FORMATS[format_name].write(document_of(submission))


@transaction.atomic
def draft_challenge(*, case, body, values, by, at=None):
    """A letter that challenges the rule behind `case`, as (name, bytes) of a Word file. Logged as an export.

    `values`: subject, introduction, rule, problem, wish, effect, from_date, to_date and contact as typed. Nothing is
    sent and the case does not move. Raises InvalidInput at every faulty field.
    """
    at = moment(at)
    check_permission(by, "case.edit", case.organisation_id)
    check_not_halted(case, "")
    check_may_leave_secretariat(case, at=at, pointer="")
    if body.is_type or body.organisation_id not in (None, case.organisation_id):
        raise InvalidInput([unknown_choice("/body")])
    texts, errors = {}, []
    for name, (maximum, is_required) in CHALLENGE_TEXTS.items():
        try:
            texts[name] = check_text(
                values[name],
                pointer=f"/{name}",
                maximum=maximum,
                required=is_required,
                single_line=maximum <= 300,
            )
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    if values["to_date"] <= values["from_date"]:
        errors.append(FieldError("/to_date", "out_of_range", _("Write a day after the first one.")))
    if errors:
        raise InvalidInput(errors)
    today = timezone.localdate(at)
    challenge = Challenge(
        organisation=case.organisation.name,
        receiver=body.name_on(today),
        reference=case.reference,
        on_date=today,
        from_date=values["from_date"],
        to_date=values["to_date"],
        **texts,
    )
    name = f"udfordring-{case.reference}.docx"
    log_access(by=by, organisation=case.organisation, kind="export", reference=name, at=at)
    return name, write_challenge(challenge)
