"""Files with POST /examples: multipart as the contract says, cleaned, and the coordinator's alone."""

import datetime
import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from backend.attachments.models import StoredFile
from backend.examples.models import Example
from backend.examples.throttle import CEILINGS, Ceiling
from backend.organisations.models import AccessEvent
from tests.backend.attachments.files import MARK, full_docx, jpeg, members, pdf, plain_docx
from tests.factories import make_user

from .conftest import API, ApiClient, as_user, example, pointers

pytestmark = pytest.mark.django_db


def send(api, *files, body=None, headers=None, **parts):
    """POST the example with files given as (name, bytes)."""
    data = {"example": json.dumps(example() if body is None else body), **parts}
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return api.post(f"{API}/examples", {**data, **({"files": uploads} if uploads else {})}, headers=headers)


def test_files_are_cleaned_kept_and_read_by_the_coordinator_only(world, api, staff):
    response = send(api, (f"{MARK}.docx", full_docx()), ("Mit foto.JPG", jpeg()))
    assert response.status_code == 201, response.content
    reference = response.json()["reference"]
    files = staff.read(f"/desk/examples/{reference}")["raw"]["files"]
    assert [file["name"] for file in files] == ["bilag-1.docx", "bilag-2.jpg"]
    for file in files:
        download = staff.get(f"{API}/desk/examples/{reference}/files/{file['id']}")
        content = b"".join(download.streaming_content)
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["size"]
        assert MARK.encode() not in content
        assert download.headers["Content-Type"] == file["content_type"]
        assert download.headers["Content-Disposition"] == f'attachment; filename="{file["name"]}"'
        assert download.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in download.headers["Content-Security-Policy"]
        if file["name"].endswith("docx"):
            assert not [name for name, part in members(content).items() if MARK.encode() in part]
    assert AccessEvent.objects.filter(reference=reference, purpose="api: file").count() == 2
    for role in ("caseworker", "administrator", "committee_member"):
        client = as_user(make_user(role, world.lejre))
        path = f"{API}/desk/examples/{reference}/files/{files[0]['id']}"
        assert client.get(path).status_code in (403, 404)
    assert api.get(f"{API}/desk/examples/{reference}/files/{files[0]['id']}").status_code == 401


def test_what_cannot_be_cleaned_is_refused_at_its_own_place_with_every_other_fault(world, api):
    response = send(
        api,
        ("godt.pdf", pdf()),
        ("viden.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
        ("noget.docx", plain_docx("Borgeren 010190-1234 venter.")),
        body=example(problem="kort"),
    )
    assert pointers(response) == {
        "/problem": "too_short",
        "/files/1": "old_format",
        "/files/2": "cpr_number",
    }
    assert "0190" not in response.content.decode()
    assert not Example.objects.filter(source="api").exists()
    assert not StoredFile.objects.exists()


def test_five_files_at_most(world, api):
    assert pointers(send(api, *[("a.pdf", b"%PDF")] * 6)) == {"/files": "too_many"}


def test_the_same_key_and_files_give_the_first_answer(world, api):
    headers = {"Idempotency-Key": "k"}
    content = pdf()
    first = send(api, ("a.pdf", content), headers=headers)
    assert send(api, ("b.pdf", content), headers=headers).json() == first.json()
    assert send(api, headers=headers).status_code == 409
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    "parts, wanted",
    [
        ({"flag": "x"}, {"/flag": "unknown_field"}),
        ({"files": "ingen fil"}, {"/files": "invalid_type"}),
        ({"example": "{"}, {"": "not_json"}),
        ({"example": '"tekst"'}, {"": "invalid_type"}),
        ({"example": json.dumps({"problem": "Et problem uden kampagne."})}, {"/campaign": "required"}),
        (
            {"upload": SimpleUploadedFile("a.pdf", b"%PDF")},
            {"/upload": "unknown_field"},
        ),
    ],
    ids=["unknown", "not-a-file", "not-json", "no-object", "field-missing", "unknown-file"],
)
def test_wrong_parts_are_told(world, api, parts, wanted):
    assert pointers(send(api, **parts)) == wanted


def test_a_broken_or_misplaced_multipart_is_refused(world, api):
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        response = api.post(f"{API}/examples", b"\xff\xfe--x", content_type=content_type)
        assert response.status_code in (415, 422)
    assert pointers(api.post(f"{API}/examples", {"files": SimpleUploadedFile("a.pdf", pdf())})) == {
        "/example": "required"
    }
    assert api.post(f"{API}/examples/similar", {"example": "{}"}).status_code == 415
    assert send(api, headers={"Origin": "https://ond.example"}).status_code == 403


def test_cleaning_has_a_ceiling_of_its_own(world, api, monkeypatch):
    monkeypatch.setitem(CEILINGS, "attach", Ceiling(network=1))
    assert send(api, ("a.pdf", pdf())).status_code == 201
    refused = send(api, ("a.pdf", pdf()))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert ApiClient().send("/examples", example()).status_code == 201


def test_files_are_not_cleaned_for_a_campaign_that_takes_none(world, api):
    broken = ("a.pdf", b"ikke en pdf")
    unknown = send(api, broken, body={"campaign": "findes-ikke", "problem": "Vi skriver det to steder."})
    assert pointers(unknown) == {"/campaign": "unknown_choice"}
    world.campaign.closes_date = timezone.localdate() - datetime.timedelta(days=1)
    world.campaign.save()
    assert send(api, broken).status_code == 409
