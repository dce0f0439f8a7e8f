"""What is kept holds no trace of its sender and shows what it showed; what means harm is refused with its reason."""

import io
from collections.abc import Callable

import docx
import openpyxl
import pikepdf
import pytest
from PIL import Image

from backend.attachments.cleaning import REASONS, Refused, clean

from . import files, hostile
from .files import MARK, WORDS

KEPT: dict[str, tuple[str, Callable[[], bytes]]] = {
    "photograph": ("jpg", files.jpeg),
    "screenshot": ("png", files.png),
    "letter": ("docx", files.full_docx),
    "workbook": ("xlsx", files.full_xlsx),
    "pdf": ("pdf", files.full_pdf),
    "pdf that is a zip": ("pdf", hostile.pdf_and_zip),
    "picture that is a zip": ("jpg", hostile.jpeg_and_zip),
}


def everything(extension: str, data: bytes) -> list[bytes]:
    """The bytes, and what they unpack to."""
    found = [data]
    if extension in ("docx", "xlsx"):
        for name, content in files.members(data).items():
            found += [name.encode(), content]
    if extension == "pdf":
        found += files.streams(data)
    return found


@pytest.mark.parametrize("name", KEPT)
def test_nothing_of_the_sender_is_left(name: str) -> None:
    extension, make = KEPT[name]
    sent = make()
    assert any(MARK.encode() in part for part in everything(extension, sent)) or MARK.encode() in sent
    kept = clean(sent)
    assert kept.extension == extension
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        for trace in (MARK, MARK.split()[1]):
            assert [part for part in everything(extension, kept.data) if trace.encode(encoding) in part] == []


@pytest.mark.parametrize("name", KEPT)
def test_what_was_cleaned_can_be_cleaned_again(name: str) -> None:
    once = clean(KEPT[name][1]())
    assert clean(once.data).text == once.text


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_what_means_harm_is_refused(name: str) -> None:
    code, make = hostile.REFUSED[name]
    with pytest.raises(Refused) as caught:
        clean(make())
    assert caught.value.code == code


def test_every_reason_is_said_in_danish() -> None:
    assert not [text for text in REASONS.values() if str(text).startswith(("The ", "This ", "A ", "Too "))]
    assert all("fil" in str(text).lower() or "billede" in str(text).lower() for text in REASONS.values())


class TestPictures:
    def test_a_picture_is_turned_before_its_turning_is_forgotten(self) -> None:
        picture = Image.open(io.BytesIO(clean(files.jpeg((40, 20))).data))
        assert picture.size == (20, 40)
        assert dict(picture.getexif()) == {}
        assert "comment" not in picture.info

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
    def test_every_way_of_writing_colours_is_kept(self, mode: str) -> None:
        sent = Image.new(mode, (7, 5), 200 if mode != "I;16" else 200 * 256)
        kept = Image.open(io.BytesIO(clean(files.saved(lambda target: sent.save(target, "PNG"))).data))
        assert kept.size == (7, 5)
        if mode in ("L", "I;16"):
            assert kept.getpixel((0, 0)) == 200

    def test_a_large_picture_is_made_smaller(self) -> None:
        kept = Image.open(io.BytesIO(clean(files.png((6000, 3000))).data))
        assert kept.size == (2000, 4000)
        assert kept.mode == "RGBA"


class TestDocuments:
    @pytest.fixture
    def letter(self) -> docx.document.Document:
        return docx.Document(io.BytesIO(clean(files.full_docx()).data))

    def test_the_words_stay(self, letter: docx.document.Document) -> None:
        lines = [paragraph.text for paragraph in letter.paragraphs]
        for line in (WORDS, "Med kommentar", "Først og derefter tilføjet", "Efter", "Vist", "I et felt"):
            assert line in lines
        assert "Retsinformation fællesdrevet" in lines
        assert letter.sections[0].footer.paragraphs[0].text == "Side"
        assert [cell.text for table in letter.tables for cell in table._cells] == ["Celle", "", "Række"]

    def test_the_picture_stays_and_a_link_to_the_web(self, letter: docx.document.Document) -> None:
        assert len(letter.inline_shapes) == 1
        outside = [one.target_ref for one in letter.part.rels.values() if one.is_external]
        assert outside == ["https://www.retsinformation.dk/eli/lta/2024/1089"]

    def test_no_change_no_order_and_no_comment_is_left(self) -> None:
        story = files.members(clean(files.full_docx()).data)["word/document.xml"]
        for word in (b"w:ins", b"w:del", b"instrText", b"w:comment", b"w:sdt", b"rsid", b"2026-11-02"):
            assert word not in story

    def test_page_numbers_go_on_counting(self) -> None:
        field = '<w:p><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
        sent = hostile.word("word/document.xml", files.put("<w:sectPr", field))
        assert b'w:instr=" PAGE "' in files.members(clean(sent).data)["word/document.xml"]

    def test_the_words_are_told_for_screening(self) -> None:
        assert "010190-1234" in clean(files.plain_docx("Født 010190-1234")).text


class TestWorkbooks:
    def test_what_the_cells_show_stays_as_values(self) -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(clean(files.full_xlsx()).data)).active
        assert sheet.title == "Timer"
        rows = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows(max_row=4)]
        assert rows == [[WORDS, 42], ["Sum", 7, "=SUM(B1:B2)", "Delt tekst"], ["Link"], ["Retsinformation"]]
        assert sheet["C2"].data_type != "f"
        assert sheet["A4"].hyperlink.target == "https://www.retsinformation.dk/"
        assert sheet["A3"].hyperlink is None
        assert len(sheet._images) == 1

    def test_there_is_no_formula_left(self) -> None:
        sheet = files.members(clean(files.full_xlsx()).data)["xl/worksheets/sheet1.xml"]
        assert b"<f>" not in sheet
        assert b"&amp;Z" not in sheet

    def test_figures_are_told_for_screening(self) -> None:
        assert "1234567890" in clean(files.plain_xlsx(1234567890)).text


class TestPdfs:
    def test_a_page_shows_what_it_showed(self) -> None:
        kept = clean(files.full_pdf())
        assert WORDS in kept.text
        assert "Udfyldt felt" in kept.text
        with pikepdf.open(io.BytesIO(kept.data)) as document:
            [page] = document.pages
            assert [str(note.A.URI) for note in page.obj.Annots] == ["https://www.ft.dk/"]
            assert "/AcroForm" not in document.Root
            assert "/Info" not in document.trailer
            assert page.obj.Resources.XObject.Im1.Width == 40

    def test_what_no_page_leads_to_is_gone(self) -> None:
        sent = files.pdf(add_older_version)
        assert any(MARK.encode() in part for part in everything("pdf", sent))
        assert all(MARK.encode() not in part for part in everything("pdf", clean(sent).data))


def add_older_version(document: pikepdf.Pdf) -> None:
    """A stream that an editor keeps beside the pages."""
    document.Root.Older = document.make_stream(MARK.encode())
