"""Files as people send them, full of traces, and as nobody should. MARK stands wherever a trace was planted."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping

import docx
import openpyxl
import pikepdf
from docx.shared import Inches
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, PngImagePlugin

MARK = "Afsender Annasen"
WORDS = "Vi skriver det samme i to systemer."
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.%s+xml"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    """The bytes that a library's save writes."""
    target = io.BytesIO()
    save(target)
    return target.getvalue()


# --- Pictures -------------------------------------------------------------------------------


def exif() -> Image.Exif:
    """Author, camera and a place on the earth."""
    data = Image.Exif()
    data[0x013B] = MARK
    data[0x010E] = MARK
    data[0x0112] = 6
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[0x1D] = "N", (55.0, 36.0, 0.0), MARK
    return data


def jpeg(size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    """A photograph, lying on its side, with EXIF, a comment and something behind its end."""
    picture = Image.new(mode, size, 120)
    body = saved(lambda target: picture.save(target, "JPEG", exif=exif(), comment=MARK.encode()))
    return body + MARK.encode()


def png(size: tuple[int, int] = (40, 20)) -> bytes:
    """A screenshot with text chunks, EXIF and something behind its end."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", MARK)
    notes.add_itxt("XML:com.adobe.xmp", MARK)
    picture = Image.new("RGBA", size, (10, 20, 30, 128))
    return saved(lambda target: picture.save(target, "PNG", pnginfo=notes, exif=exif())) + MARK.encode()


def animated_png() -> bytes:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    return saved(lambda target: frames[0].save(target, "PNG", save_all=True, append_images=frames[1:]))


def pixel_bomb(side: int = 30_000) -> bytes:
    """A few bytes that say they are nearly a thousand megapixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    head = struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10_000)))
        + chunk(b"IEND", b"")
    )


# --- Packages -------------------------------------------------------------------------------


def edited(data: bytes, changes: Mapping[str, bytes | Callable[[bytes], bytes] | None]) -> bytes:
    """A ZIP file with members changed, added or (None) taken out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = [*old.namelist(), *(name for name in changes if name not in old.namelist())]
        for name in names:
            change = changes.get(name, old.read(name) if name in old.namelist() else b"")
            content = change(old.read(name)) if callable(change) else change
            if content is not None:
                new.writestr(name, content)
    return target.getvalue()


def put(before: str, after: str) -> Callable[[bytes], bytes]:
    """Put a text before the first place of another."""

    def change(content: bytes) -> bytes:
        assert before.encode() in content, before
        return content.replace(before.encode(), (after + before).encode(), 1)

    return change


def related(
    kind: str, target: str, *, id: str = "rId900", external: bool = False
) -> Callable[[bytes], bytes]:
    """Add a relation."""
    mode = ' TargetMode="External"' if external else ""
    type_ = kind if ":" in kind else f"{R}/{kind}"
    return put("</Relationships>", f'<Relationship Id="{id}" Type="{type_}" Target="{target}"{mode}/>')


def typed(name: str, content_type: str) -> Callable[[bytes], bytes]:
    """Declare a part."""
    return put("</Types>", f'<Override PartName="{name}" ContentType="{content_type}"/>')


def members(data: bytes) -> dict[str, bytes]:
    """Everything a package holds, unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def plain_docx(words: str = WORDS) -> bytes:
    document = docx.Document()
    document.add_paragraph(words)
    return saved(document.save)


def plain_xlsx(*values: object) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(values) or [WORDS])
    return saved(book.save)


def full_docx() -> bytes:
    """A letter with every trace that Word leaves."""
    document = docx.Document()
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = core.title = MARK
    document.add_paragraph(WORDS)
    document.add_picture(io.BytesIO(jpeg()), Inches(1))
    document.inline_shapes[0]._inline.docPr.set("descr", f"C:\\Users\\{MARK}\\foto.jpg")
    document.inline_shapes[0]._inline.docPr.set("name", MARK)
    document.sections[0].footer.paragraphs[0].text = "Side"
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "Celle"
    noted = document.add_paragraph("Med kommentar")
    document.add_comment(noted.runs[0], text=MARK, author=MARK, initials="AA")
    data = saved(document.save)
    tracked = f'w:id="9" w:author="{MARK}" w:date="2026-11-02T09:12:00Z"'

    def field(orders: str, shown: str) -> str:
        return (
            f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{orders}</w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{shown}</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    def row(text: str, properties: str = "") -> str:
        return f"<w:tr>{properties}<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>"

    story = (
        f'<w:p w:rsidR="00AB12CD"><w:pPr><w:rPr><w:del {tracked}/></w:rPr></w:pPr><w:r><w:t>Først </w:t></w:r></w:p>'
        f"<w:p><w:r><w:t>og derefter</w:t></w:r><w:ins {tracked}><w:r><w:t> tilføjet</w:t></w:r></w:ins>"
        f"<w:del {tracked}><w:r><w:delText> fjernet {MARK}</w:delText></w:r></w:del></w:p>"
        f"<w:p><w:pPr><w:pPrChange {tracked}><w:pPr/></w:pPrChange></w:pPr>"
        + field(" FILENAME \\p ", f"C:\\{MARK}\\brev.docx")
        + "<w:r><w:t>Efter</w:t></w:r></w:p><w:p>"
        + field(f"DDEAUTO c:\\\\{MARK}", "Vist")
        + f'</w:p><w:sdt><w:sdtPr><w:alias w:val="{MARK}"/></w:sdtPr>'
        "<w:sdtContent><w:p><w:r><w:t>I et felt</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        '<w:p><w:hyperlink r:id="rId901"><w:r><w:t>Retsinformation</w:t></w:r></w:hyperlink>'
        '<w:hyperlink r:id="rId902"><w:r><w:t> fællesdrevet</w:t></w:r></w:hyperlink></w:p>'
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>"
        + row(MARK, f"<w:trPr><w:del {tracked}/></w:trPr>")
        + row("Række")
        + "</w:tbl>"
    )
    links = related(
        "hyperlink", "https://www.retsinformation.dk/eli/lta/2024/1089", id="rId901", external=True
    )
    drive = related("hyperlink", f"file:///F:/{MARK}/brev.docx", id="rId902", external=True)
    custom = f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties">{MARK}</Properties>'
    return edited(
        data,
        {
            "word/document.xml": put("<w:sectPr", story),
            "word/_rels/document.xml.rels": lambda content: drive(links(content)),
            "word/settings.xml": put(
                "</w:settings>", f'<w:docVars><w:docVar w:name="a" w:val="{MARK}"/></w:docVars>'
            ),
            "word/_rels/settings.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="rId1" Type="{R}/attachedTemplate" Target="file:///C:/{MARK}/Brev.dotm"'
                ' TargetMode="External"/></Relationships>'
            ).encode(),
            "docProps/custom.xml": custom.encode(),
            "docProps/thumbnail.jpeg": jpeg(),
            "customXml/item1.xml": f"<a>{MARK}</a>".encode(),
            "word/people.xml": f"<w15:people>{MARK}</w15:people>".encode(),
            f"word/{MARK}.txt": MARK.encode(),
        },
    )


def full_xlsx() -> bytes:
    """A workbook with every trace that Excel leaves."""
    book = openpyxl.Workbook()
    for key in ("creator", "lastModifiedBy", "description", "keywords", "title", "subject", "category"):
        setattr(book.properties, key, MARK)
    sheet = book.active
    sheet.title = "Timer"
    sheet["A1"], sheet["B1"] = WORDS, 42
    sheet["A2"] = "Sum"
    sheet["A1"].comment = Comment(MARK, MARK)
    sheet["A3"] = "Link"
    sheet["A3"].hyperlink = f"file:///C:/Users/{MARK}/ark.xlsx"
    sheet["A4"] = "Retsinformation"
    sheet["A4"].hyperlink = "https://www.retsinformation.dk/"
    sheet.oddHeader.left.text = "&Z&F Timer"
    book.defined_names["hemmelig"] = openpyxl.workbook.defined_name.DefinedName(
        "hemmelig", attr_text=f'"{MARK}"'
    )
    sheet.add_image(SheetImage(io.BytesIO(jpeg())), "D4")
    data = saved(book.save)
    formula = (
        f'<c r="B2"><f>SUM([1]{MARK.split()[0]}!A1)+WEBSERVICE("http://x/{MARK}")</f><v>7</v></c>'
        '<c r="C2"><f>SUM(B1:B2)</f></c><c r="D2" t="s"><v>1</v></c>'
    )
    path = f'<x15ac:absPath xmlns:x15ac="http://schemas.microsoft.com/x" url="C:\\Users\\{MARK}\\"/>'
    strings = f'<sst xmlns="{SHEET}"><si><t>{MARK}</t></si><si><t>Delt tekst</t></si></sst>'
    return edited(
        data,
        {
            "xl/worksheets/sheet1.xml": put('</row><row r="3"', formula),
            "xl/workbook.xml": put("<sheets", f'<fileSharing userName="{MARK}"/>{path}'),
            "xl/sharedStrings.xml": strings.encode(),
            "xl/_rels/workbook.xml.rels": related("sharedStrings", "sharedStrings.xml"),
            "[Content_Types].xml": typed("/xl/sharedStrings.xml", SHEET_TYPE % "sharedStrings"),
            "xl/externalLinks/externalLink1.xml": MARK.encode(),
            "xl/persons/person.xml": MARK.encode(),
            "xl/printerSettings/printerSettings1.bin": MARK.encode("utf-16-le"),
        },
    )


# --- PDF ------------------------------------------------------------------------------------


def pdf(
    change: Callable[[pikepdf.Pdf], object] = lambda document: None, *, words: str = WORDS, **save: object
) -> bytes:
    """One page with words, changed as asked."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 200))
    page = document.pages[0].obj
    font = document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    page.Resources = Dictionary(Font=Dictionary(F1=font))
    page.Contents = document.make_stream(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode("latin-1"))
    change(document)
    return saved(lambda target: document.save(target, **save))


def add_traces(document: pikepdf.Pdf) -> None:
    """Every trace that a PDF may carry and still be cleaned."""
    page, mark = document.pages[0].obj, String(MARK)
    document.docinfo["/Author"] = mark
    document.Root.Metadata = document.make_stream(f"<x:xmpmeta>{MARK}</x:xmpmeta>".encode())
    document.Root.PieceInfo = Dictionary(App=Dictionary(Private=mark))
    page.PieceInfo = Dictionary(App=Dictionary(Private=mark, LastModified=String("D:2026")))
    page.Metadata = document.make_stream(MARK.encode())
    page.Thumb = document.make_stream(MARK.encode())
    picture = document.make_stream(jpeg())
    for key, value in {
        "/Type": Name.XObject,
        "/Subtype": Name.Image,
        "/Width": 40,
        "/Height": 20,
        "/BitsPerComponent": 8,
        "/ColorSpace": Name.DeviceRGB,
        "/Filter": Name.DCTDecode,
    }.items():
        picture[key] = value
    page.Resources.XObject = Dictionary(Im1=picture)
    form = document.make_stream(b"BT /F1 9 Tf 2 4 Td (Udfyldt felt) Tj ET")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 20])
    form.Resources = Dictionary(Font=page.Resources.Font)
    spot = Array([10, 10, 110, 30])

    def note(kind: str, **fields: object) -> pikepdf.Object:
        return document.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name(kind), Rect=spot, T=mark, F=4, **fields)
        )

    filled = note("/Widget", FT=Name.Tx, V=String("Udfyldt felt"), AP=Dictionary(N=form))
    page.Annots = Array(
        [
            note("/Text", Contents=mark),
            filled,
            note("/Link", A=Dictionary(S=Name.URI, URI=String("https://www.ft.dk/")), Contents=mark),
            note("/Link", A=Dictionary(S=Name.URI, URI=String(f"file:///C:/{MARK}"))),
        ]
    )
    document.Root.AcroForm = Dictionary(Fields=Array([filled]))
    document.Root.Names = Dictionary(IDS=Dictionary(Names=Array([mark, mark])))


def full_pdf() -> bytes:
    """A PDF with every trace, an older version of its page, and something behind its end."""
    return pdf(add_traces) + MARK.encode()


def streams(data: bytes) -> Iterator[bytes]:
    """Every object and every stream of a PDF, packed and unpacked."""
    with pikepdf.open(io.BytesIO(data)) as document:
        for one in document.objects:
            yield one.unparse(resolved=True)
            if isinstance(one, pikepdf.Stream):
                yield one.read_raw_bytes()
                if one.get("/Filter") == Name.FlateDecode:
                    yield one.read_bytes()
