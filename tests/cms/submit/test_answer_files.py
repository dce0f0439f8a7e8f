"""The files of a row on a body's page: at their row, fetched by whoever reads the row, gone with it."""

import pytest

from backend.attachments.cleaning import Clean
from backend.cases import actions
from backend.cases.actions.links import pass_on
from backend.organisations.sealing import unseal
from backend.outbox.models import OutgoingMessage
from tests.cms.worlds import make_world
from tests.factories import make_letter, make_user

pytestmark = pytest.mark.django_db
PDF = Clean("application/pdf", "pdf", b"%PDF-1.7 skema", "")


def test_they_stand_at_their_row_for_whoever_reads_it(client):
    world = make_world()
    by = make_user("coordinator", world.organisation)
    _batch, rows, link, secret = make_letter(world.campaign, by, rows=2, files={2: [PDF]})
    file = rows[1].files.get().file

    def send(secret, **fields):
        return client.post("/svar/", {"link": secret, **fields}, **world.host)

    page = send(secret).content.decode()
    first, second = page.split("<article")[1:]
    assert "Række 2 – 1.pdf" not in first
    assert f'value="file:{file.pk.hex}">Række 2 – 1.pdf' in second
    secrets = []
    for row in rows:
        pass_on(
            link=link, referrals=[row], to_email=f"{row.position}@example.org", by_name="Bo", by_title="Chef"
        )
        mails = OutgoingMessage.objects.filter(kind="letter_passed_on")
        known = {unseal(mail.secret_encrypted) for mail in mails}
        secrets += known - set(secrets)
    for sub, status in zip(secrets, (404, 200), strict=True):
        assert send(sub, do=f"file:{file.pk.hex}").status_code == status
    download = send(secret, do=f"file:{file.pk.hex}")
    assert b"".join(download.streaming_content) == PDF.data
    assert "attachment" in download.headers["Content-Disposition"]
    actions.cancel_referral(referral=rows[1], why="Forkert skema.", by=by)
    for each in (secret, secrets[1]):
        assert "Række 2 – 1.pdf" not in send(each).content.decode()
        assert send(each, do=f"file:{file.pk.hex}").status_code == 404
