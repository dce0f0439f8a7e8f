"""Which move an example may make, and who may make it: one table (api.md, Lifecycle)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.organisations.permissions import can

SUBMITTER = "submitter"


class Status(models.TextChoices):
    RECEIVED = "received", _("Received")
    AWAITING_SUBMITTER = "awaiting_submitter", _("We have asked you")
    ACCEPTED = "accepted", _("Part of a case")
    SET_ASIDE = "set_aside", _("Set aside")
    WITHDRAWN = "withdrawn", _("Withdrawn by you")
    ERASED = "erased", _("Erased")


@dataclass(frozen=True)
class Move:
    """A named move: from which statuses, to which, and who. `permission` SUBMITTER: under the tracking code.

    `target` None: the status stays. `needs_why`: a sentence must be given.
    """

    name: str
    label: str
    sources: frozenset
    target: str | None
    permission: str
    needs_why: bool = False


S = Status
_LIVE = frozenset({S.RECEIVED, S.AWAITING_SUBMITTER, S.ACCEPTED, S.SET_ASIDE})

MOVES = {
    move.name: move
    for move in [
        Move("ask", _("Ask the writer"), frozenset({S.RECEIVED}), S.AWAITING_SUBMITTER, "example.move"),
        Move("make_case", _("Make a case"), frozenset({S.RECEIVED}), S.ACCEPTED, "case.make"),
        Move("add_to_case", _("Add to a case"), frozenset({S.RECEIVED}), S.ACCEPTED, "case.make"),
        Move("set_aside", _("Set it aside"), frozenset({S.RECEIVED}), S.SET_ASIDE, "example.move", True),
        Move("answer", _("Answer"), frozenset({S.AWAITING_SUBMITTER}), S.RECEIVED, SUBMITTER),
        Move(
            "stop_waiting", _("Stop waiting"), frozenset({S.AWAITING_SUBMITTER}), S.RECEIVED, "example.move"
        ),
        Move("leave_case", _("Take out of the case"), frozenset({S.ACCEPTED}), S.RECEIVED, "case.make", True),
        Move("take_back", _("Take back"), frozenset({S.SET_ASIDE}), S.RECEIVED, "example.move"),
        Move("to_whistleblower", _("Close for the whistleblower scheme"), _LIVE, S.ERASED, "example.move"),
        Move("withdraw", _("Withdraw"), _LIVE, S.WITHDRAWN, SUBMITTER),
        Move("erase", _("Erase the words"), _LIVE | {S.WITHDRAWN}, S.ERASED, "example.move", True),
    ]
}


class IllegalMove(Exception):
    """The move is not legal from the status the thing has now; doors answer 409."""

    def __init__(self, move, status):
        self.move, self.status = move, status
        super().__init__(f"{move} is not possible from {status}")


def check_move(name, example):
    """The Move called `name`, or IllegalMove where `example` may not make it now."""
    move = MOVES[name]
    if example.status not in move.sources:
        raise IllegalMove(name, example.status)
    return move


def available(example, user):
    """The staff moves that `user` may make with `example` now, in the table's order."""
    return [
        move
        for move in MOVES.values()
        if move.permission != SUBMITTER
        and example.status in move.sources
        and can(user, move.permission, example.organisation_id)
    ]


def available_to_submitter(example):
    """The moves open under the tracking code now."""
    return [
        move for move in MOVES.values() if move.permission == SUBMITTER and example.status in move.sources
    ]
