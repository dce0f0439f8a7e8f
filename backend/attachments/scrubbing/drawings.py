"""What Word documents and workbooks share: pictures, shapes, charts, diagrams, and the traces any element may carry."""

import re

from lxml import etree

from .packages import Part, attribute, drop, local

# Who, when, and marks that tell one editing session or one copy from another; by local name in any namespace.
_TRACES = """author initials dateUtc userId providerId paraId textId paraIdParent durableId uid documentId codeName
    rsid rsidR rsidRPr rsidRDefault rsidP rsidDel rsidTr rsidSect alt href src userName ed edGrp
    coauthVersionLast coauthVersionMax lastEdited lowestEdited rupBuild"""
TRACES = frozenset(_TRACES.split())
# Extensions hold copies, ids of creation and addresses; the plain element beside them is what older programs show.
DROPPED = frozenset(
    {"extLst", "creationId", "externalData", "hlinkMouseOver", "snd", "revisionPtr", "absPath"}
)
_NAMED = frozenset({"cNvPr", "docPr"})
_FILE_NAME = re.compile(r"[\\/]|\.\w{2,5}\s*$")
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_DIAGRAM = "application/vnd.openxmlformats-officedocument.drawingml.diagram%s+xml"


def leave(root: etree._Element, part: Part) -> None:
    """Nothing of its own to clean."""


# Kind of relation → the content type it must have, and its own cleaner.
KEPT = {
    "theme": ("application/vnd.openxmlformats-officedocument.theme+xml", leave),
    "chart": (_CHART, leave),
    "diagramData": (_DIAGRAM % "Data", leave),
    "diagramLayout": (_DIAGRAM % "Layout", leave),
    "diagramQuickStyle": (_DIAGRAM % "Style", leave),
    "diagramColors": (_DIAGRAM % "Colors", leave),
    "diagramDrawing": ("application/vnd.ms-office.drawingml.diagramDrawing+xml", leave),
}


def clean_any(root: etree._Element, part: Part) -> None:
    """Take the traces off every element of a part."""
    # A diagram names its drawing in an extension, and nothing else stands there.
    dropped = DROPPED - {"extLst"} if local(root) == "dataModel" else DROPPED
    for element in list(root.iter(etree.Element)):
        name = local(element)
        if name in dropped:
            drop(element)
            continue
        for key in list(element.attrib):
            last = key.rpartition("}")[2]
            if (
                last in TRACES
                or last.startswith("rsid")
                or (last == "title" and ("vml" in key or "office:office" in key))
            ):
                del element.attrib[key]
        if name in _NAMED:
            _rename(element)


def _rename(element: etree._Element) -> None:
    """A picture is often named after its file; its description too, where nobody wrote one."""
    element.set("name", f"{local(element)} {attribute(element, 'id')}".strip())
    for key in ("descr", "title"):
        if _FILE_NAME.search(element.get(key, "")):
            del element.attrib[key]


def texts(root: etree._Element) -> str:
    """The words of a part, paragraphs apart."""
    lines: list[str] = []
    for element in root.iter(etree.Element):
        name = local(element)
        if name in ("t", "instrText") and element.text:
            lines.append(element.text)
        elif name in ("tab", "ptab", "tc"):
            lines.append("\t")
        elif name in ("p", "br", "cr", "si"):
            lines.append("\n")
        elif name == "noBreakHyphen":
            lines.append("-")
        elif name == "v" and element.text and not len(element):
            lines.append("\n" + element.text)  # a chart's figure or a cell's
    return "".join(lines)
