"""A document as data: what stands in it, in which order, and in no file format.

The modules in `exports/forms` build a Document; the modules in `exports/formats` write one.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from exports.text import clean


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its stable key, its heading and how wide it is beside its neighbours."""

    key: str
    heading: str
    width: int = 20
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `id` is the row's stable identity; it is in the row map, never in a cell."""

    id: str
    cells: tuple[str, ...]

    @property
    def text_hash(self) -> str:
        """The SHA-256 of the row's words as every file has them; a returned row is known by it after sorting."""
        return hashlib.sha256("\x1f".join(clean(cell).strip() for cell in self.cells).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its number ("Tabel 1"), its caption and its rows in order."""

    key: str
    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()

    @property
    def title(self) -> str:
        """The number and the caption as one line."""
        return f"{self.name} {self.caption}".strip()

    def numbered_rows(self) -> Iterator[tuple[int, Row]]:
        """The rows with their position, counted from one."""
        return enumerate(self.rows, start=1)


@dataclass(frozen=True, slots=True)
class SenderLine:
    """One of the lines that say who sends: the form's label and the sender's answer."""

    label: str
    value: str

    @property
    def text(self) -> str:
        """The line as it is printed."""
        return f"{self.label} {self.value}".rstrip()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    `tables` are the document itself; `annex` and `answers` are left out when they are None.
    `draft_mark` is printed in the page header and never among the document's words.
    """

    form: str
    heading: str
    title: str
    tables: tuple[Table, ...]
    sender_lines: tuple[SenderLine, ...] = ()
    language: str = "da-DK"
    number: str = ""
    draft_mark: str = ""
    annex: Table | None = None
    answers: Table | None = None

    @property
    def extra_tables(self) -> tuple[Table, ...]:
        """The tables behind the form that were asked for."""
        return tuple(table for table in (self.annex, self.answers) if table is not None)
