"""The rules run on what is known about a case (domain.md E): the sanity checks, each kind of target, and no guess."""

import datetime

import pytest
from django.utils import translation

from backend.cases.routing import Facts, Tables, route, steered
from backend.registry.actions import copy_starting_set, load_registry
from backend.registry.loading import DATA
from backend.registry.models import Area, Body, Cause, Law, RoutingRule, RuleLevel
from backend.registry.rules import rules_for
from tests.factories import make_body, make_organisation

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def lejre():
    load_registry()
    organisation = make_organisation("lejre")
    copy_starting_set(organisation=organisation)
    load_registry(organisation=organisation, folder=DATA / "lejre")
    return organisation


def ask(
    organisation, *causes, area=None, level=None, laws=(), workplace=None, flag="", date=TODAY, really=""
):
    """What the organisation's rules say, by keys."""
    facts = Facts(
        area=Area.objects.get(key=area) if area else None,
        causes=tuple(Cause.objects.get(key=key) for key in causes),
        rule_level=RuleLevel.objects.get(key=level) if level else None,
        flag=flag,
        laws=tuple(Law.objects.get(key=key) for key in laws),
        workplace=Body.objects.get(key=workplace) if workplace else None,
    )
    facts = steered(facts, really, {cause.key: cause for cause in Cause.objects.all()})
    return route(facts, rules=rules_for(organisation), tables=Tables(organisation), date=date)


def answer(*args, **kwargs):
    """[(rule, [body keys])] of what the rules say."""
    return [
        (routed.rule.key, [target.body.key for target in routed.targets]) for routed in ask(*args, **kwargs)
    ]


SANITY = [
    # A habit of documentation in a day-care house: the workplace.
    (
        ["kultur_vane_myte"],
        {"area": "dagtilbud", "level": "institutionel", "workplace": "demo_boernehus"},
        [("140", ["demo_boernehus"])],
    ),
    (["kommunale_regler"], {"area": "indkoeb"}, [("320", ["ou"])]),
    (["kommunale_regler"], {"area": "fritid_forening"}, [("380", ["kf"])]),
    (
        ["sektorlovgivning"],
        {"area": "beskaeftigelse", "level": "lov", "laws": ["beskæftigelsesindsatsloven"]},
        [("400", ["bm"])],
    ),
    (["sektorlovgivning"], {"area": "sundhed", "level": "tilsyn_indberetning"}, [("430", ["stps"])]),
    # «Kan lovgivningen fortolkes bredere?»: the centre, and no ministry.
    (["kultur_vane_myte"], {"area": "aeldre", "level": "lov"}, [("150", ["c_vo"])]),
    (["ukendt"], {"area": "aeldre"}, [("900", [])]),
    ([], {"area": "aeldre", "level": "kommunal_politik"}, [("800", ["ssae"])]),
    ([], {"area": "aeldre"}, [("999", [])]),
    (
        ["lokal_tilrettelaeggelse", "it_understoettelse"],
        {"area": "aeldre", "level": "administrativ_retningslinje"},
        [("110", ["c_vo"]), ("210", ["digi"])],
    ),
]


def test_the_tables_sanity_checks(lejre):
    for causes, known, expected in SANITY:
        assert answer(lejre, *causes, **known) == expected, (causes, known)


def test_several_action_plans_go_to_the_ministry_of_each_law(lejre):
    (routed,) = ask(lejre, "samspil_mellem_love", laws=["serviceloven", "beskæftigelsesindsatsloven"])
    assert {target.body.key for target in routed.targets} == {"sbm", "bm"}
    assert (
        "known as of 25. November 2026" in {target.body.key: target.note for target in routed.targets}["sbm"]
    )
    (alone,) = ask(lejre, "samspil_mellem_love", laws=["serviceloven"])
    assert [target.body.key for target in alone.targets] == ["sbm"]
    assert "Only one law" in alone.missing[0]


def test_the_authority_is_that_of_the_day(lejre):
    then = datetime.date(2018, 1, 1)
    assert answer(lejre, "sektorlovgivning", level="lov", laws=["serviceloven"], date=then) == [
        ("400", ["bsm"])
    ]


def test_an_agency_stands_before_the_ministry_and_the_ministry_where_there_is_none(lejre):
    known = {"level": "cirkulaere_vejledning"}
    law = Law.objects.get(key="serviceloven")
    assert answer(lejre, "sektorlovgivning", laws=[law.key], **known) == [("420", ["sbst"])]
    law.authorities.filter(kind="agency").delete()
    assert answer(lejre, "sektorlovgivning", laws=[law.key], **known) == [("420", ["sbm"])]


def test_the_region_is_the_one_of_the_day(lejre):
    for date, key in ((datetime.date(2026, 12, 31), "r_sj"), (datetime.date(2027, 1, 1), "r_oest")):
        ((rule, found),) = answer(lejre, "samspil_mellem_myndigheder", level="region", date=date)
        assert (rule, found) == ("610", [key])
    (routed,) = ask(lejre, "samspil_mellem_myndigheder", level="region", date=datetime.date(2027, 1, 1))
    assert routed.targets[0].note == "Took over from Region Sjælland."


def test_a_flag_stops_every_cause_even_where_its_rule_is_taken_away(lejre):
    (routed,) = ask(lejre, "lokal_tilrettelaeggelse", "kommunale_regler", area="aeldre", flag="enkeltsag")
    assert (routed.rule.key, routed.halt, routed.targets, routed.needs_person) == (
        "20",
        "enkeltsag",
        (),
        False,
    )
    RoutingRule.objects.filter(key="20").delete()
    (routed,) = ask(lejre, "lokal_tilrettelaeggelse", area="aeldre", flag="enkeltsag")
    assert (routed.rule, routed.halt, routed.targets) == (None, "enkeltsag", ())


EMPTY = [
    (["kommunale_regler"], {}, "The case has no area"),
    (["lokal_tilrettelaeggelse"], {"area": "personale_uden"}, "has no centre here. Fill in Registry → Areas."),
    (["lokal_tilrettelaeggelse"], {"level": "institutionel"}, "The case has no workplace"),
    (
        ["lokal_tilrettelaeggelse"],
        {"level": "institutionel", "workplace": "uden_leder"},
        "No leader is registered for Børnehuset Uden. Fill in Registry → Workplaces.",
    ),
    (
        ["kommunale_regler"],
        {"area": "folkeskole", "level": "institutionel", "workplace": "uden_leder"},
        "Børnehuset Uden has no school board",
    ),
    (["kommunale_regler"], {"area": "dagtilbud", "level": "institutionel"}, "The case has no workplace"),
    (["sektorlovgivning"], {"level": "lov"}, "No law is named"),
    (
        ["sektorlovgivning"],
        {"level": "lov", "laws": ["pensionsloven"]},
        "The registry does not know who answers for pensionsloven",
    ),
    (["samspil_mellem_myndigheder"], {"level": "region"}, "Nobody holds the role “The region” here."),
]  # fmt: skip


def test_an_empty_table_gives_a_person_and_says_which(lejre):
    make_body("uden_leder", "Børnehuset Uden", organisation=lejre, kind="workplace", level="institution")
    Area.objects.create(key="personale_uden", name="Uden center")
    lejre.roles.filter(role="region").delete()
    for causes, known, missing in EMPTY:
        (routed,) = ask(lejre, *causes, **known)
        assert routed.targets == ()
        assert routed.needs_person
        assert missing in routed.missing[0]


def test_a_school_board_is_found_through_its_workplace(lejre):
    known = {"area": "folkeskole", "level": "institutionel", "workplace": "demo_skole"}
    assert answer(lejre, "kommunale_regler", **known) == [("300", ["demo_skole_bestyrelse"])]


def test_an_area_board_is_found_through_the_institution_that_the_house_belongs_to(lejre):
    institution = make_body("oest", "Område Øst", organisation=lejre, kind="unit", level="institution")
    house = make_body("solsikken", "Solsikken", organisation=lejre, kind="workplace", level="institution")
    house.periods.update(parent=institution)
    omb = Body.objects.get(key="omb")
    board = make_body(
        "oest_bestyrelse", "Områdebestyrelsen Øst", organisation=lejre, kind="institution_board", type=omb
    )
    board.periods.update(parent=institution)
    known = {"area": "dagtilbud", "level": "institutionel", "workplace": "solsikken"}
    assert answer(lejre, "kommunale_regler", **known) == [("310", ["oest_bestyrelse"])]


def test_a_body_that_has_ended_is_not_asked_and_its_successor_is_named(lejre):
    RoutingRule.objects.filter(key="220").update(target_body=Body.objects.get(key="r_sj"))
    known = {"level": "faelleskommunal", "date": datetime.date(2027, 1, 1)}
    (routed,) = ask(lejre, "it_understoettelse", **known)
    assert routed.needs_person
    assert routed.missing == (
        "Region Sjælland is no longer valid. Region Østdanmark took over. Change the rule.",
    )


REALLY = [
    ("", [("400", ["sbm"])]),
    ("required", [("400", ["sbm"])]),
    ("stricter", [("380", ["ssae"])]),
    ("habit", [("150", ["c_js"])]),
    ("not_found", [("150", ["c_js"])]),
]


def test_is_it_really_the_law_steers_the_route(lejre):
    for really, expected in REALLY:
        known = {"area": "handicap", "level": "lov", "laws": ["serviceloven"], "really": really}
        assert answer(lejre, "sektorlovgivning", **known) == expected


@pytest.mark.parametrize("causes", [[], ["ukendt"]])
@pytest.mark.parametrize(
    ("really", "expected"),
    [
        ("", [("810", ["sbm"])]),
        ("required", [("810", ["sbm"])]),
        ("stricter", [("380", ["ssae"])]),
        ("habit", [("150", ["c_vo"])]),
        ("not_found", [("150", ["c_vo"])]),
    ],
)
def test_the_finding_steers_a_case_of_which_only_the_level_is_known(lejre, causes, really, expected):
    known = {"area": "aeldre", "level": "lov", "laws": ["serviceloven"], "really": really}
    assert answer(lejre, *causes, **known) == expected


@pytest.mark.parametrize(
    ("really", "expected"), [("required", "810"), ("stricter", "120"), ("habit", "120"), ("not_found", "120")]
)
def test_a_level_in_the_law_does_not_outlive_the_finding_that_it_is_none(lejre, really, expected):
    """A rule of the organisation's own for this level and any cause does not fit once the law is out of it."""
    RoutingRule.objects.filter(key="810").update(priority=5)
    known = {"area": "aeldre", "level": "lov", "laws": ["serviceloven"], "really": really}
    assert [rule for rule, _bodies in answer(lejre, "lokal_tilrettelaeggelse", **known)] == [expected]


def test_a_cause_that_is_not_in_the_law_is_not_steered(lejre):
    known = {"area": "indkoeb", "really": "habit"}
    assert answer(lejre, "kommunale_regler", **known) == [("320", ["ou"])]
