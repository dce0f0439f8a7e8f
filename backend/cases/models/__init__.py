"""The case, its referrals, its replies and its history."""

from .cases import (
    SMALL_GROUP,
    Case,
    CaseCause,
    CaseExample,
    CaseLaw,
    CaseQuerySet,
    FormTable,
    ReallyLaw,
    Support,
    Visibility,
)
from .history import CaseEvent, Change, Effect
from .referrals import AccessLink, Batch, BatchFile, Referral, ReferralFile, ReferralMessage, SentWording
from .replies import Reply, ReplyFile, standing_of

__all__ = [
    "SMALL_GROUP",
    "AccessLink",
    "Batch",
    "BatchFile",
    "Case",
    "CaseCause",
    "CaseEvent",
    "CaseExample",
    "CaseLaw",
    "CaseQuerySet",
    "Change",
    "Effect",
    "FormTable",
    "ReallyLaw",
    "Referral",
    "ReferralFile",
    "ReferralMessage",
    "Reply",
    "ReplyFile",
    "SentWording",
    "Support",
    "Visibility",
    "standing_of",
]
