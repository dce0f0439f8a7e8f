"""What came of it, for everyone: what is done and how much time came back, what was refused and why.

Published cases are records and are counted exactly; time that came back is told in groups of five (P-5).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from backend.cases.answers import told
from backend.cases.effects import documented_effects
from backend.cases.lifecycle import Outcome, ReasonCode
from backend.cases.models import Case
from backend.examples.hours import hours_label
from backend.registry.models import Body

REFUSALS = (Outcome.NOT, Outcome.PARTLY)


@dataclass(frozen=True)
class Freed:
    """How many cases are done, and the hours a year that came back in those whose effect is documented.

    `documented`: how many cases that is. `hours`: None while there is none; less than nothing where it took more time.
    """

    cases: int
    documented: int
    hours: Decimal | None

    @property
    def label(self):
        """«ca. 30–40 timer om året (skøn)», or empty where nothing is known to have come back."""
        return hours_label(self.hours) if self.hours is not None and self.hours > 0 else ""


def done_cases(organisation):
    """The organisation's published cases that have been carried out, the latest first."""
    done = Case.objects.public().filter(organisation=organisation, implemented_date__isnull=False)
    return done.order_by("-implemented_date", "reference")


def done_answers(organisation):
    """The answers whose promise has been carried out."""
    return told(organisation).filter(implemented_date__isnull=False)


def freed_hours(organisation, *, at=None):
    """(Freed in all, {body id: Freed}). A case that two bodies did something about is counted at each of them."""
    cases = list(done_cases(organisation).only("pk", "effect_asked_date"))
    freed = {
        pk: effect.freed
        for pk, effect in documented_effects(cases, at=at).items()
        if effect.freed is not None
    }
    by_body = defaultdict(set)
    for body, case in done_answers(organisation).order_by().values_list("referral__body", "referral__case"):
        by_body[body].add(case)
    return _sum([case.pk for case in cases], freed), {
        body: _sum(keys, freed) for body, keys in by_body.items()
    }


def _sum(keys, freed):
    hours = [freed[key] for key in keys if key in freed]
    return Freed(len(keys), len(hours), sum(hours, Decimal(0)) if hours else None)


def refusals(organisation):
    """The standing answers that say no, wholly or in part, the newest first."""
    return told(organisation).filter(answer__in=REFUSALS).order_by("-received_date", "id")


def refusals_by_body(organisation):
    """[(Body, [(ReasonCode or None, how many)])] of what was refused, the body with the most first."""
    counted = refusals(organisation).order_by().values_list("referral__body", "reason_code")
    reasons = defaultdict(dict)
    for body, code, number in counted.annotate(Count("pk")):
        reasons[body][code] = number
    bodies = Body.objects.filter(pk__in=reasons).with_names()
    found = [
        (
            body,
            [
                (ReasonCode(code) if code else None, reasons[body.pk][code])
                for code in (*ReasonCode.values, "")
                if code in reasons[body.pk]
            ],
        )
        for body in bodies
    ]
    return sorted(found, key=lambda one: (-sum(reasons[one[0].pk].values()), str(one[0]).casefold()))
