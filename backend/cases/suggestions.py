"""What the software suggests for a case, each with its reason. A person decides; nothing here writes."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backend.registry.models import Body, CoreTask, Law, OrganisationArea

from .models import Case, FormTable


@dataclass(frozen=True)
class Suggestion:
    """A suggested value and why, in the reader's language."""

    value: object
    reason: str


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
            FormTable.TIME, _("Time is named: about %(hours)s hours a year.") % {"hours": case.hours}
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
    """Laws whose name stands in `text`: [Suggestion(Law)]. Abbreviations count in upper case only («LAS»)."""
    found = []
    for law in Law.objects.prefetch_related("aliases"):
        names = [(law.popular_name, False)] + [
            (alias.text, alias.is_abbreviation) for alias in law.aliases.all()
        ]
        for name, is_abbreviation in names:
            pattern = rf"(?<!\w){re.escape(name)}{'' if is_abbreviation else 's?'}(?!\w)"
            match = re.search(pattern, text, 0 if is_abbreviation else re.IGNORECASE)
            if match:
                found.append(Suggestion(law, _("“%(text)s” stands in the text.") % {"text": match.group()}))
                break
    return found


def suggest_bodies(case):
    """Bodies that may be able to act: the area's centre and committee, where the organisation has said which."""
    here = (
        OrganisationArea.objects.filter(organisation=case.organisation_id, area=case.area_id)
        .select_related("area")
        .first()
    )
    if here is None:
        return []
    chosen = {referral.body_id for referral in case.referrals.exclude(status="cancelled")}
    bodies = Body.objects.with_names().in_bulk([pk for pk in (here.centre_id, here.committee_id) if pk])
    reasons = {
        here.centre_id: _("The centre of the area %(area)s.") % {"area": here.area},
        here.committee_id: _("The committee of the area %(area)s.") % {"area": here.area},
    }
    return [Suggestion(body, reasons[pk]) for pk, body in bodies.items() if pk not in chosen]


def suggest_cause(case):
    """The writers' own guesses, most frequent first: [Suggestion(Cause)], without those already on the case."""
    chosen = {row.cause_id for row in case.case_causes.all()}
    counts = {}
    for row in case.case_examples.current().select_related("example__cause_guess"):
        guess = row.example.cause_guess
        if guess is not None and guess.pk not in chosen and guess.key != "ukendt":
            counts[guess] = counts.get(guess, 0) + 1
    return [
        Suggestion(cause, _("Guessed by %(count)s of the writers.") % {"count": count})
        for cause, count in sorted(counts.items(), key=lambda item: (-item[1], item[0].position))
    ]


def suggestions(case: Case):
    """Everything suggested for a case: {"table", "laws", "bodies", "causes"}, each with its reasons."""
    known = {row.law_id for row in case.case_laws.all()}
    text = " ".join((case.legislation_text, case.problem, case.proposal))
    return {
        "table": suggest_table(case),
        "laws": [found for found in suggest_laws(text) if found.value.pk not in known],
        "bodies": suggest_bodies(case),
        "causes": suggest_cause(case),
    }
