"""The document as a Word file, laid out as the ministry laid out its form."""

import io

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell

from exports.document import Document, Table
from exports.formats.package import seal
from exports.text import clean

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_FONT = "Calibri"
_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN = Mm(210), Mm(297), Mm(15)


def write(document: Document) -> bytes:
    """The document as the bytes of a .docx file."""
    word = blank(document.language)
    _set_page(word, document)
    word.add_paragraph(clean(document.heading), style="Subtitle")
    word.add_paragraph(clean(document.title), style="Heading 1")
    for table in document.tables:
        _add_table(word, table)
    _add_sender(word, document)
    if document.extra_tables:
        _begin_landscape(word)
        for number, table in enumerate(document.extra_tables):
            _add_table(word, table, page_width=_PAGE_HEIGHT, on_new_page=number > 0)
        # Word wants a paragraph after the last table.
        word.add_paragraph(style="Normal")
    packed = io.BytesIO()
    word.save(packed)
    return seal(packed.getvalue(), document)


def blank(language: str) -> docx.document.Document:
    """An empty Word document in the house's styles, with nothing left of the library's template."""
    word = docx.Document()
    _forget_template(word)
    _set_styles(word, language)
    return word


def _forget_template(word: docx.document.Document) -> None:
    """Drop the picture and the stray data that the library's empty document brings along."""
    package_rels = word.part.package.rels
    for key in [key for key, rel in package_rels.items() if rel.reltype.endswith("/thumbnail")]:
        del package_rels[key]
    rels = word.part.rels
    for key in [key for key, rel in rels.items() if rel.reltype == RELATIONSHIP_TYPE.CUSTOM_XML]:
        del rels[key]


def _set_styles(word: docx.document.Document, language: str) -> None:
    defaults = word.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    lang = defaults.find(qn("w:lang"))
    if lang is None:
        lang = OxmlElement("w:lang")
        defaults.append(lang)
    lang.set(qn("w:val"), language)
    theme = word.settings.element.find(qn("w:themeFontLang"))
    if theme is not None:
        theme.set(qn("w:val"), language)
    for name, size, bold, before, after in (
        ("Normal", 10, False, 0, 4),
        ("Subtitle", 11, False, 0, 0),
        ("Heading 1", 18, True, 0, 8),
        ("Caption", 11, True, 12, 4),
    ):
        style = word.styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.italic = _FONT, Pt(size), bold, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme_font in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme_font}"), None)
        lang = style.element.rPr.find(qn("w:lang"))
        if lang is None:
            lang = OxmlElement("w:lang")
            style.element.rPr.append(lang)
        lang.set(qn("w:val"), language)
    spacing = word.styles["Subtitle"].element.rPr.find(qn("w:spacing"))
    if spacing is not None:
        word.styles["Subtitle"].element.rPr.remove(spacing)
    word.styles["Caption"].paragraph_format.keep_with_next = True
    # Danish words are long and the columns narrow: Word hyphenates by the language set above.
    hyphenation = OxmlElement("w:autoHyphenation")
    word.settings.element.find(qn("w:defaultTabStop")).addnext(hyphenation)


def _set_page(word: docx.document.Document, document: Document) -> None:
    section = word.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = _PAGE_WIDTH, _PAGE_HEIGHT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    if document.draft_mark:
        header = section.header.paragraphs[0]
        header.text = clean(document.draft_mark)
        header.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _add_sender(word: docx.document.Document, document: Document) -> None:
    lines = [word.add_paragraph(clean(line.text), style="Normal") for line in document.sender_lines]
    for line in lines[:1]:
        line.paragraph_format.space_before = Pt(14)
    for line in lines[:-1]:
        line.paragraph_format.keep_with_next = True


def _begin_landscape(word: docx.document.Document) -> None:
    """The tables behind the form have more columns than the ministry's; they lie on their side."""
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = _PAGE_HEIGHT, _PAGE_WIDTH


def _add_table(
    word: docx.document.Document, table: Table, *, page_width: int = _PAGE_WIDTH, on_new_page: bool = False
) -> None:
    caption = word.add_paragraph(clean(table.title), style="Caption")
    caption.paragraph_format.page_break_before = on_new_page
    grid = word.add_table(rows=1 + max(len(table.rows), 1), cols=len(table.columns), style="Table Grid")
    grid.autofit = False
    _set_widths(grid, table, page_width - 2 * _MARGIN)
    # Cells are asked for once: python-docx walks the whole table for every `table.cell(…)`.
    rows = [row.cells for row in grid.rows]
    for cell, column in zip(rows[0], table.columns, strict=True):
        _fill(cell, column.heading, bold=True)
        _shade(cell)
    header = grid.rows[0]._tr.get_or_add_trPr()
    for tag in ("w:cantSplit", "w:tblHeader"):
        header.append(OxmlElement(tag))
    for cells, row in zip(rows[1:], table.rows, strict=False):
        for cell, text in zip(cells, row.cells, strict=True):
            _fill(cell, text)


def _set_widths(grid: WordTable, table: Table, available: int) -> None:
    total = sum(column.width for column in table.columns)
    for index, column in enumerate(table.columns):
        width = int(available * column.width / total)
        grid.columns[index].width = width
        for cell in grid.columns[index].cells:
            cell.width = width


def _fill(cell: _Cell, text: str, *, bold: bool = False) -> None:
    first, *others = clean(text).split("\n")
    for paragraph, line in [(cell.paragraphs[0], first), *((cell.add_paragraph(), line) for line in others)]:
        run = paragraph.add_run(line)
        run.bold = bold or None
        run.font.size = Pt(9)
        paragraph.paragraph_format.space_after = Pt(2)


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), "E3E8EE")
    cell._tc.get_or_add_tcPr().append(shade)
