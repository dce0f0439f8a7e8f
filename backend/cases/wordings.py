"""What a body reads of a case: the words as they were sent to it, whatever the case says now."""

from .lifecycle import OPEN_REFERRALS, ReferralStatus, Status
from .models import SentWording

# The words of which a later change would have to be sent as well.
_WORDS = ("title", "problem", "proposal", "rule", "question")


def wording_now(referral, **sending):
    """The SentWording that would go to the body now, not stored. `sending`: sent_at, sent_by."""
    case = referral.case
    return SentWording(
        referral=referral,
        title=case.title,
        problem=case.problem,
        proposal=case.proposal,
        rule=case.legislation_text,
        question=referral.question,
        **sending,
    )


def wordings_of(referral):
    """Every wording that was sent, the oldest first. `referral`: best with `wordings` prefetched."""
    return sorted(referral.wordings.all(), key=lambda wording: wording.pk)


def is_reworded(referral):
    """Whether the case says something else than what its body was sent last. Needs `case` and `wordings`."""
    sent = wordings_of(referral)
    now = wording_now(referral)
    return bool(sent) and any(getattr(sent[-1], name) != getattr(now, name) for name in _WORDS)


def is_called_back(referral):
    """Whether the body is no longer to read the row: taken back, stopped by a flag, or closed or merged before it had
    answered. Needs `case`.
    """
    case = referral.case
    has_ended = case.status == Status.CLOSED or case.merged_into_id is not None
    return (
        referral.status == ReferralStatus.CANCELLED
        or bool(case.flag)
        or (has_ended and referral.status in OPEN_REFERRALS)
    )
