"""Figures and likenesses of cases, as lists need them."""

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from .models import SMALL_GROUP, CaseExample, Support
from .similar import Index


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


def shown(count):
    """A figure as the outside may see it: the number, or None while it is under five (P-5)."""
    return count if count >= SMALL_GROUP else None


# An index is built in memory: the newest that fit into a few seconds and tens of megabytes.
MOST_COMPARED = 5000
_indexes: dict = {}


def similar_cases(cases, text, *, limit=5):
    """The cases of `cases` most like `text`, best first: at most `limit`.

    The index is kept in the process and built again when a case has been made, saved or hidden since. Only the
    newest are compared (MOST_COMPARED).
    """
    rows = cases.order_by("-created_date", "reference")[:MOST_COMPARED]
    mark = rows.aggregate(count=Count("pk"), versions=Coalesce(Sum("version"), 0))
    key = str(rows.query)
    kept = _indexes.get(key)
    if kept is None or kept[0] != mark:
        if len(_indexes) > 20:
            _indexes.clear()
        texts = (
            (pk, " ".join(parts)) for pk, *parts in rows.values_list("pk", "title", "problem", "proposal")
        )
        kept = _indexes[key] = (mark, Index(texts))
    found = [pk for pk, _score in kept[1].search(text, limit=limit)]
    by_pk = cases.in_bulk(found)
    return [by_pk[pk] for pk in found if pk in by_pk]
