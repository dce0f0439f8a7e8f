"""Figures and likenesses of cases, as lists need them."""

from itertools import groupby, islice
from operator import attrgetter

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from .models import SMALL_GROUP, Case, CaseExample, Support
from .similar.indexes import index_of
from .similar.search import search


def _count(rows, case):
    """How many of `rows` belong to the outer query's case, along the path `case`; a subquery per shown row."""
    rows = rows.filter(**{case: OuterRef("pk")}).order_by().values(case).annotate(n=Count("pk"))
    return Coalesce(Subquery(rows.values("n")), 0)


def with_supports(cases):
    """`cases` with `support_count`, that of cases merged into it included.

    Two indexed subqueries rather than one with OR: only the rows of the page that is shown are counted.
    """
    supports = Support.objects.counted()
    return cases.annotate(support_count=_count(supports, "case") + _count(supports, "case__merged_into"))


def with_counts(cases):
    """`cases` with `support_count` and `example_count`, counted alike."""
    examples = CaseExample.objects.current()
    return with_supports(cases).annotate(
        example_count=_count(examples, "case") + _count(examples, "case__merged_into")
    )


def public_case(organisation, reference):
    """The organisation's published case with the typed `reference`, or None."""
    if not reference or not reference.isprintable():
        return None
    return Case.objects.public().filter(organisation=organisation, reference=reference.upper()).first()


def shown(count):
    """A figure as the outside may see it: the number, or None while it is under five (P-5)."""
    return count if count >= SMALL_GROUP else None


def closed_groups(rows, *, today):
    """Those of `rows` (each with `on_date`, oldest first) that may be added up for the outside at `today`.

    They are taken by whole days that are over, and told of only once five or more have come since the last time: two
    answers, whenever they are given, differ by nobody or by five at least (P-5).
    """
    closed, waiting = [], []
    for date, of_the_day in groupby(rows, key=attrgetter("on_date")):
        if date >= today:
            break
        waiting.extend(of_the_day)
        if len(waiting) >= SMALL_GROUP:
            closed, waiting = closed + waiting, []
    return closed


# How many likely cases are read at a time, until enough of them are among those that may be seen.
_ROUNDS = (25, 250, 2500)


def similar_cases(cases, text, *, limit=5):
    """The cases of `cases` most like `text`, best first: at most `limit`.

    `cases` are of one organisation. The index holds all its cases; what is seen is decided by `cases`, asked anew every
    time, so that nothing is shown that has been hidden since. Three queries when nothing has changed: whose they are,
    the newest of the history, and the rows (once or twice more where few of the alike may be seen).
    """
    organisation = next(iter(cases.order_by().values_list("organisation", flat=True)[:1]), None)
    if organisation is None:
        return []
    segments, hidden = index_of(organisation).now()
    likely = search(segments, text, hidden=hidden)
    found = []
    for many in _ROUNDS:
        keys = [candidate.key for candidate in islice(likely, many)]
        # By primary key first, also where a database would rather read all the organisation's cases.
        rows = Case.objects.filter(Exists(cases.order_by().filter(pk=OuterRef("pk")))).in_bulk(keys)
        found += [rows[key] for key in keys if key in rows]
        if len(found) >= limit or len(keys) < many:
            break
    return found[:limit]
