"""Nothing a body said leaves the desk before a person has read it: released, held, withdrawn, entered anew."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.answers import shown_referrals, shown_status
from backend.cases.models import ReferralMessage, Reply
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from tests.factories import make_body, make_campaign, make_case, make_organisation, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
PROMISE = {
    "answer": "follow",
    "what": "Skemaet afskaffes",
    "by_whom": "Centerchefen",
    "promised_date": datetime.date(2027, 3, 1),
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
    return case


def asked(case, by, key="fm", name="Finansministeriet"):
    actions.prepare_referral(case=case, body=make_body(key, name), by=by)
    return actions.refer(case=case, by=by)[0]


def codes(invalid):
    return [(error.pointer, error.code) for error in invalid.value.errors]


def test_what_looks_like_a_person_is_released_only_with_the_tick(case, coordinator):
    reply = actions.record_reply(
        referral=asked(case, coordinator),
        answer="not",
        reason_code="other",
        text="Ring til fru Mette Hansen på 20 30 40 50.",
        by=coordinator,
    )
    with pytest.raises(InvalidInput) as invalid:
        actions.release_reply(reply=reply, by=coordinator)
    assert codes(invalid) == [("/no_personal_data", "required")]
    actions.release_reply(reply=reply, no_personal_data=True, by=coordinator)
    reply.refresh_from_db()
    assert reply.released_by == coordinator


def test_a_draft_at_the_body_is_never_released(case, coordinator):
    referral = asked(case, coordinator)
    draft = Reply.objects.create(
        referral=referral, is_proposal=True, received_date=TODAY(), channel="page", **PROMISE
    )
    with pytest.raises(InvalidInput) as invalid:
        actions.release_reply(reply=draft, by=coordinator)
    assert codes(invalid) == [("", "proposal")]
    with pytest.raises(InvalidInput):
        actions.hold_replies(replies=[draft], until=TODAY(), by=coordinator)


def test_not_with_us_makes_the_case_ready_again_when_it_is_released(case, coordinator):
    referral = asked(case, coordinator)
    reply = actions.record_reply(referral=referral, answer="not_ours", points_to="KL", by=coordinator)
    case.refresh_from_db()
    assert case.status == "referred"
    actions.release_reply(reply=reply, by=coordinator)
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("ready", "")
    assert case.events.filter(move="release_reply", is_public=True).exists()
    actions.withdraw_reply(reply=reply, why="Den skulle til en anden", by=coordinator)
    case.refresh_from_db()
    assert case.status == "referred"


def test_replies_are_held_and_released_together_after_the_meeting(campaign, coordinator):
    replies = []
    for number in range(3):
        case = make_case(campaign, coordinator, title=f"Forslag {number}")
        actions.mark_ready(case=case, by=coordinator)
        referral = asked(case, coordinator, f"body{number}")
        replies.append(actions.record_reply(referral=referral, by=coordinator, **PROMISE))
    until = TODAY() + datetime.timedelta(days=14)
    actions.hold_replies(replies=replies, until=until, note="MED-mødet den 9.", by=coordinator)
    assert set(Reply.objects.values_list("held_until", "held_note")) == {(until, "MED-mødet den 9.")}
    actions.hold_replies(replies=replies[:1], by=coordinator)
    assert Reply.objects.get(pk=replies[0].pk).held_until is None
    actions.close(case=replies[2].referral.case, why="Det var nok", by=coordinator)
    released, skipped = actions.release_replies(replies=replies, by=coordinator)
    assert released == replies[:2]
    assert [reply for reply, _why in skipped] == [replies[2]]
    assert Reply.objects.released().filter(held_until=None).count() == 2


def test_nothing_is_held_until_yesterday_nor_after_it_is_out(case, coordinator):
    reply = actions.record_reply(referral=asked(case, coordinator), by=coordinator, **PROMISE)
    with pytest.raises(InvalidInput) as invalid:
        actions.hold_replies(replies=[reply], until=datetime.date(2020, 1, 1), by=coordinator)
    assert codes(invalid) == [("/held_until", "invalid")]
    actions.release_reply(reply=reply, by=coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.hold_replies(replies=[reply], until=TODAY(), by=coordinator)
    assert codes(invalid) == [("", "not_waiting")]


def test_a_reply_that_is_entered_anew_waits_while_the_old_one_stays(case, coordinator):
    old = actions.record_reply(referral=asked(case, coordinator), by=coordinator, **PROMISE)
    actions.release_reply(reply=old, by=coordinator)
    later = {**PROMISE, "promised_date": datetime.date(2027, 9, 1)}
    new = actions.correct_reply(reply=old, by=coordinator, **later)
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("referred", "follow")
    assert list(Reply.objects.waiting()) == [new]
    with pytest.raises(InvalidInput) as invalid:
        actions.correct_reply(reply=old, by=coordinator, **PROMISE)
    assert codes(invalid) == [("", "superseded")]
    actions.release_reply(reply=new, by=coordinator)
    case.refresh_from_db()
    assert case.status == "answered"


def test_a_replaced_reply_is_not_released_in_its_place(case, coordinator):
    old = actions.record_reply(referral=asked(case, coordinator), by=coordinator, **PROMISE)
    actions.correct_reply(
        reply=old, answer="not", reason_code="cost", text="Der er ikke råd.", by=coordinator
    )
    with pytest.raises(InvalidInput) as invalid:
        actions.release_reply(reply=old, by=coordinator)
    assert codes(invalid) == [("", "superseded")]


def test_an_open_question_is_not_entered_anew_as_an_answer(case, coordinator):
    referral = asked(case, coordinator)
    question = actions.record_reply(
        referral=referral, answer="lacks_facts", text="Hvilket system?", by=coordinator
    )
    with pytest.raises(IllegalMove):
        actions.correct_reply(reply=question, by=coordinator, **PROMISE)


@pytest.mark.parametrize(
    "values, pointer",
    [
        ({"plan_url": "http://example.org/plan"}, "/plan_url"),
        ({"plan_url": "https://"}, "/plan_url"),
        ({"med_discussed_date": datetime.date(2099, 1, 1)}, "/med_discussed_date"),
        ({"received_date": datetime.date(2099, 1, 1)}, "/received_date"),
        ({"from_date": datetime.date(2027, 3, 1), "to_date": datetime.date(2027, 2, 1)}, "/to_date"),
        ({"channel": "due"}, "/channel"),
        ({"text": "Borgeren har CPR 010190-1234."}, "/text"),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(case, coordinator, values, pointer):
    referral = asked(case, coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.record_reply(referral=referral, by=coordinator, **PROMISE, **values)
    assert [error.pointer for error in invalid.value.errors] == [pointer]
    referral.refresh_from_db()
    assert referral.status == "sent"


def test_a_correction_is_shown_and_taken_off_by_a_person(case, coordinator):
    message = ReferralMessage.objects.create(
        referral=asked(case, coordinator), kind="correction", text="Skemaet hedder B2.", on_date=TODAY()
    )
    with pytest.raises(NotAllowed):
        actions.release_message(message=message, by=make_user("reader", case.organisation))
    actions.release_message(message=message, by=coordinator)
    with pytest.raises(InvalidInput):
        actions.release_message(message=message, by=coordinator)
    message.refresh_from_db()
    assert message.released_by == coordinator
    actions.withdraw_message(message=message, why="Den var skrevet i den forkerte række", by=coordinator)
    message.refresh_from_db()
    assert message.released_at is None


def test_an_earlier_question_that_was_released_tells_no_later_answer(case, coordinator):
    referral = asked(case, coordinator)
    question = actions.record_reply(
        referral=referral, answer="lacks_facts", text="Hvilket system?", by=coordinator
    )
    actions.release_reply(reply=question, by=coordinator)
    assert shown_status(shown_referrals().get()) == "asked_back"
    referral.refresh_from_db()
    actions.answer_body(referral=referral, text="Begge to.", by=coordinator)
    referral.refresh_from_db()
    answer = actions.record_reply(referral=referral, by=coordinator, **PROMISE)
    assert shown_status(shown_referrals().get()) == "acknowledged"
    actions.release_reply(reply=answer, by=coordinator)
    assert shown_status(shown_referrals().get()) == "answered"


@pytest.mark.parametrize(
    "values, between",
    [
        ({"answer": "not_ours", "points_to": "KL"}, "returned"),
        (PROMISE, "answered"),
        ({"answer": "lacks_facts", "text": "Hvilket?"}, "asked_back"),
    ],
)
def test_a_reply_on_the_wrong_row_is_taken_back_and_the_body_owes_its_answer(
    case, coordinator, values, between
):
    referral = asked(case, coordinator)
    reply = actions.record_reply(referral=referral, by=coordinator, **values)
    referral.refresh_from_db()
    assert referral.status == between
    actions.take_back_reply(reply=reply, why="Forkert række", by=coordinator)
    case.refresh_from_db()
    referral.refresh_from_db()
    assert (case.status, case.outcome, referral.status) == ("referred", "", "acknowledged")
    assert (referral.paused_date, referral.open_question) == (None, None)
    assert not Reply.objects.waiting().exists()
    for refused in (actions.release_reply, actions.take_back_reply, actions.correct_reply):
        more = {"why": "Igen"} if refused is actions.take_back_reply else {}
        more = PROMISE if refused is actions.correct_reply else more
        with pytest.raises((InvalidInput, IllegalMove)):
            refused(reply=reply, by=coordinator, **more)
    answer = actions.record_reply(referral=referral, by=coordinator, **PROMISE)
    actions.release_reply(reply=answer, by=coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.take_back_reply(reply=answer, why="Også", by=coordinator)
    assert codes(invalid) == [("", "not_waiting")]


def test_an_earlier_question_is_taken_back_while_the_next_one_stays_open(case, coordinator):
    referral = asked(case, coordinator)
    first, second = ({"answer": "lacks_facts", "text": text} for text in ("Hvilket?", "Og hvor?"))
    first = actions.record_reply(referral=referral, by=coordinator, **first)
    actions.answer_body(referral=referral, text="Journalen.", by=coordinator)
    second = actions.record_reply(referral=referral, by=coordinator, **second)
    actions.take_back_reply(reply=first, why="Forkert række", by=coordinator)
    referral.refresh_from_db()
    assert (referral.status, referral.open_question) == ("asked_back", second)
    assert referral.paused_date is not None
    actions.take_back_reply(reply=second, why="Også", by=coordinator)
    referral.refresh_from_db()
    assert (referral.status, referral.open_question, referral.paused_date) == ("acknowledged", None, None)


def test_a_correction_of_what_is_out_is_not_taken_back(case, coordinator):
    old = actions.record_reply(referral=asked(case, coordinator), by=coordinator, **PROMISE)
    actions.release_reply(reply=old, by=coordinator)
    new = actions.correct_reply(reply=old, by=coordinator, **PROMISE)
    with pytest.raises(InvalidInput) as invalid:
        actions.take_back_reply(reply=new, why="Forkert", by=coordinator)
    assert codes(invalid) == [("", "answer_is_out")]


def test_what_came_back_is_not_owed_again_where_the_body_has_been_asked_anew(case, coordinator):
    referral = asked(case, coordinator)
    reply = actions.record_reply(referral=referral, answer="not_ours", points_to="KL", by=coordinator)
    actions.prepare_referral(case=case, body=referral.body, by=coordinator)
    with pytest.raises(IllegalMove):
        actions.take_back_reply(reply=reply, why="Forkert række", by=coordinator)
    assert list(Reply.objects.waiting()) == [reply]
