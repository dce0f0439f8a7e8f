"""Files of a row at the desk: attached with the tick, named at the row, fetched, removed, and part of the letter."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.cases import actions
from backend.cases.models import ReferralFile
from tests.backend.attachments.files import pdf
from tests.factories import make_body, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(lejre):
    """A prepared referral of a case that is ready."""
    case = make_case(lejre.campaign, lejre.coordinator, title="Dobbelt registrering", proposal="Én gang.")
    actions.mark_ready(case=case, by=lejre.coordinator)
    body = make_body()
    body.contacts.create(organisation=lejre.organisation, email="fm@example.org")
    actions.edit_case(case=case, version=case.version, really_law="habit", by=lejre.coordinator)
    return actions.prepare_referral(case=case, body=body, by=lejre.coordinator)


def attach(browser, row, *files, **fields):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(
        f"/admin/henvendelser/{row.pk}/filer/", {"files": uploads, "no_personal_data": "on", **fields}
    )


def test_a_file_is_attached_with_the_tick_shown_at_the_row_fetched_and_removed(
    client, coordinator, lejre, row
):
    page = attach(coordinator, row, ("skema.pdf", pdf()), no_personal_data="")
    assert page.status_code == 422
    words = page.content.decode()
    assert "sæt krydset" in words
    assert "Vælg filerne igen: skema.pdf" in words
    page = attach(coordinator, row, ("løn.pdf", b"intet"))
    assert page.status_code == 422
    assert 'id="id_files_error"' in page.content.decode()
    assert not ReferralFile.objects.exists()
    assert attach(coordinator, row, ("skema.pdf", pdf())).status_code == 302
    address = f"/admin/henvendelser/{row.pk}/"
    attached = row.files.get()
    download = f"{address}fil/{attached.file_id}/"
    for place in (address, f"/admin/forslag/{row.case.reference}/", f"/admin/breve/nyt/?row={row.pk}"):
        assert download in coordinator.get(place).content.decode()
    assert b"".join(coordinator.get(download).streaming_content).startswith(b"%PDF")
    client.force_login(lejre.people["committee_member"])
    assert client.get(download).status_code == 403
    assert "bilag-1.pdf" not in client.get(f"/admin/forslag/{row.case.reference}/").content.decode()
    client.force_login(lejre.people["reader"])
    assert "Vedhæft filerne" not in client.get(address).content.decode()
    assert attach(client, row, ("skema.pdf", pdf())).status_code == 403
    client.force_login(lejre.coordinator)
    assert coordinator.post(f"{address}fjern-fil/", {"file": "x"}).status_code == 404
    for told in ("Filen er fjernet.", "Filen var her ikke længere."):
        page = coordinator.post(f"{address}fjern-fil/", {"file": attached.file_id}, follow=True)
        assert told in page.content.decode()


def test_the_letter_shows_before_the_sending_what_goes_along(coordinator, row):
    attach(coordinator, row, ("skema.pdf", pdf()))
    letter = {"row": row.pk, "to": "fm@example.org", "subject": "Et forslag", "letter": "Kære ministerium"}
    page = coordinator.post("/admin/breve/nyt/", {**letter, "action": "preview"}).content.decode()
    assert page.count("Række 1 – 1.pdf") == 2
    coordinator.post("/admin/breve/nyt/", {**letter, "action": "send"})
    page = coordinator.get(f"/admin/henvendelser/{row.pk}/").content.decode()
    assert "Række 1 – 1.pdf" in page
    assert "fjern-fil" not in page
