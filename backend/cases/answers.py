"""Bodies asked and their answers as those outside may see them: released, newest version, under the name of the day."""

from django.db.models import Prefetch, Q
from django.utils import timezone

from .filters import SHOWN_REFERRALS
from .lifecycle import Outcome, ReferralStatus
from .models import Case, Referral, ReferralMessage, Reply, standing_of

# What these statuses tell is an answer, and an answer is told when a person has released it.
_TOLD_WHEN_RELEASED = (ReferralStatus.ANSWERED, ReferralStatus.RETURNED, ReferralStatus.ASKED_BACK)


def shown_referrals():
    """Referrals as the outside may see them: sent, with released replies only, in the order they were sent.

    One that was taken back after it had been sent is told too: a writer may have read that the body was asked.
    """
    replies = Reply.objects.released().filter(is_proposal=False).order_by("received_date", "id")
    corrections = (
        ReferralMessage.objects.filter(kind="correction").exclude(released_at=None).order_by("on_date", "id")
    )
    return (
        Referral.objects.filter(
            Q(status__in=SHOWN_REFERRALS) | Q(status=ReferralStatus.CANCELLED, sent_date__isnull=False)
        )
        .select_related("body")
        .prefetch_related(
            "body__periods",
            Prefetch("replies", replies),
            Prefetch("messages", corrections, to_attr="corrections"),
        )
        .order_by("sent_date", "id")
    )


def asked_publicly(organisation):
    """The referrals of the organisation's published cases that the outside may see."""
    public = Case.objects.public().filter(organisation=organisation)
    return Referral.objects.filter(case__in=public.order_by(), status__in=SHOWN_REFERRALS)


def told(organisation):
    """The released answers about published cases that hold."""
    return Reply.objects.standing().filter(referral__in=asked_publicly(organisation))


def with_answers(cases):
    """`cases` with `asked`: the referrals that may be shown."""
    return cases.prefetch_related(Prefetch("referrals", shown_referrals(), to_attr="asked"))


def current_replies(referral):
    """The released answers that hold; `referral` as `shown_referrals` gives it."""
    return standing_of(list(referral.replies.all()))


def _is_told(referral, status):
    """Whether a released reply says what `status` says: an earlier question that was released tells no later answer."""
    replies = list(referral.replies.all())
    if status == ReferralStatus.ASKED_BACK:
        return any(reply.pk == referral.open_question_id for reply in replies)
    if status == ReferralStatus.RETURNED:
        return any(reply.answer == Outcome.NOT_OURS for reply in replies)
    return any(reply.answer not in (Outcome.LACKS_FACTS, Outcome.NOT_OURS) for reply in replies)


def shown_status(referral):
    """The status that the outside sees: an answer that waits for release does not show, nor that there is one."""
    status = ReferralStatus(referral.status)
    if status in _TOLD_WHEN_RELEASED and not _is_told(referral, status):
        return ReferralStatus.ACKNOWLEDGED if referral.acknowledged_date else ReferralStatus.SENT
    return status


def days_late(referral, *, at):
    """By how many days the answer is late, 0 where it is not. Whether that may be told is the organisation's choice
    (`is_lateness_public`). One whose answer waits with us is not late.
    """
    runs = (
        referral.status in (ReferralStatus.SENT, ReferralStatus.ACKNOWLEDGED) and referral.due_at is not None
    )
    return max((timezone.localdate(at) - timezone.localdate(referral.due_at)).days, 0) if runs else 0


def name_now(body, then):
    """The body's name today where it is another than `then`, else nothing."""
    name = body.name_on(None)
    return name if name != then else ""
