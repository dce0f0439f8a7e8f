"""POST /examples as the contract says."""

import datetime

import pytest
from django.utils import timezone

from backend.campaigns.actions import save_campaign
from backend.cases.models import Support
from backend.examples.models import Contact, Example, ExampleEvent, IdempotencyKey
from tests.factories import make_campaign, make_case, make_organisation, make_published_case
from tests.hostile import (
    BODIES,
    EMPTY_TEXTS,
    FOREIGN_FIELDS,
    HARMLESS_TEXTS,
    JSON_NUMBERS,
    JSON_TEXTS,
    PERSONAL_NUMBERS,
    REFUSED_TEXTS,
    SCRIPTS,
)

from .conftest import API, ApiClient, example, pointers

pytestmark = pytest.mark.django_db


def test_a_whole_example_is_received(world, api):
    response = api.send(
        "/examples",
        example(
            title="Dobbelt registrering",
            proposal="Lad systemerne tale sammen.",
            legislation="Serviceloven § 83",
            area="aeldre",
            workplace="Hjemmeplejen i Vest",
            role="Assistent",
            minutes=15.5,
            times=3,
            period="week",
            people=12,
            contact={"email": "en@eksempel.dk", "name": "En Navn"},
            audience="bodies",
            spare_my_workplace=False,
            preview_wording=True,
        ),
        201,
    )
    answer = response.json()
    assert set(answer) == {"reference", "tracking_code", "tracking_url", "status", "warnings"}
    assert answer["status"] == "received"
    assert len(answer["tracking_code"].split()) == 8
    assert answer["tracking_url"] == "http://lejre.localhost/spor/"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    stored = Example.objects.get(reference=answer["reference"])
    assert stored.campaign == world.campaign
    assert stored.area == world.area
    assert (stored.minutes, stored.times, stored.people, stored.period) == (15.5, 3, 12, "week")
    assert (stored.audience, stored.spare_my_workplace, stored.preview_wording) == ("bodies", False, True)
    assert Contact.objects.filter(example=stored).exists()
    assert answer["tracking_code"] not in str(vars(stored))


def test_only_campaign_and_problem_are_required(world, api):
    reference = api.send(
        "/examples", example(title=None, contact=None, minutes=None, audience=None), 201
    ).json()["reference"]
    stored = Example.objects.get(reference=reference)
    assert stored.audience == "public"
    assert stored.spare_my_workplace
    assert pointers(api.send("/examples", {})) == {"/campaign": "required", "/problem": "required"}


def test_everything_wrong_is_said_at_once(world, api):
    found = pointers(api.send("/examples", example(problem="kort", title="x" * 121, area="nej", minutes=-1)))
    assert found == {
        "/problem": "too_short",
        "/title": "too_long",
        "/area": "unknown_choice",
        "/minutes": "out_of_range",
    }


def test_messages_follow_accept_language(world, api):
    danish = api.send("/examples", example(problem="")).json()
    english = api.send("/examples", example(problem=""), headers={"Accept-Language": "en"}).json()
    assert danish["errors"][0]["detail"] != english["errors"][0]["detail"]
    assert english["errors"][0]["detail"] == "Write something here."
    assert english["detail"] == "Something must be corrected."
    assert danish["detail"] == "Noget skal rettes."


def test_personal_details_are_warned_about(world, api):
    text = "Skriv til hanne@eksempel.dk om det, så fortæller hun."
    warnings = api.send("/examples", example(problem=text), 201).json()["warnings"]
    assert (warnings[0]["pointer"], warnings[0]["code"]) == ("/problem", "email")
    start, end = warnings[0]["span"]
    assert text[start:end] == "hanne@eksempel.dk"


def test_a_name_without_an_address_is_not_silently_dropped(world, api):
    assert pointers(api.send("/examples", example(contact={"name": "En Navn"}))) == {
        "/contact/email": "required"
    }


# --- Campaigns ----------------------------------------------------------------------------------


def test_an_unknown_campaign_is_a_field_error(world, api):
    found = pointers(api.send("/examples", example(campaign="findes-ikke", problem="kort")))
    assert found == {"/campaign": "unknown_choice", "/problem": "too_short"}


@pytest.mark.parametrize(
    "opens, closes, state", [(5, 10, "before"), (-10, -5, "closed")], ids=["before", "closed"]
)
def test_a_campaign_that_is_not_open_says_so(world, api, opens, closes, state):
    today = timezone.localdate()
    make_campaign(
        world.lejre,
        "anden",
        opens_date=today + datetime.timedelta(days=opens),
        closes_date=today + datetime.timedelta(days=closes),
    )
    response = api.send("/examples", example(campaign="anden"), 409)
    assert response.json()["state"] == state
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not Example.objects.filter(campaign__slug="anden").exists()


def test_a_campaign_that_lacks_something_says_what(world, api):
    save_campaign(organisation=world.lejre, campaign=world.campaign, med_discussed_date=None)
    answer = api.send("/examples", example(), 409).json()
    assert [missing["field"] for missing in answer["missing"]] == ["med_discussed_date"]


def test_the_host_names_the_organisation_and_the_body_overrules_it(world, api):
    there = ApiClient(host="noerreby.localhost").send("/examples", example(), 201).json()["reference"]
    named = api.send("/examples", example(organisation="noerreby"), 201).json()["reference"]
    asked = api.send("/examples?organisation=noerreby", example(), 201).json()["reference"]
    here = api.send("/examples", example(), 201).json()["reference"]
    where = {e.reference: e.organisation.key for e in Example.objects.select_related("organisation")}
    assert [where[reference] for reference in (there, named, asked, here)] == ["noerreby"] * 3 + ["lejre"]
    assert api.send("/examples", example(organisation="findes-ikke")).status_code == 404
    assert ApiClient(host="ukendt.example").send("/examples", example()).status_code == 404


# --- Idempotency --------------------------------------------------------------------------------


def test_the_same_key_and_body_give_the_first_answer(world, api):
    before = Example.objects.count()
    first = api.send(
        "/examples", example(), 201, headers={"Idempotency-Key": "en nøgle".encode().decode("latin-1")}
    )
    again = api.send(
        "/examples", example(), 201, headers={"Idempotency-Key": "en nøgle".encode().decode("latin-1")}
    )
    assert first.json() == again.json()
    assert Example.objects.count() == before + 1
    assert first.json()["tracking_code"] not in IdempotencyKey.objects.get().sealed_answer


def test_the_same_key_with_another_body_is_a_conflict(world, api):
    key = {"headers": {"Idempotency-Key": "k1"}}
    api.send("/examples", example(), 201, **key)
    api.send("/examples", example(problem="Noget helt andet end før."), 409, **key)


def test_a_refused_body_does_not_use_up_its_key(world, api):
    key = {"headers": {"Idempotency-Key": "k2"}}
    api.send("/examples", example(problem="kort"), 422, **key)
    api.send("/examples", example(), 201, **key)


def test_a_key_that_is_too_long_is_refused(world, api):
    found = pointers(api.send("/examples", example(), headers={"Idempotency-Key": "x" * 201}))
    assert found == {"/Idempotency-Key": "too_long"}


# --- Hostile input (P-11, P-16, P-17, P-23) -------------------------------------------------------


@pytest.mark.parametrize("field", ["problem", "title", "workplace"])
def test_texts_that_cannot_be_stored_are_refused(world, api, field):
    before = Example.objects.count()
    for name, text in REFUSED_TEXTS.items():
        found = pointers(api.send("/examples", example(**{field: text})))
        assert f"/{field}" in found, name
    assert Example.objects.count() == before


def test_empty_texts_are_no_example(world, api):
    for name, text in EMPTY_TEXTS.items():
        assert pointers(api.send("/examples", example(problem=text))) == {"/problem": "required"}, name


def test_harmless_and_hostile_looking_texts_are_kept(world, api):
    for text in [*HARMLESS_TEXTS.values(), *SCRIPTS.values()]:
        api.send("/examples", example(problem=f"{text} og så videre"), 201)


@pytest.mark.parametrize("text", PERSONAL_NUMBERS.values(), ids=PERSONAL_NUMBERS)
@pytest.mark.parametrize(
    "field", ["problem", "title", "proposal", "legislation", "workplace", "role", "contact"]
)
def test_a_personal_number_is_refused_and_never_repeated(world, api, field, text, caplog):
    value = {"email": "a@b.dk", "name": text} if field == "contact" else text
    response = api.send("/examples", example(**{field: value}))
    error = next(error for error in response.json()["errors"] if error["code"] == "cpr_number")
    assert error["pointer"] == ("/contact/name" if field == "contact" else f"/{field}")
    start, end = error["span"]
    assert text[start:end].strip()
    assert text[start:end] not in response.content.decode()
    assert "1234" not in caplog.text
    assert not Example.objects.filter(source="api").exists()


@pytest.mark.parametrize("raw", JSON_NUMBERS.values(), ids=JSON_NUMBERS)
@pytest.mark.parametrize("field", ["minutes", "times", "people"])
def test_numbers_beyond_reason_are_refused(world, api, field, raw):
    body = f'{{"campaign": "mere-tid", "problem": "Vi skriver det samme to gange.", "{field}": {raw}}}'
    response = api.post(API + "/examples", body, content_type="application/json")
    assert pointers(response)


@pytest.mark.parametrize("raw", JSON_TEXTS.values(), ids=JSON_TEXTS)
@pytest.mark.parametrize(
    "field", ["problem", "title", "campaign", "audience", "contact", "organisation", "area"]
)
def test_texts_of_another_type_are_refused(world, api, field, raw):
    parts = {"campaign": '"mere-tid"', "problem": '"Vi skriver det samme to gange."', field: raw}
    body = "{" + ", ".join(f'"{name}": {value}' for name, value in parts.items()) + "}"
    response = api.post(API + "/examples", body, content_type="application/json")
    assert response.status_code in (404, 422), response.content


@pytest.mark.parametrize("name", BODIES)
def test_hostile_bodies_are_refused_in_our_format(world, api, name):
    content_type, body = BODIES[name]
    response = api.post(API + "/examples", body, content_type=content_type)
    assert response.headers["Content-Type"] == "application/problem+json", name
    assert response.status_code in (413, 415, 422), (name, response.status_code)
    if name == "multipart, cut":
        assert pointers(response) == {"/example": "required"}
    elif content_type != "application/json":
        assert response.status_code == 415
    assert not Example.objects.filter(source="api").exists()


@pytest.mark.parametrize("field", FOREIGN_FIELDS)
def test_foreign_fields_are_refused(world, api, field):
    assert pointers(api.send("/examples", example(**{field: FOREIGN_FIELDS[field]}))) == {
        f"/{field}": "unknown_field"
    }
    contact = {"email": "a@b.dk", field: FOREIGN_FIELDS[field]}
    found = pointers(api.send("/examples", example(contact=contact)))
    assert found == {f"/contact/{field}": "unknown_field"}


def test_a_key_with_a_lone_surrogate_is_refused(world, api):
    body = '{"campaign": "mere-tid", "problem": "Vi skriver det samme.", "\\ud800": 1}'
    assert api.post(API + "/examples", body, content_type="application/json").status_code == 422


# --- Whose machine, and whose page ----------------------------------------------------------------


def test_another_sites_page_cannot_send(world, api):
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ):
        api.send("/examples", example(), 403, headers=headers)
    api.send("/examples", example(), 201, headers={"Origin": "http://lejre.localhost"})


@pytest.mark.parametrize(("answer", "flag"), [(True, "enkeltsag"), (False, ""), (None, "")])
def test_the_writer_may_say_that_it_is_about_one_citizen(world, api, answer, flag):
    reference = api.send("/examples", example(about_one_citizen=answer), 201).json()["reference"]
    assert Example.objects.get(reference=reference).flag == flag


def test_what_may_name_a_person_is_accepted_and_named(world, api):
    text = "Mette Hansen på Bøgevej 12 siger, at borgeren har diabetes."
    warnings = api.send("/examples", example(problem=text), 201).json()["warnings"]
    assert [(warning["code"], text[slice(*warning["span"])]) for warning in warnings] == [
        ("name", "Mette Hansen"),
        ("address", "Bøgevej 12"),
        ("health", "diabetes"),
    ]
    assert {warning["pointer"] for warning in warnings} == {"/problem"}


def test_who_is_signed_in_is_not_kept(world):
    client = ApiClient()
    client.force_login(world.coordinator)
    reference = client.send("/examples", example(), 201).json()["reference"]
    assert ExampleEvent.objects.get(example__reference=reference).by is None


# --- Similar --------------------------------------------------------------------------------------


def test_similar_cases_are_found_and_nothing_else(world, api):
    answer = api.send(
        "/examples/similar",
        {"campaign": "mere-tid", "text": "Jeg registrerer besøget dobbelt i to systemer"},
        200,
    ).json()
    assert [item["reference"] for item in answer["items"]] == [world.case.reference]
    assert set(answer["items"][0]) >= {
        "reference", "title", "excerpt", "status", "outcome", "answer_excerpt", "supports",
    }  # fmt: skip
    assert not Example.objects.filter(source="api").exists()
    assert pointers(api.send("/examples/similar", {"campaign": "nej", "text": "x"})) == {
        "/campaign": "unknown_choice"
    }
    for text in [*REFUSED_TEXTS.values(), *EMPTY_TEXTS.values()]:
        response = api.send("/examples/similar", {"campaign": "mere-tid", "text": text})
        assert response.status_code in (200, 422)


def test_a_writer_may_say_which_case_is_the_same(world, api):
    hidden = make_case(world.campaign, world.coordinator)
    foreign = make_published_case(world.other_campaign, world.stranger)
    for reference in (hidden.reference, foreign.reference, "F-0", "\u0007"):
        assert pointers(api.send("/examples", example(same_as=reference), 422)) == {
            "/same_as": "unknown_choice"
        }
    body = example(same_as=world.case.reference, minutes=5, times=2, period="day")
    for _time in range(2):
        sent = api.send("/examples", body, 201, headers={"Idempotency-Key": "samme"}).json()
    support = Support.objects.get()
    assert (support.case, support.minutes, support.example.reference) == (world.case, 5, sent["reference"])


def test_another_organisation_sees_no_similar_case_of_ours(world):
    there = ApiClient(host="noerreby.localhost")
    answer = there.send("/examples/similar", {"campaign": "mere-tid", "text": world.case.problem}, 200).json()
    assert answer == {"count": 0, "items": []}


def test_two_organisations_may_have_the_same_slug(db):
    first, second = make_organisation("et"), make_organisation("to")
    make_campaign(first)
    make_campaign(second)
    ApiClient(host="et.localhost").send("/examples", example(), 201)
    assert Example.objects.get().organisation == first
