"""The document as CSV for Danish Excel: UTF-8 with a byte order mark, semicolons, every cell quoted."""

import csv
import io
from collections.abc import Iterable, Iterator

from exports.document import Document
from exports.text import clean, looks_like_formula

CONTENT_TYPE = "text/csv; charset=utf-8"


def write(document: Document) -> bytes:
    """The document as the bytes of a .csv file, laid out like the form: one table below the other."""
    return b"".join(write_lines(_lines(document)))


def write_lines(lines: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """The lines as pieces of a CSV file, one by one, so that a long list is never held as a whole.

    Every cell is quoted, so that a semicolon or a line feed in a text never begins a cell of its own.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    yield "\ufeff".encode()
    for line in lines:
        writer.writerow([_cell(text) for text in line])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _cell(text: str) -> str:
    text = clean(text)
    return "'" + text if looks_like_formula(text) or text.startswith("\t") else text


def _lines(document: Document) -> Iterator[tuple[str, ...]]:
    yield (document.title,)
    for line in document.sender_lines:
        yield (line.label, line.value)
    for table in (*document.tables, *document.extra_tables):
        yield ()
        yield (table.title,)
        yield tuple(column.heading for column in table.columns)
        for row in table.rows:
            yield row.cells
