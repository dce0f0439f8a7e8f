"""Every (status, move) pair of example, case and referral is decided here, as api.md's table has it."""

import pytest

from backend.cases import lifecycle as cases
from backend.cases.models import Case, Referral
from backend.examples import lifecycle as examples
from backend.examples.models import Example
from tests.factories import make_organisation, make_user

EXAMPLE_MOVES = {
    "received": {"ask", "make_case", "add_to_case", "set_aside", "to_whistleblower", "withdraw", "erase"},
    "awaiting_submitter": {"answer", "stop_waiting", "to_whistleblower", "withdraw", "erase"},
    "accepted": {"leave_case", "to_whistleblower", "withdraw", "erase"},
    "set_aside": {"take_back", "to_whistleblower", "withdraw", "erase"},
    "withdrawn": {"erase"},
    "erased": set(),
}
EVERYWHERE = {"edit", "set_visibility", "merge_into"}
OPEN = {"prepare_referral", "cancel_referral", "close", "split"}
FORM = {"put_in_submission", "take_out_of_submission"}
CASE_MOVES = {
    "draft": EVERYWHERE | OPEN | {"mark_ready"},
    "ready": EVERYWHERE | OPEN | FORM | {"back_to_draft", "refer", "release_reply", "withdraw_reply"},
    "referred": EVERYWHERE | OPEN | FORM | {"refer", "record_reply", "release_reply", "withdraw_reply"},
    "answered": EVERYWHERE | OPEN | FORM | {"refer", "record_reply", "release_reply", "withdraw_reply"},
    "closed": EVERYWHERE | {"reopen"},
}
REFERRAL_MOVES = {
    "prepared": {"refer", "cancel_referral", "attach_files", "remove_file"},
    "sent": {"acknowledge", "ask_back", "reply", "hand_back", "cancel_referral", "send_wording"},
    "acknowledged": {"ask_back", "reply", "hand_back", "cancel_referral", "send_wording"},
    "asked_back": {"answer_body", "reply", "take_back_reply", "cancel_referral", "send_wording"},
    "answered": {"correct_reply", "take_back_reply"},
    "returned": {"take_back_reply"},
    "cancelled": set(),
}


@pytest.mark.parametrize("status", examples.Status.values)
@pytest.mark.parametrize("move", examples.MOVES)
def test_an_example_makes_exactly_the_moves_of_its_status(status, move):
    example = Example(status=status)
    if move in EXAMPLE_MOVES[status]:
        assert examples.check_move(move, example).name == move
    else:
        with pytest.raises(examples.IllegalMove):
            examples.check_move(move, example)


@pytest.mark.parametrize("status", cases.Status.values)
@pytest.mark.parametrize("move", cases.MOVES)
def test_a_case_makes_exactly_the_moves_of_its_status(status, move):
    case = Case(status=status)
    if move in CASE_MOVES[status]:
        assert cases.check_move(move, case).name == move
    else:
        with pytest.raises(examples.IllegalMove):
            cases.check_move(move, case)


@pytest.mark.parametrize("status", cases.ReferralStatus.values)
@pytest.mark.parametrize("move", cases.REFERRAL_MOVES)
def test_a_referral_makes_exactly_the_moves_of_its_status(status, move):
    referral = Referral(status=status)
    if move in REFERRAL_MOVES[status]:
        assert cases.check_referral_move(move, referral) in cases.ReferralStatus
    else:
        with pytest.raises(examples.IllegalMove):
            cases.check_referral_move(move, referral)


def test_what_more_than_the_status_decides():
    assert cases.check_move("mark_done", Case(status="answered", outcome="not", open_promises=1))
    assert cases.check_move(
        "undo_done", Case(status="answered", outcome="follow", implemented_date="2026-11-02")
    )
    assert cases.check_move("unpublish", Case(status="draft", visibility="public"))
    with pytest.raises(examples.IllegalMove):
        cases.check_move("mark_done", Case(status="answered", outcome="follow", open_promises=0))


def test_a_merged_case_only_comes_back():
    other = Case(status="draft")
    merged = Case(status="draft", merged_into=other)
    assert cases.check_move("unmerge", merged)
    with pytest.raises(examples.IllegalMove):
        cases.check_move("edit", merged)


@pytest.mark.django_db
def test_the_roles_see_only_their_own_moves():
    organisation = make_organisation()
    case = Case(organisation=organisation, status="draft")
    example = Example(organisation=organisation, status="received")

    def moves_of(role):
        user = make_user(role, organisation)
        return (
            {move.name for move in examples.available(example, user)},
            {move.name for move in cases.available(case, user)},
        )

    assert moves_of("coordinator") == (
        {"ask", "make_case", "add_to_case", "set_aside", "to_whistleblower", "erase"},
        CASE_MOVES["draft"],
    )
    assert moves_of("caseworker") == (set(), CASE_MOVES["draft"] - {"merge_into", "split"})
    for role in ("reader", "committee_member", "editor", "administrator"):
        assert moves_of(role) == (set(), set())
