"""Where a cited rule may stand now. The words that were cited are never changed by it."""

import re
from dataclasses import dataclass

from backend.registry.models import LawSuccession

_PARAGRAPH = re.compile(r"([0-9]+)(?: ([a-zæøå]))?")


@dataclass(frozen=True)
class Moved:
    """«Måske nu ældreloven»: the law, since when (a day or a year, as far as is known), and which sections."""

    law: object
    since: str
    paragraphs: tuple[str, ...]


def moved(citations, *, on):
    """{(law key, paragraphs): [Moved]} for the citations whose rules may have moved by the day `on`; one query.

    A citation without sections is told of every move of its law; one with sections of those that touch them.
    """
    wanted = {(citation.law, citation.paragraphs) for citation in citations if citation.law}
    rows = LawSuccession.objects.filter(law__key__in={law for law, _paragraphs in wanted})
    by_law = {}
    for row in rows.select_related("law", "successor") if wanted else ():
        if not row.since or row.since <= on.isoformat()[: len(row.since)]:
            by_law.setdefault(row.law.key, []).append(row)
    found = {}
    for law, paragraphs in wanted:
        hints = [hint for row in by_law.get(law, ()) if (hint := _hint(row, paragraphs)) is not None]
        if hints:
            found[law, paragraphs] = hints
    return found


def _hint(row, paragraphs):
    """The Moved for `paragraphs`, or None where the move leaves them alone."""
    moved_items = tuple(item for item in row.paragraphs.split(";") if item)
    touched = tuple(item for item in paragraphs if any(_meets(item, other) for other in moved_items))
    if moved_items and paragraphs and not touched:
        return None
    return Moved(law=row.successor, since=row.since, paragraphs=touched if moved_items else paragraphs)


def _meets(item, other):
    """Whether two items as citations write them (`83 a`, `83-87`) share a section."""
    first, second = _bounds(item), _bounds(other)
    return bool(first and second) and first[0] <= second[1] and second[0] <= first[1]


def _bounds(item):
    """The first and the last section of an item; «83-87» ends with whatever letter § 87 may have."""
    low, dash, high = item.partition("-")
    first, last = _PARAGRAPH.fullmatch(low), _PARAGRAPH.fullmatch(high or low)
    if first is None or last is None:
        return None
    return (int(first[1]), first[2] or ""), (int(last[1]), last[2] or ("å" if dash else ""))
