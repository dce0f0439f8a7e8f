"""Finding rows by the words in them, alike on SQLite and PostgreSQL."""

from django.db.models import Q, QuerySet

from backend.examples.stems import query_stems


def matching[M: QuerySet](queryset: M, q: str, *, field: str = "stems") -> M:
    """The rows whose stems hold every word of the query; all of them when it has no word.

    A word is also found inside a compound ("krav" finds "dokumentationskrav"), but a short one only
    where a word begins with it, and a number or a word of two letters only by itself.
    """
    for alternatives in query_stems(q):
        condition = Q()
        for stem in alternatives:
            condition |= Q(**{f"{field}__contains": _fragment(stem)})
        queryset = queryset.filter(condition)
    return queryset


def _fragment(stem: str) -> str:
    if len(stem) < 3 or stem.isdigit():
        return f" {stem} "
    return f" {stem}" if len(stem) == 3 else stem
