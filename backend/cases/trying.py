"""What a change in the rules would do to the latest cases, before it is saved: read only."""

from dataclasses import dataclass

from backend.examples.models import Flag
from backend.registry.citations import find_citations, read_names
from backend.registry.models import Cause, RuleLevel

from .models import Case
from .routing import Tables, route
from .suggestions import for_routing, read_case

LATEST = 100


@dataclass(frozen=True)
class Change:
    """A case that the rules would send elsewhere: the bodies' names before and after (none: a person decides)."""

    case: Case
    before: tuple[str, ...]
    after: tuple[str, ...]


def try_rules(*, organisation, before, after, date):
    """(how many cases were tried, [Change]) for the organisation's latest cases, on `date`.

    `before` and `after` are rules in their order. Any number of cases costs the same number of queries.
    """
    latest = Case.objects.filter(organisation=organisation).order_by("-created_date", "-pk")
    cases = list(for_routing(latest)[:LATEST])
    tables = Tables(organisation)
    causes = {cause.key: cause for cause in Cause.objects.all()}
    levels = {level.key: level for level in RuleLevel.objects.all()}
    names = read_names()
    by_key = {law.key: law for law in tables.laws.values()}
    changes = []
    for case in cases:
        text = " ".join((case.legislation_text, case.problem, case.proposal))
        cited = dict.fromkeys(found.law for found in find_citations(text, names) if found.law)
        laws = [by_key[key] for key in cited if key in by_key]
        facts = read_case(case, tables=tables, causes=causes, levels=levels, laws=laws).facts
        was, will = (_names(route(facts, rules=rules, tables=tables, date=date)) for rules in (before, after))
        if was != will:
            changes.append(Change(case, was, will))
    return len(cases), changes


def _names(ways):
    """What the rules say, each once: bodies, or the flag that stops the case."""
    found = []
    for way in ways:
        found += [str(Flag(way.halt).label)] if way.halt else [str(target.body) for target in way.targets]
    return tuple(dict.fromkeys(found))
