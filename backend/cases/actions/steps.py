"""What every move of a case shares: lock, check, write the status and one row of history.

Rows are locked in one order everywhere, so that two people's moves wait for each other and are never killed by the
database: a letter or its link, an example or a submission first; then cases by key (all that the move touches, at
once: `lock_cases`), their referrals by key, replies and messages; the organisation, which gives out numbers, last.
The locks leave the key free, so that a row of history is never in the way of another's lock.
"""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.lifecycle import (
    CASE_OUTCOMES,
    DOABLE_OUTCOMES,
    Outcome,
    ReferralStatus,
    Status,
    check_move,
)
from backend.cases.models import Case, CaseEvent, CaseExample, Referral, Reply
from backend.examples.models import Audience
from backend.examples.personal_hints import find_personal_hints
from backend.examples.validation import FieldError, InvalidInput, NotNow, check_text, unknown_choice
from backend.organisations.permissions import check_permission
from backend.organisations.workdays import add_working_days

# How long a wording waits for the writer who asked to see it (api.md, preview_wording).
PREVIEW_WORKING_DAYS = 5
# The case's fields that follow from its standing replies.
OF_REPLIES = ("outcome", "implemented_date", "evidence", "open_promises")


def lock(case):
    """The case's row, locked until the transaction ends, as it stands now."""
    return Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)


def lock_cases(keys):
    """{key: Case} of several, locked in the order that everybody locks them in."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    return {case.pk: case for case in rows}


def lock_referrals(keys):
    """{key: Referral} of those of cases that are locked already."""
    rows = Referral.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    return {referral.pk: referral for referral in rows}


def lock_referral(referral):
    """The referral's row, of a case that is locked already."""
    return lock_referrals([referral.pk])[referral.pk]


def begin(case, name, *, by, why=None):
    """Lock `case`, check that `by` may make the move `name` now and that its `why` is given.

    Refreshes the caller's `case` and returns (move, from_status, why).
    """
    current = lock(case)
    move = check_move(name, current)
    check_permission(by, move.permission, current.organisation_id)
    if move.needs_why or why is not None:
        why = check_text(why, pointer="/why", maximum=1000, required=move.needs_why)
    case.refresh_from_db()
    return move, current.status, why or ""


def record(case, name, *, from_status, by, at, why="", referral=None, fields=(), is_public=False):
    """One row of history. `fields` are names only; no text of the example or the case is kept here."""
    CaseEvent.objects.create(
        case=case,
        referral=referral,
        move=name,
        from_status=from_status,
        to_status=case.status,
        by=by,
        on_date=timezone.localdate(at),
        at=at if by is not None else None,
        why=why,
        fields=list(fields),
        is_public=is_public,
    )


def save(case, *names):
    """Save the named fields and raise the version that stale saves are measured against."""
    case.version += 1
    case.save(update_fields=[*names, "version"])


def settle(case):
    """What follows from referrals and standing replies once somebody has been asked: status (api.md, `referred`),
    outcome, date of doing and how many promises are left. Saves them."""
    if case.status not in (Status.READY, Status.REFERRED, Status.ANSWERED):
        return
    # Also a «not with us» that waits: the case's own status would tell everybody what nobody has released.
    answers = Q(referral__status=ReferralStatus.ANSWERED)
    answers |= Q(referral__status=ReferralStatus.RETURNED, answer=Outcome.NOT_OURS)
    waiting = Reply.objects.waiting().filter(answers, referral__case=case)
    if case.referrals.open().exists() or waiting.exists():
        case.status = Status.REFERRED
    elif case.referrals.filter(status=ReferralStatus.ANSWERED).exists():
        case.status = Status.ANSWERED
    else:
        case.status = Status.READY
    follow_replies(case)
    save(case, "status", *OF_REPLIES)


def follow_replies(case):
    """Set what the case takes from its standing replies (OF_REPLIES), without saving it.

    What is done stands first, that done last before the rest: its answer is the case's outcome, its date and evidence
    the case's own. While nothing is done, the outcome is that of the answer released last. So one body's no takes
    nothing from what another has promised or done.
    """
    answers = list(
        Reply.objects.standing()
        .filter(referral__case=case, answer__in=CASE_OUTCOMES)
        .order_by("-released_at", "-received_date", "id")
    )
    done = [reply for reply in answers if reply.implemented_date is not None]
    last = max(done, key=lambda reply: (reply.implemented_date, reply.released_at), default=None)
    first = last or next(iter(answers), None)
    case.outcome = first.answer if first else ""
    case.implemented_date = last.implemented_date if last else None
    case.evidence = last.evidence if last else ""
    case.open_promises = sum(
        reply.answer in DOABLE_OUTCOMES and reply.implemented_date is None for reply in answers
    )


def refuse(pointer, code, detail):
    """InvalidInput with one error."""
    return InvalidInput([FieldError(pointer, code, detail)])


def not_now(code, detail, pointer=""):
    """NotNow with one error: where the thing stands the move is not legal (409), though its case may make it."""
    return NotNow([FieldError(pointer, code, detail)])


def check_own(organisation_id, **rows):
    """Raise InvalidInput unless each body and core task in `rows` is national or the organisation's own."""
    for name, row in rows.items():
        if row is not None and row.organisation_id not in (None, organisation_id):
            raise InvalidInput([unknown_choice(f"/{name}")])


def check_ticked(texts, no_personal_data):
    """Where the text seems to name somebody, a person must say that it holds no personal data."""
    if not no_personal_data and any(find_personal_hints(text) for text in texts):
        raise refuse(
            "/no_personal_data",
            "required",
            _("Something looks like personal data. Read it, and tick that the text holds none."),
        )


def check_may_leave_secretariat(case, *, at, pointer):
    """A case made from an example for the secretariat only goes nowhere; a wording waits for its writer.

    Raises InvalidInput at `pointer`.
    """
    if case.limit() == Audience.SECRETARIAT:
        raise refuse(
            pointer,
            "limited_by_writer",
            _("The writer wants only the secretariat to see this. The case stays internal."),
        )
    if wording_waits_until(case, at=at) is not None:
        raise refuse(
            pointer,
            "waits_for_writer",
            _(
                "The writer asked to see the wording first. It waits under the tracking code until the writer"
                " says yes, or for five working days."
            ),
        )


def _awaited_rows():
    """The sources whose writers asked to see the wording and have not said yes; also those that have left, since
    the wording may still rest on them."""
    return CaseExample.objects.filter(
        is_source=True, example__preview_wording=True, wording_accepted_date=None
    )


def _last_day(shown, today):
    return add_working_days(shown or today, PREVIEW_WORKING_DAYS)


def waiting_for_writers(cases, *, at):
    """The ids of those of `cases` whose wording still waits for a writer, in one query."""
    today = timezone.localdate(at)
    rows = _awaited_rows().filter(case__in=cases.order_by()).values_list("case", "wording_shown_date")
    return {case for case, shown in rows if _last_day(shown, today) >= today}


def wording_waits_until(case, *, at):
    """The last day the wording waits for a writer who asked to see it, or None when nobody is waited for."""
    today = timezone.localdate(at)
    shown = _awaited_rows().filter(case=case).values_list("wording_shown_date", flat=True)
    return max((day for date in shown if (day := _last_day(date, today)) >= today), default=None)
