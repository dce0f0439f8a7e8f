"""What must be followed up: answers over their term, promises that are not done, and effects that did not come.

Promised, done and closed are three things: a yes opens a follow-up with a date, and only `mark_done` ends it.
"""

from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from backend.cases.lifecycle import ReferralStatus, Status
from backend.cases.models import Case, CaseExample, Change, Effect, Referral, Reply
from backend.examples.models import Message
from backend.organisations.permissions import organisations_where
from backend.organisations.sealing import unseal

NOT_SOLVED = (Change.SAME, Change.WORSE)


def promised():
    """The standing promises (Reply) that nobody has said are done, with `follow_date`, the next ones first.

    A trial is followed up when it ends. A case that was closed with a reason is no longer followed.
    """
    return (
        Reply.objects.promises()
        .filter(implemented_date=None, referral__case__merged_into=None)
        .exclude(referral__case__status=Status.CLOSED)
        .annotate(
            follow_date=Coalesce(
                "promised_date", "to_date", output_field=models.DateField(null=True, blank=True)
            )
        )
        .order_by("follow_date", "id")
    )


def late_promises(at):
    """The promises whose date has passed at `at`."""
    return promised().filter(follow_date__lt=timezone.localdate(at))


def promises_visible_to(user):
    """The promises to the organisations where `user` sees every case."""
    return promised().filter(referral__case__organisation__in=organisations_where(user, "case.view"))


def not_solved():
    """Cases that are said to be done, but where a writer says that it is the same or worse.

    One that a person has looked at since (`note_effect`) is not on the list.
    """
    unsolved = Effect.objects.filter(
        case=OuterRef("pk"),
        change__in=NOT_SOLVED,
        on_date__gte=OuterRef("effect_asked_date"),
        is_noted=False,
    )
    return Case.objects.filter(Exists(unsolved), merged_into=None, implemented_date__isnull=False)


def over_term(*, at):
    """Referrals whose term has run out at `at`, the oldest first, with what a list of them shows."""
    return (
        Referral.objects.overdue(at=at)
        .filter(case__merged_into=None)
        .exclude(case__status=Status.CLOSED)
        .select_related("case", "body", "batch__organisation")
        .prefetch_related("body__periods", "body__contacts", "batch__links")
        .order_by("due_at", "id")
    )


def answers_to_question(case):
    """[(reference, date)] of the examples whose writers have written since a body's question was released to them and
    that the body has not been answered; the newest first."""
    asking = Referral.objects.filter(case=case, status=ReferralStatus.ASKED_BACK)
    questions = Reply.objects.released().filter(pk__in=asking.values("open_question"))
    since = questions.order_by("released_at").values_list("released_at", flat=True).first()
    if since is None:
        return []
    messages = Message.objects.filter(
        from_submitter=True,
        on_date__gte=timezone.localdate(since),
        example__in=CaseExample.objects.current().filter(case=case).values("example"),
    )
    found = messages.order_by("-on_date", "-id").values_list("example__reference", "on_date")
    return list({reference: (reference, date) for reference, date in reversed(found)}.values())[::-1]


@dataclass(frozen=True)
class Step:
    """One rung of a body's ladder: whom to write to next."""

    email: str
    name: str
    title: str
    rank: int


def next_contact(referral, *, at):
    """The rung of the body's ladder after the one that was written to, or None: the one that is proposed.

    Escalation is never sent by itself; a person presses.
    """
    if referral.batch is None:
        return None
    today = timezone.localdate(at)
    ladder = [
        row
        for row in sorted(referral.body.contacts.all(), key=lambda row: (row.rank, row.pk))
        if row.organisation_id == referral.batch.organisation_id
        and (row.valid_from is None or row.valid_from <= today)
        and (row.valid_to is None or today <= row.valid_to)
    ]
    written = {
        unseal(link.to_email_encrypted).lower()
        for link in referral.batch.links.all()
        if link.parent_id is None
    }
    reached = max((row.rank for row in ladder if row.email.lower() in written), default=None)
    for row in ladder:
        if row.email.lower() not in written and (reached is None or row.rank > reached):
            return Step(row.email, row.name, row.title, row.rank)
    return None
