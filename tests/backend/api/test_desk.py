"""The staff routes: reading is logged, moves are named, stale saves are refused."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases import actions as cases
from backend.cases.models import Case
from backend.examples.models import Example
from backend.organisations.actions import create_token, revoke_token
from backend.organisations.models import AccessEvent
from backend.registry.models import Cause, Law
from tests.factories import make_body, make_case, make_example, make_published_case, make_user
from tests.hostile import QUERY_VALUES

from .conftest import API, ApiClient, as_user, pointers

pytestmark = pytest.mark.django_db


# --- Who asks -------------------------------------------------------------------------------------


def test_without_credentials_nothing(world, api):
    for client in (
        api,
        ApiClient(token="knt_forkert"),
        ApiClient(token="x" * 500),
        ApiClient(token="\xe6\xff"),
    ):
        response = client.get(API + "/desk/examples")
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.headers["Content-Type"] == "application/problem+json"
        assert client.send("/desk/examples/E-AAAA-AAAA/take_back").status_code == 401


def test_tokens_end(world):
    row, token = create_token(user=world.coordinator, name="x")
    client = ApiClient(token=token)
    client.read("/desk/examples")
    revoke_token(token=row)
    assert client.get(API + "/desk/examples").status_code == 401
    _row, old = create_token(
        user=world.coordinator, name="y", expires_date=timezone.localdate() - datetime.timedelta(days=1)
    )
    assert ApiClient(token=old).get(API + "/desk/examples").status_code == 401
    left = as_user(world.coordinator)
    world.coordinator.is_active = False
    world.coordinator.save()
    assert left.get(API + "/desk/examples").status_code == 401


def test_a_reading_token_only_reads(world):
    client = as_user(world.coordinator, scope="read")
    client.read("/desk/cases")
    response = client.send(f"/desk/cases/{world.case.reference}/unpublish", {"why": "Nej"})
    assert response.status_code == 403
    assert Case.objects.get(pk=world.case.pk).visibility == "public"


def test_a_session_writes_only_with_its_csrf_token(world):
    client = ApiClient()
    client.handler.enforce_csrf_checks = True
    client.force_login(world.coordinator)
    client.read("/desk/cases")
    path = f"/desk/cases/{world.case.reference}/unpublish"
    assert client.send(path, {"why": "Nej"}).status_code == 403
    token = "a" * 32
    client.cookies["csrf"] = token
    headers = {"X-CSRFToken": token}
    client.send(path, {"why": "En fejl"}, 200, headers=headers)


def test_a_bad_token_is_not_saved_by_a_session(world):
    client = ApiClient()
    client.force_login(world.coordinator)
    response = client.get(API + "/desk/cases", headers={"Authorization": "Bearer knt_forkert"})
    assert response.status_code == 401


# --- Examples -------------------------------------------------------------------------------------


def test_the_list_holds_no_raw_text(world, staff):
    example, _code = make_example(
        world.campaign, title="Hemmelig overskrift", workplace="Hjemmeplejen", minutes=10
    )
    before = AccessEvent.objects.count()
    answer = staff.read("/desk/examples?ordering=-submitted")
    shown = next(item for item in answer["items"] if item["reference"] == example.reference)
    assert shown["allowed_moves"] == [
        *("ask", "make_case", "add_to_case", "set_aside", "to_whistleblower", "erase")
    ]
    assert "Hemmelig" not in str(answer)
    assert "Hjemmeplejen" not in str(answer)
    assert example.problem not in str(answer)
    assert AccessEvent.objects.count() == before


def test_reading_the_raw_text_is_logged(world, staff):
    example, _code = make_example(world.campaign, title="Min overskrift", contact_email="jeg@eksempel.dk")
    shown = staff.read(f"/desk/examples/{example.reference}")
    assert shown["raw"]["title"] == "Min overskrift"
    assert shown["has_contact"]
    assert "jeg@eksempel.dk" not in str(shown)
    event = AccessEvent.objects.get(reference=example.reference)
    assert (event.by, event.kind) == (world.coordinator, "raw_text")
    assert pointers(staff.get(API + f"/desk/examples/{example.reference}/contact")) == {
        "/purpose": "required"
    }
    contact = staff.read(f"/desk/examples/{example.reference}/contact?purpose=Spørge+om+systemet")
    assert contact["email"] == "jeg@eksempel.dk"
    assert AccessEvent.objects.get(kind="contact").purpose == "Spørge om systemet"


def test_only_coordinators_see_examples(world):
    example, _code = make_example(world.campaign)
    for role in ("caseworker", "reader", "committee_member", "editor", "administrator"):
        client = as_user(make_user(role, world.lejre))
        assert client.read("/desk/examples")["count"] == 0
        assert client.get(API + f"/desk/examples/{example.reference}").status_code == 404
        assert client.send(f"/desk/examples/{example.reference}/erase", {"why": "x"}).status_code == 404
    assert not AccessEvent.objects.exists()


def test_the_moves_of_an_example(world, staff):
    example, _code = make_example(world.campaign)
    path = f"/desk/examples/{example.reference}"
    assert (
        staff.send(f"{path}/ask", {"text": "Hvilket system?"}, 200).json()["status"] == "awaiting_submitter"
    )
    staff.send(f"{path}/ask", {"text": "Igen?"}, 409)
    assert staff.send(f"{path}/stop_waiting", None, 200).json()["status"] == "received"
    aside = staff.send(
        f"{path}/set_aside", {"reason": "no_example", "why": "Vi fandt ikke et eksempel."}, 200
    )
    assert aside.json()["set_aside_reason"] == "no_example"
    assert staff.send(f"{path}/take_back", {}, 200).json()["status"] == "received"
    made = staff.send(
        f"{path}/make_case",
        {
            "title": "Et forslag",
            "problem": "Det samme skrives to steder.",
            "area": "aeldre",
            "core_task": "stoette",
        },
        200,
    ).json()
    assert made["status"] == "accepted"
    assert staff.read(f"/desk/cases/{made['case']}")["title"] == "Et forslag"
    assert staff.send(f"{path}/leave_case", {"why": "Hører ikke til"}, 200).json()["status"] == "received"
    joined = staff.send(f"{path}/add_to_case", {"case": made["case"]}, 200).json()
    assert joined["case"] == made["case"]
    assert staff.send(f"{path}/erase", {"why": "Bad om det"}, 200).json()["status"] == "erased"
    assert Example.objects.get(pk=example.pk).problem == ""


@pytest.mark.parametrize("move", ["to_whistleblower", "set_aside"])
def test_what_belongs_in_the_whistleblower_scheme_is_deleted(world, staff, move):
    example, _code = make_example(world.campaign)
    path = f"/desk/examples/{example.reference}"
    body = {"reason": "whistleblower", "why": "Kassereren."} if move == "set_aside" else {}
    answer = staff.send(f"{path}/{move}", body, 200).json()
    assert (answer["status"], answer["set_aside_reason"]) == ("erased", "whistleblower")
    shown = staff.read(path)
    assert shown["raw"]["problem"] == ""
    assert "Kassereren" not in str(shown)
    assert staff.send(f"{path}/to_whistleblower").status_code == 409


@pytest.mark.parametrize(
    "move, body, expected",
    [
        ("ask", {"text": ""}, {"/text": "required"}),
        ("ask", {"text": "Ring til 010190-1234"}, {"/text": "cpr_number"}),
        ("set_aside", {"reason": "fordi", "why": "x"}, {"/reason": "unknown_choice"}),
        ("set_aside", {"reason": "spam"}, {"/why": "required"}),
        ("make_case", {"title": "", "problem": ""}, {"/title": "required", "/problem": "required"}),
        ("make_case", {"title": "x", "problem": "y", "area": "nej"}, {"/area": "unknown_choice"}),
        ("make_case", {"title": "x", "problem": "y", "status": "ready"}, {"/status": "unknown_field"}),
        ("add_to_case", {"case": "F-AAAA-AAAA"}, {"/case": "unknown_choice"}),
        ("add_to_case", {"case": "\x00"}, {"/case": "unknown_choice"}),
        ("take_back", {"x": 1}, {"/x": "unknown_field"}),
        ("erase", {"why": 5}, {"/why": "invalid_type"}),
    ],
)
def test_moves_check_what_they_are_given(world, staff, move, body, expected):
    example, _code = make_example(world.campaign)
    assert pointers(staff.send(f"/desk/examples/{example.reference}/{move}", body)) == expected


def test_example_filters(world, staff):
    example, _code = make_example(world.campaign, problem="Køretiden regnes ikke med.", at=None)
    month = f"{timezone.localdate():%Y-%m}"
    hits = {
        "q=k%C3%B8retid": 1,
        "status=received": 1,
        "status=received&status=accepted": 2,
        "status=accepted": 1,
        "campaign=mere-tid": 2,
        "area=aeldre": 0,
        f"submitted_from={month}": 2,
        "submitted_to=2020-01": 0,
        "material=camp": 0,
        "material=worklist": 2,
        "material=quarantined": 0,
        "overdue=true": 0,
        "overdue=false": 2,
        "audience=public": 2,
        "organisation=lejre": 2,
    }
    for query, count in hits.items():
        assert staff.read(f"/desk/examples?{query}")["count"] == count, query
    assert pointers(staff.get(API + "/desk/examples?overdue=maybe&status=nej")) == {
        "/overdue": "unknown_choice"
    }
    assert pointers(staff.get(API + "/desk/examples?status=nej&material=x")) == {
        "/status": "unknown_choice", "/material": "unknown_choice",
    }  # fmt: skip
    staff.read("/desk/examples?organisation=noerreby", 404)
    staff.read("/desk/cases?organisation=findes-ikke", 404)
    assert example.reference


# --- Cases ----------------------------------------------------------------------------------------


def test_a_case_with_its_history(world, staff):
    shown = staff.read(f"/desk/cases/{world.case.reference}")
    assert "unpublish" in shown["allowed_moves"]
    assert [event["move"] for event in shown["events"]] == ["make_case", "mark_ready", "set_visibility"]
    assert shown["examples"][0]["is_source"]
    assert shown["examples_count"] == 1
    assert shown["core_task"]["key"] == "stoette"


def test_the_whole_way_of_a_case(world, staff):
    example, _code = make_example(world.campaign)
    reference = staff.send(
        f"/desk/examples/{example.reference}/make_case", {"title": "Et forslag", "problem": "To gange."}, 200
    ).json()["case"]
    path = f"/desk/cases/{reference}"
    Cause.objects.create(key="love", name="Love")
    Law.objects.create(key="sel", popular_name="serviceloven")
    edited = staff.send(
        f"{path}/edit",
        {
            "version": staff.read(path)["version"],
            "title": "Et bedre forslag",
            "area": "aeldre",
            "causes": ["love"],
            "laws": [{"law": "sel", "cited_text": "serviceloven § 83", "paragraphs": "83"}],
            "table": 2,
            "hours": 120,
            "really_law": "habit",
            "workplace": "fm",
        },
        200,
    ).json()
    assert edited["title"] == "Et bedre forslag"
    assert edited["causes"] == [{"key": "love", "name": "Love", "is_main": True}]
    assert edited["laws"][0]["law"]["key"] == "sel"
    assert (edited["table"], edited["hours"], edited["workplace"]["key"]) == (2, 120, "fm")
    stale = staff.send(f"{path}/edit", {"version": edited["version"] - 1, "title": "Gammelt"}, 409).json()
    assert stale["current_version"] == edited["version"]
    for move, body, status in [
        ("mark_ready", None, "ready"),
        ("back_to_draft", None, "draft"),
        ("mark_ready", {}, "ready"),
        ("prepare_referral", {"body": "fm", "question": "Kan det samles?"}, "ready"),
        ("set_visibility", {"visibility": "public", "no_personal_data": True}, "ready"),
        ("refer", None, "referred"),
    ]:
        assert staff.send(f"{path}/{move}", body, 200).json()["status"] == status, move
    referral = staff.read(path)["referrals"][0]
    assert referral["allowed_moves"] == ["acknowledge", "reply", "ask_back", "hand_back", "cancel_referral"]
    replied = staff.send(
        f"/desk/referrals/{referral['id']}/reply",
        {"answer": "follow", "what": "En formular", "by_whom": "FM", "promised_date": "2027-01-31"},
        200,
    ).json()
    assert replied["allowed_moves"] == ["correct_reply", "release_reply", "hold_reply", "take_back_reply"]
    reply = replied["replies"][0]["id"]
    staff.send(f"{path}/release_reply", {"reply": reply}, 200)
    assert staff.read(path)["outcome"] == "follow"
    done = staff.send(f"{path}/mark_done", {"implemented_date": "2026-01-31", "evidence": "Set i drift"}, 200)
    assert done.json()["implemented_date"] == "2026-01-31"
    staff.send(f"{path}/undo_done", {"why": "Alligevel ikke"}, 200)
    staff.send(f"/desk/referrals/{referral['id']}/withdraw_reply", {"reply": reply, "why": "Forkert"}, 200)
    assert staff.send(f"{path}/close", {"why": "Slut"}, 200).json()["status"] == "closed"
    assert staff.send(f"{path}/reopen", {"why": "Ikke slut"}, 200).json()["status"] == "referred"
    assert staff.send(f"{path}/unpublish", {"why": "En fejl"}, 200).json()["visibility"] == "internal"


def test_referrals_go_back_and_are_cancelled(world, staff):
    path = f"/desk/cases/{world.case.reference}"
    for key in ("et", "to", "tre"):
        make_body(key, key)
        staff.send(f"{path}/prepare_referral", {"body": key}, 200)
    assert pointers(staff.send(f"{path}/prepare_referral", {"body": "et"})) == {"/body": "already_chosen"}
    ids = {referral["body"]["key"]: referral["id"] for referral in staff.read(path)["referrals"]}
    first, second, third = ids["et"], ids["to"], ids["tre"]
    assert staff.send(f"/desk/referrals/{first}/refer", None, 200).json()["status"] == "sent"
    staff.send(f"{path}/refer", {"referrals": [second]}, 200)
    staff.send(f"{path}/refer", None, 200)
    assert (
        staff.send(f"/desk/referrals/{first}/ask_back", {"text": "Hvor?"}, 200).json()["status"]
        == "asked_back"
    )
    assert (
        staff.send(f"/desk/referrals/{second}/hand_back", {"points_to": "KL"}, 200).json()["status"]
        == "returned"
    )
    staff.send(f"/desk/referrals/{third}/cancel_referral", {"why": "Fortrudt"}, 200)
    staff.send(f"/desk/referrals/{third}/cancel_referral", {"why": "Igen"}, 409)
    assert staff.read("/desk/referrals?status=returned")["count"] == 1
    assert staff.read(f"/desk/referrals?case={world.case.reference}&ordering=sent")["count"] == 3
    assert staff.read(f"/desk/referrals/{first}")["body"]["key"] == "et"
    staff.read("/desk/referrals/00000000-0000-0000-0000-000000000000", 404)
    staff.read("/desk/referrals/not-a-uuid", 404)


@pytest.mark.parametrize(
    "move, body, expected",
    [
        ("edit", {}, {"/version": "required"}),
        ("edit", {"version": "1"}, {"/version": "invalid_type"}),
        ("edit", {"version": 3, "status": "closed"}, {"/status": "unknown_field"}),
        ("edit", {"version": 3, "area": "x", "flag": "y", "table": 7, "really_law": "z", "workplace": "q"},
         {"/area": "unknown_choice", "/flag": "unknown_choice", "/table": "unknown_choice",
          "/really_law": "unknown_choice", "/workplace": "unknown_choice"}),
        ("edit", {"version": 3, "causes": ["x"], "laws": [{"cited_text": "a", "law": "b"}]},
         {"/causes/0": "unknown_choice", "/laws/0/law": "unknown_choice"}),
        ("edit", {"version": 3, "laws": [{"cited_text": ""}]}, {"/laws/0/cited_text": "required"}),
        ("edit", {"version": 3, "hours": 10**12}, {"/hours": "out_of_range"}),
        ("edit", {"version": 3, "hours": 2.5}, {"/hours": "invalid_type"}),
        ("edit", {"version": 3, "problem": "010190-1234"}, {"/problem": "cpr_number"}),
        ("edit", {"version": 3, "title": "Nyt"}, {"/no_personal_data": "required"}),
        ("set_visibility", {"visibility": "everyone"}, {"/visibility": "unknown_choice"}),
        ("set_visibility", {"visibility": "committee"}, {"/no_personal_data": "required"}),
        ("prepare_referral", {"body": "nej"}, {"/body": "unknown_choice"}),
        ("prepare_referral", {"body": ""}, {"/body": "unknown_choice"}),
        ("refer", None, {"/referrals": "required"}),
        ("refer", {"referrals": ["x"]}, {"/referrals/0": "invalid"}),
        ("close", {"why": " "}, {"/why": "required"}),
        ("merge_into", {"other": "F-AAAA-AAAA"}, {"/other": "unknown_choice"}),
        ("split", {"examples": ["E-AAAA-AAAA"], "title": "x", "problem": "y"}, {"/examples": "unknown_choice"}),
    ],
)  # fmt: skip
def test_case_moves_check_what_they_are_given(world, staff, move, body, expected):
    assert pointers(staff.send(f"/desk/cases/{world.case.reference}/{move}", body)) == expected


def test_fields_left_out_stay(world, staff):
    path = f"/desk/cases/{world.case.reference}"
    version = staff.read(path)["version"]
    edited = staff.send(f"{path}/edit", {"version": version, "hours": 10}, 200).json()
    assert (edited["title"], edited["area"]["key"], edited["hours"]) == (world.case.title, "aeldre", 10)
    edited = staff.send(
        f"{path}/edit", {"version": edited["version"], "hours": None, "area": None}, 200
    ).json()
    assert (edited["area"], edited["hours"]) == (None, None)


def test_merging_and_splitting(world, staff):
    other = make_case(world.campaign, world.coordinator, title="Et andet")
    body = make_body("kl", "KL", kind="organisation")
    row = cases.prepare_referral(case=other, body=body, by=world.coordinator)
    refused = staff.send(f"/desk/cases/{other.reference}/merge_into", {"other": world.case.reference})
    assert pointers(refused) == {"/other": "has_referrals"}
    cases.cancel_referral(referral=row, why="Det er det samme", by=world.coordinator)
    more, _code = make_example(world.campaign)
    staff.send(f"/desk/examples/{more.reference}/add_to_case", {"case": other.reference}, 200)
    path = f"/desk/cases/{other.reference}"
    assert staff.send(f"{path}/merge_into", {"other": world.case.reference}, 200).json()["merged_into"]
    assert staff.read(path)["allowed_moves"] == ["unmerge"]
    assert staff.read("/desk/cases?merged=true")["count"] == 1
    assert staff.read("/desk/cases?merged=false")["count"] == 1
    assert staff.send(f"{path}/unmerge", None, 200).json()["merged_into"] is None
    new = staff.send(
        f"{path}/split",
        {"examples": [more.reference], "title": "Det nye", "problem": "Et eget forslag."},
        200,
    ).json()["new"]
    assert new["parent"] == other.reference


def test_suggestions_say_why(world, staff):
    found = staff.read(f"/desk/cases/{world.case.reference}/suggestions")
    assert found["table"]["value"] in (1, 2)
    assert found["table"]["reason"]
    assert set(found) == {"table", "laws", "bodies", "causes", "rule_level", "flags", "ways"}


def test_roles_on_cases(world):
    path = f"/desk/cases/{world.case.reference}"
    draft = make_case(world.campaign, world.coordinator, title="En kladde")
    reader = as_user(make_user("reader", world.lejre))
    assert reader.read("/desk/cases")["count"] == 2
    assert reader.read(path)["allowed_moves"] == []
    assert reader.read(path)["examples"] == []
    assert reader.send(f"{path}/unpublish", {"why": "Nej"}).status_code == 403
    worker = as_user(make_user("caseworker", world.lejre))
    assert "edit" in worker.read(path)["allowed_moves"]
    assert "split" not in worker.read(path)["allowed_moves"]
    assert worker.send(f"{path}/merge_into", {"other": draft.reference}).status_code == 403
    committee = as_user(make_user("committee_member", world.lejre))
    assert committee.read("/desk/cases")["count"] == 1
    seen = committee.read(path)
    assert (seen["examples_count"], seen["events"], seen["allowed_moves"]) == (None, [], [])
    committee.read(f"/desk/cases/{draft.reference}", 404)
    assert committee.get(API + path + "/suggestions").status_code == 403
    editor = as_user(make_user("editor", world.lejre))
    assert editor.read("/desk/cases")["count"] == 0


@pytest.mark.parametrize("path, wanted", [("/desk/cases", 16), ("/desk/examples", 5), ("/desk/referrals", 9)])
def test_desk_lists_ask_the_database_no_more_for_more_rows(world, staff, path, wanted):
    def add(number):
        case = make_published_case(
            world.campaign, world.coordinator, title=f"Nummer {number}", area=world.area
        )
        cases.prepare_referral(case=case, body=world.ministry, by=world.coordinator)
        cases.edit_case(
            case=case, version=case.version, workplace=world.ministry, laws=[{"cited_text": "En lov"}],
            no_personal_data=True, by=world.coordinator,
        )  # fmt: skip

    def count():
        with CaptureQueriesContext(connection) as queries:
            staff.read(path)
        return len(queries), "\n".join(query["sql"][:150] for query in queries)

    add(1)
    found, said = count()
    assert found == wanted, said
    add(2)
    add(3)
    found, said = count()
    assert found == wanted, said


def test_hostile_parameters_never_break_a_desk_list(world, staff):
    for value in QUERY_VALUES.values():
        for path in ("/desk/cases", "/desk/examples", "/desk/referrals"):
            for name in ("q", "campaign", "organisation", "status", "ordering", "body", "case"):
                assert staff.get(f"{API}{path}?{name}={value}").status_code in (200, 404, 422)
        for path in ("/desk/cases/", "/desk/examples/", "/desk/referrals/"):
            assert staff.get(f"{API}{path}{value}").status_code == 404, value


def test_desk_answers_are_kept_in_no_cache(world, staff):
    assert "no-store" in staff.get(API + "/desk/cases").headers["Cache-Control"]
    assert isinstance(staff, Client)
