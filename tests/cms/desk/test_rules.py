"""The rules on the desk: read, moved, tried before they are saved; and the leaders of workplaces."""

import pytest
from django.core.exceptions import ValidationError

from backend.organisations.models import Membership
from backend.registry.editing import write_contacts
from backend.registry.models import RoutingRule
from cms.desk.forms.rules import LeaderForm
from tests.factories import make_body, make_case

RULES = "/admin/registre/regler/"
TYPED = {"target": "triage", "reason": "Et menneske ser på det.", "is_active": "on"}


@pytest.fixture
def admin(client, lejre):
    client.force_login(lejre.people["administrator"])
    return client


def make_rule(organisation, key, priority, **fields):
    values = {"target": "triage", "reason": "Fordi."} | fields
    return RoutingRule.objects.create(organisation=organisation, key=key, priority=priority, **values)


def test_the_first_change_copies_the_starting_set(admin, lejre):
    make_rule(None, "10", 10)
    make_rule(None, "20", 20)
    admin.post(RULES, {"key": "20", "move": "up"})
    own = RoutingRule.objects.filter(organisation=lejre.organisation)
    assert [rule.key for rule in own] == ["20", "10"]
    assert [rule.key for rule in RoutingRule.objects.filter(organisation=None)] == ["10", "20"]


def test_the_standard_rules_hold_again_after_a_look_at_what_is_lost(admin, lejre, noerreby):
    make_rule(None, "10", 10)
    make_rule(None, "20", 20)
    theirs = make_rule(noerreby.organisation, "20", 20, reason="Naboens.")
    assert admin.get(f"{RULES}standard/").status_code == 302
    assert "Brug standardreglerne igen" not in admin.get(RULES).content.decode()
    admin.post(f"{RULES}20/", TYPED | {"reason": "Vores egen grund."})
    admin.post(f"{RULES}ny/", TYPED | {"reason": "Helt ny."})
    assert f"{RULES}standard/" in admin.get(RULES).content.decode()
    page = admin.get(f"{RULES}standard/")
    assert [(rule.reason, str(kind)) for rule, kind in page.context["changes"]] == [
        ("Helt ny.", "Jeres egen regel"),
        ("Vores egen grund.", "Ændret af jer"),
    ]
    assert RoutingRule.objects.filter(organisation=lejre.organisation).count() == 3
    assert admin.post(f"{RULES}standard/").status_code == 302
    assert list(RoutingRule.objects.exclude(organisation=None)) == [theirs]
    assert "Fordi." in admin.get(RULES).content.decode()


def test_an_order_of_ones_own_is_told_as_moved(admin, lejre):
    make_rule(None, "10", 10)
    make_rule(None, "20", 20)
    make_rule(None, "30", 30)
    admin.post(RULES, {"key": "30", "move": "up"})
    page = admin.get(f"{RULES}standard/")
    assert [(rule.key, str(kind)) for rule, kind in page.context["changes"]] == [
        ("30", "Flyttet af jer"),
        ("20", "Flyttet af jer"),
    ]


def test_a_rule_that_can_never_fit_is_marked_until_it_is_out_of_use(admin, lejre):
    make_rule(lejre.organisation, "10", 10)
    make_rule(lejre.organisation, "20", 20)
    assert admin.get(RULES).content.count(b"desk-error") == 1
    admin.post(RULES, {"key": "20", "move": "rest"})
    assert admin.get(RULES).content.count(b"desk-error") == 0


def test_a_trial_tells_what_would_change_and_saves_nothing(admin, lejre):
    body = make_body("digi", "Digitalisering", organisation=lejre.organisation, level="municipal")
    make_rule(lejre.organisation, "10", 10)
    case = make_case(lejre.campaign, lejre.coordinator)
    typed = TYPED | {"target": "body", "target_body": str(body.pk)}
    # Whoever only administers reads no case: reference and bodies, not its title.
    blind = admin.post(f"{RULES}10/", typed | {"try": "1"})
    assert (blind.status_code, blind.context["trial"]["count"]) == (200, 1)
    assert case.reference in blind.content.decode()
    assert case.title not in blind.content.decode()
    Membership.objects.create(
        organisation=lejre.organisation, user=lejre.people["administrator"], role="coordinator"
    )
    trial = admin.post(f"{RULES}10/", typed | {"try": "1"})
    assert trial.context["trial"]["count"] == 1
    assert case.title in trial.content.decode()
    assert RoutingRule.objects.get(key="10").target == "triage"
    assert admin.post(f"{RULES}10/", typed).status_code == 302
    assert RoutingRule.objects.get(key="10").target_body == body


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(admin, lejre):
    answer = admin.post(f"{RULES}ny/", TYPED | {"target": "role"})
    assert answer.status_code == 422
    assert "target_role" in answer.context["form"].errors
    assert "Et menneske ser på det." in answer.content.decode()
    assert not RoutingRule.objects.exists()


def test_a_personal_number_is_refused_at_its_field_wherever_an_administrator_writes(admin, lejre):
    number = "070190-1234"
    for address, typed, field in (
        (f"{RULES}ny/", TYPED | {"reason": f"Ring {number}"}, "reason"),
        ("/admin/organisation/", {"retention": f"Som aftalt {number}"}, "retention"),
    ):
        page = admin.post(address, typed)
        assert "CPR" in " ".join(page.context["form"].errors[field])
        # What was typed stands in the field, to be mended, and nowhere else.
        assert page.content.decode().count(number) == 1
    assert not RoutingRule.objects.exists()
    # A leader's name stands in a table of rows.
    with pytest.raises(ValidationError):
        write_contacts(make_body("b"), lejre.organisation, [{"name": number, "email": "a@example.org"}])
    assert "name" in LeaderForm({"name": number, "email": "a@example.org"}).errors


def test_another_organisations_rule_and_body_are_not_to_be_had(admin, lejre, noerreby):
    make_rule(noerreby.organisation, "777", 10)
    foreign = make_body("nb", "Fremmed", organisation=noerreby.organisation)
    assert admin.get(f"{RULES}777/").status_code == 404
    assert admin.post(RULES, {"key": "777", "move": "up"}).status_code == 404
    typed = TYPED | {"target": "body", "target_body": str(foreign.pk)}
    assert admin.post(f"{RULES}ny/", typed).status_code == 422


def test_rules_are_listed_with_as_many_queries_for_three_as_for_one(admin, lejre, django_assert_num_queries):
    make_rule(lejre.organisation, "10", 10)
    admin.get(RULES)
    with django_assert_num_queries(16):
        admin.get(RULES)
    make_rule(lejre.organisation, "20", 20)
    make_rule(lejre.organisation, "30", 30)
    with django_assert_num_queries(16):
        admin.get(RULES)


def test_a_leader_is_written_in_the_table(admin, lejre):
    place = make_body("hus", "Huset", organisation=lejre.organisation, kind="workplace", level="institution")
    address = "/admin/registre/arbejdspladser/"
    answer = admin.post(address, {f"{place.pk}-name": "Bo", f"{place.pk}-email": "ikke en adresse"})
    assert answer.status_code == 422
    assert "ikke en adresse" in answer.content.decode()
    admin.post(address, {f"{place.pk}-name": "Bo", f"{place.pk}-email": "bo@example.org"})
    assert place.contacts.get().email == "bo@example.org"
