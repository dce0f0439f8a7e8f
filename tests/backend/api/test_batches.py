"""Letters through the API: seen without a trace, sent once, and refused at the field."""

import pytest

from backend.cases import actions
from backend.cases.models import Batch, Referral
from backend.outbox.models import OutgoingMessage
from tests.factories import make_body, make_case

pytestmark = pytest.mark.django_db
URL = "/desk/batches"
WORDS = {"subject": "Forslag til jer", "letter": "Kære alle\n\nVi beder om svar.", "journal_number": "26/1"}


@pytest.fixture
def body(world):
    body = make_body("centret", "Centret", organisation=world.lejre, kind="centre", level="municipal")
    body.contacts.create(organisation=world.lejre, email="centret@example.org")
    return body


def ready(world, title="Klar"):
    case = make_case(world.campaign, world.coordinator, title=title, proposal="Gør det ét sted.")
    actions.mark_ready(case=case, by=world.coordinator)
    return case


def test_a_preview_shows_the_mail_and_leaves_nothing(world, staff, body):
    case = ready(world)
    told = staff.send(
        URL, {"body": "centret", "cases": [case.reference], "preview": True, **WORDS}, 200
    ).json()
    assert told["rows"] == [case.reference]
    assert told["to"] == "centret@example.org"
    assert "Vi beder om svar." in told["text"]
    assert told["attachment"] == f"{told['number']}.docx"
    assert (Batch.objects.count(), Referral.objects.count(), OutgoingMessage.objects.count()) == (0, 0, 0)


def test_cases_are_sent_in_one_letter_and_read_again(world, staff, body):
    cases = [ready(world, f"Forslag {number}") for number in (1, 2)]
    sent = staff.send(
        URL, {"body": "centret", "cases": [case.reference for case in cases], **WORDS}, 201
    ).json()
    assert [row["case"] for row in sent["rows"]] == [case.reference for case in cases]
    assert {row["status"] for row in sent["rows"]} == {"sent"}
    assert [(mail["kind"], mail["state"]) for mail in sent["mails"]] == [("letter", "waiting")]
    assert staff.read(f"{URL}/{sent['number']}") == sent
    listed = staff.read(URL)
    alone = {"links", "next_contact", "allowed_moves"}
    assert listed == {
        "count": 1,
        "items": [{name: value for name, value in sent.items() if name not in alone}],
    }
    assert "svar/#" not in str(sent)


def test_another_body_than_the_suggested_one_takes_a_reason(world, staff, body):
    case = ready(world)
    values = {"body": "centret", "cases": [case.reference], "reason": "Centret har ansvaret.", **WORDS}
    staff.send(URL, values, 201)
    assert Referral.objects.get().reason == "Centret har ansvaret."


def test_prepared_referrals_are_sent_once(world, staff, body):
    row = actions.prepare_referral(case=ready(world), body=body, by=world.coordinator)
    values = {"body": "centret", "referrals": [str(row.pk)], **WORDS}
    staff.send(URL, values, 201)
    errors = staff.send(URL, values, 422).json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [("/referrals/0", "already_sent")]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"cases": ["F-AAAA-AAAA"]}, "/cases/0"),
        ({"referrals": ["00000000-0000-4000-8000-000000000000"]}, "/referrals/0"),
        ({}, "/referrals"),
        ({"cases": [], "body": "findes-ikke"}, "/body"),
        ({"cases": []}, "/cases"),
    ],
)
def test_what_is_wrong_is_pointed_at(world, staff, body, values, pointer):
    errors = staff.send(URL, {"body": "centret", **WORDS, **values}, 422).json()["errors"]
    assert errors[0]["pointer"] == pointer
    assert Batch.objects.count() == 0


def test_a_placeholder_and_a_wrong_address_are_told_together(world, staff, body):
    values = {"body": "centret", "cases": [ready(world).reference], "to": "x@example.org", **WORDS}
    errors = staff.send(URL, values | {"letter": "Kære {navn}"}, 422).json()["errors"]
    assert [error["pointer"] for error in errors] == ["/letter", "/to"]
    assert Referral.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries(world, staff, body, count, django_assert_num_queries):
    for number in range(count):
        actions.send_batch(
            organisation=world.lejre,
            body=body,
            referrals=[
                actions.prepare_referral(case=ready(world, f"F{number}"), body=body, by=world.coordinator)
            ],
            subject="Forslag",
            letter="Kære alle",
            by=world.coordinator,
        )
    with django_assert_num_queries(7):
        assert staff.read(URL)["count"] == count


def test_how_it_was_asked_otherwise_is_recorded(world, staff, body):
    case = ready(world)
    actions.prepare_referral(case=case, body=body, by=world.coordinator)
    staff.send(f"/desk/cases/{case.reference}/refer", {"channel": "phone"}, 200)
    assert Batch.objects.get().channel == "phone"
