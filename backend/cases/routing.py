"""Who can act: the rules run on what is known about a case. Pure: nothing is asked of the database but `Tables`.

The first rule that fits, once per cause. Where a table that a rule needs is empty, a person must decide, and is told
which table to fill: nothing is guessed.
"""

import datetime
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backend.registry.models import (
    Area,
    Body,
    BodyContact,
    Cause,
    Law,
    OrganisationArea,
    OrganisationRole,
    RoutingRule,
    RuleLevel,
    TargetKind,
)
from backend.registry.rules import ROLES, ended, successors_on

from .models import ReallyLaw

# What «Er det virkelig loven?» makes of a cause in the law: the cause that the finding points at instead.
LAW_CAUSES = frozenset({"sektorlovgivning", "tvaergaaende_lovgivning", "samspil_mellem_love"})
# Levels above the municipality; they fall away with the law.
STATE_LEVELS = frozenset(
    {"eu", "lov", "bekendtgoerelse", "cirkulaere_vejledning", "tilsyn_indberetning", "overenskomst_aftale"}
)
# The cause of a case of which somebody has said that it is not known.
UNKNOWN = "ukendt"
CAUSE_INSTEAD = {
    ReallyLaw.STRICTER: "kommunale_regler",
    ReallyLaw.HABIT: "kultur_vane_myte",
    ReallyLaw.NOT_FOUND: "kultur_vane_myte",
}
_BOARD_TYPES = {TargetKind.SCHOOL_BOARD: "skb", TargetKind.AREA_BOARD: "omb"}


@dataclass(frozen=True)
class Facts:
    """What is known about a case, confirmed or suggested: all that rules can ask about."""

    area: Area | None = None
    causes: tuple[Cause, ...] = ()
    rule_level: RuleLevel | None = None
    flag: str = ""
    laws: tuple[Law, ...] = ()
    workplace: Body | None = None


@dataclass(frozen=True)
class Target:
    """A body that a rule found, and what must be said beside its name («kendt pr. …», which law)."""

    body: Body
    note: str = ""


@dataclass(frozen=True)
class Routed:
    """What the rules say for one cause (None: no cause is known). No body and no halt: a person must decide."""

    rule: RoutingRule | None
    cause: Cause | None
    targets: tuple[Target, ...] = ()
    halt: str = ""
    missing: tuple[str, ...] = ()

    @property
    def reason(self):
        """The rule's own words."""
        return self.rule.reason if self.rule else ""

    @property
    def needs_person(self):
        return not self.targets and not self.halt


class Tables:
    """What an organisation has filled in, and who answers for laws: read once, for any number of cases."""

    def __init__(self, organisation):
        self._organisation = organisation

    @cached_property
    def bodies(self):
        """{id: Body} with names and successors: national ones and the organisation's own."""
        rows = Body.objects.of(self._organisation).select_related("type")
        return {body.pk: body for body in rows.prefetch_related("periods", "successions__successor__periods")}

    @cached_property
    def areas(self):
        rows = OrganisationArea.objects.filter(organisation=self._organisation)
        return {row.area_id: row for row in rows}

    @cached_property
    def roles(self):
        rows = OrganisationRole.objects.filter(organisation=self._organisation)
        return dict(rows.values_list("role", "body"))

    @cached_property
    def contacts(self):
        """{body id: [BodyContact]} of the organisation."""
        found: dict = {}
        for row in BodyContact.objects.filter(organisation=self._organisation):
            found.setdefault(row.body_id, []).append(row)
        return found

    @cached_property
    def laws(self):
        return Law.objects.select_related("area").prefetch_related("authorities").in_bulk()

    def has_contact(self, body, date):
        """Whether somebody there can be written to on `date`."""
        return any(
            (row.valid_from or date) <= date <= (row.valid_to or date)
            for row in self.contacts.get(body.pk, ())
        )

    def boards(self, type_key, workplace, date):
        """The boards of this kind that belong to the workplace, or to the institution it is a part of."""
        owners = {workplace.pk}
        parent = self._parent(self.bodies.get(workplace.pk, workplace), date)
        if parent is not None and self.bodies[parent].level == "institution":
            owners.add(parent)
        return [
            body
            for body in self.bodies.values()
            if body.type is not None and body.type.key == type_key and self._parent(body, date) in owners
        ]

    def _parent(self, body, date):
        period = body.period_on(date)
        return period.parent_id if period else None


def steered(facts, really_law, causes):
    """`facts` after the desk's finding on «Er det virkelig loven?»; `causes` is {key: Cause}.

    Stricter than the law: the municipality's own rule. A habit, or no rule found: a habit. Required, or not asked:
    as they were. A level above the municipality falls away with the law, and where nothing else is known of the case
    than such a level, the finding is its cause.
    """
    instead = causes.get(CAUSE_INSTEAD.get(really_law))
    level = facts.rule_level
    is_above = level is not None and level.key in STATE_LEVELS
    is_in_law = any(cause.key in LAW_CAUSES for cause in facts.causes)
    if instead is None or not (is_in_law or is_above):
        return facts
    kept = [instead if cause.key in LAW_CAUSES else cause for cause in facts.causes if cause.key != UNKNOWN]
    return replace(
        facts, causes=tuple(dict.fromkeys(kept)) or (instead,), rule_level=None if is_above else level
    )


def fits(rule, facts, cause):
    """Whether the rule is for this cause of a case: every condition is empty or the same."""
    return (
        rule.is_active
        and rule.flag == facts.flag
        and rule.area_id in (None, facts.area and facts.area.pk)
        and rule.cause_id in (None, cause and cause.pk)
        and rule.rule_level_id in (None, facts.rule_level and facts.rule_level.pk)
    )


def route(facts: Facts, *, rules, tables: Tables, date: datetime.date) -> list[Routed]:
    """What `rules` (in their order) say about a case on `date`, once per cause.

    A flag stops the case whatever the rules say: taking the rule away does not send a person's matter on.
    """
    if facts.flag:
        rule = next((rule for rule in rules if fits(rule, facts, None)), None)
        return [Routed(rule, None, halt=facts.flag)]
    found = []
    for cause in facts.causes or (None,):
        rule = next((rule for rule in rules if fits(rule, facts, cause)), None)
        if rule is None:
            found.append(Routed(None, cause, missing=(_("No rule fits. A person decides."),)))
            continue
        targets, missing = _resolve(rule, facts, tables, date)
        found.append(Routed(rule, cause, tuple(targets), missing=tuple(missing)))
    return found


def _resolve(rule, facts, tables, date):
    """(targets, what is missing) of a rule that fits."""
    match rule.target:
        case TargetKind.TRIAGE:
            return [], []
        case TargetKind.BODY:
            return _valid(tables.bodies[rule.target_body_id], date, _("Change the rule."))
        case TargetKind.ROLE:
            return _of_role(rule.target_role, tables, date)
        case TargetKind.REGION:
            return _of_role("region", tables, date, follows=True)
        case TargetKind.WORKPLACE:
            return _workplace(facts, tables, date)
        case TargetKind.CENTRE_OF_AREA:
            return centre_of_area(facts, tables, date)
        case TargetKind.COMMITTEE_OF_AREA:
            return _of_area("committee_id", facts, tables, date)
        case TargetKind.SCHOOL_BOARD | TargetKind.AREA_BOARD:
            return _board(TargetKind(rule.target), facts, tables, date)
        case TargetKind.AGENCY_OF_LAW:
            return _of_laws(("agency", "ministry"), facts, tables, date)
        case TargetKind.MINISTRY_OF_LAW | TargetKind.MINISTRIES_OF_LAWS:
            targets, missing = _of_laws(("ministry",), facts, tables, date)
            if rule.target == TargetKind.MINISTRIES_OF_LAWS and len(facts.laws) == 1:
                missing.append(_("Only one law is named; the other one is missing."))
            return targets, missing
    raise ValueError(rule.target)


def _valid(body, date, remedy, note=""):
    """The body itself if it is there on `date`; else why not, and what to do."""
    why = ended(body, date)
    return ([], [f"{why} {remedy}"]) if why else ([Target(body, note)], [])


def _followed(body, date, tables):
    """(body, note): `body`, or the one that took over all of it; (None, why) where that is not one body."""
    if body.period_on(date) is not None:
        return body, ""
    heirs = [row for row in successors_on(body, date) if not row.scope]
    if len(heirs) != 1 or len(body.successions.all()) != 1:
        return None, ended(body, date)
    heir = tables.bodies.get(heirs[0].successor_id, heirs[0].successor)
    return heir, _("Took over from %(body)s.") % {"body": body}


def _of_role(role, tables, date, *, follows=False):
    remedy = _("Fill in Registry → Roles of bodies.")
    body = tables.bodies.get(tables.roles.get(role))
    if body is None:
        missing = _("Nobody holds the role “%(role)s” here.") % {"role": ROLES.get(role, role)}
        return [], [f"{missing} {remedy}"]
    if not follows:
        return _valid(body, date, remedy)
    heir, note = _followed(body, date, tables)
    return ([Target(heir, note)], []) if heir else ([], [f"{note} {remedy}"])


def centre_of_area(facts, tables, date):
    """(targets, what is missing): the centre of the case's area as it is on `date`."""
    return _of_area("centre_id", facts, tables, date)


def _of_area(column, facts, tables, date):
    remedy = _("Fill in Registry → Areas.")
    if facts.area is None:
        return [], [_("The case has no area. Choose one.")]
    here = tables.areas.get(facts.area.pk)
    body = tables.bodies.get(getattr(here, column)) if here else None
    if body is None:
        missing = (
            _("The area %(area)s has no centre here.")
            if column == "centre_id"
            else _("The area %(area)s has no committee here.")
        )
        return [], [f"{missing % {'area': facts.area}} {remedy}"]
    return _valid(body, date, remedy)


def _workplace(facts, tables, date):
    if facts.workplace is None:
        return [], [_("The case has no workplace. Choose one.")]
    body = tables.bodies[facts.workplace.pk]
    if not tables.has_contact(body, date):
        missing = _("No leader is registered for %(workplace)s.") % {"workplace": body}
        return [], [f"{missing} {_('Fill in Registry → Workplaces.')}"]
    return _valid(body, date, _("Choose another workplace."))


def _board(target, facts, tables, date):
    if facts.workplace is None:
        return [], [_("The case has no workplace. Choose one.")]
    boards = tables.boards(_BOARD_TYPES[target], facts.workplace, date)
    if len(boards) == 1:
        return [Target(boards[0])], []
    missing = (
        _("%(workplace)s has no school board in the registry.")
        if target == TargetKind.SCHOOL_BOARD
        else _("%(workplace)s has no area board in the registry.")
    )
    return [], [f"{missing % {'workplace': facts.workplace}} {_('Fill in Registry → Bodies.')}"]


def _of_laws(kinds, facts, tables, date):
    """One body per law where several collide; the first of `kinds` that somebody holds on `date`."""
    if not facts.laws:
        return [], [_("No law is named. Choose one under Legislation.")]
    notes: dict = {}
    missing = []
    for law in (tables.laws[law.pk] for law in facts.laws):
        authority = next(filter(None, (law.authority_on(kind, date) for kind in kinds)), None)
        if authority is None:
            missing.append(_("The registry does not know who answers for %(law)s.") % {"law": law})
            continue
        body, note = _followed(tables.bodies[authority.body_id], date, tables)
        if body is None:
            missing.append(note)
            continue
        parts = [str(law), note.rstrip(".")]
        if authority.known_date and not (authority.valid_from or authority.valid_to):
            known = date_format(authority.known_date, "j. F Y")
            parts.append(_("known as of %(date)s") % {"date": known})
        notes.setdefault(body.pk, (body, []))[1].append(", ".join(filter(None, parts)))
    return [Target(body, "; ".join(lines)) for body, lines in notes.values()], missing
