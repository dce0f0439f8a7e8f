"""How often a rule's suggestion was followed or set aside, as the administrator reads it."""

from backend.cases import actions
from backend.cases.models import Referral
from backend.registry.models import RoutingRule
from tests.factories import make_body, make_case

RULES = "/admin/registre/regler/"


def test_a_referral_that_was_taken_back_no_longer_counts_against_the_rule(client, lejre):
    by = lejre.coordinator
    client.force_login(lejre.people["administrator"])
    rows = []
    for number in range(2):
        case = make_case(lejre.campaign, by, title=f"Forslag {number}")
        row = actions.prepare_referral(case=case, body=make_body(f"b{number}", "KL"), by=by)
        rows.append(row)
    RoutingRule.objects.create(
        organisation=lejre.organisation, key="900", priority=900, target="triage", reason="Fordi."
    )
    Referral.objects.update(rule_key="900", overrides_rule="900")

    def figures():
        [rule] = [rule for rule in client.get(RULES).context["rules"] if rule.key == "900"]
        return rule.used, rule.overridden

    assert figures() == (2, 2)
    actions.cancel_referral(referral=rows[0], why="Det var forkert", by=by)
    assert figures() == (1, 1)
