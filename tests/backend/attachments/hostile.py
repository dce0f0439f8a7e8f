"""Files that mean harm, each with the reason it is refused for. Built when asked for: some are large."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from .files import (
    MARK,
    R,
    animated_png,
    edited,
    jpeg,
    pdf,
    pixel_bomb,
    plain_docx,
    plain_xlsx,
    png,
    put,
    related,
    typed,
)

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ENTITIES = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"


def word(name: str, change: bytes | Callable[[bytes], bytes]) -> bytes:
    return edited(plain_docx(), {name: change})


def with_doctype(declaration: bytes) -> bytes:
    return word(
        "word/document.xml", lambda content: content.replace(b"<w:document", declaration + b"<w:document", 1)
    )


def packed(*members: tuple[str, bytes], **fields: int) -> bytes:
    """A ZIP file whose members carry what nobody's program would write."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    data = bytearray(target.getvalue())
    for field, value in fields.items():
        at = {"flags": (6, 8), "size": (22, 24)}[field]
        width = "<H" if field == "flags" else "<L"
        for signature, place in zip((b"PK\x03\x04", b"PK\x01\x02"), at, strict=True):
            where = data.find(signature)
            struct.pack_into(width, data, where + place, value)
    return bytes(data)


def many_members(count: int) -> bytes:
    return edited(plain_docx(), {f"word/{n}.xml": b"" for n in range(count)})


def deep(depth: int) -> bytes:
    nested = "<w:p>" * depth + "</w:p>" * depth
    return word("word/document.xml", put("<w:sectPr", nested))


def with_part(name: str, kind: str, content_type: str, content: bytes = b"\xd0\xcf\x11\xe0") -> bytes:
    return edited(
        plain_docx(),
        {
            f"word/{name}": content,
            "word/_rels/document.xml.rels": related(kind, name),
            "[Content_Types].xml": typed(f"/word/{name}", content_type),
        },
    )


def catalogue(**entries: object) -> bytes:
    """A PDF with something at its root."""

    def change(document: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            document.Root[f"/{key}"] = (
                document.make_indirect(value) if isinstance(value, Dictionary) else value
            )

    return pdf(change)


def annotated(**fields: object) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **fields)
        document.pages[0].obj.Annots = Array([document.make_indirect(note)])

    return pdf(change)


def pdf_bomb(filters: int = 1, size: int = 300 * 1024 * 1024) -> bytes:
    """A page whose content unpacks to hundreds of megabytes."""
    packer = zlib.compressobj(9)
    body = b"".join(
        [*(packer.compress(bytes(1024 * 1024)) for _ in range(size // 1024 // 1024)), packer.flush()]
    )
    for _ in range(filters - 1):
        body = zlib.compress(body, 9)

    def change(document: pikepdf.Pdf) -> None:
        names = [Name.FlateDecode] * filters
        document.pages[0].obj.Contents.write(body, filter=Array(names), decode_parms=None)

    return pdf(change)


def attached_pdf() -> bytes:
    return pdf(
        lambda document: document.attachments.__setitem__("a.exe", pikepdf.AttachedFileSpec(document, b"MZ"))
    )


def many_pages(count: int) -> bytes:
    return pdf(lambda document: [document.add_blank_page() for _ in range(count)])


def loop_of_pages() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.Pages.Kids.append(document.Root.Pages)

    return pdf(change)


def locked_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="hemmelig", user=""))


def script() -> Dictionary:
    """An order to run a script."""
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def sheet_with(name: str, kind: str, content_type: str) -> bytes:
    return edited(
        plain_xlsx(),
        {
            f"xl/{name}": b"<xml/>",
            "xl/_rels/workbook.xml.rels": related(kind, name),
            "[Content_Types].xml": typed(f"/xl/{name}", content_type),
        },
    )


MS = "http://schemas.microsoft.com/office/2006/relationships"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OLE = '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/></w:object></w:r></w:p>'

REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    # What it is not
    "nothing": ("empty", lambda: b""),
    "too long": ("too_large", lambda: b"%PDF-" + bytes(10 * 1024 * 1024)),
    "html": ("unknown_type", lambda: b"<!doctype html><script>alert(1)</script>"),
    "svg": ("unknown_type", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "windows program": ("unknown_type", lambda: b"MZ" + bytes(200)),
    "linux program": ("unknown_type", lambda: b"\x7fELF" + bytes(200)),
    "antivirus test": ("unknown_type", lambda: EICAR),
    "gif": ("unknown_type", lambda: b"GIF89a" + bytes(50)),
    "text before a pdf": ("unknown_type", lambda: b"GIF89a" + pdf()),
    "zip of something": ("unknown_type", lambda: packed(("a.exe", b"MZ"))),
    "old word": ("old_format", lambda: COMPOUND),
    "locked word": ("encrypted", lambda: COMPOUND + "EncryptedPackage".encode("utf-16-le")),
    # Pictures
    "pixel bomb": ("too_many_pixels", pixel_bomb),
    "cut png": ("damaged", lambda: png((300, 300))[:200]),
    "cut jpeg": ("damaged", lambda: jpeg((900, 900))[:2000]),
    "png of nothing": ("damaged", lambda: b"\x89PNG\r\n\x1a\n" + bytes(90)),
    "moving picture": ("animated", animated_png),
    # Packages
    "zip bomb": ("too_complex", lambda: word("word/document.xml", bytes(200 * 1024 * 1024))),
    "zip bomb of many": (
        "too_complex",
        lambda: edited(plain_docx(), {f"word/{n}": bytes(1000_000) for n in range(80)}),
    ),
    "lying zip": ("damaged", lambda: packed(("[Content_Types].xml", bytes(10**6)), ("b", b""), size=10)),
    "ten thousand members": ("too_complex", lambda: many_members(10_000)),
    "climbing name": ("damaged", lambda: word("../../etc/cron.d/a", b"x")),
    "rooted name": ("damaged", lambda: word("/etc/passwd", b"x")),
    "backslash name": ("damaged", lambda: word("word\\..\\a", b"x").replace(b"word/..", b"word\\..")),
    "locked member": ("encrypted", lambda: packed(("[Content_Types].xml", b"x"), flags=1)),
    "same name twice": ("damaged", lambda: word("WORD/DOCUMENT.XML", b"<a/>")),
    "cut docx": ("damaged", lambda: plain_docx()[:-400]),
    "something behind a docx": ("damaged", lambda: plain_docx() + b"MZ"),
    "something before a docx": ("damaged", lambda: b"PK\x03\x04" + bytes(64) + plain_docx()),
    "billion laughs": ("damaged", lambda: with_doctype(ENTITIES)),
    "foreign entity": (
        "damaged",
        lambda: with_doctype(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ),
    "sixteen bit xml": ("damaged", lambda: word("word/document.xml", "<!DOCTYPE a><a/>".encode("utf-16"))),
    "deep xml": ("damaged", lambda: deep(5000)),
    "no xml": ("damaged", lambda: word("word/document.xml", b"<w:document>")),
    # Word and Excel
    "macro": (
        "macros",
        lambda: with_part("vbaProject.bin", f"{MS}/vbaProject", "application/vnd.ms-office.vbaProject"),
    ),
    "macro under another name": ("macros", lambda: with_part("a.bin", f"{MS}/vbaProject", "application/x-a")),
    "macro undeclared": ("macros", lambda: word("word/vbaProject.bin", b"\xd0\xcf")),
    "docm named docx": ("macros", lambda: word("[Content_Types].xml", typed("/word/x.xml", MACRO_MAIN))),
    "activex": (
        "macros",
        lambda: with_part("activeX1.xml", "control", "application/vnd.ms-office.activeX+xml"),
    ),
    "old macro sheet": (
        "macros",
        lambda: sheet_with("m.xml", f"{MS}/xlMacrosheet", "application/vnd.ms-excel.macrosheet+xml"),
    ),
    "embedded workbook": (
        "embedded",
        lambda: with_part("embeddings/a.xlsx", "package", "application/x-a", plain_xlsx()),
    ),
    "ole object": ("embedded", lambda: with_part("embeddings/a.bin", "oleObject", "application/x-a")),
    "ole in the text": ("embedded", lambda: word("word/document.xml", put("<w:sectPr", OLE))),
    "web page inside": ("embedded", lambda: with_part("a.mht", "aFChunk", "message/rfc822", b"x")),
    "vector picture": ("picture_inside", lambda: emf_picture()),
    # PDF
    "cut pdf": ("damaged", lambda: pdf()[:-60]),
    "pdf of nothing": ("damaged", lambda: b"%PDF-1.7\n" + bytes(400)),
    "locked pdf": ("encrypted", locked_pdf),
    "script at opening": ("unsafe_pdf", lambda: catalogue(OpenAction=script())),
    "script by name": (
        "unsafe_pdf",
        lambda: catalogue(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))),
    ),
    "program start": (
        "unsafe_pdf",
        lambda: annotated(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("cmd.exe"))),
    ),
    "form that is sent": (
        "unsafe_pdf",
        lambda: annotated(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm)),
    ),
    "xfa form": (
        "unsafe_pdf",
        lambda: catalogue(AcroForm=Dictionary(Fields=Array([]), XFA=String("<xdp/>"))),
    ),
    "file in a pdf": ("embedded", attached_pdf),
    "film in a pdf": ("embedded", lambda: annotated(Subtype=Name.RichMedia)),
    "text still there": ("not_redacted", lambda: annotated(Subtype=Name.Redact)),
    "huge stream": ("too_complex", pdf_bomb),
    "bomb in a bomb": ("too_complex", lambda: pdf_bomb(filters=2)),
    "too many pages": ("too_complex", lambda: many_pages(501)),
    "pages in a ring": ("damaged", loop_of_pages),
}


def emf_picture() -> bytes:
    """A document whose picture is a drawing that no one can draw anew."""
    vector = f'<v:imagedata xmlns:r="{R}" r:id="rId900"/>'
    shape = f'<v:shape xmlns:v="urn:schemas-microsoft-com:vml">{vector}</v:shape>'
    drawing = f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>"
    data = with_part("media/image1.emf", "image", "image/x-emf", b"\x01\x00\x00\x00" + MARK.encode())
    return edited(data, {"word/document.xml": put("<w:sectPr", drawing)})


def pdf_and_zip() -> bytes:
    """A file that is a PDF from the front and a ZIP from the back."""
    return pdf() + packed((f"{MARK}.txt", MARK.encode()))


def jpeg_and_zip() -> bytes:
    """A file that is a picture from the front and a ZIP from the back."""
    return jpeg() + packed((f"{MARK}.txt", MARK.encode()))
