"""The list of cases: who sees which, how many queries, and the list as a spreadsheet."""

import io

import pytest
from openpyxl import load_workbook

from backend.cases import actions
from backend.organisations.models import AccessEvent
from tests.factories import make_area, make_body, make_case, make_published_case

URL = "/admin/forslag/"
LIST_QUERIES = 14


def titles(response):
    return [case.title for case in response.context["cases"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries_whatever_its_length(
    coordinator, lejre, rows, django_assert_num_queries
):
    for _number in range(rows):
        make_case(lejre.campaign, lejre.coordinator, area=make_area())
    coordinator.get(URL)
    with django_assert_num_queries(LIST_QUERIES):
        response = coordinator.get(URL)
    assert len(response.context["cases"]) == rows


def test_the_committee_sees_what_is_shown_to_it(client, lejre):
    make_case(lejre.campaign, lejre.coordinator, title="Intern")
    shown = make_case(lejre.campaign, lejre.coordinator, title="Vist for udvalget")
    actions.set_visibility(case=shown, visibility="committee", no_personal_data=True, by=lejre.coordinator)
    client.force_login(lejre.people["committee_member"])
    assert titles(client.get(URL)) == ["Vist for udvalget"]
    page = client.get(f"{URL}{shown.reference}/").content.decode()
    assert "Vist for udvalget" in page
    assert "Historik" not in page
    assert 'name="problem"' not in page
    assert client.get(f"{URL}liste.xlsx").status_code == 403


def test_the_committee_reads_on_the_case_only_what_has_been_released(client, lejre):
    by = lejre.coordinator
    case = make_published_case(lejre.campaign, by)
    referral, _asked = (
        actions.prepare_referral(case=case, body=make_body(key, name), by=by)
        for key, name in (("fm", "Finansministeriet"), ("bm", "Beskæftigelsesministeriet"))
    )
    cancelled = actions.prepare_referral(case=case, body=make_body("sm", "Skatteministeriet"), by=by)
    actions.cancel_referral(referral=cancelled, why="Forkert", by=by)
    actions.refer(case=case, referrals=[referral], by=by)
    client.force_login(lejre.people["committee_member"])

    def seen():
        page = client.get(f"{URL}{case.reference}/").content.decode()
        return " ".join(page[page.index('id="bodies"') :].split())

    question = actions.record_reply(referral=referral, answer="lacks_facts", text="Hvilket system?", by=by)
    assert "Finansministeriet" in seen()
    for hidden in ("Beskæftigelsesministeriet", "Skatteministeriet", "Hvilket", "Spørger", "står stille"):
        assert hidden not in seen()
    actions.release_reply(reply=question, by=by)
    assert "Hvilket system?" in seen()
    assert "fristen står stille" in seen()
    referral.refresh_from_db()
    no = {"answer": "not", "reason_code": "cost", "text": "Der er ikke råd."}
    first = actions.record_reply(referral=referral, by=by, **no)
    assert "Besvaret" not in seen()
    assert "svarfrist" in seen()
    actions.release_reply(reply=first, by=by)
    anew = actions.correct_reply(reply=first, by=by, **no | {"text": "Pengene er brugt."})
    actions.release_reply(reply=anew, by=by)
    assert "Besvaret" in seen()
    assert "Pengene er brugt." in seen()
    assert "Der er ikke råd." not in seen()


def test_a_reader_reads_and_changes_nothing(client, lejre):
    case = make_case(lejre.campaign, lejre.coordinator)
    client.force_login(lejre.people["reader"])
    address = f"{URL}{case.reference}/"
    assert 'name="problem"' not in client.get(address).content.decode()
    assert (
        client.post(address, {"title": "Nyt", "problem": "Nyt", "table": "0", "version": 1}).status_code
        == 403
    )
    assert client.post(f"{address}mark_ready/").status_code == 403


def test_the_list_is_put_in_the_order_that_is_chosen(coordinator, lejre):
    for title in ("Bil", "Aftale", "Cykel"):
        make_case(lejre.campaign, lejre.coordinator, title=title)
    page = coordinator.get(f"{URL}?ordering=title")
    assert titles(page) == ["Aftale", "Bil", "Cykel"]
    assert '<option value="title" selected>' in page.content.decode()
    assert titles(coordinator.get(f"{URL}?ordering=nonsens")) == []


def test_tabs_and_filters(coordinator, lejre):
    make_case(lejre.campaign, lejre.coordinator, title="Kladden")
    ready = make_case(lejre.campaign, lejre.coordinator, title="Klar til skemaet")
    actions.edit_case(case=ready, version=ready.version, table=2, by=lejre.coordinator)
    actions.mark_ready(case=ready, by=lejre.coordinator)
    make_published_case(lejre.campaign, lejre.coordinator, title="Offentligt")
    assert titles(coordinator.get(URL + "?tab=draft")) == ["Kladden"]
    assert titles(coordinator.get(URL + "?tab=form")) == ["Klar til skemaet"]
    assert titles(coordinator.get(URL + "?visibility=public")) == ["Offentligt"]
    assert titles(coordinator.get(URL + "?table=2")) == ["Klar til skemaet"]
    assert len(titles(coordinator.get(URL))) == 3


def test_the_list_is_a_spreadsheet_too_and_the_export_is_logged(coordinator, lejre):
    for number in range(5):
        make_case(lejre.campaign, lejre.coordinator, title=f"=Forslag {number}")
    answer = coordinator.get(f"{URL}liste.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("Nummer", "Titel")
    assert sorted(row[1] for row in rows[1:]) == [f"=Forslag {number}" for number in range(5)]
    assert {
        cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value == "=Forslag 1"
    } == {"s"}
    assert AccessEvent.objects.get().kind == "export"
