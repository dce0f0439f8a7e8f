"""The filters of the public list of cases as links: each with how many it finds, and each removable.

A published case is a record, so that its numbers may be told (api.md).
"""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from backend.campaigns.models import Campaign
from backend.cases.answers import asked_publicly
from backend.cases.filters import OUTCOMES, PublicCaseFilter
from backend.cases.lifecycle import Status
from backend.cases.models import Case
from backend.registry.models import Area, Body, CoreTask, OrganisationArea

SHOWN_STATUSES = [(status.value, status.label) for status in Status if status != Status.DRAFT]
# What is chosen by a link; everything else is typed or stands in an address.
LINKED = ("area", "status", "outcome", "body", "campaign", "core_task")
# What people have written themselves stays in Danish.
DANISH = {"body", "campaign", "core_task"}


@dataclass(frozen=True)
class Row:
    """What the filters can ask of one case: the values it has under each name of LINKED."""

    values: dict

    def matches(self, wanted):
        """Whether the case has everything in `wanted`, {name: value}."""
        return all(value in self.values[name] for name, value in wanted.items())


def filter_groups(organisation, wanted, *, most):
    """Every filter as a group of links; the chosen one leads back to without it.

    Each link tells how many cases it finds, and what would find none is left out, as long as there are no more than
    `most` cases to count; beyond that the links stand without numbers.
    """
    rows = countable(organisation, wanted, most)
    groups = [
        ("area", _("Area"), areas(organisation)),
        ("status", _("Status"), SHOWN_STATUSES),
        ("outcome", _("Answer"), OUTCOMES),
        ("body", _("Body"), bodies(rows)),
        ("campaign", _("Campaign"), campaigns(organisation)),
        ("core_task", _("Core task"), core_tasks(organisation)),
    ]
    shown = []
    for name, label, choices in groups:
        found = list(links(name, choices, wanted, rows))
        # The only campaign narrows nothing.
        if len(found) > 1 or (found and (name != "campaign" or found[0]["is_chosen"])):
            shown.append({"label": label, "is_danish": name in DANISH, "links": found})
    return shown


def links(name, choices, wanted, rows):
    """One link per choice that finds something."""
    rest = {other: value for other, value in wanted.items() if other != name}
    others = {other: value for other, value in rest.items() if other in LINKED}
    found = Counter(value for row in rows or [] if row.matches(others) for value in row.values[name])
    for value, label in choices:
        is_chosen = wanted.get(name) == value
        number = None if rows is None else found[value]
        if number == 0 and not is_chosen:
            continue
        query = rest if is_chosen else rest | {name: value}
        yield {
            "label": label,
            "query": urlencode(sorted(query.items())),
            "is_chosen": is_chosen,
            "number": number,
        }


def countable(organisation, wanted, most):
    """The published cases that the typed filters find, as Rows in three queries; None where there are too many."""
    typed = {name: value for name, value in wanted.items() if name not in LINKED and name != "ordering"}
    public = Case.objects.public().filter(organisation=organisation)
    filters = PublicCaseFilter(typed, public, organisation=organisation)
    if not filters.is_valid():
        return None
    cases = filters.qs.order_by()
    if cases.values("pk")[: most + 1].count() > most:
        return None
    asked = {}
    of_these = asked_publicly(organisation).filter(case__in=cases.values("pk")).order_by()
    for case, key in of_these.values_list("case", "body__key").distinct():
        asked.setdefault(case, set()).add(key)
    tasks = dict(
        OrganisationArea.objects.filter(organisation=organisation).values_list("area", "core_task__key")
    )
    names = ("pk", "area", "area__key", "status", "outcome", "campaign__slug", "core_task__key")
    return [
        Row(
            {
                "area": {area_key},
                "status": {status},
                "outcome": {outcome},
                "body": asked.get(pk, set()),
                "campaign": {campaign},
                # Its own, else its area's: as `PublicCaseFilter.with_core_task`.
                "core_task": {task or tasks.get(area)},
            }
        )
        for pk, area, area_key, status, outcome, campaign, task in cases.values_list(*names)
    ]


def bodies(rows):
    """The bodies that the cases to count have been sent to, by name; none where they are too many."""
    keys = set().union(*(row.values["body"] for row in rows)) if rows else set()
    if not keys:
        return []
    found = {body.key: str(body) for body in Body.objects.filter(key__in=keys).with_names()}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def campaigns(organisation):
    """The campaigns that the public knows of."""
    return list(Campaign.objects.published().filter(organisation=organisation).values_list("slug", "name"))


def areas(organisation):
    """The areas that published cases have: a probe of the index for each area, so that it follows at once."""
    published = Case.objects.public().filter(organisation=organisation, area=OuterRef("pk"))
    return [(area.key, str(area)) for area in Area.objects.filter(Exists(published))]


def core_tasks(organisation):
    """The organisation's core tasks by their newest names."""
    return [
        (task.key, str(task))
        for task in CoreTask.objects.filter(organisation=organisation).prefetch_related("names")
    ]


def typed_filters(wanted):
    """What is asked for beside the links, each with the query that takes it away."""
    labels = {name: one.label for name, one in PublicCaseFilter.base_filters.items()}
    labels["q"] = _("Searched for")
    return [
        {
            "label": labels[name],
            "value": value,
            "query": urlencode(sorted((other, what) for other, what in wanted.items() if other != name)),
        }
        for name, value in wanted.items()
        if name not in LINKED and name != "ordering"
    ]


def orders(wanted):
    """The ways of ordering as links; the first one is what a list without a choice has."""
    rest = {name: value for name, value in wanted.items() if name != "ordering"}
    choices = PublicCaseFilter.base_filters["ordering"].extra["choices"]
    first = choices[0][0]
    chosen = wanted.get("ordering", first)
    return [
        {
            "label": label,
            "query": urlencode(sorted((rest if name == first else rest | {"ordering": name}).items())),
            "is_chosen": name == chosen,
        }
        for name, label in choices
    ]
