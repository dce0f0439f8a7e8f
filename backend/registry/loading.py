"""What each data file of the registry becomes. Called by `actions.py`, inside its transaction.

Rows are matched on their stable keys, so that loading again changes nothing; nothing is deleted.
"""

import collections
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from backend.registry.editing import check_rule
from backend.registry.files import read
from backend.registry.models import (
    Area,
    Body,
    BodyContact,
    BodyPeriod,
    BodySuccession,
    Burden,
    Cause,
    CoreTask,
    CoreTaskName,
    Law,
    LawAlias,
    LawAuthority,
    LawSuccession,
    LawVersion,
    OrganisationArea,
    OrganisationRole,
    RoutingRule,
    RuleLevel,
    TargetKind,
)

DATA = Path(__file__).parent / "data"
STARTING_SET = DATA / "starting_set"

DAYS = ["valid_from", "valid_to", "known_date"]
NAMED = {"areas.csv": Area, "causes.csv": Cause, "rule_levels.csv": RuleLevel, "burdens.csv": Burden}


class Report:
    """Which rows of which file added something, changed something or changed nothing."""

    STATES = ["unchanged", "changed", "added"]

    def __init__(self):
        self.rows = collections.defaultdict(dict)

    def note(self, row, state):
        """Remember the strongest that `row` did: one row may touch several tables."""
        seen = self.rows[row.file].get(row.number, "unchanged")
        self.rows[row.file][row.number] = max(seen, state, key=self.STATES.index)

    def count(self, state):
        return sum(state == each for rows in self.rows.values() for each in rows.values())

    def lines(self):
        """One line per file, in the order they were loaded."""
        for file, rows in self.rows.items():
            counts = collections.Counter(rows.values())
            yield _("%(file)s: %(added)s added, %(changed)s changed, %(unchanged)s unchanged") % {
                "file": file,
                **{state: counts[state] for state in self.STATES},
            }


class Loader:
    """One loading of one folder. `organisation` None: the shared registry; `only_add`: what is there stays as it is."""

    def __init__(self, folder, *, organisation=None, only_add=False):
        self.folder = Path(folder)
        self.organisation = organisation
        self.only_add = only_add
        self.report = Report()
        self._by_key = {}
        self._by_match = {}
        self._seen = set()

    def rows(self, name, columns):
        """The rows of a file; an organisation may leave a file out, the shared registry may not."""
        path = self.folder / name
        if self.organisation is not None and not path.exists():
            return []
        return read(path, columns)

    def find(self, model, row, column, *, required=False):
        """What the cell's key names, or None for an empty cell; an organisation's own goes before a national one."""
        key = row.text(column, required=required)
        if not key:
            return None
        if model not in self._by_key:
            rows = model.objects.all()
            if model is Body:
                rows = rows.of(self.organisation).order_by(F("organisation").asc(nulls_first=True), "key")
            elif model is CoreTask:
                rows = rows.filter(organisation=self.organisation)
            self._by_key[model] = {instance.key: instance for instance in rows}
        if key not in self._by_key[model]:
            raise row.broken(_("There is no “%(key)s”.") % {"key": key}, column)
        return self._by_key[model][key]

    def save(self, row, model, match, *, is_whole_row=True, **values):
        """Add or change the row of `model` that `match` names; returns it."""
        known = self._known(model, tuple(match))
        sign = tuple(map(_plain, match.values()))
        if is_whole_row and (model, sign) in self._seen:
            raise row.broken(_("This row repeats an earlier one."), next(iter(row.cells)))
        self._seen.add((model, sign))
        instance = known.get(sign)
        state = "unchanged"
        if instance is None:
            instance, state = model(**match, **values), "added"
        elif not self.only_add:
            different = {
                field: value for field, value in values.items() if _stored(instance, field) != _plain(value)
            }
            for field, value in different.items():
                setattr(instance, field, value)
            state = "changed" if different else "unchanged"
        row.check(instance, [field for field in (*match, *values) if field in row.cells])
        if state != "unchanged":
            instance.save()
            known[sign] = instance
        self.report.note(row, state)
        if model in self._by_key:
            self._by_key[model][instance.key] = instance
        return instance

    def _known(self, model, fields):
        """The rows of `model` that are there already, by the values of `fields`: asked once, not once per row."""
        if model not in self._by_match:
            attributes = [model._meta.get_field(field).attname for field in fields]
            own = {"organisation": self.organisation} if "organisation" in fields else {}
            self._by_match[model] = {
                tuple(getattr(row, attribute) for attribute in attributes): row
                for row in model.objects.filter(**own).order_by()
            }
        return self._by_match[model]


def _plain(value):
    return getattr(value, "pk", value)


def _stored(instance, field):
    """What a field holds, without fetching the row that a key points at."""
    return getattr(instance, instance._meta.get_field(field).attname)


def load_shared(folder):
    """Load the shared registry from `folder`; returns the Report."""
    loader = Loader(folder)
    for name, model in NAMED.items():
        for position, row in enumerate(loader.rows(name, ["key", "name"])):
            match = {"key": row.text("key", required=True)}
            loader.save(row, model, match, name=row.text("name", required=True), position=position)
    _load_core_tasks(loader)
    _load_bodies(loader)
    _load_laws(loader)
    _load_routing_rules(loader)
    return loader.report


def load_own(folder, *, organisation, only_add=False):
    """Load an organisation's own core tasks, bodies, areas, roles and contacts from `folder`; returns the Report."""
    loader = Loader(folder, organisation=organisation, only_add=only_add)
    _load_core_tasks(loader)
    _load_bodies(loader)
    own = {"organisation": organisation}
    for row in loader.rows("areas.csv", ["area", "core_task", "committee", "centre"]):
        loader.save(
            row,
            OrganisationArea,
            own | {"area": loader.find(Area, row, "area", required=True)},
            core_task=loader.find(CoreTask, row, "core_task"),
            committee=loader.find(Body, row, "committee"),
            centre=loader.find(Body, row, "centre"),
        )
    for row in loader.rows("roles.csv", ["role", "body"]):
        match = own | {"role": row.text("role", required=True)}
        loader.save(row, OrganisationRole, match, body=loader.find(Body, row, "body", required=True))
    for row in loader.rows("contacts.csv", ["body", "email", "rank"]):
        body = loader.find(Body, row, "body", required=True)
        match = own | {"body": body, "email": row.text("email", required=True)}
        loader.save(row, BodyContact, match, rank=row.whole("rank", default=1))
    return loader.report


def _load_core_tasks(loader):
    position = {}
    saved = []
    for row in loader.rows("core_tasks.csv", ["key", "name", *DAYS, "camp_key"]):
        key = row.text("key", required=True)
        task = loader.save(
            row,
            CoreTask,
            {"organisation": loader.organisation, "key": key},
            is_whole_row=False,
            camp_key=row.text("camp_key"),
            position=position.setdefault(key, len(position)),
        )
        saved.append((row, _save_period(loader, row, CoreTaskName, {"core_task": task})))
    _check_overlaps(CoreTaskName, "core_task", saved)


def _load_bodies(loader):
    is_shared = loader.organisation is None
    columns = ["key", "name", "kind", "level", "is_type" if is_shared else "type", "parent", *DAYS, "note"]
    rows = loader.rows("bodies.csv", columns)
    bodies, saved = [], []
    for row in rows:
        what = {"kind": row.text("kind", required=True), "level": row.text("level", required=True)}
        if is_shared:
            what["is_type"] = bool(row.text("is_type")) and row.one_of("is_type", ["1"]) == "1"
        else:
            what["type"] = _find_type(loader, row)
        match = {"organisation": loader.organisation, "key": row.text("key", required=True)}
        bodies.append(loader.save(row, Body, match, is_whole_row=False, **what))
    # A parent may stand further down in the file.
    for row, body in zip(rows, bodies, strict=True):
        values = {"parent": loader.find(Body, row, "parent"), "note": row.text("note")}
        saved.append((row, _save_period(loader, row, BodyPeriod, {"body": body}, **values)))
    _check_overlaps(BodyPeriod, "body", saved)
    if is_shared:
        for row in loader.rows("successions.csv", ["body", "successor", "date", "scope"]):
            match = {
                column: loader.find(Body, row, column, required=True) for column in ("body", "successor")
            }
            loader.save(row, BodySuccession, match, date=row.date("date"), scope=row.text("scope"))


def _find_type(loader, row):
    kind = loader.find(Body, row, "type")
    if kind is not None and not kind.is_type:
        raise row.broken(_("“%(key)s” is a body, not a kind of body.") % {"key": kind.key}, "type")
    return kind


def _save_period(loader, row, model, owner, **values):
    """A name with its days."""
    days = {column: row.date(column) for column in DAYS}
    if days["valid_from"] and days["valid_to"] and days["valid_to"] < days["valid_from"]:
        raise row.broken(_("The period ends before it begins."), "valid_to")
    match = owner | {"valid_from": days["valid_from"], "known_date": days["known_date"]}
    name = row.text("name", required=True)
    return loader.save(row, model, match, name=name, valid_to=days["valid_to"], **values)


def _check_overlaps(model, owner, saved):
    """Refuse two periods that share a day: the day would have two answers."""
    periods = collections.defaultdict(list)
    for period in model.objects.filter(
        **{f"{owner}__in": {getattr(each, f"{owner}_id") for _row, each in saved}}
    ):
        periods[getattr(period, f"{owner}_id")].append(period)
    for row, period in saved:
        others = periods[getattr(period, f"{owner}_id")]
        if any(period.pk != other.pk and period.overlaps(other) for other in others):
            raise row.broken(_("The period shares a day with another of the same key."), "valid_from")


def _load_laws(loader):
    columns = ["key", "popular_name", "official_title", "area", "aliases", "abbreviations"]
    for row in loader.rows("laws.csv", columns):
        law = loader.save(
            row,
            Law,
            {"key": row.text("key", required=True)},
            popular_name=row.text("popular_name", required=True),
            official_title=row.text("official_title"),
            area=loader.find(Area, row, "area"),
        )
        for column in ("aliases", "abbreviations"):
            for text in row.words(column):
                loader.save(
                    row, LawAlias, {"law": law, "text": text}, is_abbreviation=column == "abbreviations"
                )
    for row in loader.rows("law_versions.csv", ["law", "type", "number", "date", "eli"]):
        match = {
            "law": loader.find(Law, row, "law", required=True),
            "type": row.text("type", required=True),
            "number": row.whole("number"),
            "date": row.date("date", required=True),
        }
        loader.save(row, LawVersion, match, eli=row.text("eli"))
    for row in loader.rows("law_successions.csv", ["law", "successor", "since", "paragraphs", "note"]):
        match = {column: loader.find(Law, row, column, required=True) for column in ("law", "successor")}
        values = {column: row.text(column) for column in ("since", "paragraphs", "note")}
        loader.save(row, LawSuccession, match, **values)
    for row in loader.rows(
        "law_authorities.csv", ["law", "kind", "body", "known_date", "valid_from", "valid_to"]
    ):
        match = {
            "law": loader.find(Law, row, "law", required=True),
            "kind": row.one_of("kind", ["ministry", "agency"]),
            "body": loader.find(Body, row, "body", required=True),
            "known_date": row.date("known_date"),
            "valid_from": row.date("valid_from"),
        }
        loader.save(row, LawAuthority, match, valid_to=row.date("valid_to"))


def _load_routing_rules(loader):
    """The starting set of rules: an organisation uses it until it makes its own."""
    columns = [
        *("key", "priority", "flag", "area", "cause", "rule_level"),
        *("target", "target_body", "target_role", "reason"),
    ]
    for row in loader.rows("routing_rules.csv", columns):
        match = {"organisation": loader.organisation, "key": row.text("key", required=True)}
        values = {
            "priority": row.whole("priority"),
            "flag": row.text("flag"),
            "area": loader.find(Area, row, "area"),
            "cause": loader.find(Cause, row, "cause"),
            "rule_level": loader.find(RuleLevel, row, "rule_level"),
            "target": row.one_of("target", TargetKind.values),
            "target_body": loader.find(Body, row, "target_body"),
            "target_role": row.text("target_role"),
            "reason": row.text("reason", required=True),
        }
        try:
            check_rule(RoutingRule(**match, **values))
        except ValidationError as error:
            column, messages = next(iter(error.message_dict.items()))
            raise row.broken(" ".join(messages), column)
        loader.save(row, RoutingRule, match, **values)
