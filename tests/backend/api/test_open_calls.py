"""The open calls: campaigns, registry, published cases, supports, open data."""

import csv
import datetime
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.campaigns.actions import unpublish_campaign
from backend.cases import actions as cases
from backend.cases.models import Support
from backend.registry.models import Law, LawAuthority
from tests.factories import make_body, make_campaign, make_case, make_example, make_published_case
from tests.hostile import FORMULAS, QUERY_VALUES

from .conftest import API, ApiClient, pointers

pytestmark = pytest.mark.django_db

CASE_FIELDS = {
    "reference", "title", "problem", "proposal", "area", "core_task", "laws", "status", "outcome", "bodies",
    "hours_per_year", "supports", "published_month",
}  # fmt: skip
LISTS = [
    "/campaigns",
    "/core-tasks",
    "/areas",
    "/bodies",
    "/laws",
    "/causes",
    "/rule-levels",
    "/burdens",
    "/cases",
]


def csv_rows(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def answered(world, case=None, **values):
    """A case that the ministry has answered; returns (case, reply)."""
    by = world.coordinator
    case = case or world.case
    referral = cases.prepare_referral(case=case, body=world.ministry, by=by)
    cases.refer(case=case, by=by)
    values = {
        "what": "En ny formular",
        "by_whom": "FM",
        "promised_date": datetime.date(2027, 1, 31),
        **values,
    }
    reply = cases.record_reply(referral=referral, answer="follow", by=by, text="Det gør vi.", **values)
    return case, reply


# --- Lists in general -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_a_count_and_items(world, api, path):
    answer = api.read(path)
    assert set(answer) == {"count", "items"}
    assert len(answer["items"]) == answer["count"]
    assert api.read(path + "?limit=1&offset=1000") == {"count": answer["count"], "items": []}


@pytest.mark.parametrize("path", [*LISTS, "/cases.csv", "/cases.json", "/campaigns/mere-tid"])
def test_unknown_parameters_are_refused(world, api, path):
    assert pointers(api.get(API + path + "?findes_ikke=1")) == {"/findes_ikke": "unknown_parameter"}
    assert api.get(API + path + "?organisation=findes-ikke").status_code == 404


@pytest.mark.parametrize("value", ["0", "201", "-1", "x", "", "1.5", "9" * 400])
def test_limits_are_bounded(world, api, value):
    assert pointers(api.get(API + f"/cases?limit={value}"))


@pytest.mark.parametrize("value", QUERY_VALUES.values(), ids=QUERY_VALUES)
def test_hostile_parameters_never_break_a_list(world, api, value):
    for name in (
        "q",
        "area",
        "campaign",
        "body",
        "law",
        "status",
        "published_from",
        "ordering",
        "organisation",
    ):
        assert api.get(API + f"/cases?{name}={value}").status_code in (200, 404, 422), name
    for path in ("/laws", "/bodies"):
        assert api.get(API + f"{path}?q={value}").status_code in (200, 422)
    for path in ("/cases/", "/campaigns/", "/desk/cases/", ""):
        assert api.get(API + f"{path}/{value}").status_code in (301, 400, 401, 404)


@pytest.mark.parametrize("path, wanted", [("/cases", 14), ("/campaigns", 3), ("/laws", 6)])
def test_lists_ask_the_database_no_more_for_more_rows(world, api, path, wanted):
    def add(number):
        case = make_published_case(
            world.campaign, world.coordinator, title=f"Forslag {number}", area=world.area
        )
        cases.edit_case(
            case=case,
            version=case.version,
            laws=[{"law": None, "cited_text": "Serviceloven", "paragraphs": "83"}],
            no_personal_data=True,
            by=world.coordinator,
        )
        answered(world, case)
        make_campaign(world.lejre, f"kampagne-{number}")
        law = Law.objects.create(key=f"lov-{number}", popular_name=f"Lov {number}", area=world.area)
        LawAuthority.objects.create(law=law, body=world.ministry, kind="ministry")

    cases.unpublish(case=world.case, why="Kun til prøven", by=world.coordinator)
    unpublish_campaign(campaign=world.other_campaign)
    add(1)
    with CaptureQueriesContext(connection) as queries:
        api.read(path)
    assert len(queries) == wanted, "\n".join(query["sql"][:150] for query in queries)
    add(2)
    add(3)
    with CaptureQueriesContext(connection) as queries:
        api.read(path)
    assert len(queries) == wanted, "\n".join(query["sql"][:150] for query in queries)


# --- Campaigns and registry -----------------------------------------------------------------------


def test_campaigns_that_are_open_or_were(world, api):
    today = timezone.localdate()
    make_campaign(
        world.lejre,
        "senere",
        opens_date=today + datetime.timedelta(5),
        closes_date=today + datetime.timedelta(9),
    )
    make_campaign(world.lejre, "kladde", is_published=False)
    assert [item["slug"] for item in api.read("/campaigns")["items"]] == ["mere-tid"]
    assert api.read("/campaigns/mere-tid")["state"] == "open"
    assert api.read("/campaigns/senere")["state"] == "before"
    api.read("/campaigns/kladde", 404)
    unpublish_campaign(campaign=world.campaign)
    api.read("/campaigns/mere-tid", 404)


def test_areas_know_their_core_task_here(world, api):
    areas = {item["key"]: item for item in api.read("/areas")["items"]}
    assert areas["aeldre"]["core_task"]["key"] == world.task.key
    there = {item["key"]: item for item in api.read("/areas?organisation=noerreby")["items"]}
    assert there["aeldre"]["core_task"] is None


def test_bodies_are_national_or_ones_own(world, api):
    make_body("byraad", "Byrådet", organisation=world.noerreby, kind="council", level="municipality")
    assert [item["key"] for item in api.read("/bodies")["items"]] == ["fm"]
    assert len(api.read("/bodies?organisation=noerreby")["items"]) == 2
    assert api.read("/bodies?q=finans")["count"] == 1


def test_laws_are_found_by_name_and_abbreviation(world, api):
    law = Law.objects.create(
        key="serviceloven", popular_name="serviceloven", official_title="Lov om social service"
    )
    law.aliases.create(text="SEL", is_abbreviation=True)
    for words in ("service", "social", "SEL"):
        assert [item["key"] for item in api.read(f"/laws?q={words}")["items"]] == ["serviceloven"]
    assert api.read("/laws?q=findesikke")["count"] == 0


# --- Published cases ------------------------------------------------------------------------------


def test_only_what_is_published_is_there(world, api):
    draft = make_case(world.campaign, world.coordinator, title="En kladde")
    assert [item["reference"] for item in api.read("/cases")["items"]] == [world.case.reference]
    case = api.read(f"/cases/{world.case.reference}")
    assert set(case) >= CASE_FIELDS
    assert case["core_task"]["key"] == world.task.key
    assert case["published_month"] == f"{timezone.localdate():%Y-%m}"
    api.read(f"/cases/{draft.reference}", 404)
    assert ApiClient(host="noerreby.localhost").read("/cases")["count"] == 0
    assert ApiClient(host="noerreby.localhost").get(API + f"/cases/{world.case.reference}").status_code == 404


def test_unpublishing_takes_effect_at_once(world, api):
    path = f"/cases/{world.case.reference}"
    first = api.get(API + path)
    assert first.headers["Cache-Control"] == "no-cache"
    assert api.get(API + path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    cases.unpublish(case=world.case, why="En fejl", by=world.coordinator)
    assert api.get(API + path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 404
    assert api.read("/cases")["count"] == 0
    assert b"".join(api.get(API + "/cases.json").streaming_content).startswith(b'{"count": 0')
    assert len(csv_rows(api.get(API + "/cases.csv"))) == 1


def test_an_answer_shows_only_when_it_is_released(world, api):
    _case, reply = answered(world)
    shown = api.read(f"/cases/{world.case.reference}")
    assert shown["bodies"][0]["status"] == "sent"
    assert shown["bodies"][0]["replies"] == []
    assert (shown["status"], shown["outcome"]) == ("referred", None)
    cases.release_reply(reply=reply, by=world.coordinator)
    shown = api.read(f"/cases/{world.case.reference}")
    assert shown["bodies"][0]["status"] == "answered"
    assert shown["bodies"][0]["replies"][0]["promised_date"] == "2027-01-31"
    assert (shown["status"], shown["outcome"]) == ("answered", "follow")
    assert "received_date" not in str(shown)


def test_prepared_referrals_do_not_show(world, api):
    cases.prepare_referral(case=world.case, body=world.ministry, by=world.coordinator)
    assert api.read(f"/cases/{world.case.reference}")["bodies"] == []
    assert api.read("/cases?body=fm")["count"] == 0


def test_filters(world, api):
    month = f"{timezone.localdate():%Y-%m}"
    other = make_published_case(
        world.campaign, world.coordinator, title="Om kørsel", problem="Kørslen tager lang tid."
    )
    cases.edit_case(
        case=other,
        version=other.version,
        laws=[{"law": Law.objects.create(key="sel", popular_name="serviceloven"), "cited_text": "SEL"}],
        core_task=world.task,
        no_personal_data=True,
        by=world.coordinator,
    )
    answered(world, other)
    hits = {
        "q=k%C3%B8rslen": 1,
        "q=registrering": 1,
        "q=findesikke": 0,
        "area=aeldre": 1,
        "core_task=stoette": 2,
        "campaign=mere-tid": 2,
        "body=fm": 1,
        "law=sel": 1,
        "status=referred": 1,
        "status=ready": 1,
        "outcome=follow": 0,
        f"published_from={month}": 2,
        f"published_to={month}": 2,
        "published_to=2020-01": 0,
        "published_from=2090-01": 0,
        "area=": 2,
    }
    for query, count in hits.items():
        assert api.read(f"/cases?{query}")["count"] == count, query
    titles = [item["title"] for item in api.read("/cases?ordering=title")["items"]]
    assert titles == sorted(titles)
    wrong = api.get(API + "/cases?area=nej&status=nej&published_from=2026-13&outcome=not_ours&ordering=hours")
    assert pointers(wrong) == {
        "/area": "unknown_choice",
        "/status": "unknown_choice",
        "/published_from": "invalid_month",
        "/outcome": "unknown_choice",
        "/ordering": "unknown_choice",
    }
    assert "nej" not in wrong.content.decode()


def test_hours_are_a_rounded_interval(world, api):
    case = world.case
    cases.edit_case(case=case, version=case.version, hours=34, by=world.coordinator)
    hours = api.read(f"/cases/{case.reference}")["hours_per_year"]
    assert (hours["low"], hours["high"]) == (30, 40)


# --- Supports -------------------------------------------------------------------------------------


def test_supports_are_a_number_from_five_on(world, api):
    path = f"/cases/{world.case.reference}/supports"
    given = [api.send(path, {}, 201).json()["supports"] for _ in range(4)]
    given.append(api.send(path, None, 201).json()["supports"])
    given.append(api.send(path, {"minutes": 12.5, "times": 3, "period": "week"}, 201).json()["supports"])
    assert given == [None] * 4 + [5, 6]
    assert api.read(f"/cases/{world.case.reference}")["supports"] == 6
    assert Support.objects.get(minutes=12.5).period == "week"


@pytest.mark.parametrize(
    "body",
    [
        {"minutes": 10001},
        {"times": 1.5},
        {"period": "century"},
        {"minutes": "12"},
        {"status": "x"},
        {"times": -1},
    ],
)
def test_supports_are_checked(world, api, body):
    path = f"/cases/{world.case.reference}/supports"
    assert pointers(api.send(path, body))
    assert not Support.objects.exists()


def test_only_published_cases_are_supported(world, api):
    draft = make_case(world.campaign, world.coordinator, title="En kladde")
    api.send(f"/cases/{draft.reference}/supports", {}, 404)
    api.send(f"/cases/{world.case.reference}/supports", {"organisation": "noerreby"}, 404)
    api.send(f"/cases/{world.case.reference}/supports", {}, 403, headers={"Sec-Fetch-Site": "cross-site"})


# --- Open data ------------------------------------------------------------------------------------


def test_open_data_is_all_that_is_published(world, api):
    for number in range(3):
        make_published_case(world.campaign, world.coordinator, title=f"Nummer {number}")
    response = api.get(API + "/cases.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    rows = csv_rows(response)
    assert len(rows) == 5
    assert rows[0][:2] == ["nummer", "titel"]
    assert "under 5" in rows[1]
    english = csv_rows(api.get(API + "/cases.csv?area=aeldre", headers={"Accept-Language": "en"}))
    assert english[0][1] == "title"
    assert len(english) == 2
    everything = api.get(API + "/cases.json")

    loaded = json.loads(b"".join(everything.streaming_content))
    assert loaded["count"] == len(loaded["items"]) == 4
    assert loaded["items"] == api.read("/cases")["items"]


def test_open_data_computes_nothing(world, api):
    for number, text in enumerate(FORMULAS.values()):
        title = " ".join(text.split())[:100] or "tom"
        make_published_case(
            world.campaign, world.coordinator, title=title, problem=f"{text}\nog mere {number}"
        )
    for row in csv_rows(api.get(API + "/cases.csv"))[1:]:
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t")), cell


def test_open_data_asks_in_chunks_not_rows(world, api):
    for number in range(5):
        make_published_case(world.campaign, world.coordinator, title=f"Nummer {number}")
    with CaptureQueriesContext(connection) as queries:
        csv_rows(api.get(API + "/cases.csv"))
    assert len(queries) <= 12


# --- Statistics -----------------------------------------------------------------------------------


def test_no_figure_tells_of_fewer_than_five(world, api):
    small = make_campaign(world.lejre, "lille")
    seen = []
    for _number in range(11):
        make_example(small)
        figures = {item["campaign"]: item for item in api.read("/statistics")["campaigns"]}
        seen.append(figures["lille"]["examples"])
    assert seen == [None] * 4 + [5] * 5 + [10] * 2
    assert figures["mere-tid"]["examples"] is None
    assert (figures["mere-tid"]["cases"], figures["mere-tid"]["by_status"]) == (1, {"ready": 1})
    assert "total" not in str(figures)


def test_citations_are_read_from_a_text_with_their_places(world, api):
    law = Law.objects.create(key="serviceloven", popular_name="serviceloven")
    law.aliases.create(text="SEL", is_abbreviation=True)
    text = "🙂 Vi følger SEL § 83, stk. 1, hver dag, jf. voksenansvarsloven § 3 og LBK nr 1 af 02/01/2020."
    found = api.send("/laws/citations", {"text": text}, 200).json()["items"]
    for item in found:
        assert text[item["start"] : item["end"]] == item["text"]
    assert found[0] == {
        "start": 12, "end": 28, "text": "SEL § 83, stk. 1", "law": "serviceloven", "paragraphs": ["83"],
        "stk": ["1"], "nr": [], "litra": [], "pkt": [], "document": None, "eli": None,
    }  # fmt: skip
    assert [(item["text"], item["law"]) for item in found[1:]] == [
        ("voksenansvarsloven § 3", None),
        ("LBK nr 1 af 02/01/2020", None),
    ]
    assert found[2]["document"] == {"type": "LBK", "number": "1", "date": "2020-01-02"}
    assert found[2]["eli"] == "https://www.retsinformation.dk/eli/lta/2020/1"


def test_a_text_without_citations_or_with_anything_in_it_is_answered(world, api):
    for text in ("", "Ingen regler her", "\x00 § \ud800", "🙂" * 20_000):
        assert api.send("/laws/citations", {"text": text}, 200).json() == {"items": []}
    assert api.send("/laws/citations", {"text": "§ 3 \ud800"}, 200).json()["items"][0]["law"] is None


def test_open_data_tells_what_a_body_promised_and_why_on_one_line(world, api):
    referral = cases.prepare_referral(case=world.case, body=world.ministry, by=world.coordinator)
    cases.refer(case=world.case, by=world.coordinator)
    reply = cases.record_reply(
        referral=referral,
        answer="follow",
        what="Skemaet samles.",
        text="Det gælder alle.\nOgså de små.",
        by_whom="FM",
        promised_date=datetime.date(2027, 1, 31),
        by=world.coordinator,
    )
    cases.release_reply(reply=reply, by=world.coordinator)
    [_heading, row] = csv_rows(api.get(API + "/cases.csv"))
    assert [cell for cell in row if "Skemaet samles. Det gælder alle. Også de små." in cell]
