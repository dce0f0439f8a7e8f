"""Which move a case or a referral may make, and who may make it: one table (api.md, Lifecycle).

`available(case, user)` feeds the desk's buttons and the API's `allowed_moves`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.examples.lifecycle import IllegalMove, Move
from backend.organisations.permissions import can


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready to be sent")
    REFERRED = "referred", _("Sent on")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class ReferralStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    SENT = "sent", _("Sent")
    ACKNOWLEDGED = "acknowledged", _("Seen")
    ASKED_BACK = "asked_back", _("Asks back")
    ANSWERED = "answered", _("Answered")
    RETURNED = "returned", _("Not with us")
    CANCELLED = "cancelled", _("Cancelled")


class Outcome(models.TextChoices):
    FOLLOW = "follow", _("Promised")
    PARTLY = "partly", _("Promised in part")
    NOT = "not", _("Will not be changed")
    TRIAL = "trial", _("Trial")
    EXEMPTION = "exemption", _("Exemption")
    ALREADY_ALLOWED = "already_allowed", _("It is already allowed")
    LACKS_FACTS = "lacks_facts", _("We lack facts")
    NOT_OURS = "not_ours", _("Not with us – try …")


class ReasonCode(models.TextChoices):
    LAW_REQUIRES = "law_requires", _("The law requires it")
    SAFETY = "safety", _("Safety or legal certainty")
    COST = "cost", _("Cost")
    OTHER_PRIORITY = "other_priority", _("Something else comes first")
    DISAGREE = "disagree", _("We disagree")
    OTHER = "other", _("Something else")


# An outcome that a case may carry; lacks_facts and not_ours never become one.
CASE_OUTCOMES = (
    Outcome.FOLLOW,
    Outcome.PARTLY,
    Outcome.NOT,
    Outcome.TRIAL,
    Outcome.EXEMPTION,
    Outcome.ALREADY_ALLOWED,
)
# Those that somebody must carry out before they are done.
DOABLE_OUTCOMES = tuple(outcome for outcome in CASE_OUTCOMES if outcome != Outcome.NOT)
OPEN_REFERRALS = (ReferralStatus.SENT, ReferralStatus.ACKNOWLEDGED, ReferralStatus.ASKED_BACK)

S = Status
_OPEN = frozenset({S.DRAFT, S.READY, S.REFERRED, S.ANSWERED})
_ANY = frozenset(S)

# `target` None: the status stays, or follows from the referrals (cases.actions._settle).
MOVES = {
    move.name: move
    for move in [
        Move("edit", _("Edit"), _ANY, None, "case.edit"),
        Move("mark_ready", _("Mark as ready"), frozenset({S.DRAFT}), S.READY, "case.edit"),
        Move("back_to_draft", _("Back to draft"), frozenset({S.READY}), S.DRAFT, "case.edit"),
        Move("prepare_referral", _("Choose a body"), _OPEN, None, "case.edit"),
        Move(
            "refer",
            _("Record as sent"),
            frozenset({S.READY, S.REFERRED, S.ANSWERED}),
            S.REFERRED,
            "case.edit",
        ),
        Move("cancel_referral", _("Cancel the referral"), _OPEN, None, "case.edit", True),
        Move("record_reply", _("Enter a reply"), frozenset({S.REFERRED, S.ANSWERED}), None, "case.edit"),
        # Also from ready: once «not with us» is released the case is ready again, and it may be withdrawn all the same.
        Move(
            "release_reply",
            _("Release the reply"),
            frozenset({S.READY, S.REFERRED, S.ANSWERED}),
            None,
            "case.edit",
        ),
        Move(
            "withdraw_reply",
            _("Withdraw the reply"),
            frozenset({S.READY, S.REFERRED, S.ANSWERED}),
            None,
            "case.edit",
            True,
        ),
        Move("mark_done", _("Mark as done"), frozenset({S.ANSWERED}), None, "case.edit"),
        Move("undo_done", _("Not done after all"), frozenset({S.ANSWERED}), None, "case.edit", True),
        Move("close", _("Close the case"), _OPEN, S.CLOSED, "case.edit", True),
        Move("reopen", _("Reopen"), frozenset({S.CLOSED}), None, "case.edit", True),
        Move(
            "put_in_submission",
            _("Put in the submission"),
            frozenset({S.READY, S.REFERRED, S.ANSWERED}),
            None,
            "submission.edit",
        ),
        Move(
            "take_out_of_submission",
            _("Take out of the submission"),
            frozenset({S.READY, S.REFERRED, S.ANSWERED}),
            None,
            "submission.edit",
        ),
        Move("set_visibility", _("Choose who sees it"), _ANY, None, "case.publish"),
        Move("unpublish", _("Take off the web"), _ANY, None, "case.publish", True),
        Move("merge_into", _("Merge into another case"), _ANY, None, "case.make"),
        Move("unmerge", _("Undo the merge"), _ANY, None, "case.make"),
        Move("split", _("Split"), _OPEN, None, "case.make"),
    ]
}

R = ReferralStatus
# Referral moves: name → (sources, target; None: it stays). cancel_referral stands above: it is asked of the case.
REFERRAL_MOVES = {
    "refer": (frozenset({R.PREPARED}), R.SENT),
    "acknowledge": (frozenset({R.SENT}), R.ACKNOWLEDGED),
    "ask_back": (frozenset({R.SENT, R.ACKNOWLEDGED}), R.ASKED_BACK),
    "answer_body": (frozenset({R.ASKED_BACK}), R.ACKNOWLEDGED),
    "reply": (frozenset(OPEN_REFERRALS), R.ANSWERED),
    "correct_reply": (frozenset({R.ANSWERED}), R.ANSWERED),
    # The body answers anew on its page before anybody has released what it said.
    "take_back_reply": (frozenset({R.ASKED_BACK, R.ANSWERED, R.RETURNED}), R.ACKNOWLEDGED),
    "hand_back": (frozenset({R.SENT, R.ACKNOWLEDGED}), R.RETURNED),
    "cancel_referral": (frozenset({R.PREPARED, *OPEN_REFERRALS}), R.CANCELLED),
    # What goes along with the row is gathered until it is sent; the status stays.
    "attach_files": (frozenset({R.PREPARED}), None),
    "remove_file": (frozenset({R.PREPARED}), None),
    # The body reads the case's new wording; the status stays.
    "send_wording": (frozenset(OPEN_REFERRALS), None),
}


def check_move(name, case):
    """The Move called `name`, or IllegalMove where `case` may not make it now."""
    move = MOVES[name]
    if case.status not in move.sources or not _state_allows(name, case):
        raise IllegalMove(name, case.status)
    return move


def check_referral_move(name, referral):
    """The referral's next status, or IllegalMove."""
    sources, target = REFERRAL_MOVES[name]
    if referral.status not in sources:
        raise IllegalMove(name, referral.status)
    return target or referral.status


def available(case, user):
    """The moves that `user` may make with `case` now, in the table's order."""
    return [
        move
        for move in MOVES.values()
        if case.status in move.sources
        and can(user, move.permission, case.organisation_id)
        and _state_allows(move.name, case)
    ]


def _state_allows(name, case):
    """What the status alone does not tell: a merged case only comes back, only what is promised can be done."""
    if case.merged_into_id is not None:
        return name == "unmerge"
    match name:
        case "unmerge":
            return False
        case "mark_done":
            return case.open_promises > 0
        case "undo_done":
            return case.implemented_date is not None
        case "unpublish":
            return case.visibility != "internal"
        case _:
            return True
