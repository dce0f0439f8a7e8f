"""What a recognised citation is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """An act, regulation, guide or bill by its number. `date`: ISO day, year, session or None."""

    type: str | None
    number: str
    date: str | None


@dataclass(frozen=True)
class Citation:
    """A rule as it was cited, where it stands (`text` is the slice start:end), and what it was recognised as.

    `law` is the law's key, or None: then it is a question, never a guess. Items are one string each: `83 a`, `83-87`,
    `art. 9`; litra and pkt bare.
    """

    start: int
    end: int
    text: str
    law: str | None
    paragraphs: tuple[str, ...] = ()
    stk: tuple[str, ...] = ()
    nr: tuple[str, ...] = ()
    litra: tuple[str, ...] = ()
    pkt: tuple[str, ...] = ()
    document: Document | None = None
    eli: str | None = None
