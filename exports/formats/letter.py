"""A letter in Word: the page, its head, running words and tables of label and words."""

import datetime
import io

import docx
from django.utils.formats import date_format
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import _Cell

from exports.formats.docx import blank
from exports.formats.package import copy_package
from exports.text import clean

LANGUAGE = "da-DK"
_LABEL, _WORDS = Mm(36), Mm(134)
_MARGIN = Mm(20)
# The style of a cell's words, and the ids of two of the library's own.
_CELL, _HEADING_ID, _GRID_ID = "Cell", "Heading2", "TableGrid"


def begin_letter(
    *, organisation: str, receiver: str, date: datetime.date, subject: str, footer: str
) -> docx.document.Document:
    """A Word document with the letter's page, sender, day, receiver and subject."""
    word = blank(LANGUAGE)
    _set_page(word, footer)
    _add_head(word, organisation, receiver, date, subject)
    return word


def packed(word: docx.document.Document, title: str) -> bytes:
    """The bytes of the .docx file, without traces of the machine that made it."""
    raw, target = io.BytesIO(), io.BytesIO()
    word.save(raw)
    raw.seek(0)
    copy_package(raw, target, title=clean(title), language=LANGUAGE)
    return target.getvalue()


def add_heading(word: docx.document.Document, words: str) -> None:
    """A heading that stays with what follows it."""
    heading = word.add_paragraph(clean(words))
    heading._p.style = _HEADING_ID
    heading.paragraph_format.keep_with_next = True


def _set_page(word: docx.document.Document, footer_text: str) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    footer = section.footer.paragraphs[0]
    footer.text = clean(footer_text)
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    word.styles["Normal"].font.size = Pt(11)
    cell = word.styles.add_style(_CELL, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = word.styles["Normal"]
    cell.font.size, cell.paragraph_format.space_after = Pt(10), Pt(2)
    heading = word.styles["Heading 2"]
    heading.font.name, heading.font.size, heading.font.color.rgb = "Calibri", Pt(13), RGBColor(0, 0, 0)
    fonts = heading.element.get_or_add_rPr().get_or_add_rFonts()
    for theme_font in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme_font}"), None)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(18), Pt(4)


def _add_head(
    word: docx.document.Document, organisation: str, receiver: str, date: datetime.date, subject: str
) -> None:
    """Receiver to the left, sender and day to the right."""
    for words, alignment in (
        (f"{organisation}\n{date_format(date)}", WD_ALIGN_PARAGRAPH.RIGHT),
        (receiver, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        for line in clean(words).split("\n"):
            paragraph = word.add_paragraph(line)
            paragraph.alignment = alignment
            paragraph.paragraph_format.space_after = Pt(0)
    heading = word.add_paragraph(clean(subject), style="Heading 1")
    heading.paragraph_format.space_before = Pt(24)


def add_words(word: docx.document.Document, text: str) -> None:
    """Paragraphs as they were typed; a line that begins with a dash is a point on a list."""
    for line in clean(text).split("\n"):
        if line.startswith("- "):
            paragraph = word.add_paragraph(line[2:], style="List Bullet")
            paragraph.paragraph_format.space_after = Pt(2)
        elif line.strip():
            word.add_paragraph(line).paragraph_format.space_after = Pt(6)


def add_grid(word: docx.document.Document, lines: list[tuple[str, str]]) -> None:
    """Two columns: label and words. Styles are set by their ids: python-docx would search for each by its name."""
    grid = word.add_table(rows=len(lines), cols=2)
    grid._tbl.tblPr.style = _GRID_ID
    grid.autofit = False
    for column, width in zip(grid.columns, (_LABEL, _WORDS), strict=True):
        column.width = width
    for row, (label, words) in zip(grid.rows, lines, strict=True):
        left, right = row.cells
        _fill(left, label, _LABEL, is_bold=True)
        _fill(right, words, _WORDS)
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E3E8EE")):
            shade.set(qn(f"w:{name}"), value)
        left._tc.get_or_add_tcPr().append(shade)


def _fill(cell: _Cell, words: str, width: Length, *, is_bold: bool = False) -> None:
    cell.width = width
    first, *others = clean(str(words)).split("\n")
    for paragraph, line in [(cell.paragraphs[0], first), *((cell.add_paragraph(), line) for line in others)]:
        paragraph._p.style = _CELL
        run = paragraph.add_run(line)
        if is_bold:
            run.bold = True
