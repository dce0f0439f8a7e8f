"""DOCX: properties, comments, tracked changes, fields that tell of the writer, and what reaches outside are removed.

Tracked changes are accepted: what the writer took out is gone, for it may be the very name that was to go.
"""

import re

from lxml import etree

from . import drawings
from .packages import Package, Part, attribute, drop, local, unwrap
from .refusing import Unfit

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.%s+xml"

TAKEN_OUT = frozenset({"del", "moveFrom", "delText", "delInstrText"})
PUT_IN = frozenset({"ins", "moveTo"})
# Wrappers whose own attributes are bound to properties, people or private data.
WRAPPERS = frozenset({"smartTag", "customXml"})
_REMOVED = """commentRangeStart commentRangeEnd commentReference annotationRef proofErr permStart permEnd
    moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd cellIns cellDel cellMerge numberingChange
    rPrChange pPrChange sectPrChange tblPrChange tblPrExChange tcPrChange trPrChange tblGridChange
    customXmlInsRangeStart customXmlInsRangeEnd customXmlDelRangeStart customXmlDelRangeEnd
    customXmlMoveFromRangeStart customXmlMoveFromRangeEnd customXmlMoveToRangeStart customXmlMoveToRangeEnd
    nsid tmpl embedRegular embedBold embedItalic embedBoldItalic printerSettings conflictIns conflictDel
    smartTagPr customXmlPr"""
REMOVED = frozenset(_REMOVED.split())
FILES_INSIDE = frozenset({"OLEObject", "objectEmbed", "objectLink", "altChunk", "subDoc", "control"})
# Fields that make their text from the document itself; all others keep the text they show and lose the order.
FIELDS = frozenset(
    {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "REF", "NOTEREF", "SEQ", "STYLEREF", "TOC", "TC"}
)
# These show who wrote it or where it lay: their text goes as well.
TELLING_FIELDS = frozenset(
    {"AUTHOR", "LASTSAVEDBY", "USERNAME", "USERINITIALS", "USERADDRESS", "FILENAME", "TEMPLATE"}
)
_SETTINGS = """zoom mirrorMargins evenAndOddHeaders bordersDoNotSurroundHeader bordersDoNotSurroundFooter gutterAtTop
    defaultTabStop autoHyphenation consecutiveHyphenLimit hyphenationZone doNotHyphenateCaps
    characterSpacingControl footnotePr endnotePr compat themeFontLang clrSchemeMapping decimalSymbol
    listSeparator bookFoldPrinting bookFoldRevPrinting displayBackgroundShape"""
SETTINGS = frozenset(_SETTINGS.split())


def scrub(package: Package) -> tuple[bytes, str]:
    """Return the document without its writer's traces, and its words."""
    package.gather(KEPT, drawings.clean_any)
    _drop_unused_notes(package)
    kinds = ("body", "hdr", "ftr", "footnotes", "endnotes", "dataModel", "chartSpace", "document")
    roots = [part.root for part in package.parts.values() if part.root is not None]
    text = "\n".join(drawings.texts(root) for root in roots if local(root) in kinds)
    return package.written(), text


def clean_story(root: etree._Element, part: Part) -> None:
    """Clean a part that holds paragraphs."""
    for element in list(root.iter(etree.Element)):
        if local(element) in FILES_INSIDE:
            raise Unfit("embedded")
    _accept_changes(root)
    for element in list(root.iter(etree.Element)):
        name = local(element)
        if name in REMOVED:
            drop(element)
        elif name in WRAPPERS:
            unwrap(element)
        elif name == "sdt":
            _open_control(element)
    _settle_fields(root)


def clean_settings(root: etree._Element, part: Part) -> None:
    """Keep what changes how the pages look, and nothing else."""
    for element in list(root):
        if local(element) not in SETTINGS:
            root.remove(element)
    part.relations.clear()


def clean_fonts(root: etree._Element, part: Part) -> None:
    """Keep the fonts' names; a font that lies in the file goes with its relation."""
    part.relations.clear()
    for element in list(root.iter(etree.Element)):
        if local(element) in REMOVED:
            drop(element)


def _accept_changes(root: etree._Element) -> None:
    for element in list(root.iter(etree.Element)):
        name = local(element)
        if name not in TAKEN_OUT and name not in PUT_IN:
            continue
        parent = element.getparent()
        if parent is None:
            continue
        if name in PUT_IN:
            unwrap(element)
        elif local(parent) == "trPr":
            row = parent.getparent()
            drop(row if row is not None else element)
        elif local(parent) == "rPr" and parent.getparent() is not None and local(parent.getparent()) == "pPr":
            drop(element)
            _join_with_next(parent.getparent().getparent())
        else:
            drop(element)


def _join_with_next(paragraph: etree._Element | None) -> None:
    """The mark at a paragraph's end was taken out: what is left of it stands before the next one."""
    following = paragraph.getnext() if paragraph is not None else None
    if paragraph is None or following is None or local(following) != "p" or local(paragraph) != "p":
        return
    place = 1 if len(following) and local(following[0]) == "pPr" else 0
    rest = [child for child in paragraph if local(child) != "pPr"]
    for offset, child in enumerate(rest):
        following.insert(place + offset, child)
    drop(paragraph)


def _open_control(control: etree._Element) -> None:
    """A content control may be bound to the author's property: what it shows stays as plain text."""
    for child in list(control):
        if local(child) == "sdtContent":
            unwrap(child)
        else:
            drop(child)
    unwrap(control)


def _settle_fields(root: etree._Element) -> None:
    """Turn fields to the text they show, but for page numbers, references and their like."""
    for field in [one for one in root.iter(etree.Element) if local(one) == "fldSimple"]:
        instruction = attribute(field, "instr")
        if _name_of(instruction) in TELLING_FIELDS:
            drop(field)
        elif not _is_harmless(instruction):
            unwrap(field)
    open_fields: list[_Field] = []
    for element in list(root.iter(etree.Element)):
        name = local(element)
        kind = attribute(element, "fldCharType") if name == "fldChar" else ""
        for one in open_fields:
            one.take(element, name)
        if kind == "begin":
            open_fields.append(_Field(element))
        elif kind == "separate" and open_fields:
            open_fields[-1].marks.append(element)
            open_fields[-1].shows = True
        elif kind == "end" and open_fields:
            open_fields[-1].marks.append(element)
            open_fields.pop().settle()
        elif kind or (name == "instrText" and not open_fields):
            drop(element)
    for one in open_fields:  # begun and never ended
        one.settle(is_whole=False)


class _Field:
    """A field that is written as runs: a beginning, its orders, a separator, what it shows, an end."""

    def __init__(self, beginning: etree._Element) -> None:
        self.marks = [beginning]
        self.orders: list[etree._Element] = []
        self.shown: list[etree._Element] = []
        self.shows = False

    def take(self, element: etree._Element, name: str) -> None:
        if name == "instrText" and not self.shows:
            self.orders.append(element)
        elif name == "t":
            # A text among the orders comes of a field inside them, and is not seen.
            self.shown.append(element)

    def settle(self, *, is_whole: bool = True) -> None:
        instruction = "".join(order.text or "" for order in self.orders)
        if is_whole and _is_harmless(instruction):
            return
        gone = self.marks + self.orders
        if _name_of(instruction) in TELLING_FIELDS:
            gone += self.shown
        for element in gone:
            drop(element)


def _name_of(instruction: str) -> str:
    return (instruction.split() or [""])[0].upper()


def _is_harmless(instruction: str) -> bool:
    if _name_of(instruction) == "HYPERLINK":
        return re.fullmatch(r'\s*HYPERLINK\s+\\l\s+"[^"]*"[\s\\ho]*', instruction, re.IGNORECASE) is not None
    return _name_of(instruction) in FIELDS


def _drop_unused_notes(package: Package) -> None:
    """A note whose mark stood in text that was taken out goes with it."""
    roots = [part.root for part in package.parts.values() if part.root is not None]
    for kind in ("footnote", "endnote"):
        used = {
            attribute(element, "id")
            for root in roots
            for element in root.iter(etree.Element)
            if local(element) == f"{kind}Reference"
        }
        for root in roots:
            if local(root) != f"{kind}s":
                continue
            for note in list(root):
                if attribute(note, "id") not in used and attribute(note, "type") in ("", "normal"):
                    drop(note)


KEPT = {
    **drawings.KEPT,
    "officeDocument": (MAIN_TYPE, clean_story),
    "header": (_TYPE % "header", clean_story),
    "footer": (_TYPE % "footer", clean_story),
    "footnotes": (_TYPE % "footnotes", clean_story),
    "endnotes": (_TYPE % "endnotes", clean_story),
    "styles": (_TYPE % "styles", clean_story),
    "numbering": (_TYPE % "numbering", clean_story),
    "settings": (_TYPE % "settings", clean_settings),
    "fontTable": (_TYPE % "fontTable", clean_fonts),
}
