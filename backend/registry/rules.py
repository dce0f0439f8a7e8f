"""Which rules hold in an organisation, and what is wrong with them: read only."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import RoutingRule, TargetKind

# The roles that rules point at; each organisation says who holds them (OrganisationRole).
ROLES = {
    "council": gettext_lazy("The municipal council"),
    "finance_committee": gettext_lazy("The finance committee"),
    "management": gettext_lazy("The management"),
    "main_med": gettext_lazy("The main MED committee"),
    "it": gettext_lazy("IT and digitalisation"),
    "region": gettext_lazy("The region"),
}
CONDITIONS = ("flag", "area_id", "cause_id", "rule_level_id")


def rules_for(organisation):
    """The organisation's own rules in their order if it has any, else the starting set: [RoutingRule].

    Those out of use come along: the editor shows them, and routing leaves them out.
    """
    rules = RoutingRule.objects.select_related("area", "cause", "rule_level", "target_body")
    own = list(rules.filter(organisation=organisation))
    return own or list(rules.filter(organisation=None))


def has_own_rules(organisation):
    """Whether the organisation has changed its rules; until then it uses the starting set."""
    return RoutingRule.objects.filter(organisation=organisation).exists()


SAID_BY_A_RULE = (
    "flag",
    "area_id",
    "cause_id",
    "rule_level_id",
    "target",
    "target_body_id",
    "target_role",
    "reason",
    "is_active",
)


def own_changes(organisation):
    """Where the organisation's own rules say something else than the starting set: [(rule, kind)] in their order.

    `kind`: new (no such number in the starting set), changed, or moved (says the same, but at another place).
    """
    shipped = list(RoutingRule.objects.filter(organisation=None))
    own = list(
        RoutingRule.objects.filter(organisation=organisation).select_related(
            "area", "cause", "rule_level", "target_body"
        )
    )
    by_key = {rule.key: rule for rule in shipped}
    kept = {rule.key for rule in own}
    usual_order = [rule.key for rule in shipped if rule.key in kept]
    order = [rule.key for rule in own if rule.key in by_key]
    found = []
    for rule in own:
        like = by_key.get(rule.key)
        if like is None:
            found.append((rule, "new"))
        elif any(getattr(rule, name) != getattr(like, name) for name in SAID_BY_A_RULE):
            found.append((rule, "changed"))
        elif order.index(rule.key) != usual_order.index(rule.key):
            found.append((rule, "moved"))
    return found


def covers(one, other):
    """Whether every case that `other` fits, `one` fits too: each condition of `one` is empty or the same.

    A rule with a flag stops the case for every cause, and a flagged case goes no further: a rule without a flag never
    takes a case from one with it.
    """
    return one.flag == other.flag and all(
        getattr(one, name) in (None, "") or getattr(one, name) == getattr(other, name) for name in CONDITIONS
    )


def successors_on(body, date):
    """The bodies that took over from `body` and are there on `date`, with what they took over."""
    return [
        row
        for row in body.successions.all()
        if (row.date is None or row.date <= date) and row.successor.period_on(date) is not None
    ]


def ended(body, date):
    """Why `body` cannot be asked on `date`, naming who took over; empty where it can."""
    if body.period_on(date) is not None:
        return ""
    heirs = [str(row.successor.name_on(date)) for row in successors_on(body, date)]
    if heirs:
        return _("%(body)s is no longer valid. %(heirs)s took over.") % {
            "body": body,
            "heirs": ", ".join(dict.fromkeys(heirs)),
        }
    return _("%(body)s is not valid on this day.") % {"body": body}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a rule, in the reader's language; `kind` is shadowed or ended."""

    kind: str
    text: str


def faults(rules, *, date):
    """{rule id: [Fault]} of the rules in use that can never fire, or that point at a body no longer valid."""
    prefetch_related_objects(rules, "target_body__periods", "target_body__successions__successor__periods")
    found: dict = {}
    earlier: list[RoutingRule] = []
    for rule in rules:
        if not rule.is_active:
            continue
        over = next((other for other in earlier if covers(other, rule)), None)
        if over is not None:
            text = _("Can never be used: rule %(key)s comes first and fits all the same cases.")
            found.setdefault(rule.pk, []).append(Fault("shadowed", text % {"key": over.key}))
        if rule.target == TargetKind.BODY and (why := ended(rule.target_body, date)):
            found.setdefault(rule.pk, []).append(Fault("ended", why))
        earlier.append(rule)
    return found


def placed(rules, rule, *, after=None):
    """`rules` with `rule` in its place: after the rule whose key is `after`, first for an empty one; None: where it
    stands, a new one before the last rules that only hand the case to a person."""
    others = [other for other in rules if other.key != rule.key]
    if after is None:
        keys = [other.key for other in rules]
        at = keys.index(rule.key) if rule.key in keys else _before_the_rest(others)
    else:
        at = next((n + 1 for n, other in enumerate(others) if other.key == after), 0)
    return [*others[:at], rule, *others[at:]]


def _before_the_rest(rules):
    at = len(rules)
    while at and rules[at - 1].target == TargetKind.TRIAGE:
        at -= 1
    return at


def next_key(rules):
    """A number that no rule has had: above the highest, and above those of the starting set."""
    return str(max([1000, *(int(rule.key) for rule in rules if rule.key.isdigit())]) + 1)
