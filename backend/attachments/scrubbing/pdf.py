"""PDF: written anew from its pages. Properties, comments, older versions and what an editor hid in it are not copied.

What one sees stays: filled-in fields and drawings become part of the page. What can run, or is a file inside the file,
is refused.
"""

import io
import signal
import zlib
from collections.abc import Iterator

import pikepdf
import pypdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from . import segments
from .packages import is_open_web
from .refusing import Unfit

MAXIMUM_PAGES = 500
MAXIMUM_OBJECTS = 60_000
# Unpacked: one stream that is no picture, one picture's pixels, and all streams together.
MAXIMUM_STREAM = 40 * 1024 * 1024
MAXIMUM_PICTURE = 250 * 1024 * 1024
MAXIMUM_TOGETHER = 600 * 1024 * 1024
# Coarser packings are unpacked by nobody but the reader: held small.
MAXIMUM_OTHER_PACKED = 1024 * 1024
READING_SECONDS = 2.0
LONGEST_TEXT = 1_000_000

_IN_ROOT = """/Type /Version /Pages /PageLabels /Outlines /Names /Dests /ViewerPreferences /PageLayout /PageMode
    /StructTreeRoot /MarkInfo /Lang /OCProperties /AcroForm"""
IN_ROOT = frozenset(_IN_ROOT.split())
_IN_PAGE = """/Type /Parent /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Contents /Rotate /Group /Annots
    /StructParents /Tabs /UserUnit"""
IN_PAGE = frozenset(_IN_PAGE.split())
_IN_LINK = "/Type /Subtype /Rect /Border /BS /C /H /A /Dest /QuadPoints /StructParent /F"
IN_LINK = frozenset(_IN_LINK.split())
# Wherever they stand: properties, an editor's own data, small copies of the page, places on the earth.
TRACES = (
    *(
        "/Metadata",
        "/PieceInfo",
        "/LastModified",
        "/Thumb",
        "/AA",
        "/AF",
        "/SpiderInfo",
        "/Perms",
        "/Legal",
        "/DSS",
    ),
    *(
        "/OPI",
        "/VP",
        "/LGIDict",
        "/Measure",
        "/PtData",
        "/CreatorInfo",
        "/User",
        "/UserProperties",
        "/Collection",
    ),
)
_RUNNING = """/JavaScript /Launch /ImportData /SubmitForm /GoToE /Rendition /Sound /Movie /GoTo3DView
    /RichMediaExecute"""
RUNNING = frozenset(_RUNNING.split())
_FILES_INSIDE = "/FileAttachment /RichMedia /Screen /Movie /Sound /3D"
FILES_INSIDE = frozenset(_FILES_INSIDE.split())
_COMMENTS = "/Text /Popup /PrinterMark /TrapNet"
COMMENTS = frozenset(_COMMENTS.split())

pikepdf.settings.set_qpdf_limits(
    doc_max_warnings=200,
    parser_max_nesting=100,
    parser_max_container_size=500_000,
    max_stream_filters=4,
    dct_max_memory=100 * 1024 * 1024,
    flate_max_memory=MAXIMUM_PICTURE,
    png_max_memory=MAXIMUM_PICTURE,
    run_length_max_memory=MAXIMUM_STREAM,
    tiff_max_memory=MAXIMUM_PICTURE,
)


def scrub(data: bytes) -> tuple[bytes, str]:
    """Return the PDF without its writer's traces, and as much of its text as two seconds give."""
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
            cleaned = _rewritten(pdf)
    except pikepdf.PasswordError:
        raise Unfit("encrypted") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError):
        raise Unfit("damaged") from None
    return cleaned, _text(cleaned)


def _rewritten(pdf: Pdf) -> bytes:
    if pdf.is_encrypted:
        raise Unfit("encrypted")
    if len(pdf.objects) > MAXIMUM_OBJECTS or len(pdf.pages) > MAXIMUM_PAGES:
        raise Unfit("too_complex")
    if not len(pdf.pages):
        raise Unfit("damaged")
    for one in _dictionaries(pdf):
        _refuse(one)
    _weigh(pdf)
    if "/AcroForm" in pdf.Root and pdf.Root.AcroForm.get("/NeedAppearances", False):
        pdf.generate_appearance_streams()
    for page in pdf.pages:
        _drop_annotations(page.obj, keep=lambda kind: kind not in COMMENTS)
    pdf.flatten_annotations("all")
    for page in pdf.pages:
        _drop_annotations(page.obj, keep=lambda kind: kind == "/Link")
        _keep(page.obj, IN_PAGE)
    _keep(pdf.Root, IN_ROOT - {"/AcroForm"})
    if "/Names" in pdf.Root:
        _keep(pdf.Root.Names, frozenset({"/Dests"}))
    for key in ("/Info", "/ID"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    for one in _dictionaries(pdf):
        _clean(one)
    target = io.BytesIO()
    pdf.save(
        target,
        preserve_pdfa=False,
        fix_metadata_version=False,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return target.getvalue()


def _dictionaries(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary and stream, also those that stand inside others."""
    waiting: list[Object] = []
    for indirect in pdf.objects:
        waiting.append(indirect)
        while waiting:
            one = waiting.pop()
            if isinstance(one, Dictionary | Stream):
                yield one
                children = [one.get(key) for key in list(one.keys())]
            elif isinstance(one, Array):
                children = list(one)
            else:
                continue
            waiting += [
                child
                for child in children
                if isinstance(child, Dictionary | Array | Stream) and not child.is_indirect
            ]


def _refuse(one: Object) -> None:
    subtype, action = str(one.get("/Subtype", "")), str(one.get("/S", ""))
    if action in RUNNING or "/XFA" in one or isinstance(one.get("/JS"), pikepdf.String | Stream):
        raise Unfit("unsafe_pdf")
    if "/EF" in one or subtype in FILES_INSIDE or str(one.get("/Type", "")) == "/EmbeddedFile":
        raise Unfit("embedded")
    if subtype == "/Redact":
        raise Unfit("not_redacted")
    if isinstance(one, Stream) and "/F" in one:
        raise Unfit("unsafe_pdf")  # its content lies in a file elsewhere


def _filters(stream: Object) -> list[str]:
    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(one) for one in found] if isinstance(found, Array) else [str(found)]


def _weigh(pdf: Pdf) -> None:
    """Refuse what would unpack to too much in anybody's reader; nothing unpacked is kept here."""
    left = MAXIMUM_TOGETHER
    for stream in pdf.objects:
        if not isinstance(stream, Stream):
            continue
        filters = _filters(stream)
        packers = [one for one in filters if one in ("/FlateDecode", "/LZWDecode", "/RunLengthDecode")]
        is_picture = str(stream.get("/Subtype", "")) == "/Image"
        if is_picture and int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > MAXIMUM_PICTURE // 3:
            raise Unfit("too_complex")
        if len(packers) > 1:
            raise Unfit("too_complex")
        raw = stream.read_raw_bytes()
        if filters[:1] == ["/FlateDecode"]:
            left -= _unpacked_size(raw, min(left, MAXIMUM_PICTURE if is_picture else MAXIMUM_STREAM))
        elif packers and len(raw) > MAXIMUM_OTHER_PACKED:
            raise Unfit("too_complex")


def _unpacked_size(raw: bytes, limit: int) -> int:
    size, unpacker, rest = 0, zlib.decompressobj(), raw
    while rest and not unpacker.eof:
        try:
            size += len(unpacker.decompress(rest, 1024 * 1024))
        except zlib.error:
            return size  # readers stop here as well
        if size > limit:
            raise Unfit("too_complex")
        rest = unpacker.unconsumed_tail
    return size


def _keep(one: Object, kept: frozenset[str]) -> None:
    for key in list(one.keys()):
        if key not in kept:
            del one[key]


def _drop_annotations(page: Object, keep) -> None:
    """Keep the annotations of some kinds; of a link only where it stands and where it leads."""
    if "/Annots" not in page:
        return
    kept = []
    for note in page.Annots:
        if not isinstance(note, Dictionary):
            continue
        kind = str(note.get("/Subtype", ""))
        if keep(kind) and (kind != "/Link" or _settle_link(note)):
            kept.append(note)
    page.Annots = Array(kept)


def _settle_link(link: Object) -> bool:
    """Say whether the link leads inside the document or to the open web; leave it nothing else."""
    _keep(link, IN_LINK)
    action = link.get("/A")
    if action is None:
        return "/Dest" in link
    if not isinstance(action, Dictionary):
        return False
    kind = str(action.get("/S", ""))
    if kind == "/GoTo" and "/D" in action:
        link.A = Dictionary(S=Name.GoTo, D=action.D)
        return True
    if kind == "/URI" and is_open_web(str(action.get("/URI", ""))):
        link.A = Dictionary(S=Name.URI, URI=action.URI)
        return True
    return False


def _clean(one: Object) -> None:
    for key in TRACES:
        if key in one:
            del one[key]
    action = one.get("/A")
    if isinstance(action, Dictionary) and "/S" in action:
        kind = str(action.S)
        if kind != "/GoTo" and not (kind == "/URI" and is_open_web(str(action.get("/URI", "")))):
            del one["/A"]
    if isinstance(one, Stream):
        filters = _filters(one)
        if filters and filters[-1] in ("/DCTDecode", "/JPXDecode"):
            _clean_picture(one, filters)


def _clean_picture(stream: Object, filters: list[str]) -> None:
    """A photograph carries its camera and its place in its own segments, also inside a PDF."""
    raw = stream.read_raw_bytes()
    if filters[:-1] == ["/FlateDecode"]:
        raw = zlib.decompressobj().decompress(raw, MAXIMUM_STREAM)
    elif filters[:-1]:
        raise Unfit("picture_inside")
    parms = stream.get("/DecodeParms")
    if isinstance(parms, Array):
        parms = parms[-1] if len(parms) else None
    bare = segments.bare_jpeg(raw) if filters[-1] == "/DCTDecode" else segments.bare_jpeg2000(raw)
    stream.write(
        bare, filter=Name(filters[-1]), decode_parms=parms if isinstance(parms, Dictionary) else None
    )


class _TimeIsUp(Exception):
    """The reading has had its time."""


def _text(cleaned: bytes) -> str:
    """The words of the pages, as far as time goes; a page that cannot be read gives none."""

    def stop(_signal, _frame):
        raise _TimeIsUp

    read: list[str] = []
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, READING_SECONDS)
    try:
        for page in pypdf.PdfReader(io.BytesIO(cleaned)).pages:
            try:
                read.append(page.extract_text())
            except (_TimeIsUp, MemoryError):
                raise
            except Exception:  # noqa: S112 - whatever it stumbles over, the page is kept as it is
                continue
            if sum(map(len, read)) > LONGEST_TEXT:
                break
    except Exception:  # noqa: S110 - the file is clean already; its text is a help only
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "\n".join(read)
