"""The document as an Excel workbook: one sheet per table, real header rows, and a hidden map of the rows."""

import io
import math
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from exports.document import Column, Document, Row, Table
from exports.formats.package import seal
from exports.text import clean, looks_like_formula

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROW_MAP_SHEET = "kernetid"
ROW_MAP_HEADINGS = ("row_id", "table", "position", "sha256")
CELL_LIMIT = 32_767
HEADER_ROW = 6

_FONT = "Calibri"
_EDGE = Side(style="thin", color="FF8A8A8A")
_GRID = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_HEADER_FILL = PatternFill("solid", fgColor="FFE3E8EE")
_TOP_WRAPPED = Alignment(wrap_text=True, vertical="top")
_MAX_HEIGHT = 409.0
# A long text is set smaller rather than cut off at Excel's greatest row height.
_FONT_SIZES = (10, 9, 8, 7, 6)


def write(document: Document) -> bytes:
    """The document as the bytes of a .xlsx file."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in (*document.tables, *document.extra_tables):
        _write_sheet(workbook.create_sheet(table.name), table, document)
    _write_row_map(workbook.create_sheet(ROW_MAP_SHEET), document)
    workbook.active = 0
    packed = io.BytesIO()
    workbook.save(packed)
    return seal(packed.getvalue(), document)


def put_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Put a text into a cell so that it stays text, whatever it begins with."""
    cell = cast(Cell, sheet.cell(row, column))
    cell.value = escape_for_excel(shorten(clean(text)))
    cell.data_type = "s"
    if looks_like_formula(text):
        cell.quotePrefix = True
    return cell


def escape_for_excel(text: str) -> str:
    """Excel reads `_x0041_` as an A; an escaped underscore keeps the words as they were typed."""
    if "_x" not in text:
        return text
    pieces = text.split("_x")
    return pieces[0] + "".join(
        ("_x005F_x" if len(piece) > 4 and piece[4] == "_" and _is_hex(piece[:4]) else "_x") + piece
        for piece in pieces[1:]
    )


def shorten(text: str) -> str:
    """The text, cut with a visible mark where Excel itself would cut without a word.

    Excel counts the halves of a character outside the basic plane as two.
    """
    if len(text) * 2 <= CELL_LIMIT or len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return text
    mark = " […]"
    return text.encode("utf-16-le")[: (CELL_LIMIT - len(mark)) * 2].decode("utf-16-le", "ignore") + mark


def set_landscape_a4(sheet: Worksheet) -> None:
    """Print the sheet on landscape A4, as wide as one page and as long as it is."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)


def _write_sheet(sheet: Worksheet, table: Table, document: Document) -> None:
    _write_head(sheet, table, document)
    for index, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
        cell = put_text(sheet, HEADER_ROW, index, column.heading)
        cell.font = Font(name=_FONT, size=10, bold=True)
        cell.fill, cell.border, cell.alignment = _HEADER_FILL, _GRID, _TOP_WRAPPED
    sheet.row_dimensions[HEADER_ROW].height = max(
        _lines(column.heading, _room(column, 11)) * 14.0 + 4 for column in table.columns
    )
    for position, row in table.numbered_rows():
        _write_row(sheet, HEADER_ROW + position, row, table.columns)
    # Excel repairs away a table without a single row, so an empty one gets one blank row.
    last_row = HEADER_ROW + max(len(table.rows), 1)
    last_column = get_column_letter(len(table.columns))
    sheet.add_table(
        ExcelTable(displayName=table.name.replace(" ", "_"), ref=f"A{HEADER_ROW}:{last_column}{last_row}")
    )
    _offer_choices(sheet, table.columns, last_row)
    _lay_out_page(sheet, document, last_column, last_row)


def _write_head(sheet: Worksheet, table: Table, document: Document) -> None:
    lines = [document.title, table.title, *(line.text for line in document.sender_lines)]
    for number, text in enumerate(lines, start=1):
        cell = put_text(sheet, number, 1, text)
        cell.alignment = Alignment(vertical="top")
        cell.font = Font(name=_FONT, size={1: 16, 2: 13}.get(number, 10), bold=number <= 2)
        sheet.row_dimensions[number].height = {1: 24.0, 2: 22.0, HEADER_ROW - 1: 22.0}.get(number, 15.0)


def _write_row(sheet: Worksheet, number: int, row: Row, columns: tuple[Column, ...]) -> None:
    cells = [clean(text) for text in row.cells]
    size, height = _fitting_size(cells, columns)
    for index, text in enumerate(cells, start=1):
        cell = put_text(sheet, number, index, text)
        cell.font, cell.border, cell.alignment = Font(name=_FONT, size=size), _GRID, _TOP_WRAPPED
    sheet.row_dimensions[number].height = height


def _fitting_size(cells: list[str], columns: tuple[Column, ...]) -> tuple[int, float]:
    """The largest font size at which every cell of the row shows its whole text, and the row's height."""
    height = _MAX_HEIGHT
    for size in _FONT_SIZES:
        lines = max(
            _lines(text, column.width * 12.5 / size) for text, column in zip(cells, columns, strict=True)
        )
        height = lines * size * 1.32 + 4
        if height <= _MAX_HEIGHT:
            return size, height
    return _FONT_SIZES[-1], _MAX_HEIGHT


def _room(column: Column, size: int) -> float:
    """How many letters of this size fit beside each other: narrower than digits, and the cell has a margin."""
    return (column.width - 1.5) * 12 / size


def _lines(text: str, width: float) -> int:
    """How many lines the text takes when it is wrapped at words; LibreOffice does not work it out itself."""
    count = 0
    for paragraph in text.split("\n"):
        count += 1
        used = 0.0
        for word in paragraph.split(" "):
            length = len(word)
            if used and used + 1 + length > width:
                count += 1
                used = 0.0
            if length > width:
                count += math.ceil(length / width) - 1
                length = int(length % width)
            used += length + (1 if used else 0)
    return count


def _offer_choices(sheet: Worksheet, columns: tuple[Column, ...], last_row: int) -> None:
    for index, column in enumerate(columns, start=1):
        if column.choices:
            letter = get_column_letter(index)
            choices = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            # A warning, not a refusal: the one who answers may need other words than ours.
            choices.showErrorMessage = False
            choices.add(f"{letter}{HEADER_ROW + 1}:{letter}{last_row}")
            sheet.add_data_validation(choices)


def _lay_out_page(sheet: Worksheet, document: Document, last_column: str, last_row: int) -> None:
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.print_area = f"A1:{last_column}{last_row}"
    set_landscape_a4(sheet)
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.sheet_view.showGridLines = False
    sheet.oddFooter = HeaderFooterItem(right=_HeaderFooterPart(text="&P / &N"))
    if document.draft_mark:
        mark = _HeaderFooterPart(text=document.draft_mark.replace("&", "&&"), font=f"{_FONT},Bold")
        sheet.oddHeader = HeaderFooterItem(right=mark)


def _write_row_map(sheet: Worksheet, document: Document) -> None:
    """Which row stood where, so that an answered and sorted workbook can be matched row by row."""
    sheet.sheet_state = "veryHidden"
    sheet.append(ROW_MAP_HEADINGS)
    for table in document.tables:
        for position, row in table.numbered_rows():
            sheet.append((row.id, table.key, position, row.text_hash))
