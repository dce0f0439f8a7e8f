"""The letter to a body as a Word file: for the meeting, the journal and whoever answers on paper.

It holds what the mail holds, but not the link: paper is passed round, and the link is the receiver's own.
"""

import io

import docx
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import _Cell

from backend.cases.letters import Letter, LetterRow
from exports.formats.docx import CONTENT_TYPE, blank
from exports.formats.package import copy_package
from exports.text import clean

LANGUAGE = "da-DK"
_LABEL, _WORDS = Mm(36), Mm(134)
_MARGIN = Mm(20)
# Room to write an answer by hand.
_ANSWER_LINES = 4
# The style of a cell's words, and the ids of two of the library's own.
_CELL, _HEADING_ID, _GRID_ID = "Cell", "Heading2", "TableGrid"


def attachments(letter: Letter) -> list[tuple[str, str, bytes]]:
    """What goes along with the letter's mail: (name, content type, bytes)."""
    return [(f"{letter.number}.docx", CONTENT_TYPE, write(letter))]


def write(letter: Letter) -> bytes:
    """The letter as the bytes of a .docx file."""
    with translation.override(settings.LANGUAGE_CODE):
        word = blank(LANGUAGE)
        _set_page(word, letter)
        _add_head(word, letter)
        _add_text(word, letter.text)
        _add_facts(word, letter)
        for row in letter.rows:
            _add_row(word, row)
    packed, target = io.BytesIO(), io.BytesIO()
    word.save(packed)
    packed.seek(0)
    copy_package(packed, target, title=clean(letter.full_subject), language=LANGUAGE)
    return target.getvalue()


def _set_page(word: docx.document.Document, letter: Letter) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    footer = section.footer.paragraphs[0]
    footer.text = clean(f"{letter.organisation} · {letter.number}")
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


def _add_head(word: docx.document.Document, letter: Letter) -> None:
    """Receiver to the left, sender and day to the right."""
    for words, alignment in (
        (f"{letter.organisation}\n{date_format(letter.sent_date)}", WD_ALIGN_PARAGRAPH.RIGHT),
        (letter.body, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        for line in clean(words).split("\n"):
            paragraph = word.add_paragraph(line)
            paragraph.alignment = alignment
            paragraph.paragraph_format.space_after = Pt(0)
    heading = word.add_paragraph(clean(letter.subject), style="Heading 1")
    heading.paragraph_format.space_before = Pt(24)


def _add_text(word: docx.document.Document, text: str) -> None:
    for line in clean(text).split("\n"):
        if line.startswith("- "):
            paragraph = word.add_paragraph(line[2:], style="List Bullet")
            paragraph.paragraph_format.space_after = Pt(2)
        elif line.strip():
            word.add_paragraph(line).paragraph_format.space_after = Pt(6)


def _add_facts(word: docx.document.Document, letter: Letter) -> None:
    heading = word.add_paragraph(_("How to answer"), style="Heading 2")
    heading.paragraph_format.keep_with_next = True
    word.add_paragraph(
        _(
            "The mail that this letter came with has a link to a page where each row can be answered by itself."
            " You may also answer the mail, write on this paper or call."
        )
    )
    _add_grid(word, letter.facts())


def _add_row(word: docx.document.Document, row: LetterRow) -> None:
    heading = word.add_paragraph(clean(f"{row.position}. {row.title}"))
    heading._p.style = _HEADING_ID
    heading.paragraph_format.keep_with_next = True
    _add_grid(
        word,
        [(_("Case"), row.reference), *row.parts(), (_("The body's answer"), "\n" * _ANSWER_LINES)],
    )


def _add_grid(word: docx.document.Document, lines: list[tuple[str, str]]) -> None:
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
