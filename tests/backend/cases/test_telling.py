"""Writers are told of public steps: once confirmed, once a day, and nothing of what they wrote."""

import datetime
import re

import pytest
from django.core import mail

from backend.cases import actions
from backend.cases.answers import shown_status
from backend.cases.clock import tick
from backend.cases.following import follow
from backend.cases.followup import answers_to_question
from backend.examples.actions import add_message, answer, ask
from backend.examples.contacts import confirm_address, forget_address
from backend.examples.models import Contact, Example
from backend.outbox.models import OutgoingMessage
from tests.factories import make_body, make_campaign, make_case, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db
D = datetime.date
DAY = datetime.timedelta(days=1)
MONDAY = datetime.datetime(2026, 11, 2, 7, tzinfo=datetime.UTC)
# What a run of the clock asks when nothing is due.
QUIET = 21
KINDS = {"confirm_address", "news"}


@pytest.fixture
def campaign():
    return make_campaign(make_organisation(), opens_date=D(2026, 1, 1), closes_date=D(2028, 12, 31))


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


def mails(kind="news"):
    rows = OutgoingMessage.objects.filter(kind=kind).order_by("not_before", "id")
    return [
        message
        for row in rows
        for message in mail.outbox
        if message.extra_headers["Message-ID"] == row.message_id
    ]


def token_in(message):
    return message.body.partition("/afmeld/?t=")[2].split()[0]


def confirmed(campaign, *, at=MONDAY, **fields):
    """An example whose writer has said yes to mail."""
    example, code = make_example(campaign, contact_email="skriver@example.org", at=at, **fields)
    tick(at=at)
    confirm_address(token=token_in(mails("confirm_address")[-1]), organisation=campaign.organisation, at=at)
    return example, code


def refer(case, by, *, at, name="Sundhedsministeriet", key="sum"):
    """Send the case to a body, and return the referral."""
    body = make_body(key, name)
    if case.status == "draft":
        actions.mark_ready(case=case, by=by, at=at)
    actions.prepare_referral(case=case, body=body, question="Hvorfor findes kravet?", by=by, at=at)
    return actions.refer(case=case, by=by, at=at)[0]


PROMISE = {
    "answer": "follow",
    "what": "Skemaet går ud.",
    "by_whom": "Centret",
    "promised_date": D(2027, 1, 1),
}


def test_an_address_gets_one_mail_until_its_owner_says_yes(campaign, coordinator):
    examples = [make_example(campaign, contact_email="Skriver@example.org", at=MONDAY)[0] for _ in range(5)]
    for hour in range(10):
        tick(at=MONDAY + datetime.timedelta(hours=hour))
    case = make_case(campaign, coordinator, example=examples[0], at=MONDAY)
    refer(case, coordinator, at=MONDAY + DAY)
    for day in range(1, 31):
        tick(at=MONDAY + day * DAY)
    assert len(mails("confirm_address")) == 1
    assert mails() == []
    tick(at=MONDAY + 31 * DAY)
    assert not Contact.objects.exists()


def test_a_mail_says_nothing_of_what_was_written_nor_to_whom_it_went(campaign, coordinator):
    example, code = confirmed(campaign, problem="Et krav om skemaer i hjemmeplejen.")
    case = make_case(campaign, coordinator, example=example, title="Skemaer i hjemmeplejen", at=MONDAY)
    refer(case, coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    (news,) = mails()
    assert news.to == ["skriver@example.org"]
    assert news.subject == "Der er nyt om noget, du har skrevet til Lejre"
    assert "/spor/" in news.body
    told = [message.subject + message.body for message in mails() + mails("confirm_address")]
    for text in ("kemaer", "jemmepleje", "Sundhed", example.reference, case.reference):
        assert [mail for mail in told if text in mail] == []
    # Whole words: one of the code's may be part of another, as »lejr« is of Lejre.
    assert [word for word in code.split() for mail in told if re.search(rf"\b{word}\b", mail)] == []


def test_two_mails_differ_in_nothing_but_the_link_that_ends_them(campaign, coordinator):
    at = MONDAY
    first, _code = make_example(campaign, contact_email="a@example.org", at=at)
    second, _code = make_example(campaign, contact_email="b@example.org", at=at)
    tick(at=at)
    for message in mails("confirm_address"):
        confirm_address(token=token_in(message), organisation=campaign.organisation, at=at)
    case = make_case(campaign, coordinator, example=first, at=at)
    actions.add_to_case(example=second, case=case, by=coordinator, at=at)
    refer(case, coordinator, at=at)
    tick(at=at + DAY)
    for kind in KINDS:
        one, other = mails(kind)
        assert one.to != other.to
        assert one.body.replace(token_in(one), "") == other.body.replace(token_in(other), "")
        assert one.subject == other.subject


def test_the_ways_out_are_one_click_and_stand_nowhere_in_the_database(campaign, coordinator):
    example, _code = confirmed(campaign)
    (message,) = mails("confirm_address")
    token = token_in(message)
    assert message.extra_headers["List-Unsubscribe"] == f"<http://lejre.localhost:8000/afmeld/?t={token}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    row = OutgoingMessage.objects.get(kind="confirm_address")
    assert token not in f"{row.body}{row.headers}{row.secret_encrypted}"
    assert Contact.objects.get().unsubscribe_hash != token
    assert forget_address(token=token, organisation=campaign.organisation)
    assert not Contact.objects.exists()
    assert Example.objects.filter(pk=example.pk).exists()
    assert not forget_address(token=token, organisation=campaign.organisation)


def test_another_organisations_token_is_unknown(campaign):
    confirmed(campaign)
    token = token_in(mails("confirm_address")[0])
    other = make_organisation("greve")
    assert not confirm_address(token=token, organisation=other)
    assert not forget_address(token=token, organisation=other)
    assert Contact.objects.count() == 1


def test_news_comes_at_most_once_a_day_and_together(campaign, coordinator):
    first, _code = confirmed(campaign)
    second, _code = make_example(campaign, contact_email="skriver@example.org", at=MONDAY)
    at = MONDAY + DAY
    tick(at=at)
    assert mails() == []
    for number, example in enumerate((first, second)):
        case = make_case(campaign, coordinator, example=example, at=at)
        referral = refer(case, coordinator, at=at, key=f"body{number}")
        reply = actions.record_reply(referral=referral, by=coordinator, at=at, **PROMISE)
        actions.release_reply(reply=reply, by=coordinator, at=at)
    for hour in range(-1, 9):
        tick(at=at + DAY + datetime.timedelta(hours=hour))
    (news,) = mails()
    assert "sendt videre" in news.body
    assert "kommet et svar" in news.body
    case.refresh_from_db()
    actions.mark_done(
        case=case, implemented_date=D(2026, 11, 4), evidence="Skemaet er væk.", by=coordinator, at=at + DAY
    )
    tick(at=at + DAY + datetime.timedelta(hours=10))
    assert len(mails()) == 1
    for day in (2, 3, 4):
        tick(at=at + day * DAY)
    assert len(mails()) == 2
    assert "blevet gjort" in mails()[1].body
    assert "sendt videre" not in mails()[1].body


def test_an_answer_that_was_taken_back_overnight_is_no_news(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    referral = refer(case, coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    reply = actions.record_reply(referral=referral, by=coordinator, at=MONDAY + DAY, **PROMISE)
    actions.release_reply(reply=reply, by=coordinator, at=MONDAY + DAY)
    reply.refresh_from_db()
    actions.withdraw_reply(reply=reply, why="Forkert modtager", by=coordinator, at=MONDAY + DAY)
    tick(at=MONDAY + 2 * DAY)
    assert len(mails()) == 1


def test_one_promise_undone_and_another_done_in_a_night_are_both_told(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    replies = []
    for key in ("a", "b"):
        referral = refer(case, coordinator, at=MONDAY, key=key)
        reply = actions.record_reply(referral=referral, by=coordinator, at=MONDAY, **PROMISE)
        actions.release_reply(reply=reply, by=coordinator, at=MONDAY)
        replies.append(reply)
    done = {"implemented_date": MONDAY.date(), "evidence": "Væk.", "by": coordinator}
    case.refresh_from_db()
    actions.mark_done(case=case, reply=replies[0], at=MONDAY, **done)
    tick(at=MONDAY + DAY)
    before = len(mails())
    actions.undo_done(case=case, reply=replies[0], why="Kom igen", by=coordinator, at=MONDAY + DAY)
    actions.mark_done(case=case, reply=replies[1], at=MONDAY + DAY, **done)
    tick(at=MONDAY + 2 * DAY)
    told = mails()[before:]
    assert [("blevet gjort" in mail.body, "alligevel" in mail.body) for mail in told] == [(True, True)]


def test_a_bodys_question_is_told_of_as_a_question(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    referral = refer(case, coordinator, at=MONDAY)
    reply = actions.record_reply(
        referral=referral, answer="lacks_facts", text="Hvilket system?", by=coordinator, at=MONDAY
    )
    actions.release_reply(reply=reply, by=coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    (news,) = mails()
    assert "spørgsmål til dig" in news.body
    assert "kommet et svar" not in news.body


def test_the_secretariats_question_is_told_of_once_and_nothing_of_it(campaign, coordinator):
    example, _code = confirmed(campaign)
    ask(example=example, text="Hvilket skema?", by=coordinator, at=MONDAY + DAY)
    for minute in range(3):
        tick(at=MONDAY + DAY + datetime.timedelta(minutes=minute + 1))
    for day in (2, 3, 4):
        tick(at=MONDAY + day * DAY)
    (news,) = mails()
    assert "Sekretariatet har et spørgsmål" in news.body
    assert "skema" not in news.body
    answer(example=example, text="Det blå.", at=MONDAY + 5 * DAY)
    example.refresh_from_db()
    ask(example=example, text="Hvor?", by=coordinator, at=MONDAY + 5 * DAY)
    tick(at=MONDAY + 6 * DAY)
    assert len(mails()) == 2


def test_whoever_joins_later_is_not_told_what_went_before(campaign, coordinator):
    case = make_case(campaign, coordinator, at=MONDAY)
    refer(case, coordinator, at=MONDAY)
    example, _code = confirmed(campaign, at=MONDAY + 7 * DAY)
    actions.add_to_case(example=example, case=case, by=coordinator, at=MONDAY + 8 * DAY)
    tick(at=MONDAY + 9 * DAY)
    assert mails() == []


def test_a_merged_cases_writers_hear_of_the_one_that_stays(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    other = make_case(campaign, coordinator, at=MONDAY)
    actions.merge_into(case=case, other=other, by=coordinator, at=MONDAY)
    other.refresh_from_db()
    refer(other, coordinator, at=MONDAY + DAY)
    tick(at=MONDAY + 2 * DAY)
    assert len(mails()) == 1


def test_a_case_closed_without_being_done_lets_its_addresses_go(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    actions.close(case=case, why="Hører ikke til her", by=coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    assert "afsluttet" in mails()[0].body
    tick(at=MONDAY + 31 * DAY)
    assert Contact.objects.exists()
    tick(at=MONDAY + 32 * DAY)
    assert not Contact.objects.exists()


def test_an_example_that_is_set_aside_lets_its_address_go_unless_it_is_taken_back(campaign, coordinator):
    example, _code = confirmed(campaign)
    later, why = MONDAY + 100 * DAY, {"reason": "no_example", "why": "Vi fandt ikke et eksempel."}
    actions.set_aside(example=example, by=coordinator, at=MONDAY, **why)
    actions.take_back(example=example, by=coordinator, at=MONDAY)
    tick(at=later)
    assert Contact.objects.exists()
    actions.set_aside(example=example, by=coordinator, at=later, **why)
    tick(at=later + 30 * DAY)
    assert Contact.objects.exists()
    tick(at=later + 31 * DAY)
    assert not Contact.objects.exists()


def test_saying_yes_keeps_the_address_of_what_is_set_aside_no_longer(campaign, coordinator):
    example, _code = make_example(campaign, contact_email="skriver@example.org", at=MONDAY)
    tick(at=MONDAY)
    actions.set_aside(example=example, reason="no_example", why="Tak.", by=coordinator, at=MONDAY)
    token = token_in(mails("confirm_address")[-1])
    confirm_address(token=token, organisation=campaign.organisation, at=MONDAY)
    tick(at=MONDAY + 31 * DAY)
    assert not Contact.objects.exists()


def test_closed_and_taken_up_again_in_a_day_is_no_news_and_keeps_the_address(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    refer(case, coordinator, at=MONDAY)
    kept = Contact.objects.get().delete_after
    actions.close(case=case, why="En fejl", by=coordinator, at=MONDAY)
    actions.reopen(case=case, why="Det var en fejl", by=coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    (news,) = mails()
    assert "sendt videre" in news.body
    assert "afsluttet" not in news.body
    assert "taget op igen" not in news.body
    assert Contact.objects.get().delete_after == kept


def test_a_case_taken_up_again_later_is_told_and_keeps_the_address_as_before(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    kept = Contact.objects.get().delete_after
    actions.close(case=case, why="Hører ikke til her", by=coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    assert Contact.objects.get().delete_after < kept
    actions.reopen(case=case, why="Det gør det alligevel", by=coordinator, at=MONDAY + 2 * DAY)
    tick(at=MONDAY + 3 * DAY)
    assert "taget op igen" in mails()[1].body
    assert Contact.objects.get().delete_after == kept


def test_whoever_joins_or_is_merged_the_same_day_is_not_told_what_went_before(campaign, coordinator):
    joins, _code = confirmed(campaign)
    merged, _code = make_example(campaign, contact_email="anden@example.org", at=MONDAY)
    tick(at=MONDAY + datetime.timedelta(hours=1))
    confirm_address(
        token=token_in(mails("confirm_address")[-1]), organisation=campaign.organisation, at=MONDAY
    )
    case = make_case(campaign, coordinator, at=MONDAY)
    own = make_case(campaign, coordinator, example=merged, at=MONDAY)
    referral = refer(case, coordinator, at=MONDAY)
    actions.add_to_case(example=joins, case=case, by=coordinator, at=MONDAY)
    actions.merge_into(case=own, other=case, by=coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    assert mails() == []
    reply = actions.record_reply(referral=referral, by=coordinator, at=MONDAY + DAY, **PROMISE)
    actions.release_reply(reply=reply, by=coordinator, at=MONDAY + DAY)
    tick(at=MONDAY + 2 * DAY)
    assert {tuple(message.to) for message in mails()} == {("skriver@example.org",), ("anden@example.org",)}
    assert all("sendt videre" not in message.body for message in mails())


def ask_back(referral, by, text, *, at, is_released=True):
    """The body asks; True: the writers may read it. Returns the Reply."""
    reply = actions.record_reply(referral=referral, answer="lacks_facts", text=text, by=by, at=at)
    if is_released:
        actions.release_reply(reply=reply, by=by, at=at)
    return reply


def test_an_old_question_is_not_told_again_and_a_second_one_the_same_day_is(campaign, coordinator):
    example, _code = confirmed(campaign)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    referral = refer(case, coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    at = MONDAY + DAY
    first = ask_back(referral, coordinator, "Hvilket system?", at=at)
    actions.answer_body(referral=referral, text="Omsorgssystemet.", by=coordinator, at=at)
    second = ask_back(referral, coordinator, "Hvor mange?", at=at, is_released=False)
    assert follow(example).questions == []
    assert shown_status(follow(example).asked[0]) == "acknowledged"
    assert answers_to_question(case) == []
    tick(at=at + DAY)
    assert len(mails()) == 1
    actions.release_reply(reply=second, by=coordinator, at=at + DAY)
    assert [reply for _name, reply in follow(example).questions] == [second] != [first]
    assert shown_status(follow(example).asked[0]) == "asked_back"
    tick(at=at + 2 * DAY)
    assert "spørgsmål til dig" in mails()[1].body
    add_message(example=example, text="Ti.", at=at + 2 * DAY)
    assert [reference for reference, _date in answers_to_question(case)] == [example.reference]


def test_an_address_that_nobody_confirmed_is_not_kept_longer_for_the_question(campaign, coordinator):
    example, _code = make_example(campaign, contact_email="skriver@example.org", at=MONDAY)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    then = Contact.objects.get().delete_after
    reply = actions.record_reply(
        referral=refer(case, coordinator, at=MONDAY), by=coordinator, at=MONDAY, **PROMISE
    )
    actions.release_reply(reply=reply, by=coordinator, at=MONDAY)
    case.refresh_from_db()
    actions.mark_done(
        case=case, implemented_date=MONDAY.date(), evidence="Det er væk.", by=coordinator, at=MONDAY
    )
    assert actions.ask_effect(case=case, at=MONDAY + 20 * DAY)
    assert Contact.objects.get().delete_after == then


def test_no_mail_is_sent_at_night(campaign, coordinator):
    make_example(campaign, contact_email="skriver@example.org", at=MONDAY)
    tick(at=MONDAY.replace(hour=5, minute=59))
    assert mails("confirm_address") == []
    tick(at=MONDAY.replace(hour=6))
    assert len(mails("confirm_address")) == 1


def test_a_quiet_run_of_the_clock_asks_as_often_with_more(campaign, coordinator, django_assert_num_queries):
    """A quiet minute costs the same whatever is stored."""
    confirmed(campaign)
    tick(at=MONDAY + DAY)
    with django_assert_num_queries(QUIET):
        tick(at=MONDAY + DAY + datetime.timedelta(minutes=1))
    for number in range(3):
        make_case(
            campaign,
            coordinator,
            example=make_example(campaign, contact_email=f"a{number}@example.org", at=MONDAY)[0],
        )
    tick(at=MONDAY + DAY + datetime.timedelta(minutes=2))
    with django_assert_num_queries(QUIET):
        tick(at=MONDAY + DAY + datetime.timedelta(minutes=3))


def test_a_wording_that_waits_for_its_writer_is_told_of_each_time_it_is_new(campaign, coordinator):
    example, _code = confirmed(campaign, preview_wording=True)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    tick(at=MONDAY + DAY)
    assert mails() == []
    actions.mark_ready(case=case, by=coordinator, at=MONDAY + DAY)
    for days in (1, 2, 3):
        tick(at=MONDAY + days * DAY)
    (told,) = mails()
    assert "Sekretariatets tekst ligger klar" in told.body
    assert case.title not in told.body
    case.refresh_from_db()
    for values in ({"table": 2}, {"title": "En anden titel"}):
        actions.edit_case(case=case, version=case.version, by=coordinator, at=MONDAY + 3 * DAY, **values)
        case.refresh_from_db()
    for days in (3, 4):
        tick(at=MONDAY + days * DAY)
    assert len(mails()) == 2
    actions.accept_wording(example=example, at=MONDAY + 4 * DAY)
    tick(at=MONDAY + 7 * DAY)
    assert len(mails()) == 2


def test_a_wording_whose_days_are_over_is_no_news(campaign, coordinator):
    example, _code = make_example(
        campaign, contact_email="skriver@example.org", preview_wording=True, at=MONDAY
    )
    tick(at=MONDAY)
    case = make_case(campaign, coordinator, example=example, at=MONDAY)
    actions.mark_ready(case=case, by=coordinator, at=MONDAY)
    token = token_in(mails("confirm_address")[-1])
    confirm_address(token=token, organisation=campaign.organisation, at=MONDAY + 14 * DAY)
    tick(at=MONDAY + 15 * DAY)
    assert mails() == []
