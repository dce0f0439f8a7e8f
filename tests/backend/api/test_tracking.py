"""The writer's own view, under the code."""

import datetime
from urllib.parse import quote

import pytest
from django.utils import timezone

from backend.cases import actions as cases
from backend.examples import actions as examples
from backend.examples.models import Contact, Example
from tests.factories import make_body, make_case, make_example
from tests.hostile import PERSONAL_NUMBERS, REFUSED_TEXTS

from .conftest import API, pointers

pytestmark = pytest.mark.django_db


def under(code):
    return {"headers": {"X-Tracking-Code": code}}


@pytest.fixture
def tracked(world):
    return make_example(world.campaign, title="Mit eget", workplace="Hjemmeplejen")


def test_the_code_opens_the_view_however_it_is_typed(world, api, tracked):
    example, code = tracked
    for typed in (code, code.upper(), code.replace(" ", "-"), f"  {code}, "):
        # As curl sends it (UTF-8), as a browser or Python does (Latin-1), and percent-encoded.
        for sent in (typed.encode().decode("latin-1"), typed, quote(typed)):
            response = api.get(API + "/tracking", **under(sent))
            assert response.status_code == 200, response.content
    shown = response.json()
    assert shown["reference"] == example.reference
    assert shown["status"] == "received"
    assert shown["allowed_moves"] == ["withdraw", "add_message"]
    assert response.headers["Cache-Control"] == "no-store"
    assert code not in response.content.decode()
    assert not response.cookies


def test_wrong_and_missing_codes_are_answered_alike(world, api, tracked):
    answers = {api.get(API + "/tracking").content}
    wrong = ["", "forkert", "en to tre fire fem seks syv otte", "x" * 5000, "\x80\xff"]
    for code in wrong:
        response = api.get(API + "/tracking", **under(code))
        assert response.status_code == 404
        answers.add(response.content)
        assert api.send("/tracking/messages", {"text": "Hej med jer"}, **under(code)).status_code == 404
        assert api.send("/tracking/withdraw", **under(code)).status_code == 404
    assert len(answers) == 1
    assert pointers(api.get(API + "/tracking?code=x")) == {"/code": "unknown_parameter"}


def test_the_dialogue(world, api, tracked):
    example, code = tracked
    examples.ask(example=example, text="Hvilket system er det?", by=world.coordinator)
    shown = api.read("/tracking", **under(code))
    assert shown["status"] == "awaiting_submitter"
    assert [message["text"] for message in shown["messages"]] == ["Hvilket system er det?"]
    after = api.send("/tracking/messages", {"text": "Det er omsorgssystemet."}, 200, **under(code)).json()
    assert after["status"] == "received"
    assert [message["from_submitter"] for message in after["messages"]] == [False, True]
    more = api.send("/tracking/messages", {"text": "Og det gamle."}, 200, **under(code)).json()
    assert len(more["messages"]) == 3


def test_messages_are_checked(world, api, tracked):
    code = tracked[1]
    for text in [*REFUSED_TEXTS.values(), *PERSONAL_NUMBERS.values(), "", "x" * 8001]:
        assert "/text" in pointers(api.send("/tracking/messages", {"text": text}, **under(code)))
    assert pointers(api.send("/tracking/messages", {"text": "Hej", "status": "x"}, **under(code)))


def test_withdrawing_removes_the_words(world, api, tracked):
    example, code = tracked
    assert api.send("/tracking/withdraw", None, 200, **under(code)).json()["status"] == "withdrawn"
    assert Example.objects.get(pk=example.pk).problem == ""
    api.send("/tracking/withdraw", {}, 409, **under(code))
    assert "/text" in pointers(api.send("/tracking/messages", {"text": "Hej"}, **under(code)))


def test_a_wording_is_shown_to_whom_asked_to_see_it(world, api):
    example, code = make_example(world.campaign, preview_wording=True)
    assert pointers(api.send("/tracking/accept_wording", None, **under(code)))
    case = cases.make_case(
        example=example, title="Dobbelt arbejde", problem="Det samme skrives to gange.", by=world.coordinator
    )
    assert api.read("/tracking", **under(code))["wording"] is None
    cases.mark_ready(case=case, by=world.coordinator)
    shown = api.read("/tracking", **under(code))
    assert shown["wording"]["title"] == "Dobbelt arbejde"
    assert shown["case"]["reference"] is None
    assert "accept_wording" in shown["allowed_moves"]
    after = api.send("/tracking/accept_wording", None, 200, **under(code)).json()
    assert after["wording"]["accepted_date"]
    cases.set_visibility(case=case, visibility="public", no_personal_data=True, by=world.coordinator)
    assert api.read("/tracking", **under(code))["case"]["reference"] == case.reference


def test_objecting_brings_the_case_back(world, api):
    example, code = make_example(world.campaign, preview_wording=True)
    case = cases.make_case(
        example=example, title="Dobbelt arbejde", problem="Det samme skrives to gange.", by=world.coordinator
    )
    cases.mark_ready(case=case, by=world.coordinator)
    api.send("/tracking/object_to_wording", {"text": "Det var ikke det, jeg mente."}, 200, **under(code))
    case.refresh_from_db()
    assert case.status == "draft"


def test_the_writer_follows_the_case_and_says_whether_it_helped(world, api, tracked):
    example, code = tracked
    by = world.coordinator
    case = make_case(world.campaign, by, example=example, title="Skemaer")
    cases.mark_ready(case=case, by=by)
    cases.prepare_referral(
        case=case,
        body=make_body("sum", "Sundhedsministeriet"),
        question="Hvorfor?",
        reason="De bestemmer skemaet.",
        by=by,
    )
    (referral,) = cases.refer(case=case, by=by)
    reply = cases.record_reply(
        referral=referral,
        answer="follow",
        what="Skemaet går ud",
        by_whom="Ministeriet",
        promised_date=datetime.date(2099, 1, 1),
        by=by,
    )
    shown = api.read("/tracking", **under(code))["case"]
    assert [(body["name"], body["replies"]) for body in shown["bodies"]] == [("Sundhedsministeriet", [])]
    assert [body["why"] for body in shown["bodies"]] == ["De bestemmer skemaet."]
    cases.release_reply(reply=reply, by=by)
    assert api.read("/tracking", **under(code))["case"]["bodies"][0]["replies"][0]["what"] == "Skemaet går ud"
    assert api.send("/tracking/effect", {"change": "gone"}, **under(code)).status_code == 422
    case.refresh_from_db()
    cases.mark_done(case=case, implemented_date=datetime.date(2026, 1, 5), evidence="Væk", by=by)
    cases.ask_effect(case=case)
    shown = api.read("/tracking", **under(code))
    assert shown["case"]["implemented_month"] == "2026-01"
    assert "answer_effect" in shown["allowed_moves"]
    for body, at in (
        ({"change": "måske"}, "/change"),
        ({"change": "less", "minutes": -1}, "/minutes"),
        ({"change": "less", "minutes": "ti"}, "/minutes"),
        ({"change": "less", "by": "x"}, "/by"),
    ):
        assert at in pointers(api.send("/tracking/effect", body, **under(code)))
    answered = api.send("/tracking/effect", {"change": "less", "minutes": 7.5}, **under(code))
    assert "answer_effect" not in answered.json()["allowed_moves"]
    assert api.send("/tracking/effect", {"change": "less"}, **under(code)).status_code == 422
    assert api.send("/tracking/effect", {"change": "less"}, **under("forkert")).status_code == 404


def test_a_new_code_replaces_the_old_one(api, tracked):
    _example, code = tracked
    lost = api.send("/tracking/code", **under(code)).json()["tracking_code"]
    # The answer may never have arrived: until a new code is used, the old one asks for another.
    fresh = api.send("/tracking/code", **under(code)).json()["tracking_code"]
    assert api.get(API + "/tracking", **under(fresh.encode().decode("latin-1"))).status_code == 200
    for gone in (code, lost.encode().decode("latin-1")):
        assert api.get(API + "/tracking", **under(gone)).status_code == 404
        assert api.send("/tracking/code", **under(gone)).status_code == 404


def test_the_address_is_taken_back(api, tracked):
    example, code = tracked
    examples.store_contact(example, email="anna@example.org", at=timezone.now())
    assert api.send("/tracking/contact/delete", **under(code)).status_code == 200
    assert not Contact.objects.exists()


def test_a_yes_is_to_the_wording_that_was_read(world, api):
    example, code = make_example(world.campaign, preview_wording=True)
    case = make_case(world.campaign, world.coordinator, example=example)
    case.case_examples.update(wording_shown_date=example.submitted_date)
    version = api.get(API + "/tracking", **under(code)).json()["wording"]["version"]
    old = api.send("/tracking/accept_wording", {"version": version - 1}, **under(code))
    assert old is not None
    assert case.case_examples.get().wording_accepted_date is None
    api.send("/tracking/accept_wording", {"version": version}, **under(code))
    assert case.case_examples.get().wording_accepted_date is not None
