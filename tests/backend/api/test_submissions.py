"""The ministry's form by API: freeze, send, download, and the wall."""

import json

import pytest

from backend.cases import actions as case_actions
from backend.organisations.models import AccessEvent
from exports import actions
from exports.formats import FORMATS
from exports.models import Submission
from tests.backend.api.conftest import as_user, pointers
from tests.factories import make_campaign, make_case, make_user

URL = "/desk/submissions"


def ready(world, problem="Vi skriver det samme to steder.", table=2, organisation=None):
    by = world.coordinator if organisation is None else world.stranger
    campaign = world.campaign if organisation is None else make_campaign(organisation, slug="endnu-en")
    case = make_case(campaign, by, problem=problem)
    case_actions.edit_case(case=case, version=case.version, by=by, table=table)
    case_actions.mark_ready(case=case, by=by)
    return case


def freeze(staff, **body):
    response = staff.send(URL, body, status=201)
    return response.json()


def test_the_ready_cases_are_frozen_when_none_are_named(world, staff):
    first, second = ready(world, "Problem i tabel et", 1), ready(world, "Problem i tabel to", 2)
    shown = freeze(staff, sender={"contact": "Karen"}, has_answers=True)
    assert (shown["organisation"], shown["body"]["key"], shown["has_annex"]) == ("lejre", "fm", False)
    assert [(row["case"], row["table"], row["position"]) for row in shown["rows"]] == [
        (first.reference, 1, 1),
        (second.reference, 2, 1),
    ]
    assert shown["rows"][0]["cells"]["problem"] == "Problem i tabel et"
    assert shown["senders"][0]["contact"] == "Karen"
    assert {file["format"] for file in shown["files"]} == set(FORMATS)
    assert staff.read(f"{URL}/{shown['number']}") == shown
    assert staff.read(URL)["items"] == [shown]


def test_named_cases_come_in_their_order_and_table(world, staff):
    first, second = ready(world, "Det ene problem her"), ready(world, "Det andet problem her")
    shown = freeze(
        staff, cases=[{"reference": second.reference, "table": 1}, {"reference": first.reference, "table": 1}]
    )
    assert [row["case"] for row in shown["rows"]] == [second.reference, first.reference]


def test_the_desks_draft_is_frozen_as_it_stands(world, staff):
    case = ready(world)
    draft = actions.create_draft(organisation=world.lejre, body=world.ministry, by=world.coordinator)
    actions.add_case(submission=draft, case=case, by=world.coordinator)
    actions.edit_row(
        submission=draft, row=draft.rows.get(), cells={"problem": "Kort sagt"}, by=world.coordinator
    )
    shown = freeze(staff)
    assert shown["rows"][0]["cells"]["problem"] == "Kort sagt"
    assert not Submission.objects.drafts().exists()
    second = actions.create_draft(organisation=world.lejre, body=world.ministry, by=world.coordinator)
    response = staff.send(URL, {"cases": [{"reference": case.reference}]})
    assert pointers(response) == {"": "draft_exists"}
    assert second.rows.count() == 0


def test_what_cannot_come_in_is_named_and_nothing_is_stored(world, staff):
    case = make_case(world.campaign, world.coordinator)
    good = ready(world)
    response = staff.send(URL, {"cases": [{"reference": good.reference}, {"reference": case.reference}]})
    assert pointers(response) == {"/cases/1": "not_ready"}
    response = staff.send(URL, {"cases": [{"reference": "F-FINDES-IKKE", "table": 3}], "body": "findes-ikke"})
    assert pointers(response) == {"/body": "unknown_choice"}
    response = staff.send(URL, {"cases": [{"reference": "F-FINDES-IKKE", "table": 3}]})
    assert pointers(response) == {"/cases/0/reference": "unknown_choice", "/cases/0/table": "unknown_choice"}
    response = staff.send(URL, {"cases": [{"reference": good.reference}], "sender": {"phone": "010203-1234"}})
    assert pointers(response) == {"/phone": "cpr_number"}
    assert pointers(staff.send(URL, {"cases": []})) == {"": "no_rows"}
    assert pointers(staff.send(URL, {"noget": 1})) == {"/noget": "unknown_field"}
    assert not Submission.objects.exists()


def test_the_sending_is_recorded_once(world, staff):
    case, closed = ready(world), ready(world)
    number = freeze(staff)["number"]
    case_actions.close(case=closed, why="Løst lokalt", by=world.coordinator)
    shown = staff.send(f"{URL}/{number}/sent", {"sent_to": "fm@fm.dk"}, status=200).json()
    assert (shown["sent_to"], shown["not_referred"]) == ("fm@fm.dk", [closed.reference])
    case.refresh_from_db()
    assert case.status == "referred"
    row = next(row for row in shown["rows"] if row["case"] == case.reference)
    assert row["referral"] == str(case.referrals.get().pk)
    assert staff.send(f"{URL}/{number}/sent", {"sent_to": "fm@fm.dk"}).status_code == 409
    assert pointers(staff.send(f"{URL}/{number}/sent", {})) == {"/sent_to": "required"}


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_download_is_the_stored_bytes_and_logged(world, staff, name):
    ready(world)
    number = freeze(staff)["number"]
    response = staff.get(f"/api/v1{URL}/{number}.{name}")
    frozen = Submission.objects.get()
    assert response.content == bytes(frozen.files.get(format=name).bytes)
    assert response["Content-Disposition"] == f'attachment; filename="lejre-bidrag-{number}.{name}"'
    assert AccessEvent.objects.filter(kind="export", reference=f"{number}.{name}").count() == 1


@pytest.mark.parametrize(
    "path", ["2026-01.pdf", "2026-99", "nummer", "2026-01.", "2026-99.xlsx", "2026-01/noget"]
)
def test_what_is_not_there(world, staff, path):
    assert staff.get(f"/api/v1{URL}/{path}").status_code in (404, 422)


def test_the_other_organisation_finds_nothing(world, staff, foreign):
    case = ready(world)
    number = freeze(staff)["number"]
    for path in (f"/{number}", *(f"/{number}.{name}" for name in FORMATS)):
        foreign.read(URL + path, status=404)
        foreign.read(f"{URL}{path}?organisation=lejre", status=404)
    assert foreign.read(URL)["count"] == 0
    assert foreign.send(f"{URL}/{number}/sent", {"sent_to": "x"}).status_code == 404
    assert foreign.send(URL, {"organisation": "lejre"}).status_code == 404
    response = foreign.send(URL, {"cases": [{"reference": case.reference}]})
    assert pointers(response) == {"/cases/0/reference": "unknown_choice"}
    assert case.reference not in json.dumps(foreign.read(URL))


def test_a_user_of_two_organisations_says_which(world):
    both = make_user("coordinator", world.lejre)
    both.memberships.create(organisation=world.noerreby, role="coordinator")
    client = as_user(both)
    mine, theirs = ready(world), ready(world, organisation=world.noerreby)
    number = freeze(client, organisation="lejre")["number"]
    assert freeze(client, organisation="noerreby")["number"] == number
    assert client.read(f"{URL}/{number}?organisation=noerreby")["rows"][0]["case"] == theirs.reference
    # The tests' host is Lejre's.
    assert client.read(f"{URL}/{number}")["rows"][0]["case"] == mine.reference


@pytest.mark.parametrize("role, status", [("reader", 403), ("editor", 403), ("caseworker", 201)])
def test_roles(world, role, status):
    ready(world)
    client = as_user(make_user(role, world.lejre))
    assert client.send(URL, {}).status_code == status


def test_a_visitor_and_a_reading_token_are_refused(world, api):
    ready(world)
    api.read(URL, status=401)
    assert as_user(world.coordinator, scope="read").send(URL, {}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list(world, staff, count, django_assert_num_queries):
    for _number in range(count):
        ready(world)
        freeze(staff)
    staff.read(URL)
    with django_assert_num_queries(6):
        staff.read(URL)
