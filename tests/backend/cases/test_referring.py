"""Choosing whom to ask: suggested by the rules or against them, the workplace spared, and «Er det virkelig loven?»."""

import datetime

import pytest
from django.utils import translation

from backend.cases import actions
from backend.cases.models import Case
from backend.cases.suggestions import suggestions
from backend.examples.validation import InvalidInput
from backend.registry.models import Area, Cause, OrganisationArea, RoutingRule, RuleLevel
from tests.factories import make_body, make_campaign, make_case, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


class Place:
    """A municipality with three rules: the workplace's own, the centre's, and the law's ministry."""

    def __init__(self):
        self.organisation = make_organisation()
        self.campaign = make_campaign(self.organisation)
        self.by = make_user("coordinator", self.organisation)
        self.area = Area.objects.create(key="dagtilbud", name="Dagtilbud")
        self.centre = self.body("c_bl", "Center for Børn", "centre", "municipal")
        self.house = self.body("hus", "Børnehuset", "workplace", "institution")
        self.ministry = make_body("buvm", "Børne- og Undervisningsministeriet")
        self.house.contacts.create(organisation=self.organisation, email="leder@example.org", name="Lederen")
        OrganisationArea.objects.create(
            organisation=self.organisation, area=self.area, centre=self.centre, committee=None
        )
        for key, name in (
            ("lokal_tilrettelaeggelse", "Lokalt"),
            ("sektorlovgivning", "Sektorlov"),
            ("kultur_vane_myte", "Vane"),
            ("it_understoettelse", "It"),
        ):
            setattr(self, key, Cause.objects.create(key=key, name=name))
        self.local = RuleLevel.objects.create(key="institutionel", name="Regel på arbejdspladsen")
        self.rule("100", self.lokal_tilrettelaeggelse, "workplace", rule_level=self.local)
        self.rule("120", self.lokal_tilrettelaeggelse, "centre_of_area")
        self.rule("150", self.kultur_vane_myte, "centre_of_area")
        self.rule("400", self.sektorlovgivning, "body", target_body=self.ministry)

    def body(self, key, name, kind, level):
        return make_body(key, name, organisation=self.organisation, kind=kind, level=level)

    def rule(self, key, cause, target, **fields):
        RoutingRule.objects.create(
            key=key, priority=int(key), cause=cause, target=target, reason=f"Regel {key} siger det.", **fields
        )

    def case(self, *causes, spared=False, examples=1, **fields):
        example, _code = make_example(self.campaign, spare_my_workplace=spared)
        case = make_case(self.campaign, self.by, example=example, area=self.area)
        for _number in range(examples - 1):
            more, _code = make_example(self.campaign, spare_my_workplace=spared)
            actions.add_to_case(example=more, case=case, by=self.by)
        for cause in causes:
            case.case_causes.create(cause=cause)
        Case.objects.filter(pk=case.pk).update(**fields)
        case.refresh_from_db()
        case.source = example
        return case

    def choose(self, case, body, **values):
        return actions.prepare_referral(case=case, body=body, by=self.by, **values)

    def refused(self, case, body, **values):
        with pytest.raises(InvalidInput) as error:
            self.choose(case, body, **values)
        return [(fault.pointer, fault.code) for fault in error.value.errors]


@pytest.fixture
def place():
    return Place()


def suggested(case):
    return [(one.rule, one.value.key, one.note) for one in suggestions(case).bodies]


def test_the_suggested_body_is_kept_with_its_rule_as_it_read(place):
    case = place.case(place.lokal_tilrettelaeggelse)
    assert suggested(case) == [("120", "c_bl", "")]
    referral = place.choose(case, place.centre)
    RoutingRule.objects.filter(key="120").update(reason="Noget andet.")
    referral.refresh_from_db()
    assert (referral.rule_key, referral.rule_text, referral.reason) == (
        "120",
        "Regel 120 siger det.",
        "Regel 120 siger det.",
    )
    assert referral.overrides_rule == ""
    assert suggested(case) == []


def test_another_body_wants_a_reason_that_the_writer_reads_and_counts_against_the_rule(place):
    case = place.case(place.lokal_tilrettelaeggelse)
    assert place.refused(case, place.ministry) == [("/reason", "required")]
    assert place.refused(case, place.ministry, reason="   ") == [("/reason", "required")]
    referral = place.choose(case, place.ministry, reason="De har selv spurgt.")
    assert (referral.rule_key, referral.overrides_rule, referral.reason) == ("", "120", "De har selv spurgt.")


def test_the_rule_that_is_set_aside_can_be_named(place):
    case = place.case(place.lokal_tilrettelaeggelse, place.sektorlovgivning)
    assert [rule for rule, _key, _note in suggested(case)] == ["120", "400"]
    other = make_body("kl", "KL", kind="association")
    assert place.choose(case, other, reason="De samler.", rule_key="400").overrides_rule == "400"


def test_a_body_beside_the_suggested_one_sets_no_rule_aside(place):
    case = place.case(place.lokal_tilrettelaeggelse)
    place.choose(case, place.centre)
    assert place.choose(case, place.ministry).overrides_rule == ""


def test_a_case_without_a_suggestion_wants_no_reason(place):
    referral = place.choose(place.case(), place.centre)
    assert (referral.rule_key, referral.overrides_rule, referral.reason) == ("", "", "")


def test_it_needs_a_proposal_or_a_question(place):
    case = place.case(proposal="")
    assert place.refused(case, place.centre) == [("/question", "needs_question")]
    assert place.refused(case, place.centre, question=" \n") == [("/question", "needs_question")]
    assert place.choose(case, place.centre, question="Hvorfor findes kravet?").status == "prepared"


@pytest.mark.parametrize("flag", ["whistleblower", "enkeltsag", "utilsigtet_haendelse"])
def test_a_flagged_case_goes_nowhere_and_shows_the_way_on(place, flag):
    case = place.case(place.lokal_tilrettelaeggelse, flag=flag)
    assert suggested(case) == []
    assert [way.routed.halt for way in suggestions(case).ways] == [flag]
    with pytest.raises(InvalidInput) as error:
        place.choose(case, place.centre)
    (fault,) = error.value.errors
    assert (fault.pointer, fault.code) == ("/flag", "halted")
    assert str(fault.detail)
    assert not case.referrals.exists()


def test_a_ministry_is_asked_only_when_it_is_found_out_whether_it_is_the_law(place):
    case = place.case(place.sektorlovgivning, really_law="", really_law_paragraph="")
    assert place.refused(case, place.ministry) == [("/really_law", "required")]
    Case.objects.filter(pk=case.pk).update(really_law="required")
    assert place.refused(case, place.ministry) == [("/really_law_paragraph", "required")]
    Case.objects.filter(pk=case.pk).update(really_law_paragraph="dagtilbudsloven § 44")
    assert place.choose(case, place.ministry).rule_key == "400"
    assert place.choose(place.case(really_law=""), place.centre).status == "prepared"


def test_a_habit_goes_to_the_centre_instead_of_the_ministry(place):
    case = place.case(place.sektorlovgivning, really_law="habit")
    assert suggested(case) == [("150", "c_bl", "")]
    assert place.choose(case, place.ministry, reason="De skal vide det.").overrides_rule == "150"


def test_a_spared_workplace_is_not_suggested_until_five_say_the_same(place):
    known = {"rule_level": place.local, "workplace": place.house}
    case = place.case(place.lokal_tilrettelaeggelse, spared=True, examples=4, **known)
    assert suggested(case) == [("100", "c_bl", "")]
    (way,) = suggestions(case).ways
    # The rule's words are about the workplace: neither the desk nor the writer reads them of the centre.
    spared = "A writer wants the workplace spared, so the centre is suggested."
    assert (way.reason, way.bodies[0].reason) == (spared, spared)
    assert place.refused(case, place.house, reason="Det er dem.") == [("/body", "spares_workplace")]
    fifth, _code = make_example(place.campaign, spare_my_workplace=True)
    actions.add_to_case(example=fifth, case=case, by=place.by)
    assert suggested(case) == [("100", "hus", "")]
    assert place.choose(case, place.house).rule_key == "100"


def test_what_the_writer_reads_is_danish_whatever_the_caller_reads(place):
    known = {"rule_level": place.local, "workplace": place.house}
    case = place.case(place.lokal_tilrettelaeggelse, spared=True, **known)
    referral = place.choose(case, place.centre)
    assert referral.reason == referral.rule_text
    assert "skåne" in referral.reason


def test_a_centre_that_has_ended_is_not_suggested_in_a_workplaces_place(place):
    known = {"rule_level": place.local, "workplace": place.house}
    case = place.case(place.lokal_tilrettelaeggelse, spared=True, **known)
    place.centre.periods.update(valid_to=datetime.date(2020, 1, 1))
    (way,) = suggestions(case).ways
    assert way.bodies == []
    assert "Fill in Registry → Areas." in way.missing[0]


def test_a_spared_workplace_is_asked_when_the_writer_says_yes(place):
    known = {"rule_level": place.local, "workplace": place.house}
    case = place.case(place.lokal_tilrettelaeggelse, spared=True, examples=2, **known)
    actions.accept_workplace(example=case.source)
    assert [key for _rule, key, _note in suggested(case)] == ["c_bl"]  # the other writer has not said yes
    other = case.case_examples.exclude(example=case.source).get().example
    actions.accept_workplace(example=other)
    actions.accept_workplace(example=other)
    assert suggested(case) == [("100", "hus", "")]


def test_only_a_writer_who_spares_the_workplace_has_a_yes_to_say(place):
    example, _code = make_example(place.campaign, spare_my_workplace=True)
    for one in (example, place.case(spared=False).source):
        with pytest.raises(InvalidInput):
            actions.accept_workplace(example=one)


def test_the_rules_run_on_the_suggested_cause_and_it_is_marked(place):
    case = place.case(problem="Vi taster det samme i to systemer. Ingen læser det.", title="Tastning")
    place.rule("200", place.it_understoettelse, "triage")
    found = suggestions(case)
    assert {one.value.key for one in found.causes} == {"it_understoettelse", "kultur_vane_myte"}
    ways = {way.routed.cause.key: way for way in found.ways}
    assert ways["kultur_vane_myte"].is_suggested
    assert "“Ingen læser”" in ways["kultur_vane_myte"].trigger
    assert [one.value.key for one in ways["kultur_vane_myte"].bodies] == ["c_bl"]
    case.case_causes.create(cause=place.kultur_vane_myte)
    (way,) = suggestions(case).ways
    assert not way.is_suggested
    assert way.trigger == ""


def test_the_writers_guess_is_evidence_and_not_a_finding(place):
    example, _code = make_example(place.campaign, cause="sektorlovgivning")
    case = make_case(
        place.campaign, place.by, example=example, area=place.area, title="Tid", problem="Det tager tid."
    )
    assert list(case.case_causes.all()) == []
    (found,) = suggestions(case).causes
    assert (found.value.key, found.reason) == ("sektorlovgivning", "Guessed by 1 of the writers.")


def test_a_flag_in_the_text_is_a_question_only(place):
    case = place.case(problem="Der blev givet forkert medicin.")
    found = suggestions(case)
    assert [one.value for one in found.flags] == ["utilsigtet_haendelse"]
    assert [way.routed.halt for way in found.ways] == [""]
    assert place.choose(case, place.centre).status == "prepared"


def test_suggesting_takes_as_many_queries_for_three_examples_as_for_one(place, django_assert_num_queries):
    for examples in (1, 3):
        case = place.case(place.lokal_tilrettelaeggelse, examples=examples)
        with django_assert_num_queries(21):
            suggestions(case)
