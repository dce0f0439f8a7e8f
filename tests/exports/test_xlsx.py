"""The workbook, read back with openpyxl and opened in LibreOffice."""

import csv
import hashlib
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from exports.document import Column, Document, Row, Table
from exports.formats import FORMATS, xlsx
from tests.exports.documents import COLUMNS, HOSTILE_TEXTS, UNWRITABLE, make_document, make_rows
from tests.hostile import EMPTY_TEXTS, FORMULAS, HARMLESS_TEXTS, REFUSED_TEXTS, SCRIPTS

HEADINGS = [column.heading for column in COLUMNS]


def read(document: Document) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx.write(document)))


def test_the_two_sheets_hold_the_ministrys_words_in_order() -> None:
    book = read(make_document(make_rows("Det første"), make_rows("Det andet", "Det tredje", prefix="b")))
    assert book.sheetnames == ["Tabel 1", "Tabel 2", xlsx.ROW_MAP_SHEET]
    first = [[cell.value for cell in row] for row in book["Tabel 1"].iter_rows()]
    assert [row[0] for row in first[:5]] == [
        "Bidrag til kulegravning",
        "Tabel 1 Forslag til styrket sammenhæng",
        "Forslagsstiller (angiv kommune): Lejre Kommune",
        "Kontaktperson: =Karen",
        "Telefonnummer: +45 46 46 46 46",
    ]
    assert first[5] == HEADINGS
    assert first[6:] == [["Det første", "Ældre", None, "Det første"]]
    second = book["Tabel 2"]
    assert second["A2"].value == "Tabel 2 Forslag til at frigøre tid til kerneopgaven"
    assert [row[0].value for row in second.iter_rows(min_row=7)] == ["Det andet", "Det tredje"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_each_table_is_named_and_starts_in_the_same_row(count: int) -> None:
    book = read(make_document(make_rows(*["Tekst"] * count)))
    assert book["Tabel 1"].tables["Tabel_1"].ref == f"A6:D{6 + max(count, 1)}"
    assert book["Tabel 2"].tables["Tabel_2"].ref == "A6:D7"
    for sheet in (book["Tabel 1"], book["Tabel 2"]):
        table = next(iter(sheet.tables.values()))
        assert table.autoFilter.ref == table.ref
        assert [column.name for column in table.tableColumns] == HEADINGS


def test_header_row_stays_and_the_page_is_landscape_a4_fitted_to_width() -> None:
    sheet = read(make_document(make_rows("Tekst")))["Tabel 1"]
    assert sheet.freeze_panes == "A7"
    assert sheet.print_title_rows == "$6:$6"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert all(cell.alignment.wrap_text for cell in (*sheet[6], *sheet[7]))


def test_row_height_follows_the_text_and_a_very_long_text_is_set_smaller() -> None:
    sheet = read(make_document(make_rows("Kort.", "Et ord til. " * 60, "Et ord til. " * 660)))["Tabel 1"]
    heights = [sheet.row_dimensions[row].height for row in (7, 8, 9)]
    assert heights[0] < 20 < heights[1] < heights[2] <= 409
    assert sheet["A7"].font.size == sheet["A8"].font.size == 10
    assert sheet["A9"].font.size < 10
    assert len(sheet["A9"].value) == 12 * 660


def test_draft_is_marked_in_the_print_header_only() -> None:
    document = make_document(make_rows("Tekst"), draft_mark="Kladde & udkast")
    book = read(document)
    assert book["Tabel 1"].oddHeader.right.text == "Kladde && udkast"
    texts = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [text for text in texts if "Kladde" in str(text)]
    assert not read(make_document())["Tabel 1"].oddHeader.right.text


def test_no_person_moment_or_path_in_the_properties() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx.write(make_document(make_rows("Tekst"))))) as package:
        core = package.read("docProps/core.xml").decode()
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        everything = b"".join(package.read(name) for name in package.namelist()).decode()
    assert "<dc:title>Bidrag til kulegravning</dc:title>" in core
    assert "<dc:language>da-DK</dc:language>" in core
    for word in ("creator", "lastModifiedBy", "created", "modified", "openpyxl"):
        assert word not in core
    assert "/tmp" not in everything
    assert "absPath" not in everything


def test_row_map_is_very_hidden_and_knows_each_row() -> None:
    rows = make_rows("Tekst\x0b", "=1+1")
    book = read(make_document(rows, make_rows("Andet", prefix="b")))
    sheet = book[xlsx.ROW_MAP_SHEET]
    assert sheet.sheet_state == "veryHidden"
    lines = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert lines[0] == ("row_id", "table", "position", "sha256")
    assert [line[:3] for line in lines[1:]] == [("row-1", "1", 1), ("row-2", "1", 2), ("b-1", "2", 1)]
    # The hash can be computed from the sheet as it comes back.
    shown = [[cell.value or "" for cell in row] for row in book["Tabel 1"].iter_rows(min_row=7)]
    assert [line[3] for line in lines[1:3]] == [
        hashlib.sha256("\x1f".join(cells).encode()).hexdigest() for cells in shown
    ]


def test_hostile_texts_stay_text() -> None:
    assert len(HOSTILE_TEXTS) == 86
    document = make_document(make_rows(*HOSTILE_TEXTS))
    sheet = read(document)["Tabel 1"]
    for text, row in zip(HOSTILE_TEXTS, sheet.iter_rows(min_row=7), strict=True):
        assert row[0].value == text
        assert row[0].data_type == "s"
        assert row[0].quotePrefix
        assert not row[1].quotePrefix
    with zipfile.ZipFile(io.BytesIO(xlsx.write(document))) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
        assert not [name for name in package.namelist() if "externalLink" in name or "vba" in name.lower()]


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("texts", [FORMULAS, REFUSED_TEXTS, HARMLESS_TEXTS, EMPTY_TEXTS, SCRIPTS])
def test_no_text_stops_the_export_in_any_format(name: str, texts: dict[str, str]) -> None:
    assert FORMATS[name].write(make_document(make_rows(*texts.values())))


@pytest.mark.parametrize("texts", [FORMULAS, HARMLESS_TEXTS])
def test_every_accepted_text_comes_back_as_it_was(texts: dict[str, str]) -> None:
    sheet = read(make_document(make_rows(*texts.values())))["Tabel 1"]
    cells = [row[0] for row in sheet.iter_rows(min_row=7)]
    # openpyxl, unlike Excel and LibreOffice, does not read the escape back.
    assert [unescape(cell.value) if "_x005F_" in cell.value else cell.value for cell in cells] == list(
        texts.values()
    )
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_what_no_file_can_hold_is_left_out() -> None:
    sheet = read(make_document(make_rows(UNWRITABLE, "a\r\nb\rc\u2028d\te")))["Tabel 1"]
    assert sheet["A7"].value == "før\nefter"
    assert sheet["A8"].value == "a\nb\nc\nd\te"


@pytest.mark.parametrize(
    "text, stored",
    [
        ("_x0041_", "_x005F_x0041_"),
        ("a_x000D_b", "a_x005F_x000D_b"),
        ("_x41_ er ikke en kode", "_x41_ er ikke en kode"),
        ("_x", "_x"),
    ],
)
def test_words_that_excel_reads_as_a_code_are_escaped(text: str, stored: str) -> None:
    assert xlsx.escape_for_excel(text) == stored


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark() -> None:
    assert xlsx.shorten("ø" * 32_767) == "ø" * 32_767
    assert xlsx.shorten("ø" * 40_000) == "ø" * 32_763 + " […]"
    emoji = xlsx.shorten("😀" * 20_000)
    assert emoji.endswith(" […]")
    assert len(emoji.encode("utf-16-le")) // 2 <= 32_767


def test_extra_sheets_are_written_only_when_asked_for() -> None:
    columns = (Column("table", "Tabel", 10), Column("answer", "Svar", 20, ("Lovet", "Bliver ikke ændret")))
    answers = Table("answers", "Svar", "", columns, (Row("row-1", ("Tabel 1", "")),))
    book = read(make_document(make_rows("Tekst"), answers=answers))
    assert book.sheetnames == ["Tabel 1", "Tabel 2", "Svar", xlsx.ROW_MAP_SHEET]
    assert book["Svar"].tables["Svar"].ref == "A6:B7"
    choices = book["Svar"].data_validations.dataValidation
    assert [(choice.formula1, str(choice.sqref)) for choice in choices] == [
        ('"Lovet,Bliver ikke ændret"', "B7")
    ]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_document_gives_the_same_bytes(name: str) -> None:
    document = make_document(make_rows("Tekst", "=1+1"), draft_mark="Kladde")
    assert FORMATS[name].write(document) == FORMATS[name].write(document)


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed: soffice was not found"
)
def test_libreoffice_computes_nothing(tmp_path: Path) -> None:
    texts = [text for text in (*HOSTILE_TEXTS, *FORMULAS.values()) if "\n" not in text]
    (tmp_path / "form.xlsx").write_bytes(xlsx.write(make_document(make_rows(*texts, "_x0041_"))))
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,1",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "form.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    with next(tmp_path.glob("*.csv")).open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert [line[0] for line in lines[6:]] == [*texts, "_x0041_"]
