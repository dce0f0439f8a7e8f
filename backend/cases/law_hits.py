"""Which laws cases hit: how many of them, and how many hours they come to."""

from dataclasses import dataclass

from backend.registry.models import Law

from .models import CaseLaw


@dataclass(frozen=True)
class LawHit:
    """A law, how many cases hit it, and the sum of their hours a year; None where none of them tells any."""

    law: Law
    cases: int
    hours: int | None


def laws_hit(cases):
    """The laws that `cases` hit as [LawHit], most hit first, in two queries. A case counts once for each law.

    The hours are the secretariat's own whole figures (`Case.hours`): a case that hits two laws is in both sums.
    """
    hits = CaseLaw.objects.filter(case__in=cases.order_by().values("pk"), law__isnull=False).order_by()
    counts: dict[int, int] = {}
    hours: dict[int, int] = {}
    for law, _case, told in hits.values_list("law", "case", "case__hours").distinct():
        counts[law] = counts.get(law, 0) + 1
        if told is not None:
            hours[law] = hours.get(law, 0) + told
    laws = Law.objects.in_bulk(counts)
    found = [LawHit(laws[pk], count, hours.get(pk)) for pk, count in counts.items()]
    return sorted(found, key=lambda hit: (-hit.cases, -(hit.hours or 0), str(hit.law).casefold()))
