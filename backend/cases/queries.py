"""Figures and likenesses of cases, as lists need them."""

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from .models import SMALL_GROUP, Case, CaseExample, Support
from .similar import Index


def with_counts(cases):
    """`cases` with `example_count` and `support_count`, each with those of cases merged into it.

    Subqueries: only the rows of the page that is shown are counted.
    """

    def count(rows, path="case"):
        rows = rows.order_by().values(one=path_or_merged(path)).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(rows), 0)

    def path_or_merged(path):
        return Coalesce(f"{path}__merged_into", f"{path}_id")

    examples = CaseExample.objects.current().filter(Q(case=OuterRef("pk")) | Q(case__merged_into=OuterRef("pk")))
    supports = Support.objects.counted().filter(Q(case=OuterRef("pk")) | Q(case__merged_into=OuterRef("pk")))
    return cases.annotate(example_count=count(examples), support_count=count(supports))


def shown(count):
    """A figure as the outside may see it: the number, or None while it is under five (P-5)."""
    return count if count >= SMALL_GROUP else None


_indexes: dict = {}


def similar_cases(cases, text, *, limit=5):
    """The cases of `cases` most like `text`, best first: at most `limit`.

    The index is kept in the process and built again when a case has been made, saved or hidden since.
    """
    rows = cases.order_by("pk")
    mark = rows.aggregate(count=Count("pk"), versions=Coalesce(Sum("version"), 0))
    key = str(rows.query)
    kept = _indexes.get(key)
    if kept is None or kept[0] != mark:
        if len(_indexes) > 20:
            _indexes.clear()
        texts = ((pk, " ".join(parts)) for pk, *parts in rows.values_list("pk", "title", "problem", "proposal"))
        kept = _indexes[key] = (mark, Index(texts))
    found = [pk for pk, _score in kept[1].search(text, limit=limit)]
    by_pk = Case.objects.in_bulk(found)
    return [by_pk[pk] for pk in found if pk in by_pk]
