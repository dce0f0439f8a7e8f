"""Office packages: a ZIP file of parts that point at each other, opened under limits and written anew.

A package is rebuilt from the parts on a list (`word.KEPT`, `sheets.KEPT`) that its main part leads to. Whatever
else it holds, or whatever stands before, between and after its members, is not copied.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from lxml import etree

from .pictures import redraw
from .refusing import Unfit

MAXIMUM_MEMBERS = 2000
MAXIMUM_UNPACKED = 60 * 1024 * 1024
MAXIMUM_XML = 16 * 1024 * 1024
MAXIMUM_RATIO = 200
# Less than this is no bomb, however well it is packed.
HARMLESS = 1024 * 1024

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PICTURES = {
    "png": "png",
    "jpg": "jpg",
    "jpeg": "jpg",
    "gif": "gif",
    "bmp": "bmp",
    "tif": "tiff",
    "tiff": "tiff",
}
PICTURE_TYPES = {kind: f"image/{'jpeg' if kind == 'jpg' else kind}" for kind in PICTURES.values()}
# Kinds of relation that carry something that can run.
ACTIVE = ("vbaproject", "activex", "control", "macrosheet", "dialogsheet", "attachedtoolbars", "wordvbadata")
EMBEDDED = ("oleobject", "package", "afchunk", "subdocument", "frame")

type Cleaner = Callable[[etree._Element, "Part"], None]


@dataclass
class Relation:
    """One part's pointer to another part, or to an address outside."""

    id: str
    kind: str  # the last word of its type: "image", "styles"
    type: str
    target: str  # the name of the part, or the address
    is_external: bool


@dataclass
class Part:
    """A part that is kept: its tree if it is XML, and the relations it still has."""

    name: str
    content_type: str
    relations: dict[str, Relation] = field(default_factory=dict)
    root: etree._Element | None = None
    data: bytes = b""


class Members:
    """The members of a ZIP file, checked before a single one is unpacked."""

    def __init__(self, data: bytes) -> None:
        self.left = MAXIMUM_UNPACKED
        _check_directory(data)
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError):
            raise Unfit("damaged") from None
        self.by_name: dict[str, zipfile.ZipInfo] = {}
        for info in self.archive.infolist():
            self._check(info)
            if not info.is_dir():
                if info.filename.lower() in self.by_name:
                    raise Unfit("damaged")  # which of the two is meant, no reader agrees on
                self.by_name[info.filename.lower()] = info
        if sum(info.file_size for info in self.by_name.values()) > MAXIMUM_UNPACKED:
            raise Unfit("too_complex")

    @staticmethod
    def _check(info: zipfile.ZipInfo) -> None:
        if info.flag_bits & 0x41:
            raise Unfit("encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unfit("damaged")
        name = info.filename
        parts = name.split("/")
        if name.startswith("/") or "\\" in name or ":" in name or "\0" in info.orig_filename or ".." in parts:
            raise Unfit("damaged")
        if info.file_size > HARMLESS and info.file_size > MAXIMUM_RATIO * info.compress_size:
            raise Unfit("too_complex")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.by_name

    def read(self, name: str, limit: int = MAXIMUM_UNPACKED) -> bytes:
        """Unpack one member, never more than it said of itself."""
        info = self.by_name.get(name.lower())
        if info is None:
            raise Unfit("damaged")
        self.left -= info.file_size
        if info.file_size > limit or self.left < 0:
            raise Unfit("too_complex")
        try:
            return self.archive.read(info)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ):
            raise Unfit("damaged") from None


def _check_directory(data: bytes) -> None:
    """Count the members from the file's last record, before a list of them is made in memory."""
    end = data.rfind(b"PK\x05\x06", max(len(data) - 22, 0))
    if end < 0 or len(data) - end != 22:
        raise Unfit("damaged")  # cut off, or something hangs on behind it
    _sign, disk, start_disk, here, total, size, offset, _comment = struct.unpack("<4s4H2LH", data[end:])
    if disk or start_disk or here != total or offset + size != end:
        raise Unfit("damaged")
    if total > MAXIMUM_MEMBERS:
        raise Unfit("too_complex")


def parse(data: bytes) -> etree._Element:
    """Read XML that holds no declarations of its own: nothing to expand, nothing to fetch."""
    if b"\0" in data[:200] or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unfit("damaged")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unfit("damaged") from None


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: etree._Element, name: str) -> str:
    """The value of an attribute by its local name; empty if it has none."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def drop(element: etree._Element) -> None:
    """Remove an element with all that is in it, and keep the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def unwrap(element: etree._Element) -> None:
    """Put what is in an element in its place."""
    parent = element.getparent()
    if parent is None:
        return
    index = parent.index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(index + offset, child)
    element.tail = None
    parent.remove(element)


class Package:
    """The parts of a document that are kept, found from its main part and cleaned one by one."""

    def __init__(self, data: bytes) -> None:
        self.members = Members(data)
        self.types = self._content_types()
        self.parts: dict[str, Part] = {}
        mains = [one for one in self._relations("").values() if one.kind == "officeDocument"]
        if len(mains) != 1 or mains[0].is_external:
            raise Unfit("unknown_type" if not mains else "damaged")
        self.main = mains[0]

    def main_type(self) -> str:
        """The content type of the main part, which says what the file is."""
        return self.type_of(self.main.target)

    def _content_types(self) -> dict[str, str]:
        if "[Content_Types].xml" not in self.members:
            raise Unfit("unknown_type")
        types = {}
        for element in parse(self.members.read("[Content_Types].xml", MAXIMUM_XML)):
            name = element.get("PartName", "").lower() or "." + element.get("Extension", "").lower()
            types[name] = element.get("ContentType", "")
        if any(
            "macro" in value.lower() or "vba" in value.lower() or "activex" in value.lower()
            for value in types.values()
        ):
            raise Unfit("macros")
        if any(
            "vbaproject" in name or "activex" in name or "macrosheets" in name
            for name in self.members.by_name
        ):
            raise Unfit("macros")
        return types

    def type_of(self, name: str) -> str:
        """What the package says a part is."""
        extension = posixpath.splitext(name)[1].lower()
        return self.types.get("/" + name.lower()) or self.types.get(extension, "")

    def _relations(self, name: str) -> dict[str, Relation]:
        folder, base = posixpath.split(name)
        path = posixpath.join(folder, "_rels", base + ".rels")
        found: dict[str, Relation] = {}
        if path not in self.members:
            return found
        for element in parse(self.members.read(path, MAXIMUM_XML)):
            if not isinstance(element.tag, str) or local(element) != "Relationship":
                continue
            kind_uri, target = element.get("Type", ""), element.get("Target", "")
            kind = kind_uri.rpartition("/")[2]
            if kind.lower() in ACTIVE:
                raise Unfit("macros")
            is_external = element.get("TargetMode") == "External"
            if not is_external:
                joined = target if target.startswith("/") else posixpath.join(folder, target)
                target = posixpath.normpath("/" + joined.lstrip("/")).lstrip("/")
            found[element.get("Id", "")] = Relation(
                element.get("Id", ""), kind, kind_uri, target, is_external
            )
        return found

    def gather(self, kept: Mapping[str, tuple[str, Cleaner]], clean_any: Cleaner) -> None:
        """Take the main part and what it leads to, as far as `kept` (kind of relation → content type, cleaner) goes."""
        self.parts[self.main.target] = Part(self.main.target, self.main_type())
        waiting = [(self.main.target, "officeDocument")]
        while waiting:
            name, kind = waiting.pop()
            part = self.parts[name]
            if kind == "image":
                part.data = self._picture(part)
                continue
            content_type, clean_one = kept[kind]
            if part.content_type != content_type:
                raise Unfit("damaged")
            part.root = parse(self.members.read(name, MAXIMUM_XML))
            part.relations = {
                key: one for key, one in self._relations(name).items() if self._may_stay(one, kept, kind)
            }
            clean_one(part.root, part)
            clean_any(part.root, part)
            self._unlink(part)
            for one in part.relations.values():
                if not one.is_external and one.target not in self.parts:
                    self.parts[one.target] = Part(one.target, self.type_of(one.target))
                    waiting.append((one.target, one.kind))

    def _may_stay(self, one: Relation, kept: Mapping[str, tuple[str, Cleaner]], owner: str) -> bool:
        """A part on the list, a picture, or a link to the open web; what is a file inside the file is refused."""
        # A chart shows the figures it holds; the workbook behind it is only for changing them.
        if one.kind.lower() in EMBEDDED and owner != "chart":
            raise Unfit("embedded")
        if one.is_external:
            return one.kind == "hyperlink" and is_open_web(one.target)
        if one.kind == "image":
            # A drawing in SVG has a plain picture beside it.
            return self.type_of(one.target) != "image/svg+xml"
        return one.kind in kept and one.target in self.members

    def _picture(self, part: Part) -> bytes:
        extension = posixpath.splitext(part.name)[1].lower().lstrip(".")
        kind = PICTURES.get(extension)
        if kind is None:
            raise Unfit("picture_inside")
        part.content_type = PICTURE_TYPES[kind]
        return redraw(self.members.read(part.name), kind, damaged="picture_inside")

    @staticmethod
    def _unlink(part: Part) -> None:
        """Remove what points at relations that are gone, and relations that nothing points at."""
        if part.root is None:
            return
        used = set()
        for element in list(part.root.iter()):
            for key, value in list(element.attrib.items()):
                if not key.startswith(
                    ("{" + OFFICE + "}", "{http://purl.oclc.org/ooxml/officeDocument/relationships}")
                ):
                    continue
                if value in part.relations:
                    used.add(value)
                elif local(element) == "blip" or not value:
                    del element.attrib[key]
                elif local(element) == "hyperlink" and len(element):
                    unwrap(element)
                    break
                else:
                    drop(element)
                    break
        explicit = {
            "image",
            "hyperlink",
            "header",
            "footer",
            "chart",
            "drawing",
            "table",
            "worksheet",
            "diagramData",
        }
        part.relations = {
            key: one for key, one in part.relations.items() if key in used or one.kind not in explicit
        }

    def written(self) -> bytes:
        """The package as a new ZIP file, with no time, no owner and no order of the old one."""
        self._rename_pictures()
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:

            def add(name: str, content: bytes) -> None:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 0
                archive.writestr(info, content)

            add("[Content_Types].xml", self._types_xml())
            add("_rels/.rels", _relations_xml("", [self.main]))
            for name in sorted(self.parts):
                part = self.parts[name]
                add(name, part.data if part.root is None else _xml(part.root))
                if part.relations:
                    folder, base = posixpath.split(name)
                    relations = _relations_xml(folder, list(part.relations.values()))
                    add(posixpath.join(folder, "_rels", base + ".rels"), relations)
        return target.getvalue()

    def _rename_pictures(self) -> None:
        """Give the pictures numbers: a part's name may be a file's name of the writer's."""
        names = {}
        for name in sorted(name for name, part in self.parts.items() if part.root is None):
            folder = posixpath.dirname(name).split("/")[0]
            extension = posixpath.splitext(name)[1].lower()
            names[name] = f"{folder}/media/image{len(names) + 1}{extension}"
        self.parts = {names.get(name, name): part for name, part in self.parts.items()}
        for part in self.parts.values():
            for one in part.relations.values():
                one.target = names.get(one.target, one.target) if not one.is_external else one.target

    def _types_xml(self) -> bytes:
        root = etree.Element(f"{{{CONTENT_TYPES}}}Types", nsmap={None: CONTENT_TYPES})
        default = etree.SubElement(root, f"{{{CONTENT_TYPES}}}Default")
        default.set("Extension", "rels")
        default.set("ContentType", "application/vnd.openxmlformats-package.relationships+xml")
        for name in sorted(self.parts):
            override = etree.SubElement(root, f"{{{CONTENT_TYPES}}}Override")
            override.set("PartName", "/" + name)
            override.set("ContentType", self.parts[name].content_type)
        return _xml(root)


def is_open_web(address: str) -> bool:
    """A link that names no person's folder, machine or mailbox."""
    try:
        parts = urlsplit(unquote(address))
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme in ("http", "https")
        and "@" not in parts.netloc
        and "sharepoint." not in host
        and "." in host
    )


def _relations_xml(folder: str, relations: list[Relation]) -> bytes:
    root = etree.Element(f"{{{RELATIONS}}}Relationships", nsmap={None: RELATIONS})
    for one in relations:
        element = etree.SubElement(root, f"{{{RELATIONS}}}Relationship")
        element.set("Id", one.id)
        element.set("Type", one.type)
        element.set("Target", one.target if one.is_external else "/" + one.target)
        if one.is_external:
            element.set("TargetMode", "External")
    return _xml(root)


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
