"""Words that go: the writer withdraws, or retention erases. What is sent or published stays as a record.

These touch the example's case, so they live here and not with the example (architecture.md).
"""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from backend.cases.lifecycle import OPEN_REFERRALS, ReferralStatus, Status, check_referral_move
from backend.cases.models import Case, CaseExample, Effect, Support, Visibility
from backend.examples.actions import remove_words, step
from backend.examples.models import Example, SetAsideReason
from backend.examples.validation import check_text
from backend.organisations.permissions import moment

from .enclosing import drop_files
from .gathering import part
from .steps import lock_cases, lock_referrals, record, save, settle


@transaction.atomic
def withdraw(*, example, at=None):
    """The writer withdraws, under the code: the words are removed for good, and the case loses the example."""
    at = moment(at)
    step(example, "withdraw", at=at)
    _take_away(example, by=None, at=at)


@transaction.atomic
def erase(*, example, why, by, at=None):
    """Remove the words for good (a coordinator, or retention); a tombstone stays: reference, dates, why."""
    at = moment(at)
    why = check_text(why, pointer="/why", maximum=1000, required=True)
    step(example, "erase", by=by, at=at, why=why)
    _take_away(example, by=by, at=at)


@transaction.atomic
def to_whistleblower(*, example, by, at=None):
    """Close what belongs in the whistleblower scheme to everybody at once, and remove it for good.

    The words, files and contact go. A case that nobody else stands behind is no longer shown, and no body goes on with
    it. The history keeps the move and a sentence of ours which the writer reads: nothing that tells of the matter.
    """
    at = moment(at)
    with translation.override(settings.LANGUAGE_CODE):
        why = _(
            "This belongs in the whistleblower scheme, where the law protects you. We have deleted your text here at"
            " once. Use the link to the scheme on the campaign's page if you want to go on with it."
        )
    # What the secretariat said of the matter before goes with it; the moves themselves stay.
    example.events.update(why="")
    step(example, "to_whistleblower", by=by, at=at, why=why)
    example.set_aside_reason, example.flag = SetAsideReason.WHISTLEBLOWER, ""
    Example.objects.filter(pk=example.pk).update(set_aside_reason=example.set_aside_reason, flag="")
    for case in _take_away(example, by=by, at=at):
        if _is_stood_behind(case):
            continue
        if case.visibility != Visibility.INTERNAL:
            case.visibility, case.published_date = Visibility.INTERNAL, None
            save(case, "visibility", "published_date")
            record(case, "unpublish", from_status=case.status, by=by, at=at, why=example.reference)
        _call_back(case, example, by=by, at=at)


def _call_back(case, example, *, by, at):
    """Let no body read or answer further what it was sent, nor be sent what was prepared. Nobody outside is told."""
    unanswered = case.referrals.filter(status__in=[ReferralStatus.PREPARED, *OPEN_REFERRALS])
    rows = list(lock_referrals(unanswered.order_by().values("pk")).values())
    from_status = case.status
    for row in rows:
        row.status = check_referral_move("cancel_referral", row)
        row.save(update_fields=["status"])
    if rows:
        settle(case)
    for row in rows:
        record(
            case,
            "cancel_referral",
            from_status=from_status,
            by=by,
            at=at,
            why=example.reference,
            referral=row,
        )


def _take_away(example, *, by, at):
    rows = CaseExample.objects.filter(Q(left_at=None) | Q(is_source=True), example=example)
    own = Q(pk__in=rows.order_by().values("case"))
    merged_into = Q(pk__in=rows.order_by().values("case__merged_into"))  # it may have rested on this one too
    cases = lock_cases(Case.objects.filter(own | merged_into).order_by().values("pk"))
    part(example, by=by, at=at)
    Support.objects.filter(example=example).delete()  # what the writer said was the same goes with the words
    # What the answer came to in hours stays with the case; how the writer works does not.
    Effect.objects.filter(example=example).update(minutes=None, times=None, period="")
    remove_words(example)
    for case in cases.values():
        _without(case, example, by=by, at=at)
    return cases.values()


def _is_stood_behind(case):
    """Whether an example is left behind the case: its own, or of one that was merged into it."""
    own_or_merged = Q(case=case) | Q(case__merged_into=case)
    return CaseExample.objects.current().filter(own_or_merged).exists()


def _without(case, example, *, by, at):
    """Note the loss; a wording that nobody outside has seen and nobody stands behind goes with the words.

    What a body has been sent is a record, also when it has come back and the case is ready again.
    """
    record(case, "example_removed", from_status=case.status, by=by, at=at, why=example.reference)
    reached = case.closed_from or case.status
    is_record = (
        case.visibility != Visibility.INTERNAL
        or reached not in (Status.DRAFT, Status.READY)
        or case.referrals.exclude(sent_date=None).exists()
    )
    if is_record or _is_stood_behind(case):
        return
    drop_files(case.referrals.all())
    is_closed = case.status == Status.CLOSED
    from_status = case.status
    case.title, case.problem, case.proposal, case.legislation_text, case.stems = (
        case.reference,
        "",
        "",
        "",
        "",
    )
    names = ["title", "problem", "proposal", "legislation_text", "stems"]
    if not is_closed:
        case.closed_from, case.status = case.status, Status.CLOSED
        with translation.override(settings.LANGUAGE_CODE):  # the writer may be reading English
            case.closed_reason = _("The example that the case was made from has been removed.")
        names += ["closed_from", "status", "closed_reason"]
    save(case, *names)
    if not is_closed:
        record(case, "close", from_status=from_status, by=by, at=at, why=case.closed_reason)
