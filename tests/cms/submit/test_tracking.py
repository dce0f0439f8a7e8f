"""The writer's own view under the code, which travels in a POST and stands nowhere else."""

import re

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from backend.cases.actions import set_aside, set_visibility
from backend.examples.actions import ask, store_contact
from backend.examples.models import Contact, Example
from backend.examples.throttle import CEILINGS, Ceiling, counter
from tests.cms.worlds import World, make_world
from tests.factories import make_case, make_example, make_published_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def coordinator(world):
    return make_user("coordinator", world.organisation)


@pytest.fixture
def sent(world):
    """An example and its code."""
    return make_example(world.campaign)


def track(client, world, code, **fields):
    return client.post("/spor/", {"code": code, **fields}, **world.host)


def text(response) -> str:
    return response.content.decode()


def test_the_page_asks_for_the_code(client, world):
    response = client.get("/spor/", **world.host)
    assert response.status_code == 200
    assert 'name="code"' in text(response)
    assert not client.cookies


def test_the_code_opens_the_example_however_it_is_typed(client, world, sent):
    example, code = sent
    for typed in (
        code,
        code.upper(),
        f"  {code.replace(' ', ', ')} ",
        code.replace(" ", "\n"),
        code.replace(" ", "-"),
    ):
        response = track(client, world, typed)
        assert response.status_code == 200
        assert example.reference in text(response)
        assert "Modtaget" in text(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert not client.cookies


@pytest.mark.parametrize("code", ["", "en forkert kode", "x" * 10_000, "æ" * 400, "\x00", "a\u202eb"])
def test_a_wrong_code_is_told_kindly(client, world, sent, code):
    response = track(client, world, code)
    assert response.status_code == 422
    assert "Den kode kender vi ikke" in text(response)


def test_the_code_is_never_in_an_address(client, world, sent):
    _example, code = sent
    page = text(track(client, world, code))
    for address in re.findall(r'(?:href|action|src)="([^"]*)"', page):
        assert code.split()[0] not in address
    assert client.get("/spor/", {"code": code}, **world.host).status_code == 200
    assert sent[0].reference not in text(client.get("/spor/", {"code": code}, **world.host))


def test_the_secretariats_question_is_answered(client, world, coordinator, sent):
    example, code = sent
    ask(example=example, text="Hvilket system er det?", by=coordinator)
    page = text(track(client, world, code))
    assert "Vi har spurgt dig" in page
    assert "Hvilket system er det?" in page
    response = track(client, world, code, do="message", text="Det er omsorgsjournalen.")
    assert response.status_code == 200
    assert "Det er omsorgsjournalen." in text(response)
    assert Example.objects.get().status == "received"


@pytest.mark.parametrize(
    "typed, status", [("", 422), ("CPR 010190-1234", 422), ("a\x0bb", 422), ("x" * 8001, 422)]
)
def test_a_faulty_answer_is_kept_on_the_page(client, world, coordinator, sent, typed, status):
    example, code = sent
    ask(example=example, text="Hvilket system er det?", by=coordinator)
    response = track(client, world, code, do="message", text=typed)
    assert response.status_code == status
    assert typed[:20] in text(response)
    assert Example.objects.get().status == "awaiting_submitter"


def test_something_can_be_added_without_being_asked(client, world, sent):
    example, code = sent
    assert track(client, world, code, do="message", text="En ting til.").status_code == 200
    assert example.messages.get().from_submitter is True


def test_withdrawing_wants_a_yes_and_takes_the_words(client, world, sent):
    _example, code = sent
    assert track(client, world, code, do="withdraw").status_code == 422
    assert Example.objects.get().problem
    response = track(client, world, code, do="withdraw", sure="yes")
    assert "Trukket tilbage af dig" in text(response)
    assert "Må ses af" not in text(response)
    assert Example.objects.get().problem == ""
    assert track(client, world, code, do="withdraw", sure="yes").status_code == 409


def test_why_it_was_set_aside_can_be_read(client, world, coordinator, sent):
    example, code = sent
    set_aside(
        example=example, reason="belongs_elsewhere", why="Det hører til hos borgerrådgiveren.", by=coordinator
    )
    page = text(track(client, world, code))
    assert "Lagt til side" in page
    assert "Det hører til hos borgerrådgiveren." in page


def test_the_wording_waits_for_a_yes(client, world, coordinator):
    example, code = make_example(world.campaign, preview_wording=True)
    case = make_case(world.campaign, coordinator, example=example, title="Sekretariatets overskrift")
    case.case_examples.update(wording_shown_date=example.submitted_date)
    page = text(track(client, world, code))
    assert "Sekretariatets overskrift" in page
    response = track(client, world, code, do="object", text="Nævn ikke vores afdeling.")
    assert response.status_code == 200
    response = track(client, world, code, do="accept")
    assert "Du har sagt ja" in text(response)
    assert case.case_examples.get().wording_accepted_date is not None


def test_a_published_case_is_linked_and_an_internal_one_is_not(client, world, coordinator):
    example, code = make_example(world.campaign)
    case = make_published_case(world.campaign, coordinator, example=example, title="Dobbelt arbejde")
    assert f"/forslag/{case.reference}/" in text(track(client, world, code))
    set_visibility(case=case, visibility="internal", by=coordinator)
    assert case.reference not in text(track(client, world, code))


def test_a_foreign_page_cannot_use_the_form(client, world, sent):
    response = client.post(
        "/spor/", {"code": sent[1]}, headers={"Sec-Fetch-Site": "cross-site"}, **world.host
    )
    assert response.status_code == 403


def test_guessing_is_slowed_down(client, world, monkeypatch):
    monkeypatch.setitem(CEILINGS, "track", Ceiling(network=1))
    track(client, world, "en forkert kode")
    response = track(client, world, "en forkert kode")
    assert response.status_code == 429
    assert "Der har været for mange forespørgsler" in text(response)


def test_neither_too_many_requests_nor_a_lost_database_loses_the_text(client, world, sent, monkeypatch):
    _example, code = sent
    fields = {"do": "message", "text": "En ting til.\nOg en til."}

    def away(execute, sql, params, many, context):
        if 'FROM "examples_trackingcode"' in sql or "examples_message" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    track(client, world, code)
    with connection.execute_wrapper(away):
        lost = track(client, world, code, **fields)
    monkeypatch.setitem(CEILINGS, "track", Ceiling(network=1))
    for response, status in ((lost, 503), (track(client, world, code, **fields), 429)):
        assert response.status_code == status
        assert 'action="/spor/"' in text(response)
        kept = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', text(response)))
        assert kept == {"code": code, **fields}
        assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_view_asks_as_often_with_more_to_show(
    client, world, coordinator, number, django_assert_num_queries
):
    _example, code = make_example(world.campaign)
    for turn in range(number):
        track(client, world, code, do="message", text=f"En ting til, nummer {turn}.")
    with django_assert_num_queries(8):
        track(client, world, code)


def test_a_new_code_is_shown_once_and_ends_the_old_one_when_it_is_used(client, world, sent):
    example, code = sent
    track(client, world, code, do="code")  # an answer that never arrived
    page = text(track(client, world, code, do="code"))
    fresh = re.search(r'data-copy="([^"]+)"', page)[1]
    # As on the receipt: eight words in a list, to copy, print or hear.
    listed = re.search(r'id="code"><ol[^>]*>(.*?)</ol>', page)[1]
    assert re.findall(r"<li>([^<]+)</li>", listed) == fresh.split()
    assert len(fresh.split()) == 8
    assert fresh != code
    assert code not in page
    assert track(client, world, fresh).status_code == 200
    assert track(client, world, code).status_code == 422
    assert track(client, world, code, do="code").status_code == 422
    assert {event.at for event in example.events.filter(move="replace_code")} == {None}


def test_the_history_tells_what_the_writer_did(client, world, coordinator, sent):
    example, code = sent
    track(client, world, code, do="message", text="En ting til om det samme.")
    ask(example=example, text="Hvilket system er det på?", by=coordinator)
    page = text(track(client, world, code, do="message", text="Det er i omsorgssystemet."))
    told = re.findall(r"<strong>([^<]+)</strong>", page.partition('id="forloeb"')[2])
    assert told == ["Modtaget", "Du skrev til sekretariatet", "Vi har spurgt dig", "Du svarede"]


def test_the_writer_takes_the_address_back(client, world, sent):
    example, code = sent
    store_contact(example, email="anna@example.org", at=timezone.now())
    assert "Slet min adresse" in text(track(client, world, code))
    response = track(client, world, code, do="address")
    assert response.status_code == 200
    assert "Slet min adresse" not in text(response)
    assert not Contact.objects.exists()
    assert example.events.filter(move="delete_contact").count() == 1
    assert track(client, world, code, do="address").status_code == 409


@pytest.mark.parametrize("typed", ["Ring på 010190-1234", "x" * 8001])
def test_a_refused_objection_is_still_an_objection(client, world, coordinator, typed):
    example, code = make_example(world.campaign, preview_wording=True)
    case = make_case(world.campaign, coordinator, example=example)
    case.case_examples.update(wording_shown_date=example.submitted_date)
    response = track(client, world, code, do="object", text=typed)
    assert response.status_code == 422
    forms = re.findall(r"<form.*?</form>", text(response), re.DOTALL)
    (kept,) = [form for form in forms if typed in form]
    assert 'value="object"' in kept
    assert re.search(
        r'<details class="kt-group" open>(?:(?!</details>).)*value="object"', text(response), re.DOTALL
    )
    assert not example.messages.exists()


@pytest.mark.parametrize("do", ["message", "object"])
def test_what_is_sent_to_a_closed_example_stays_to_be_copied(client, world, sent, do):
    _example, code = sent
    track(client, world, code, do="withdraw", sure="yes")
    response = track(client, world, code, do=do, text="Det gælder også om natten.")
    assert response.status_code == 422
    assert re.search(r"<textarea[^>]* readonly>Det gælder også om natten\.</textarea>", text(response))
    assert "form-error" in text(response) or "alert" in text(response)


def test_a_message_that_is_sent_twice_is_stored_once(client, world, coordinator, sent):
    example, code = sent
    for _press in range(2):
        assert track(client, world, code, do="message", text="En ting til.").status_code == 200
    ask(example=example, text="Hvilket system?", by=coordinator)
    for _press in range(2):
        assert track(client, world, code, do="message", text="Det blå.").status_code == 200
    assert list(example.messages.filter(from_submitter=True).values_list("text", flat=True)) == [
        "En ting til.",
        "Det blå.",
    ]
    assert example.events.filter(move="add_message").count() == 1
