"""What a writer sees under the code: who was asked, what they answered, what was done, and the questions on the way."""

import datetime

import pytest
from django.core.cache import cache

from backend.cases import actions
from backend.cases.actions.effects import ask_effect
from backend.cases.models import CaseExample, Effect
from backend.examples.contacts import contact_for_token, mail_token
from backend.examples.models import Contact, Message
from backend.examples.throttle import counter
from backend.organisations.permissions import moment
from tests.cms.worlds import make_world
from tests.factories import make_body, make_case, make_example, make_user

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
PROMISE = {
    "answer": "follow",
    "what": "Skemaet går ud.",
    "by_whom": "Centret",
    "promised_date": datetime.date(2099, 1, 1),
}


@pytest.fixture
def world():
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def coordinator(world):
    return make_user("coordinator", world.organisation)


@pytest.fixture
def sent(world):
    return make_example(world.campaign, contact_email="skriver@example.org")


@pytest.fixture
def case(world, coordinator, sent):
    return make_case(world.campaign, coordinator, example=sent[0], title="Skemaer i hjemmeplejen")


def track(client, world, code, **fields):
    return client.post("/spor/", {"code": code, **fields}, **world.host)


def text(response) -> str:
    return response.content.decode()


def refer(case, by, body):
    if case.status == "draft":
        actions.mark_ready(case=case, by=by)
    actions.prepare_referral(case=case, body=body, question="Hvorfor findes kravet?", by=by)
    return actions.refer(case=case, by=by)[0]


def answer(referral, by, **reply):
    row = actions.record_reply(referral=referral, by=by, **reply)
    actions.release_reply(reply=row, by=by)
    return row


def done(case, by, body):
    """A case whose promise was carried out, and whose writers have been asked whether it helped."""
    answer(refer(case, by, body), by, **PROMISE)
    case.refresh_from_db()
    day = moment(None).date() - 100 * DAY
    actions.mark_done(case=case, implemented_date=day, evidence="Skemaet er væk.", by=by)
    ask_effect(case=case)


def test_the_writer_sees_who_was_asked_and_what_they_answered_though_nothing_is_published(
    client, world, coordinator, case, sent
):
    ministry, agency = make_body(), make_body("sst", "Sundhedsstyrelsen", kind="agency")
    referral = refer(case, coordinator, ministry)
    refer(case, coordinator, agency)
    waiting = actions.record_reply(referral=referral, by=coordinator, **PROMISE)
    page = text(track(client, world, sent[1]))
    assert "Finansministeriet" in page
    assert "Sundhedsstyrelsen" in page
    assert "Skemaet går ud." not in page
    assert case.title not in page
    actions.release_reply(reply=waiting, by=coordinator)
    page = text(track(client, world, sent[1]))
    assert "Skemaet går ud." in page
    assert "Lovet" in page
    assert "1. januar 2099" in page


def test_a_referral_that_was_called_back_is_told_to_writers_and_public(
    client, world, coordinator, case, sent
):
    referral = refer(case, coordinator, make_body())
    actions.cancel_referral(referral=referral, why="Den intime grund", by=coordinator)
    assert case.events.get(move="cancel_referral").is_public
    case.refresh_from_db()
    actions.set_visibility(case=case, visibility="public", no_personal_data=True, by=coordinator)
    public = client.get(f"/forslag/{case.reference}/", **world.host)
    for page in (text(track(client, world, sent[1])), text(public)):
        assert "Finansministeriet" in page
        assert "Trukket tilbage" in page
        assert "Den intime grund" not in page
    [told] = client.get(f"/api/v1/cases/{case.reference}", **world.host).json()["bodies"]
    assert (told["key"], told["status"]) == ("fm", "cancelled")


def test_a_body_that_is_prepared_or_came_back_to_us_is_not_told(client, world, coordinator, case, sent):
    actions.prepare_referral(case=case, body=make_body(), question="Hvorfor?", by=coordinator)
    assert "Finansministeriet" not in text(track(client, world, sent[1]))


def test_a_bodys_released_question_reaches_its_writers_who_answer_under_the_code(
    client, world, coordinator, case, sent
):
    referral = refer(case, coordinator, make_body())
    asked = actions.record_reply(
        referral=referral, answer="lacks_facts", text="Hvilket system?", by=coordinator
    )
    assert "Hvilket system?" not in text(track(client, world, sent[1]))
    actions.release_reply(reply=asked, by=coordinator)
    page = text(track(client, world, sent[1]))
    assert "Finansministeriet spørger" in page
    assert "Hvilket system?" in page
    assert track(client, world, sent[1], do="message", text="Det er Nexus.").status_code == 200
    assert Message.objects.get().text == "Det er Nexus."
    actions.answer_body(referral=referral, text="Det er Nexus.", by=coordinator)
    assert "Finansministeriet spørger" not in text(track(client, world, sent[1]))


def test_the_writer_is_asked_once_whether_it_helped(client, world, coordinator, case, sent):
    example, code = sent
    assert "Hjalp det?" not in text(track(client, world, code))
    done(case, coordinator, make_body())
    page = text(track(client, world, code))
    assert "Hjalp det?" in page
    assert "Skemaet er væk." in page
    answered = track(client, world, code, do="effect", change="less", minutes="7,5", times="2", period="week")
    assert answered.status_code == 200
    assert "Hjalp det?" not in text(answered)
    effect = Effect.objects.get()
    assert (effect.example, effect.change, effect.minutes, effect.times) == (example, "less", 7.5, 2)
    assert not Contact.objects.exists()
    again = track(client, world, code, do="effect", change="gone")
    assert again.status_code == 409
    assert "allerede svaret" in text(again)


@pytest.mark.parametrize(
    "typed",
    [{}, {"change": "less", "minutes": "mange"}, {"change": "less", "times": "-1"}],
)
def test_what_was_typed_about_the_effect_survives_an_error(client, world, coordinator, case, sent, typed):
    done(case, coordinator, make_body())
    response = track(client, world, sent[1], do="effect", period="week", **typed)
    assert response.status_code == 422
    for value in typed.values():
        assert value in text(response)
    assert not Effect.objects.exists()


def test_a_writer_may_let_the_workplace_be_asked(client, world, coordinator, case, sent):
    _example, code = sent
    assert "Må din arbejdsplads spørges?" not in text(track(client, world, code))
    case.workplace = make_body("nord", "Plejehjemmet Nord", organisation=world.organisation, kind="workplace")
    case.save(update_fields=["workplace"])
    assert "Må din arbejdsplads spørges?" in text(track(client, world, code))
    assert track(client, world, code, do="workplace").status_code == 200
    assert CaseExample.objects.get().workplace_accepted_date is not None
    assert "Må din arbejdsplads spørges?" not in text(track(client, world, code))


@pytest.mark.parametrize("bodies", [1, 3])
def test_the_page_asks_as_often_with_more_bodies(
    client, world, coordinator, case, sent, bodies, django_assert_num_queries
):
    for number in range(bodies):
        answer(
            refer(case, coordinator, make_body(f"body{number}", f"Styrelsen {number}")),
            coordinator,
            **PROMISE,
        )
        case.refresh_from_db()
    with django_assert_num_queries(15):
        track(client, world, sent[1])


# --- The link in mails -----------------------------------------------------------------------------------------


@pytest.fixture
def token(sent):
    return mail_token(Contact.objects.get())


def test_opening_the_link_changes_nothing(client, world, sent, token):
    for _ in range(10):
        response = client.get(f"/afmeld/?t={token}", **world.host)
        client.head(f"/afmeld/?t={token}", **world.host)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert Contact.objects.get().confirmed_date is None
    assert not client.cookies


def test_yes_is_a_press_of_a_button(client, world, sent, token):
    response = client.post(f"/afmeld/?t={token}", {"do": "yes"}, **world.host)
    assert "Tak" in text(response)
    contact = Contact.objects.get()
    assert contact.confirmed_date is not None
    assert contact.delete_after > moment(None).date() + 700 * DAY


@pytest.mark.parametrize("fields", [{"List-Unsubscribe": "One-Click"}, {"do": "no"}, {}])
def test_one_click_deletes_the_address_also_from_a_mail_program(client, world, sent, token, fields):
    response = client.post(f"/afmeld/?t={token}", fields, HTTP_ORIGIN="https://mail.example", **world.host)
    assert response.status_code == 200
    assert not Contact.objects.exists()
    again = client.post(f"/afmeld/?t={token}", fields, **world.host)
    assert again.status_code == 200


@pytest.mark.parametrize("wrong", ["", "x", "x" * 5000, "%00", "æ", "0" * 64])
def test_a_wrong_link_is_told_kindly(client, world, sent, token, wrong):
    for response in (
        client.get(f"/afmeld/?t={wrong}", **world.host),
        client.post(f"/afmeld/?t={wrong}", **world.host),
    ):
        assert response.status_code == 200
        assert "ingen adresse" in text(response)
    assert Contact.objects.count() == 1


def test_another_organisations_site_does_not_know_the_link(client, world, sent, token):
    other = make_world("greve")
    client.post(f"/afmeld/?t={token}", {"do": "no"}, **other.host)
    assert contact_for_token(token, organisation=world.organisation) is not None
