"""The row and its bytes live and die together."""

import datetime
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation
from PIL import Image

from backend.attachments import cleaning
from backend.attachments.actions import delete_file, store_file, sweep
from backend.attachments.cleaning import Clean
from backend.attachments.models import StoredFile
from backend.attachments.serving import file_response
from backend.examples import actions as examples
from backend.examples.attaching import check_attachment, check_attachments
from backend.examples.validation import InvalidInput, Submission
from tests.factories import make_campaign, make_example, make_organisation

PDF = Clean("application/pdf", "pdf", b"%PDF-1.7 cleaned", "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage of the test's own."""
    monkeypatch.setattr(default_storage._wrapped, "_location", str(tmp_path), raising=False)
    for cached in ("base_location", "location"):
        default_storage._wrapped.__dict__.pop(cached, None)
    return tmp_path / "attachments"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (20, 10)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.django_db
class TestStoring:
    def test_a_file_is_kept_under_a_name_of_ours_and_no_time_of_day(self, folder: Path) -> None:
        stored = store_file(organisation=make_organisation(), clean=PDF, number=2)
        assert stored.name == "bilag-2.pdf"
        assert stored.size == len(PDF.data)
        assert stored.sha256 == hashlib.sha256(PDF.data).hexdigest()
        [path] = folder.glob("*")
        assert path.read_bytes() == PDF.data
        assert path.suffix == ""
        assert path.stat().st_mtime % (24 * 60 * 60) == 0

    def test_a_download_is_neither_shown_nor_kept_by_a_browser(self, folder: Path) -> None:
        stored = store_file(organisation=make_organisation(), clean=PDF)
        response = file_response(stored)
        assert b"".join(response.streaming_content) == PDF.data
        assert response.headers["Content-Disposition"] == 'attachment; filename="bilag-1.pdf"'
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
class TestTransactions:
    def test_the_bytes_go_when_the_deletion_has_come_through(
        self, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        stored = store_file(organisation=make_organisation(), clean=PDF)
        with django_capture_on_commit_callbacks() as commits:
            delete_file(stored=stored)
        assert len(names(folder)) == 1
        for commit in commits:
            commit()
        assert names(folder) == []
        assert not StoredFile.objects.exists()

    def test_bytes_that_no_row_names_are_swept_after_two_days(self, folder: Path) -> None:
        organisation = make_organisation()
        kept = store_file(organisation=organisation, clean=PDF)

        def fail() -> None:
            with transaction.atomic():
                store_file(organisation=organisation, clean=PDF)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert len(names(folder)) == 2
        assert sweep() == 0
        assert sweep(at=timezone.now() + datetime.timedelta(days=3)) == 1
        assert [f"attachments/{name}" for name in names(folder)] == [kept.file.name]

    def test_there_is_nothing_to_sweep_before_the_first_file(self, folder: Path) -> None:
        assert sweep() == 0


class TestChecking:
    def test_what_cannot_be_cleaned_is_refused_at_the_field(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            check_attachment(SimpleUploadedFile("side.html", b"<html>"), pointer="/file")
        [error] = caught.value.errors
        assert (error.pointer, error.code) == ("/file", "unknown_type")
        assert (
            str(error.detail) == "Den slags fil kan vi ikke tage imod. Send PDF, PNG, JPEG, DOCX eller XLSX."
        )

    def test_a_personal_number_in_the_name_is_refused(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            check_attachment(SimpleUploadedFile("010190-1234.png", picture()), pointer="/file")
        [error] = caught.value.errors
        assert error.code == "cpr_number"
        assert "010190" not in str(error.detail)

    def test_a_large_file_is_refused_unread(self) -> None:
        upload = SimpleUploadedFile("stor.pdf", b"%PDF-")
        upload.size = 10 * 1024 * 1024 + 1
        with pytest.raises(InvalidInput) as caught:
            check_attachment(upload, pointer="/file")
        assert [error.code for error in caught.value.errors] == ["too_large"]
        assert upload.tell() == 0

    def test_every_wrong_file_is_named_at_once(self) -> None:
        files = [("a.html", b"<p>"), ("b.png", picture()), ("c.pdf", b"")]
        with pytest.raises(InvalidInput) as caught:
            check_attachments([SimpleUploadedFile(*file) for file in files], pointer="/files")
        found = [(error.pointer, error.code) for error in caught.value.errors]
        assert found == [("/files/0", "unknown_type"), ("/files/2", "empty")]

    def test_six_files_are_one_too_many(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            check_attachments([SimpleUploadedFile("a.png", picture())] * 6, pointer="/files")
        assert [(error.pointer, error.code) for error in caught.value.errors] == [("/files", "too_many")]


@pytest.mark.django_db
def test_the_name_does_not_tell_which_language_the_sender_reads(folder: Path) -> None:
    with translation.override("en"):
        stored = store_file(organisation=make_organisation(), clean=PDF)
    assert stored.name == "bilag-1.pdf"


def test_the_first_file_that_finds_no_place_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "PLACE_SECONDS", 0.01)
    uploads = [SimpleUploadedFile(f"{number}.pdf", b"%PDF-1.7") for number in range(5)]
    with cleaning._places, cleaning._places, pytest.raises(InvalidInput) as invalid:
        check_attachments(uploads, pointer="/files")
    assert [(error.pointer, error.code) for error in invalid.value.errors] == [("/files/0", "busy")]


@pytest.mark.django_db
def test_a_flood_of_files_is_refused_and_the_words_are_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign(make_organisation())
    monkeypatch.setattr(examples, "MOST_BYTES_A_DAY", 2 * len(PDF.data))
    make_example(campaign, files=[PDF, PDF])
    with pytest.raises(InvalidInput) as invalid:
        make_example(campaign, files=[PDF])
    assert [(error.pointer, error.code) for error in invalid.value.errors] == [("/files", "busy")]
    make_example(campaign)
    make_example(campaign, files=[PDF], at=timezone.now() + datetime.timedelta(days=1))
    with pytest.raises(InvalidInput):
        examples.submit_example(
            campaign=campaign,
            submission=Submission(problem="Vi skriver det to steder."),
            files=[PDF],
            is_quarantined=True,
            at=timezone.now() + datetime.timedelta(days=2),
        )
