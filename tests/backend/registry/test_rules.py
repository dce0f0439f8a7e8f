"""Rules as data: the starting set, an organisation's own, their order, and what is wrong with them."""

import csv
import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from backend.examples.models import Flag
from backend.organisations.permissions import NotAllowed
from backend.registry.actions import load_registry, move_rule, own_rules, save_rule, set_rule_in_use
from backend.registry.editing import FLAGS
from backend.registry.loading import DATA
from backend.registry.models import Area, Body, Cause, RoutingRule
from backend.registry.rules import faults, has_own_rules, rules_for
from tests.factories import make_body, make_organisation, make_user

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def place():
    load_registry()
    organisation = make_organisation("demo")
    return organisation, make_user("administrator", organisation)


def keys(organisation):
    return [rule.key for rule in rules_for(organisation)]


def values(**changes):
    return {
        "flag": "",
        "area": None,
        "cause": None,
        "rule_level": None,
        "target": "triage",
        "target_body": None,
        "target_role": "",
        "reason": "En person ser på det.",
        "is_active": True,
        **changes,
    }


def test_the_flags_of_rules_are_those_of_examples():
    assert set(FLAGS) == set(Flag.values)


def test_every_row_of_the_starting_set_is_loaded():
    load_registry()
    with open(DATA / "routing_rules.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rules = {rule.key: rule for rule in RoutingRule.objects.filter(organisation=None)}
    assert len(rows) == len(rules) == 49
    for row in rows:
        rule = rules[row["key"]]
        assert str(rule.priority) == row["priority"]
        assert rule.reason == row["reason"]
        assert (rule.cause.key if rule.cause else "") == row["cause"]
        assert (rule.target, rule.target_body.key if rule.target_body else "", rule.target_role) == (
            row["target"],
            row["target_body"],
            row["target_role"],
        )


def test_the_starting_set_has_no_faults_today():
    load_registry()
    assert faults(rules_for(make_organisation("demo")), date=TODAY) == {}


def test_the_first_edit_copies_the_starting_set_and_leaves_it_alone(place):
    organisation, admin = place
    before = list(RoutingRule.objects.filter(organisation=None).order_by("pk").values())
    assert not has_own_rules(organisation)
    assert len(keys(organisation)) == 49
    set_rule_in_use(organisation=organisation, by=admin, key="110", is_active=False)
    assert has_own_rules(organisation)
    assert len(keys(organisation)) == 49
    assert not organisation.routing_rules.get(key="110").is_active
    assert list(RoutingRule.objects.filter(organisation=None).order_by("pk").values()) == before
    assert own_rules(organisation=organisation, by=admin) == rules_for(organisation)
    other = make_organisation("anden")
    assert next(rule for rule in rules_for(other) if rule.key == "110").is_active


def test_a_new_rule_gets_a_number_of_its_own_before_those_for_a_person(place):
    organisation, admin = place
    rule = save_rule(organisation=organisation, by=admin, values=values(area=Area.objects.get(key="plan")))
    assert rule.key == "1001"
    assert keys(organisation)[-3:] == ["1001", "900", "999"]
    first = save_rule(organisation=organisation, by=admin, values=values(), after="")
    assert keys(organisation)[0] == first.key == "1002"
    save_rule(organisation=organisation, by=admin, values=values(), key="1002", after="110")
    assert keys(organisation)[5:8] == ["110", "1002", "120"]


def test_moving_keeps_the_numbers(place):
    organisation, admin = place
    move_rule(organisation=organisation, by=admin, key="110", is_up=True)
    assert keys(organisation)[3:6] == ["95", "110", "100"]
    move_rule(organisation=organisation, by=admin, key="110", is_up=False)
    assert keys(organisation)[3:6] == ["95", "100", "110"]
    move_rule(organisation=organisation, by=admin, key="10", is_up=True)
    assert keys(organisation)[0] == "10"


@pytest.mark.parametrize(
    "changes,field",
    [
        ({"target": "body"}, "target_body"),
        ({"target": "role"}, "target_role"),
        ({"target": "halt"}, "flag"),
        ({"flag": "whistleblower"}, "flag"),
        ({"flag": "sur", "target": "halt"}, "flag"),
        ({"target_role": "council"}, "target_role"),
        ({"reason": ""}, "reason"),
        ({"target": "nobody"}, "target"),
    ],
)
def test_a_rule_that_does_not_say_whole_is_refused(place, changes, field):
    organisation, admin = place
    with pytest.raises(ValidationError) as error:
        save_rule(organisation=organisation, by=admin, values=values(**changes))
    assert field in error.value.message_dict
    assert not has_own_rules(organisation)


def test_a_rule_points_at_no_foreign_body_and_no_kind_of_body(place):
    organisation, admin = place
    foreign = make_body("ou", "Økonomiudvalget", organisation=make_organisation("anden"), kind="committee")
    for body in (foreign, Body.objects.get(key="skb")):
        with pytest.raises(ValidationError):
            save_rule(organisation=organisation, by=admin, values=values(target="body", target_body=body))


def test_only_an_administrator_changes_rules(place):
    organisation, _admin = place
    with pytest.raises(NotAllowed):
        move_rule(organisation=organisation, by=make_user("coordinator", organisation), key="110", is_up=True)
    with pytest.raises(RoutingRule.DoesNotExist):
        move_rule(organisation=organisation, by=_admin, key="4711", is_up=True)


def test_a_rule_that_can_never_fire_is_told(place):
    organisation, admin = place
    cause = Cause.objects.get(key="kultur_vane_myte")
    save_rule(
        organisation=organisation, by=admin, values=values(cause=cause, area=Area.objects.get(key="plan"))
    )
    rules = rules_for(organisation)
    (fault,) = faults(rules, date=TODAY)[next(rule.pk for rule in rules if rule.key == "1001")]
    assert fault.kind == "shadowed"
    assert "rule 150" in fault.text
    set_rule_in_use(organisation=organisation, by=admin, key="150", is_active=False)
    assert faults(rules_for(organisation), date=TODAY) == {}


def test_a_rule_that_points_at_a_body_no_longer_valid_is_told_with_its_successor(place):
    organisation, admin = place
    region = Body.objects.get(key="r_sj")
    rule = save_rule(
        organisation=organisation,
        by=admin,
        values=values(target="body", target_body=region, area=Area.objects.get(key="plan")),
    )
    rules = rules_for(organisation)
    assert faults(rules, date=datetime.date(2026, 12, 31)) == {}
    (fault,) = faults(rules, date=datetime.date(2027, 1, 1))[rule.pk]
    assert fault.kind == "ended"
    assert "Region Østdanmark took over" in fault.text
