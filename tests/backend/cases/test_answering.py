"""Bodies asked and their answers: status follows from the referrals, outcome from a released reply."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from tests.factories import make_body, make_campaign, make_case, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db
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


def referred(case, by, *bodies):
    for body in bodies:
        actions.prepare_referral(case=case, body=body, by=by)
    return actions.refer(case=case, by=by)


def test_preparing_moves_nothing_and_referring_sends_what_is_prepared(case, coordinator):
    with pytest.raises(InvalidInput):
        actions.refer(case=case, by=coordinator)
    referral = actions.prepare_referral(case=case, body=make_body(), by=coordinator)
    assert (case.status, referral.status) == ("ready", "prepared")
    with pytest.raises(InvalidInput):
        actions.prepare_referral(case=case, body=referral.body, by=coordinator)
    actions.refer(case=case, by=coordinator)
    referral.refresh_from_db()
    assert (case.status, referral.status) == ("referred", "sent")


def test_a_kind_of_body_or_another_organisations_body_is_never_asked(case, coordinator):
    with pytest.raises(InvalidInput):
        actions.prepare_referral(case=case, body=make_body("skb", is_type=True), by=coordinator)
    strange = make_body("ou", organisation=make_organisation("noerreby"))
    with pytest.raises(InvalidInput):
        actions.prepare_referral(case=case, body=strange, by=coordinator)


def test_a_case_is_answered_when_the_last_reply_is_released(case, coordinator):
    first, second = referred(case, coordinator, make_body("fm"), make_body("bm"))
    reply = actions.record_reply(referral=first, by=coordinator, **PROMISE)
    assert (case.status, case.outcome) == ("referred", "")
    actions.release_reply(reply=reply, by=coordinator)
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("referred", "follow")
    actions.cancel_referral(referral=second, why="Det var nok", by=coordinator)
    case.refresh_from_db()
    assert case.status == "answered"


def test_a_withdrawn_reply_takes_its_outcome_with_it(case, coordinator):
    (referral,) = referred(case, coordinator, make_body())
    reply = actions.record_reply(referral=referral, by=coordinator, **PROMISE)
    actions.release_reply(reply=reply, by=coordinator)
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=datetime.date(2026, 11, 2), evidence="Væk.", by=coordinator)
    actions.withdraw_reply(reply=reply, why="Forkert sag", by=coordinator)
    case.refresh_from_db()
    assert (case.status, case.outcome, case.implemented_date) == ("referred", "", None)


def test_everybody_handing_back_makes_the_case_ready_again(case, coordinator):
    (referral,) = referred(case, coordinator, make_body())
    reply = actions.record_reply(referral=referral, answer="not_ours", points_to="KL", by=coordinator)
    case.refresh_from_db()
    referral.refresh_from_db()
    assert (referral.status, case.status, case.outcome) == ("returned", "referred", "")
    actions.release_reply(reply=reply, by=coordinator)
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("ready", "")


def test_the_case_s_status_tells_of_no_not_with_us_before_its_release(case, coordinator):
    first, second = referred(case, coordinator, make_body("fm"), make_body("bm"))
    reply = actions.record_reply(referral=first, by=coordinator, **PROMISE)
    actions.release_reply(reply=reply, by=coordinator)
    returned = actions.record_reply(referral=second, answer="not_ours", points_to="KL", by=coordinator)
    case.refresh_from_db()
    assert case.status == "referred"
    actions.release_reply(reply=returned, by=coordinator)
    case.refresh_from_db()
    assert case.status == "answered"


def test_missing_facts_are_a_question_and_no_answer(case, coordinator):
    (referral,) = referred(case, coordinator, make_body())
    actions.record_reply(referral=referral, answer="lacks_facts", text="Hvilket system?", by=coordinator)
    case.refresh_from_db()
    referral.refresh_from_db()
    assert (referral.status, case.status, case.outcome) == ("asked_back", "referred", "")


@pytest.mark.parametrize(
    "answer, needs",
    [
        ("follow", {"/what", "/by_whom", "/promised_date"}),
        ("partly", {"/what", "/by_whom", "/promised_date", "/reason_code", "/text"}),
        ("not", {"/reason_code", "/text"}),
        ("trial", {"/what", "/place", "/from_date", "/to_date"}),
        ("exemption", {"/what", "/by_whom", "/promised_date"}),
        ("already_allowed", {"/by_whom", "/promised_date"}),
        ("lacks_facts", {"/text"}),
        ("not_ours", {"/points_to"}),
        ("måske", {"/answer"}),
    ],
)
def test_each_outcome_says_what_it_needs(case, coordinator, answer, needs):
    (referral,) = referred(case, coordinator, make_body())
    with pytest.raises(InvalidInput) as invalid:
        actions.record_reply(referral=referral, answer=answer, by=coordinator)
    assert {error.pointer for error in invalid.value.errors} == needs


def test_yes_is_not_done_until_somebody_says_so(case, coordinator):
    (referral,) = referred(case, coordinator, make_body())
    reply = actions.record_reply(referral=referral, by=coordinator, **PROMISE)
    with pytest.raises(IllegalMove):
        actions.mark_done(
            case=case, implemented_date=datetime.date(2026, 11, 2), evidence="Væk.", by=coordinator
        )
    actions.release_reply(reply=reply, by=coordinator)
    case.refresh_from_db()
    with pytest.raises(InvalidInput):
        actions.mark_done(
            case=case, implemented_date=datetime.date(2099, 1, 1), evidence="Væk.", by=coordinator
        )
    actions.mark_done(case=case, implemented_date=datetime.date(2026, 11, 2), evidence="Væk.", by=coordinator)
    assert case.status == "answered"
    actions.undo_done(case=case, why="Skemaet kom igen", by=coordinator)
    assert case.implemented_date is None


def test_a_workplace_is_spared_until_five_examples_say_the_same(campaign, case, coordinator):
    workplace = make_body(
        "skole", "Skolen", organisation=campaign.organisation, kind="workplace", level="institution"
    )
    with pytest.raises(InvalidInput) as invalid:
        actions.prepare_referral(case=case, body=workplace, by=coordinator)
    assert [error.code for error in invalid.value.errors] == ["spares_workplace"]
    for _ in range(4):
        example, _code = make_example(campaign)
        actions.add_to_case(example=example, case=case, by=coordinator)
    referral = actions.prepare_referral(case=case, body=workplace, by=coordinator)
    actions.leave_case(example=example, why="Handler om andet", by=coordinator)
    with pytest.raises(InvalidInput):
        actions.refer(case=case, referrals=[referral], by=coordinator)


def test_a_workplace_that_may_be_asked_is_asked(campaign, coordinator):
    example, _code = make_example(campaign, spare_my_workplace=False)
    case = make_case(campaign, coordinator, example=example)
    workplace = make_body(
        "skole", "Skolen", organisation=campaign.organisation, kind="workplace", level="institution"
    )
    assert actions.prepare_referral(case=case, body=workplace, by=coordinator).status == "prepared"


def test_a_question_is_answered_and_the_body_owes_an_answer_again(case, coordinator):
    (referral,) = referred(case, coordinator, make_body())
    actions.acknowledge(referral=referral, by=coordinator)
    actions.record_reply(referral=referral, answer="lacks_facts", text="Hvilket system?", by=coordinator)
    referral.refresh_from_db()
    assert (referral.status, referral.paused_date) == ("asked_back", timezone.localdate())
    with pytest.raises(InvalidInput):
        actions.answer_body(referral=referral, text=" ", by=coordinator)
    actions.answer_body(referral=referral, text="Det fælles journalsystem.", by=coordinator)
    referral.refresh_from_db()
    assert (referral.status, referral.paused_date) == ("acknowledged", None)
    assert [message.kind for message in referral.messages.all()] == ["answer"]
    with pytest.raises(IllegalMove):
        actions.answer_body(referral=referral, text="En gang til.", by=coordinator)
    moves = list(case.events.order_by("id").values_list("move", flat=True))[-3:]
    assert moves == ["acknowledge", "record_reply", "answer_body"]


def test_an_answer_ends_the_pause_and_the_term_is_moved_on_by_it(case, coordinator):
    friday = datetime.datetime(2026, 11, 6, 12, tzinfo=datetime.UTC)
    wednesday = friday + datetime.timedelta(days=5)
    actions.prepare_referral(case=case, body=make_body(), by=coordinator)
    (referral,) = actions.refer(case=case, by=coordinator, at=friday)
    due = referral.due_at
    question = {"answer": "lacks_facts", "text": "Hvilket system?"}
    actions.record_reply(referral=referral, by=coordinator, at=friday, **question)
    actions.record_reply(referral=referral, by=coordinator, at=wednesday, **PROMISE)
    referral.refresh_from_db()
    assert (referral.status, referral.paused_date, referral.open_question) == ("answered", None, None)
    assert referral.due_at == due + datetime.timedelta(days=5)  # three working days, over a weekend


def test_nothing_came_before_the_body_was_asked(case, coordinator):
    (referral,) = referred(case, coordinator, make_body())
    before = timezone.localdate() - datetime.timedelta(days=1)
    with pytest.raises(InvalidInput) as invalid:
        actions.record_reply(referral=referral, received_date=before, by=coordinator, **PROMISE)
    assert [(error.pointer, error.code) for error in invalid.value.errors] == [
        ("/received_date", "before_sent")
    ]
    with pytest.raises(InvalidInput) as invalid:
        actions.acknowledge(referral=referral, acknowledged_date=before, by=coordinator)
    assert [error.pointer for error in invalid.value.errors] == ["/acknowledged_date"]


def test_a_phone_call_that_nobody_has_made_yet_is_not_recorded(case, coordinator):
    (referral,) = referred(case, coordinator, make_body())
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(InvalidInput):
        actions.acknowledge(referral=referral, acknowledged_date=tomorrow, by=coordinator)
