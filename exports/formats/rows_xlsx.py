"""A long plain list as an Excel workbook, row by row, so that 100,000 rows need no more memory than ten.

openpyxl makes the workbook around the list (heading row, widths, styles, page); the rows themselves are
written straight into the sheet's XML while the package is copied.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from exports.formats.package import copy_package
from exports.formats.xlsx import escape_for_excel, put_text, set_landscape_a4, shorten
from exports.text import clean, looks_like_formula

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

type Value = str | int | float | Decimal | date | None

_SHEET = "xl/worksheets/sheet1.xml"
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
_CHUNK = 256 * 1024
# Plain ASCII that begins with a letter or a digit needs no escaping and computes nothing.
_HARMLESS = re.compile(r"[A-Za-z0-9ÆØÅæøå][^\x00-\x1f\x7f-\x9f&<>_\u2028-\uffff\U00010000-\U0010ffff]*\Z")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a list: its heading and its width in characters."""

    text: str
    width: int = 20


@dataclass(frozen=True, slots=True)
class _Styles:
    """The numbers by which the sheet's cells name their style."""

    text: int
    quoted: int
    date: int


def write_rows(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Value]],
    target: IO[bytes],
    *,
    title: str,
    language: str = "da-DK",
) -> None:
    """Write the list to `target`, an open binary file, as a .xlsx workbook with one sheet."""
    shell, styles = _shell(headings, title)
    prefix = [f'<c r="{get_column_letter(index)}' for index in range(1, len(headings) + 1)]
    last_column = get_column_letter(len(headings))

    def write_sheet(content: bytes, member: IO[bytes]) -> None:
        # A reader may trust the claimed size of the sheet, and ours is not known beforehand.
        before, after = _DIMENSION.sub(b"", content).split(b"</sheetData>")
        member.write(before)
        count = 1
        pieces: list[str] = []
        size = 0
        for count, row in enumerate(rows, start=2):
            piece = _row(count, row, prefix, styles)
            pieces.append(piece)
            size += len(piece)
            if size > _CHUNK:
                member.write("".join(pieces).encode())
                pieces.clear()
                size = 0
        member.write("".join(pieces).encode())
        reach = f"A1:{last_column}{count}".encode()
        member.write(b"</sheetData>" + after.replace(b"A1:" + last_column.encode() + b"1", reach))

    copy_package(shell, target, title=title, language=language, written_by={_SHEET: write_sheet})


def _shell(headings: Sequence[Heading], title: str) -> tuple[IO[bytes], _Styles]:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    # Excel refuses these in a sheet's name, and more than 31 characters.
    sheet = workbook.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31])
    for index, heading in enumerate(headings, start=1):
        cell = put_text(sheet, 1, index, heading.text)
        cell.font = Font(name="Calibri", size=10, bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE3E8EE")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(index)].width = heading.width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}1"
    sheet.print_title_rows = "1:1"
    set_landscape_a4(sheet)
    models = {}
    # One cell for each style, so that the workbook keeps the style; the cells themselves are removed again.
    for index, name in enumerate(("text", "quoted", "date"), start=1):
        cell = sheet.cell(2, index)
        cell.font = Font(name="Calibri", size=10)
        cell.alignment = Alignment(vertical="top")
        cell.quotePrefix = name == "quoted"
        cell.number_format = "dd\\-mm\\-yyyy" if name == "date" else "General"
        models[name] = cell.style_id
    sheet.delete_rows(2)
    packed = io.BytesIO()
    workbook.save(packed)
    return packed, _Styles(**models)


def _row(number: int, row: Sequence[Value], prefix: list[str], styles: _Styles) -> str:
    cells = []
    for start, value in zip(prefix, row, strict=True):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            cells.append(_text_cell(f'{start}{number}"', value, styles))
        elif isinstance(value, date):
            cells.append(f'{start}{number}" s="{styles.date}"><v>{to_excel(value)}</v></c>')
        else:
            cells.append(f'{start}{number}" s="{styles.text}"><v>{value}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text_cell(start: str, text: str, styles: _Styles) -> str:
    style = styles.text
    if len(text) > 8_000 or not _HARMLESS.match(text):
        if looks_like_formula(text):
            style = styles.quoted
        text = escape(escape_for_excel(shorten(clean(text))))
    return f'{start} s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
