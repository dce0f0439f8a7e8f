"""One answer of each body stands at a time, and a promise belongs to the answer that made it."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import body as of_body
from backend.cases.answers import current_replies, shown_referrals
from backend.cases.followup import promised
from backend.cases.models import Reply
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from tests.factories import (
    make_body,
    make_campaign,
    make_case,
    make_letter,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db
DONE = datetime.date(2026, 11, 2)
NO = {"answer": "not", "reason_code": "cost", "text": "Der er ikke råd."}


def promise(day=1, **fields):
    return {
        "answer": "follow",
        "what": "Skemaet afskaffes",
        "by_whom": "Centerchefen",
        "promised_date": datetime.date(2027, 3, day),
        **fields,
    }


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


@pytest.fixture
def case(campaign, coordinator):
    case = make_case(campaign, coordinator)
    actions.mark_ready(case=case, by=coordinator)
    for key in ("fm", "bm"):
        actions.prepare_referral(case=case, body=make_body(key, key.upper()), by=coordinator)
    return case


@pytest.fixture
def asked(case, coordinator):
    return sorted(actions.refer(case=case, by=coordinator), key=lambda referral: referral.body.key)


def released(referral, by, values, *, at=None):
    reply = actions.record_reply(referral=referral, by=by, at=at, **values)
    actions.release_reply(reply=reply, by=by, at=at)
    return reply


def corrected(reply, by, values, *, is_released=True, at=None):
    new = actions.correct_reply(reply=reply, by=by, at=at, **values)
    if is_released:
        actions.release_reply(reply=new, by=by, at=at)
    return new


def standing():
    return list(Reply.objects.standing())


def shown():
    return [reply for referral in shown_referrals() for reply in current_replies(referral)]


def moves(case):
    return list(case.events.order_by("id").values_list("move", flat=True))


def state(case):
    case.refresh_from_db()
    return case.status, case.outcome, case.implemented_date, case.open_promises


# --- One standing answer ----------------------------------------------------------------------------------------


def test_a_correction_that_was_itself_corrected_replaces_what_was_released(case, asked, coordinator):
    first = released(asked[0], coordinator, promise())
    second = corrected(first, coordinator, promise(2), is_released=False)
    third = actions.correct_reply(reply=second, by=coordinator, **promise(3))
    assert standing() == shown() == [first]
    actions.release_reply(reply=third, by=coordinator)
    assert standing() == shown() == list(promised()) == [third]
    assert Reply.objects.filter(referral=asked[0]).count() == 3


def test_a_withdrawn_correction_lets_the_answer_before_it_stand_again(case, asked, coordinator):
    first = released(asked[0], coordinator, promise())
    second = corrected(first, coordinator, promise(2))
    third = corrected(second, coordinator, NO)
    assert state(case)[1:] == ("not", None, 0)
    actions.withdraw_reply(reply=third, why="Det var den forkerte række", by=coordinator)
    assert standing() == shown() == [second]
    assert state(case)[1:] == ("follow", None, 1)


def test_which_answer_stands_does_not_hang_on_the_clock(case, asked, coordinator):
    now = timezone.now()
    first = released(asked[0], coordinator, promise(), at=now)
    second = corrected(first, coordinator, promise(2), at=now)
    third = corrected(second, coordinator, promise(3), at=now - datetime.timedelta(minutes=5))
    assert standing() == shown() == [third]


def test_a_body_never_replaces_a_correction_of_what_is_out(campaign, coordinator):
    _batch, (row,), link, _secret = make_letter(campaign, coordinator, rows=1)
    first = released(row, coordinator, promise())
    second = corrected(first, coordinator, promise(2), is_released=False)
    actions.correct_reply(reply=second, by=coordinator, **promise(3))
    with pytest.raises(IllegalMove):
        of_body.hand_back(
            link=link, referrals=[row], points_to="KL", signed_name="Bo Chef", signed_title="Centerchef"
        )
    assert state(row.case)[:2] == ("referred", "follow")


def test_an_old_question_is_not_entered_anew_beside_the_answer(case, asked, coordinator):
    question = actions.record_reply(
        referral=asked[0], answer="lacks_facts", text="Hvilket system?", by=coordinator
    )
    actions.release_reply(reply=question, by=coordinator)
    released(asked[0], coordinator, promise())
    with pytest.raises(InvalidInput) as invalid:
        actions.correct_reply(reply=question, by=coordinator, **NO)
    assert [error.code for error in invalid.value.errors] == ["not_an_answer"]


# --- Promises ---------------------------------------------------------------------------------------------------


def test_a_later_no_leaves_what_another_body_has_done(case, asked, coordinator):
    released(asked[0], coordinator, promise())
    actions.cancel_referral(referral=asked[1], why="Vi spørger igen", by=coordinator)
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=DONE, evidence="Væk.", by=coordinator)
    body = asked[1].body
    actions.prepare_referral(case=case, body=body, by=coordinator)
    (again,) = actions.refer(case=case, by=coordinator)
    released(again, coordinator, NO)
    assert state(case) == ("answered", "follow", DONE, 0)
    assert "undo_done" not in moves(case)


def test_a_promise_is_marked_done_after_another_body_has_refused(case, asked, coordinator):
    kept = released(asked[0], coordinator, promise())
    released(asked[1], coordinator, NO)
    assert state(case) == ("answered", "not", None, 1)
    assert list(promised()) == [kept]
    actions.mark_done(case=case, implemented_date=DONE, evidence="Væk.", by=coordinator)
    assert state(case) == ("answered", "follow", DONE, 0)
    assert case.evidence == "Væk."
    assert not promised()
    actions.undo_done(case=case, why="Skemaet kom igen", by=coordinator)
    assert state(case) == ("answered", "not", None, 1)
    assert list(promised()) == [kept]


def test_each_promise_is_followed_and_done_by_itself(case, asked, coordinator):
    first = released(asked[0], coordinator, promise())
    second = released(asked[1], coordinator, promise(5, answer="exemption"))
    assert list(promised()) == [first, second]
    case.refresh_from_db()
    actions.mark_done(case=case, reply=second, implemented_date=DONE, evidence="Givet.", by=coordinator)
    assert state(case) == ("answered", "exemption", DONE, 1)
    assert list(promised()) == [first]
    with pytest.raises(InvalidInput) as invalid:
        actions.mark_done(case=case, reply=second, implemented_date=DONE, evidence="Igen", by=coordinator)
    assert [error.pointer for error in invalid.value.errors] == ["/reply"]
    later = DONE + datetime.timedelta(days=9)
    actions.mark_done(case=case, reply=first, implemented_date=later, evidence="Væk.", by=coordinator)
    assert state(case) == ("answered", "follow", later, 0)
    actions.undo_done(case=case, reply=first, why="Det kom igen", by=coordinator)
    assert state(case) == ("answered", "exemption", DONE, 1)
    done = case.events.filter(move__in=["mark_done", "undo_done"]).order_by("id")
    assert [(event.move, event.referral_id) for event in done] == [
        ("mark_done", asked[1].pk),
        ("mark_done", asked[0].pk),
        ("undo_done", asked[0].pk),
    ]


def test_a_promise_that_comes_after_something_was_done_is_followed(case, asked, coordinator):
    released(asked[0], coordinator, promise())
    actions.cancel_referral(referral=asked[1], why="Vi spørger igen", by=coordinator)
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=DONE, evidence="Væk.", by=coordinator)
    actions.prepare_referral(case=case, body=asked[1].body, by=coordinator)
    (again,) = actions.refer(case=case, by=coordinator)
    late = released(again, coordinator, promise(9))
    assert state(case) == ("answered", "follow", DONE, 1)
    assert list(promised()) == [late]
    actions.mark_done(case=case, implemented_date=DONE, evidence="Også væk.", by=coordinator)
    assert state(case)[3] == 0


def test_a_corrected_promise_stays_done_and_a_corrected_no_says_that_it_is_not(case, asked, coordinator):
    first = released(asked[0], coordinator, promise())
    actions.cancel_referral(referral=asked[1], why="Det var nok", by=coordinator)
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=DONE, evidence="Væk.", by=coordinator)
    second = corrected(first, coordinator, promise(2))
    assert state(case) == ("answered", "follow", DONE, 0)
    third = corrected(second, coordinator, NO)
    assert state(case) == ("answered", "not", None, 0)
    assert moves(case)[-2:] == ["release_reply", "undo_done"]
    actions.withdraw_reply(reply=third, why="Forkert række", by=coordinator)
    assert state(case) == ("referred", "follow", DONE, 0)
    assert moves(case)[-2:] == ["withdraw_reply", "mark_done"]
    assert case.events.get(move="undo_done").is_public


def test_what_is_done_follows_the_version_that_stands(case, asked, coordinator):
    first = released(asked[0], coordinator, promise())
    actions.cancel_referral(referral=asked[1], why="Det var nok", by=coordinator)
    second = corrected(first, coordinator, promise(2))
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=DONE, evidence="Væk.", by=coordinator)
    actions.withdraw_reply(reply=second, why="Forkert", by=coordinator)
    assert state(case)[1:] == ("follow", DONE, 0)
    assert Reply.objects.get(implemented_date=DONE).pk == first.pk
    actions.release_reply(reply=second, by=coordinator)
    assert state(case) == ("answered", "follow", DONE, 0)
    assert (Reply.objects.get(implemented_date=DONE).pk, case.evidence) == (second.pk, "Væk.")
    actions.undo_done(case=case, why="Skemaet kom igen", by=coordinator)
    actions.withdraw_reply(reply=second, why="Forkert", by=coordinator)
    assert state(case)[2:] == (None, 1)


def test_what_is_done_is_inherited_where_the_answer_before_was_withdrawn(case, asked, coordinator):
    first = released(asked[0], coordinator, promise())
    actions.cancel_referral(referral=asked[1], why="Det var nok", by=coordinator)
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=DONE, evidence="Væk.", by=coordinator)
    second = corrected(first, coordinator, promise(2), is_released=False)
    actions.withdraw_reply(reply=first, why="Forkert", by=coordinator)
    actions.release_reply(reply=second, by=coordinator)
    assert state(case) == ("answered", "follow", DONE, 0)
