"""The plain list as a workbook, read back with openpyxl."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from exports.formats.rows_xlsx import Heading, Value, write_rows
from tests.exports.documents import HOSTILE_TEXTS, UNWRITABLE

HEADINGS = [Heading("Nummer", 12), Heading("Tekst", 60), Heading("Timer", 8), Heading("Dato", 12)]


def write(rows: list[tuple[Value, ...]]) -> io.BytesIO:
    target = io.BytesIO()
    write_rows(HEADINGS, rows, target, title="Forslag: alle [2026]")
    return target


@pytest.mark.parametrize("read_only", [True, False])
def test_values_come_back_as_what_they_are(read_only: bool) -> None:
    rows: list[tuple[Value, ...]] = [
        ("F-1", "Tekst <b>&amp;</b>", 12, date(2026, 11, 1)),
        ("F-2", "", Decimal("1.5"), None),
        ("F-3", UNWRITABLE, None, None),
    ]
    sheet = openpyxl.load_workbook(write(rows), read_only=read_only).worksheets[0]
    lines = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert lines[0] == ("Nummer", "Tekst", "Timer", "Dato")
    assert lines[1][:3] == ("F-1", "Tekst <b>&amp;</b>", 12)
    assert lines[1][3].date() == date(2026, 11, 1)
    assert lines[2][:3] == ("F-2", None, 1.5)
    assert lines[3][1] == "før\nefter"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_header_row_is_frozen_repeated_and_filters_every_row(count: int) -> None:
    sheet = openpyxl.load_workbook(write([("F", "Tekst", 1, None)] * count)).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.auto_filter.ref == f"A1:D{count + 1}"
    assert sheet.max_row == count + 1
    assert sheet.title == "Forslag  alle  2026 "


def test_hostile_texts_stay_text() -> None:
    target = write([("F", text, None, None) for text in HOSTILE_TEXTS])
    sheet = openpyxl.load_workbook(target).worksheets[0]
    for text, row in zip(HOSTILE_TEXTS, sheet.iter_rows(min_row=2), strict=True):
        assert (row[1].value, row[1].data_type, row[1].quotePrefix) == (text, "s", True)
    with zipfile.ZipFile(target) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
        assert b"creator" not in package.read("docProps/core.xml")


def test_rows_are_taken_one_by_one() -> None:
    taken = []

    def rows() -> Iterator[tuple[Value, ...]]:
        for number in range(3):
            taken.append(number)
            yield (f"F-{number}", "Tekst", number, None)

    write_rows(HEADINGS, rows(), io.BytesIO(), title="Forslag")
    assert taken == [0, 1, 2]
