"""What the software suggests for a case, each with its reason. A person decides; nothing here writes."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from backend.examples.models import Flag
from backend.registry.citations import find_citations, read_names
from backend.registry.models import Cause, CoreTask, Law, OrganisationArea, RuleLevel
from backend.registry.rules import rules_for

from .cited import sections_text
from .models import SMALL_GROUP, Case, FormTable
from .routing import Facts, Routed, Tables, centre_of_area, route, steered
from .understanding import Understanding, understand

# The level of workplaces and their boards in the registry.
INSTITUTION = "institution"


@dataclass(frozen=True)
class Suggestion:
    """A suggested value and why, in the reader's language."""

    value: Any
    reason: str


@dataclass(frozen=True)
class BodySuggestion(Suggestion):
    """A body that a rule points at: the rule's number and own words, and what must be said beside the name."""

    rule: str = ""
    note: str = ""


@dataclass(frozen=True)
class LawSuggestion(Suggestion):
    """A law that the text cites, and the sections that it cites of it, as a case keeps them («§§ 83, 86»)."""

    sections: str = ""


@dataclass
class Way:
    """What the rules say for one cause of the case, and how sure it is that the case has it."""

    routed: Routed
    # «foreslået»: nobody has confirmed the cause (or the level) that the rule was found by.
    is_suggested: bool
    # What in the text it rests on, in the reader's language; empty where a person said it.
    trigger: str = ""
    bodies: list[BodySuggestion] = field(default_factory=list)
    # The rule's own words, or that a workplace is spared.
    reason: str = ""

    def __post_init__(self):
        self.reason = self.reason or self.routed.reason

    @property
    def missing(self):
        return self.routed.missing


@dataclass(frozen=True)
class Suggestions:
    """Everything suggested for a case, each with its reasons."""

    table: Suggestion
    laws: list[LawSuggestion]
    causes: list[Suggestion]
    rule_level: Suggestion | None
    # Questions for a person, never an answer: a flag is not set from a text.
    flags: list[Suggestion]
    ways: list[Way]
    understanding: Understanding

    @property
    def bodies(self):
        """The suggested bodies that have not been chosen, each once, under the first rule that found it."""
        found = {}
        for way in self.ways:
            for one in way.bodies:
                found.setdefault(one.value.pk, one)
        return list(found.values())


def suggest_table(case):
    """Table 1 where several laws or several bodies meet, else table 2 where time is named (ministry-form.md)."""
    laws = {row.law_id or row.cited_text for row in case.case_laws.all()} if case.pk else set()
    causes = {row.cause.key for row in case.case_causes.select_related("cause")} if case.pk else set()
    bodies = case.referrals.exclude(status="cancelled").values("body").distinct().count() if case.pk else 0
    if len(laws) > 1:
        return Suggestion(FormTable.COHERENCE, _("Several laws are named."))
    if causes & {"samspil_mellem_love", "samspil_mellem_myndigheder"}:
        return Suggestion(
            FormTable.COHERENCE, _("The cause is that laws or authorities do not work together.")
        )
    if bodies > 1:
        return Suggestion(FormTable.COHERENCE, _("Several bodies are asked."))
    if case.hours:
        return Suggestion(
            FormTable.TIME,
            _("Time is named: about %(hours)s hours a year.")
            % {"hours": number_format(case.hours, force_grouping=True)},
        )
    return Suggestion(
        FormTable.TIME, _("One rule takes time; nothing points to several laws or authorities.")
    )


def core_task_of(case):
    """The case's core task: the one chosen, else the area's in the case's organisation, else None."""
    if case.core_task_id:
        return case.core_task
    here = (
        OrganisationArea.objects.filter(organisation=case.organisation_id, area=case.area_id)
        .select_related("core_task")
        .first()
    )
    return here.core_task if here else None


def core_tasks_of(cases):
    """{case id: CoreTask or None} for a page of cases, in two queries."""
    wanted = {
        (case.organisation_id, case.area_id) for case in cases if not case.core_task_id and case.area_id
    }
    areas = OrganisationArea.objects.filter(
        organisation__in={o for o, _a in wanted}, area__in={a for _o, a in wanted}
    ).exclude(core_task=None)
    derived = {(row.organisation_id, row.area_id): row.core_task_id for row in areas}
    ids = {case.pk: case.core_task_id or derived.get((case.organisation_id, case.area_id)) for case in cases}
    tasks = CoreTask.objects.filter(pk__in=set(ids.values()) - {None}).prefetch_related("names").in_bulk()
    return {pk: tasks.get(task) for pk, task in ids.items()}


def suggest_laws(text):
    """Laws that `text` cites, in its order: [LawSuggestion]; each once, with the words that named it first."""
    cited: dict[str, list] = {}
    for citation in find_citations(text, read_names()):
        if citation.law:
            cited.setdefault(citation.law, []).append(citation)
    laws = {law.key: law for law in Law.objects.filter(key__in=cited)} if cited else {}
    return [
        LawSuggestion(
            laws[key],
            _("“%(text)s” stands in the text.") % {"text": citations[0].text},
            sections_text(citations),
        )
        for key, citations in cited.items()
        if key in laws
    ]


def suggest_causes(understanding, causes, *, chosen=()):
    """The understood causes as suggestions, heaviest first, without those already on the case."""
    return [
        Suggestion(causes[found.key], told(found))
        for found in understanding.causes
        if found.key in causes and causes[found.key].pk not in chosen
    ]


def told(found):
    """What a suggestion rests on, as a sentence: words, laws, guesses."""
    parts = []
    if found.words:
        quoted = ", ".join(_("“%(word)s”") % {"word": word} for word in found.words)
        parts.append(_("In the text: %(words)s.") % {"words": quoted})
    if found.laws:
        parts.append(_("Law recognised: %(laws)s.") % {"laws": ", ".join(dict.fromkeys(found.laws))})
    if found.guesses:
        parts.append(_("Guessed by %(count)s of the writers.") % {"count": found.guesses})
    return " ".join(parts)


@dataclass(frozen=True)
class Reading:
    """What is known of a case: the facts for the rules, and which of them nobody has confirmed."""

    facts: Facts
    understanding: Understanding
    is_cause_suggested: bool
    is_level_suggested: bool


def read_case(case, *, tables, causes, levels, laws=()):
    """The Reading of a case. `causes` and `levels` are {key: row}; `laws` those recognised in its text.

    What a person has confirmed goes before what the text suggests; the writer's or the desk's flag is always theirs.
    """
    confirmed_laws = [row.law_id for row in case.case_laws.all() if row.law_id]
    named = tuple(
        tables.laws[pk]
        for pk in dict.fromkeys(confirmed_laws or [law.pk for law in laws])
        if pk in tables.laws
    )
    understanding = understand(
        {name: getattr(case, name) for name in ("title", "problem", "proposal", "legislation_text")},
        laws=named,
        guesses=_guesses(case),
    )
    confirmed = tuple(row.cause for row in case.case_causes.all())
    suggested = tuple(causes[found.key] for found in understanding.causes if found.key in causes)
    level, found = case.rule_level, understanding.rule_level
    facts = Facts(
        area=case.area,
        causes=confirmed or suggested,
        rule_level=level or (levels.get(found.key) if found else None),
        flag=case.flag,
        laws=named,
        workplace=case.workplace,
    )
    return Reading(
        facts=steered(facts, case.really_law, causes),
        understanding=understanding,
        is_cause_suggested=not confirmed and bool(suggested),
        is_level_suggested=level is None and found is not None,
    )


def _guesses(case):
    """{cause key: how many of the writers guessed it}."""
    counts: dict[str, int] = {}
    for row in case.case_examples.all():
        guess = row.example.cause_guess
        if row.left_at is None and guess is not None and guess.key != "ukendt":
            counts[guess.key] = counts.get(guess.key, 0) + 1
    return counts


def for_routing(cases):
    """`cases` with what `read_case` asks for, in a handful of queries for any number."""
    return cases.select_related("area", "rule_level", "workplace").prefetch_related(
        "case_causes__cause", "case_laws", "case_examples__example__cause_guess"
    )


def is_spared(case, body):
    """Whether a writer wants the workplace spared: until five examples say the same, or the writer says yes."""
    if body.level != INSTITUTION:
        return False
    current = case.case_examples.current()
    return (
        current.count() < SMALL_GROUP
        and current.filter(example__spare_my_workplace=True, workplace_accepted_date=None).exists()
    )


def ways_of(case, reading, *, tables, date, rules=None):
    """The Ways of a case under the organisation's rules (or those given), with the workplace spared."""
    rules = rules_for(case.organisation) if rules is None else rules
    chosen = {referral.body_id for referral in case.referrals.all() if referral.status != "cancelled"}
    by_key = {found.key: found for found in reading.understanding.causes}
    ways = []
    for routed in route(reading.facts, rules=rules, tables=tables, date=date):
        found = by_key.get(routed.cause.key) if routed.cause and reading.is_cause_suggested else None
        way = Way(
            routed,
            is_suggested=bool(found)
            or (
                reading.is_level_suggested
                and routed.rule is not None
                and routed.rule.rule_level_id is not None
            ),
            trigger=told(found) if found else "",
        )
        if spared := [target for target in routed.targets if is_spared(case, target.body)]:
            _spare(way, spared, reading.facts, tables, date)
        way.bodies = [
            BodySuggestion(target.body, way.reason, routed.rule.key if routed.rule else "", target.note)
            for target in way.routed.targets
            if target.body.pk not in chosen
        ]
        ways.append(way)
    return ways


def _spare(way, spared, facts, tables, date):
    """Put the centre of the area, as it is on `date`, in the place of the workplaces that are to be spared.

    The rule's words are about the workplace, so the reason is another; without a centre the way says what to fill in.
    """
    way.reason = _("A writer wants the workplace spared, so the centre is suggested.")
    centres, missing = centre_of_area(facts, tables, date)
    kept = [target for target in way.routed.targets if target not in spared]
    way.routed = replace(way.routed, targets=(*kept, *centres), missing=(*way.routed.missing, *missing))


def flag_questions(understanding):
    """What a person should ask because of the text: [Suggestion(Flag)]. It is never set from it."""
    return [Suggestion(Flag(found.key), told(found)) for found in understanding.flag_questions]


def suggestions(case: Case, *, date=None):
    """The Suggestions for a case on `date` (None: today)."""
    date = date or timezone.localdate()
    tables = Tables(case.organisation)
    text = " ".join((case.legislation_text, case.problem, case.proposal))
    known = {row.law_id for row in case.case_laws.all()}
    laws = suggest_laws(text)
    causes = {cause.key: cause for cause in Cause.objects.all()}
    levels = {level.key: level for level in RuleLevel.objects.all()}
    case_read = for_routing(Case.objects.filter(pk=case.pk)).get()
    case_read.organisation = case.organisation
    reading = read_case(
        case_read, tables=tables, causes=causes, levels=levels, laws=[found.value for found in laws]
    )
    level = reading.understanding.rule_level
    return Suggestions(
        table=suggest_table(case),
        laws=[found for found in laws if found.value.pk not in known],
        causes=suggest_causes(
            reading.understanding, causes, chosen={row.cause_id for row in case_read.case_causes.all()}
        ),
        rule_level=Suggestion(levels[level.key], told(level))
        if level and level.key in levels and case.rule_level_id is None
        else None,
        flags=[] if case.flag else flag_questions(reading.understanding),
        ways=ways_of(case_read, reading, tables=tables, date=date),
        understanding=reading.understanding,
    )
