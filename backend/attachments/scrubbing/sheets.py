"""XLSX: a workbook of values. What one sees in the cells stays; formulas, comments, links and owners go.

A formula may name a folder, another workbook, an address to fetch or a program to start; its value is what was meant.
"""

import re

from lxml import etree

from . import drawings
from .drawings import leave
from .packages import OFFICE, Package, Part, attribute, drop, local
from .refusing import Unfit

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.%s+xml"

IN_WORKBOOK = frozenset({"workbookPr", "bookViews", "sheets", "definedNames"})
_IN_SHEET = """sheetPr dimension sheetViews sheetFormatPr cols sheetData autoFilter mergeCells conditionalFormatting
    printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks drawing hyperlinks tableParts"""
IN_SHEET = frozenset(_IN_SHEET.split())
# Files, forms and programs that lie in a sheet and show there; without them the sheet would lack what one saw.
FILES_INSIDE = frozenset({"oleObjects", "oleObject"})
PRINTED_NAMES = frozenset({"_xlnm.Print_Area", "_xlnm.Print_Titles"})
WORKBOOK_TRACES = frozenset(
    {"codeName", "filterPrivacy", "backupFile", "saveExternalLinkValues", "updateLinks"}
)
# Marks of a cell that point at parts that are not kept.
CELL_TRACES = ("cm", "vm", "ph")
# In a header: the folder and the file's name. The sheet's name and the pages stay.
_FILE_CODES = re.compile(r"&[ZF]")


def scrub(package: Package) -> tuple[bytes, str]:
    """Return the workbook without its writer's traces, and its words and figures."""
    package.gather(KEPT, drawings.clean_any)
    _empty_unused_strings(package)
    kinds = ("sst", "worksheet", "wsDr", "chartSpace", "dataModel")
    lines = [
        " ".join(attribute(sheet, "name") for sheet in root.iter("{*}sheet"))
        if local(root) == "workbook"
        else _texts(root)
        for root in (part.root for part in package.parts.values())
        if root is not None and (local(root) in kinds or local(root) == "workbook")
    ]
    return package.written(), "\n".join(lines)


def clean_workbook(root: etree._Element, part: Part) -> None:
    """Keep the list of sheets; owners, addresses, links to other files and hidden names go."""
    for element in list(root):
        if local(element) not in IN_WORKBOOK:
            root.remove(element)
    for element in root.iter(etree.Element):
        if local(element) == "workbookPr":
            for key in WORKBOOK_TRACES & set(element.attrib):
                del element.attrib[key]
        elif local(element) == "workbookView":
            for key in [key for key in element.attrib if key != "activeTab"]:
                del element.attrib[key]
    for name in [one for one in root.iter(etree.Element) if local(one) == "definedName"]:
        text = name.text or ""
        if name.get("name") not in PRINTED_NAMES or "[" in text or "|" in text or "(" in text:
            drop(name)
        else:
            name.attrib.pop("comment", None)
    for names in [one for one in root if local(one) == "definedNames" and not len(one)]:
        root.remove(names)


def clean_sheet(root: etree._Element, part: Part) -> None:
    """Keep the cells, how they look and how they print."""
    for element in list(root):
        if local(element) in FILES_INSIDE:
            raise Unfit("embedded")
        if local(element) not in IN_SHEET:
            root.remove(element)
    for element in list(root.iter(etree.Element)):
        name = local(element)
        if name == "c":
            _settle_cell(element)
        elif name == "pageSetup":
            # The driver's own settings name the printer.
            element.attrib.pop(f"{{{OFFICE}}}id", None)
        elif name == "hyperlink":
            for key in ("tooltip", "display"):
                element.attrib.pop(key, None)
            if "#" in element.get("location", "") or "[" in element.get("location", ""):
                drop(element)
        elif name == "conditionalFormatting" and any("[" in (one.text or "") for one in element.iter()):
            drop(element)
        elif local(element).startswith(("odd", "even", "first")) and element.text:
            element.text = _FILE_CODES.sub("", element.text)


def clean_table(root: etree._Element, part: Part) -> None:
    """Keep a table's frame; its formulas and its source go."""
    for element in list(root.iter(etree.Element)):
        if local(element) in ("calculatedColumnFormula", "totalsRowFormula", "xmlColumnPr"):
            drop(element)
        for key in ("comment", "connectionId", "queryTableFieldId", "tableType", "totalsRowFunction"):
            element.attrib.pop(key, None)


def _settle_cell(cell: etree._Element) -> None:
    """Turn a formula to its value; one without a value shows itself as text, so that nothing is lost unseen."""
    for key in CELL_TRACES:
        cell.attrib.pop(key, None)
    formula = next((child for child in cell if local(child) == "f"), None)
    if formula is None:
        return
    value = next((child for child in cell if local(child) == "v"), None)
    if (value is None or not value.text) and formula.text:
        for child in list(cell):
            cell.remove(child)
        cell.set("t", "inlineStr")
        namespace = etree.QName(cell).namespace
        inline = etree.SubElement(cell, f"{{{namespace}}}is")
        etree.SubElement(inline, f"{{{namespace}}}t").text = "=" + formula.text
    else:
        cell.remove(formula)


def _empty_unused_strings(package: Package) -> None:
    """A string that no cell shows any longer is not kept either; the others keep their numbers."""
    used: set[str] = set()
    tables = []
    for part in package.parts.values():
        if part.root is None:
            continue
        if local(part.root) == "sst":
            tables.append(part.root)
        elif local(part.root) == "worksheet":
            for cell in part.root.iter("{*}c"):
                if cell.get("t") == "s":
                    used.update((child.text or "").strip() for child in cell if local(child) == "v")
    for table in tables:
        strings = [child for child in table if local(child) == "si"]
        for index, string in enumerate(strings):
            if str(index) not in used:
                for child in list(string):
                    string.remove(child)
                etree.SubElement(string, f"{{{etree.QName(string).namespace}}}t").text = ""


def _texts(root: etree._Element) -> str:
    """The words and figures of a part; a cell that points at the strings shows no figure of its own."""
    if local(root) != "worksheet":
        return drawings.texts(root)
    lines = []
    for element in root.iter(etree.Element):
        if local(element) == "c" and element.get("t") != "s":
            lines.append("".join(child.text or "" for child in element.iter("{*}v", "{*}t")))
        elif local(element).startswith(("oddH", "oddF", "evenH", "evenF", "firstH", "firstF")):
            lines.append(element.text or "")
    return "\n".join(lines)


KEPT = {
    **drawings.KEPT,
    "officeDocument": (MAIN_TYPE, clean_workbook),
    "worksheet": (_TYPE % "worksheet", clean_sheet),
    "sharedStrings": (_TYPE % "sharedStrings", leave),
    "styles": (_TYPE % "styles", leave),
    "table": (_TYPE % "table", clean_table),
    "drawing": ("application/vnd.openxmlformats-officedocument.drawing+xml", leave),
}
