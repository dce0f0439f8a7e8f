"""What a body does under its link: it sees, asks, corrects and answers its own rows, and nothing else moves."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from backend.attachments.cleaning import Clean
from backend.attachments.models import StoredFile
from backend.cases import actions
from backend.cases.actions import body
from backend.cases.actions.links import pass_on, revoke_link
from backend.cases.models import CaseEvent, Referral, Reply
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from tests.factories import make_campaign, make_letter, make_organisation, make_user

pytestmark = pytest.mark.django_db
WHO = {"signed_name": "Bente Lund", "signed_title": "Centerchef"}
DAY = datetime.timedelta(days=1)
PROMISE = {
    "what": "Skemaet afskaffes",
    "by_whom": "Afdelingslederen",
    "promised_date": datetime.date(2090, 3, 1),
}


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


@pytest.fixture
def letter(campaign, coordinator):
    return make_letter(campaign, coordinator, rows=3)


def cleaned_file(data=b"%PDF"):
    return Clean(content_type="application/pdf", extension="pdf", data=data, text="")


def statuses(rows):
    return [Referral.objects.get(pk=row.pk).status for row in rows]


def sub_link_to(link, rows):
    return pass_on(
        link=link, referrals=rows, to_email="kollega@example.org", by_name="Bente Lund", by_title="Centerchef"
    )


def test_all_that_was_only_sent_is_seen_once(letter):
    _batch, rows, link, _secret = letter
    body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    assert body.acknowledge(link=link, referrals=rows) == 2
    assert body.acknowledge(link=link, referrals=rows) == 0
    assert statuses(rows) == ["answered", "acknowledged", "acknowledged"]
    event = CaseEvent.objects.get(case=rows[1].case, move="acknowledge")
    assert (event.by, event.at, event.is_public) == (None, None, False)


@pytest.mark.parametrize(
    "answer, values, missing",
    [
        ("follow", PROMISE, ["/by_whom", "/promised_date", "/what"]),
        (
            "partly",
            {**PROMISE, "reason_code": "cost", "text": "Kun i ét område."},
            ["/by_whom", "/promised_date", "/reason_code", "/text", "/what"],
        ),
        ("not", {"reason_code": "law_requires", "text": "Loven kræver det."}, ["/reason_code", "/text"]),
        (
            "trial",
            {
                "what": "Vi prøver uden skema",
                "place": "Tre plejehjem",
                "from_date": datetime.date(2090, 1, 1),
                "to_date": datetime.date(2090, 6, 1),
            },
            ["/from_date", "/place", "/to_date", "/what"],
        ),
        ("exemption", PROMISE, ["/by_whom", "/promised_date", "/what"]),
        (
            "already_allowed",
            {"by_whom": "Centret", "promised_date": datetime.date(2090, 1, 1)},
            ["/by_whom", "/promised_date"],
        ),
        ("lacks_facts", {"text": "Hvilket skema?"}, ["/text"]),
        ("not_ours", {"points_to": "Center for Børn"}, ["/points_to"]),
    ],
)
def test_every_answer_is_whole_by_its_own_measure(letter, answer, values, missing):
    _batch, rows, link, _secret = letter
    with pytest.raises(InvalidInput) as caught:
        body.answer(link=link, referrals=rows[:1], answer=answer, values={}, signed_name="", signed_title="")
    pointers = sorted(error.pointer for error in caught.value.errors)
    assert pointers == sorted([*missing, "/signed_name", "/signed_title"])
    (reply,) = body.answer(link=link, referrals=rows[:1], answer=answer, values=values, **WHO)
    assert {name: getattr(reply, name) for name in values} == values
    assert (reply.channel, reply.entered_by, reply.link, reply.released_at) == ("page", None, link, None)
    assert list(Reply.objects.waiting()) == [reply]
    assert not CaseEvent.objects.filter(move="record_reply", is_public=True).exists()


def test_several_rows_are_answered_together_or_not_at_all(letter, coordinator):
    _batch, rows, link, _secret = letter
    actions.cancel_referral(referral=rows[2], why="Ikke mere", by=coordinator)
    with pytest.raises(IllegalMove):
        body.answer(link=link, referrals=rows, answer="follow", values=PROMISE, **WHO)
    assert not Reply.objects.exists()
    replies = body.answer(link=link, referrals=rows[:2], answer="follow", values=PROMISE, **WHO)
    assert [reply.referral for reply in replies] == rows[:2]
    assert statuses(rows) == ["answered", "answered", "cancelled"]


def test_a_file_to_several_answers_is_stored_once(letter):
    _batch, rows, link, _secret = letter
    replies = body.answer(
        link=link, referrals=rows[:2], answer="follow", values=PROMISE, files=[cleaned_file()], **WHO
    )
    first, second = (reply.files.get().file for reply in replies)
    assert first == second
    assert (first.name, first.organisation) == ("bilag-1.pdf", link.batch.organisation)


def test_a_no_carries_no_promise(letter):
    _batch, rows, link, _secret = letter
    (reply,) = body.answer(
        link=link,
        referrals=rows[:1],
        answer="not",
        values={**PROMISE, "reason_code": "cost", "text": "For dyrt."},
        **WHO,
    )
    assert (reply.what, reply.by_whom, reply.promised_date) == ("", "", None)


def test_the_clock_stands_from_the_first_question_until_it_is_answered(letter, coordinator):
    _batch, rows, link, _secret = letter
    now = timezone.now()
    body.ask_back(link=link, referrals=rows[:1], text="Hvilket system?", **WHO, at=now)
    body.ask_back(link=link, referrals=rows[:1], text="Hvilket system, og hvor?", **WHO, at=now + 3 * DAY)
    row = Referral.objects.get(pk=rows[0].pk)
    assert (row.status, row.paused_date) == ("asked_back", timezone.localdate(now))
    assert Reply.objects.waiting().get().text == "Hvilket system, og hvor?"
    actions.answer_body(referral=row, text="Omsorgsjournalen.", by=coordinator)
    body.answer(link=link, referrals=[row], answer="follow", values=PROMISE, **WHO)
    assert statuses(rows[:1]) == ["answered"]


@pytest.mark.parametrize("is_released", [True, False])
def test_of_two_questions_the_open_one_is_replaced(letter, coordinator, is_released):
    _batch, rows, link, _secret = letter
    now = timezone.now()
    (first,) = body.ask_back(link=link, referrals=rows[:1], text="Hvilket system?", **WHO, at=now)
    actions.answer_body(referral=rows[0], text="Omsorgsjournalen.", by=coordinator)
    (second,) = body.ask_back(link=link, referrals=rows[:1], text="Og hvor?", **WHO, at=now + DAY)
    if is_released:
        actions.release_reply(reply=second, by=coordinator)
    (answer,) = body.answer(
        link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO, at=now + DAY
    )
    assert answer.supersedes == (None if is_released else second)
    assert set(Reply.objects.waiting()) == {first, answer}


def test_the_migration_finds_the_question_that_no_later_one_has_replaced(letter):
    _batch, rows, link, _secret = letter
    now = timezone.now()
    # Received on one day, or by a clock that was set back: the days do not tell which is the later one.
    body.ask_back(link=link, referrals=rows[:1], text="Hvilket?", **WHO, at=now + DAY)
    (second,) = body.ask_back(link=link, referrals=rows[:1], text="Hvilket, og hvor?", **WHO, at=now)
    Referral.objects.update(open_question=None)
    import_module("backend.cases.migrations.0011_open_question").find_open_questions(apps, None)
    assert Referral.objects.get(pk=rows[0].pk).open_question == second


def test_an_answer_may_be_given_anew_until_it_is_released(letter, coordinator):
    _batch, rows, link, _secret = letter
    (first,) = body.answer(
        link=link, referrals=rows[:1], answer="follow", values=PROMISE, files=[cleaned_file()], **WHO
    )
    file = first.files.get().file
    actions.hold_replies(replies=[first], by=coordinator, until=timezone.localdate() + DAY, note="Udvalget")
    (second,) = body.answer(
        link=link,
        referrals=rows[:1],
        answer="follow",
        values={**PROMISE, "what": "Skemaet forenkles"},
        kept_files=[file.pk],
        **WHO,
    )
    assert second.supersedes == first
    assert (second.held_note, second.files.get().file) == ("Udvalget", file)
    first.refresh_from_db()
    assert first.what == "Skemaet afskaffes"
    body.hand_back(link=link, referrals=rows[:1], points_to="Center for Børn", **WHO)
    assert statuses(rows[:1]) == ["returned"]
    assert rows[0].case.__class__.objects.get(pk=rows[0].case_id).status == "referred"
    (last,) = body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    assert list(Reply.objects.waiting()) == [last]
    last.referral.case.refresh_from_db()
    assert last.referral.case.status == "referred"
    actions.release_reply(reply=last, by=coordinator)
    with pytest.raises(IllegalMove):
        body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    last.referral.case.refresh_from_db()
    assert (last.referral.case.status, last.referral.case.outcome) == ("answered", "follow")


def test_a_file_of_another_answer_is_not_kept_along(letter):
    _batch, rows, link, _secret = letter
    (other,) = body.answer(
        link=link, referrals=rows[1:2], answer="follow", values=PROMISE, files=[cleaned_file()], **WHO
    )
    theirs = other.files.get().file
    (reply,) = body.answer(
        link=link, referrals=rows[:1], answer="follow", values=PROMISE, kept_files=[theirs.pk], **WHO
    )
    assert not reply.files.exists()
    files = [cleaned_file(b"%PDF" + bytes([number])) for number in range(6)]
    with pytest.raises(InvalidInput):
        body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, files=files, **WHO)


def test_a_row_of_another_letter_is_refused(letter, campaign, coordinator):
    _batch, rows, link, _secret = letter
    _other, other_rows, _link, _secret = make_letter(campaign, coordinator, rows=1)
    for attempt in (
        lambda: body.answer(
            link=link, referrals=[rows[0], *other_rows], answer="follow", values=PROMISE, **WHO
        ),
        lambda: body.acknowledge(link=link, referrals=other_rows),
        lambda: body.correct(link=link, referral=other_rows[0], text="Nej", **WHO),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert statuses([*rows, *other_rows]) == ["sent"] * 4


def test_nothing_is_taken_after_the_link_is_revoked_or_expired(letter, coordinator):
    _batch, rows, link, _secret = letter
    with pytest.raises(NotAllowed):
        body.acknowledge(link=link, referrals=rows, at=link.expires_at)
    revoke_link(link=link, by=coordinator)
    with pytest.raises(NotAllowed):
        body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    assert statuses(rows) == ["sent"] * 3


@pytest.mark.parametrize("name", ["text", "what", "by_whom"])
def test_a_personal_number_is_refused_in_every_text(letter, name):
    _batch, rows, link, _secret = letter
    values = {**PROMISE, "reason_code": "cost", "text": "Vi gør det halve.", name: "Se 010190-1234"}
    with pytest.raises(InvalidInput) as caught:
        body.answer(link=link, referrals=rows[:1], answer="partly", values=values, **WHO)
    assert [(error.pointer, error.code) for error in caught.value.errors] == [(f"/{name}", "cpr_number")]
    with pytest.raises(InvalidInput):
        body.correct(link=link, referral=rows[0], text="Se 010190-1234", **WHO)
    with pytest.raises(InvalidInput):
        body.hand_back(
            link=link, referrals=rows[:1], points_to="X", signed_name="010190-1234", signed_title="Chef"
        )
    assert not Reply.objects.exists()


def test_local_answers_name_the_committee_and_the_plan(letter):
    _batch, rows, link, _secret = letter
    values = {
        **PROMISE,
        "med_discussed_date": timezone.localdate() + DAY,
        "plan_url": "http://plan.example.org",
    }
    with pytest.raises(InvalidInput) as caught:
        body.answer(link=link, referrals=rows[:1], answer="follow", values=values, **WHO)
    assert sorted(error.pointer for error in caught.value.errors) == ["/med_discussed_date", "/plan_url"]
    values = {
        **PROMISE,
        "med_discussed_date": timezone.localdate(),
        "plan_url": "https://plan.example.org/2027",
    }
    (reply,) = body.answer(link=link, referrals=rows[:1], answer="follow", values=values, **WHO)
    assert reply.plan_url == "https://plan.example.org/2027"


def test_a_wrong_description_is_told_beside_it_when_released(letter, coordinator):
    _batch, rows, link, _secret = letter
    with pytest.raises(InvalidInput):
        body.correct(link=link, referral=rows[0], text=" ", **WHO)
    message = body.correct(link=link, referral=rows[0], text="Skemaet bruges ikke mere.", **WHO)
    assert (message.kind, message.by, message.released_at) == ("correction", None, None)
    assert statuses(rows[:1]) == ["acknowledged"]
    actions.release_message(message=message, by=coordinator)


def test_a_sub_link_writes_drafts_that_move_nothing(letter):
    _batch, rows, link, _secret = letter
    sub = sub_link_to(link, rows[:2])
    with pytest.raises(NotAllowed):
        body.answer(link=sub, referrals=rows[2:], answer="follow", values=PROMISE, **WHO)
    for attempt in (
        lambda: body.acknowledge(link=sub, referrals=rows[:2]),
        lambda: body.correct(link=sub, referral=rows[0], text="Nej", **WHO),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    (draft,) = body.answer(link=sub, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    assert (draft.is_proposal, statuses(rows)) == (True, ["sent"] * 3)
    assert not Reply.objects.waiting().exists()
    (newer,) = body.answer(
        link=sub, referrals=rows[:1], answer="follow", values={**PROMISE, "what": "Mindre"}, **WHO
    )
    with pytest.raises(InvalidInput):
        body.accept_proposal(link=link, reply=draft, **WHO)
    with pytest.raises(NotAllowed):
        body.accept_proposal(link=sub, reply=newer, **WHO)
    reply = body.accept_proposal(link=link, reply=newer, signed_name="Chefen selv", signed_title="Chef")
    assert (reply.is_proposal, reply.what, reply.signed_name) == (False, "Mindre", "Chefen selv")
    assert reply.supersedes == newer
    assert statuses(rows) == ["answered", "sent", "sent"]


def test_a_used_draft_is_on_offer_no_more_also_where_an_answer_stood_before(letter):
    _batch, rows, link, _secret = letter
    sub = sub_link_to(link, rows[:1])
    (stood,) = body.answer(
        link=link, referrals=rows[:1], answer="follow", values={**PROMISE, "what": "Mere"}, **WHO
    )
    common = {"link": sub, "referrals": rows[:1], "answer": "follow", **WHO}
    (draft,) = body.answer(values=PROMISE, files=[cleaned_file()], **common)
    reply = body.accept_proposal(link=link, reply=draft, seen={rows[0].pk: stood.pk}, **WHO)
    assert (reply.supersedes, reply.files.count()) == (stood, 1)
    assert list(rows[0].replies.newest()) == [reply]
    # A double click says the same once more: it is stored once.
    assert body.accept_proposal(link=link, reply=draft, seen={rows[0].pk: stood.pk}, **WHO) == reply
    for refused in (
        lambda: body.discard_proposal(link=link, reply=draft),
        lambda: body.accept_proposal(link=link, reply=draft, signed_name="En anden", signed_title="Leder"),
    ):
        with pytest.raises(InvalidInput):
            refused()
    (newer,) = body.answer(values={**PROMISE, "what": "Mindre"}, **common)
    assert newer.supersedes is None
    assert set(rows[0].replies.newest()) == {reply, newer}


def test_a_draft_is_thrown_away_with_its_versions_and_files(letter):
    _batch, rows, link, _secret = letter
    sub = sub_link_to(link, rows[:1])
    common = {"referrals": rows[:1], "answer": "follow", **WHO}
    body.answer(link=sub, values=PROMISE, files=[cleaned_file()], **common)
    (draft,) = body.answer(link=sub, values={**PROMISE, "what": "Mindre"}, **common)
    with pytest.raises(NotAllowed):
        body.discard_proposal(link=sub, reply=draft)
    body.discard_proposal(link=link, reply=draft)
    assert not Reply.objects.exists()
    assert not StoredFile.objects.exists()
    assert CaseEvent.objects.filter(referral=rows[0], move="discard_proposal", by=None).count() == 1
    with pytest.raises(InvalidInput):
        body.discard_proposal(link=link, reply=draft)


def test_what_is_said_twice_is_stored_once(letter):
    _batch, rows, link, _secret = letter
    said = {"referrals": rows[:2], "answer": "follow", "values": PROMISE, **WHO}
    first = body.answer(link=link, files=[cleaned_file()], seen={}, **said)
    assert body.answer(link=link, files=[cleaned_file()], seen={}, **said) == first
    assert StoredFile.objects.count() == 1
    assert body.answer(link=link, files=[cleaned_file(b"%PDF-2")], **said) != first
    wrong = [
        body.correct(link=link, referral=rows[2], text="Skemaet bruges ikke.", **WHO) for _time in range(2)
    ]
    assert wrong[0] == wrong[1]


def test_nobody_replaces_an_answer_that_they_have_not_seen(letter):
    _batch, rows, link, _secret = letter
    (first,) = body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, seen={}, **WHO)
    other = {"referrals": rows[:2], "answer": "follow", "values": {**PROMISE, "what": "Andet"}, **WHO}
    with pytest.raises(IllegalMove):
        body.answer(link=link, seen={}, **other)
    assert Reply.objects.get() == first
    assert len(body.answer(link=link, seen={rows[0].pk: first.pk}, **other)) == 2


def test_the_receiver_takes_the_rows_back(letter, campaign, coordinator):
    _batch, rows, link, _secret = letter
    sub = sub_link_to(link, rows[:1])
    _other, _rows, other_link, _secret = make_letter(campaign, coordinator, rows=1)
    with pytest.raises(NotAllowed):
        body.take_back_rows(link=other_link, sub_link=sub)
    body.take_back_rows(link=link, sub_link=sub)
    with pytest.raises(NotAllowed):
        body.answer(link=sub, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_a_case_that_is_over_takes_no_more(letter, coordinator, campaign, end):
    _batch, rows, link, _secret = letter
    case = rows[0].case
    match end:
        case "close":
            actions.close(case=case, why="Andet", by=coordinator)
        case "cancel":
            actions.cancel_referral(referral=rows[0], why="Andet", by=coordinator)
    with pytest.raises(IllegalMove):
        body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    assert body.acknowledge(link=link, referrals=rows[:1]) == 0


def test_an_answer_is_not_changed_when_the_body_has_been_asked_anew(letter, coordinator):
    batch, rows, link, _secret = letter
    body.hand_back(link=link, referrals=rows[:1], points_to="Center for Børn", **WHO)
    actions.prepare_referral(case=rows[0].case, body=batch.body, by=coordinator)
    with pytest.raises(IllegalMove):
        body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)


def test_the_secretariats_correction_of_a_released_answer_is_not_the_bodys_to_replace(letter, coordinator):
    _batch, rows, link, _secret = letter
    body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    actions.release_reply(reply=Reply.objects.get(), by=coordinator)
    actions.correct_reply(
        reply=Reply.objects.get(), answer="not", reason_code="cost", text="Der er ikke råd.", by=coordinator
    )
    with pytest.raises(IllegalMove):
        body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    assert Reply.objects.count() == 2


@pytest.mark.parametrize("answer, values", [("follow", PROMISE), ("not_ours", {"points_to": "KL"})])
def test_no_draft_is_taken_on_a_row_whose_answer_is_released(letter, coordinator, answer, values):
    _batch, rows, link, _secret = letter
    sub = sub_link_to(link, rows[:1])
    (reply,) = body.answer(link=link, referrals=rows[:1], answer=answer, values=values, **WHO)
    common = {"link": sub, "referrals": rows[:1], "answer": "follow", **WHO}
    body.answer(values=PROMISE, **common)
    actions.release_reply(reply=reply, by=coordinator)
    with pytest.raises(IllegalMove):
        body.answer(values={**PROMISE, "what": "Mindre"}, **common)
    assert Reply.objects.filter(is_proposal=True).count() == 1


def test_what_the_body_wrote_itself_is_not_taken_back_behind_it(letter, coordinator):
    _batch, rows, link, _secret = letter
    (reply,) = body.answer(link=link, referrals=rows[:1], answer="follow", values=PROMISE, **WHO)
    with pytest.raises(InvalidInput) as invalid:
        actions.take_back_reply(reply=reply, why="Forkert række", by=coordinator)
    assert [error.code for error in invalid.value.errors] == ["the_bodys_own"]
    assert list(Reply.objects.waiting()) == [reply]
    assert statuses(rows[:1]) == ["answered"]
