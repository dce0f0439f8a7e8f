"""The files of a row: gathered while it is prepared, sent under the row's number, gone with a row that is dropped."""

import io

import docx
import pytest

from backend.attachments.cleaning import Clean
from backend.attachments.models import StoredFile
from backend.cases import actions
from backend.cases.actions import enclosing
from backend.cases.actions.resending import mails_of
from backend.cases.models import CaseEvent, ReferralFile
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from backend.outbox.actions import deliver_due, mark_bounced
from exports.forms.referral_letter import attachments
from tests.backend.cases.test_sending import NOW, World
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PDF = Clean("application/pdf", "pdf", b"%PDF-1.7", "")
PNG = Clean("image/png", "png", b"\x89PNG", "")


@pytest.fixture
def world():
    return World(rows=3)


def attach(world, row, *files, **fields):
    values = {"files": files or [PDF], "no_personal_data": True, "by": world.by}
    return actions.attach_files(referral=row, **(values | fields))


def refused(attempt):
    with pytest.raises(InvalidInput) as error:
        attempt()
    return [(each.pointer, each.code) for each in error.value.errors]


def test_they_go_with_the_mail_and_again_with_the_next_one_under_their_rows_number(world, mailoutbox):
    attach(world, world.rows[2], PDF)
    attach(world, world.rows[1], PDF, PNG)
    attach(world, world.rows[1], PDF)
    batch = world.send(make_files=attachments)
    names = ["Række 2 – 1.pdf", "Række 2 – 2.png", "Række 2 – 3.pdf", "Række 3 – 1.pdf"]
    deliver_due(at=NOW)
    mail = mailoutbox[0]
    assert [file.filename for file in mail.attachments] == ["H-2026-001.docx", *names]
    assert mail.attachments[2].content == PNG.data
    _first, second, third = mail.body.split("Række ", 1)[1].split("–" * 40)
    assert [name in second for name in names] == [True, True, True, False]
    assert names[3] in third
    words = [
        cell.text
        for table in docx.Document(io.BytesIO(batch.files.get().file.file.read())).tables
        for line in table.rows
        for cell in line.cells
    ]
    assert words[words.index("Vedhæftet") + 1].split("\n") == names[:3]
    mark_bounced(message=mails_of([batch])[batch.pk][0], at=NOW)
    actions.send_letter_again(batch=batch, by=world.by, at=NOW)
    deliver_due(at=NOW)
    assert [file.filename for file in mailoutbox[1].attachments][1:] == names


def test_only_a_prepared_row_takes_files_and_only_from_whoever_may_and_has_read_them(world):
    row = world.rows[0]
    assert refused(lambda: attach(world, row, files=[], no_personal_data=False)) == [
        ("/files", "required"),
        ("/no_personal_data", "required"),
    ]
    with pytest.raises(NotAllowed):
        attach(world, row, by=make_user("reader", world.organisation))
    attach(world, row, *[PDF] * 5)
    assert refused(lambda: attach(world, row)) == [("/files", "too_many")]
    world.send()
    for attempt in (
        lambda: attach(world, row),
        lambda: actions.remove_file(referral=row, file=row.files.first().file_id, by=world.by),
    ):
        with pytest.raises(IllegalMove):
            attempt()
    assert list(CaseEvent.objects.filter(move="attach_files").values_list("is_public", flat=True)) == [False]


def test_what_one_mail_does_not_take_is_refused_at_the_row_and_at_the_letter(world, monkeypatch):
    monkeypatch.setattr(enclosing, "MOST_BYTES", 2 * len(PDF.data))
    monkeypatch.setattr("backend.cases.actions.sending.MOST_BYTES", 2 * len(PDF.data))
    assert refused(lambda: attach(world, world.rows[0], PDF, PDF, PNG)) == [("/files", "too_large")]
    attach(world, world.rows[0], PDF, PDF)
    attach(world, world.rows[1], PNG)
    assert refused(world.send) == [("/referrals", "too_large")]
    assert world.send(referrals=world.rows[:1])
    assert world.send(referrals=world.rows[1:])


def test_what_is_taken_off_or_dropped_before_sending_is_gone_with_its_bytes(
    world, django_capture_on_commit_callbacks
):
    first, second, third = world.rows
    _one, two, three = attach(world, first, PDF, PNG, PDF)
    attach(world, second)
    attach(world, third)
    place = two.file.file
    assert refused(lambda: actions.remove_file(referral=second, file=two.file_id, by=world.by)) == [
        ("/file", "unknown_choice")
    ]
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_file(referral=first, file=two.file_id, by=world.by)
        actions.cancel_referral(referral=second, why="Ikke dem.", by=world.by)
    assert not place.storage.exists(place.name)
    three.file.refresh_from_db()
    assert three.file.name == "bilag-2.pdf"
    assert {row.referral_id for row in ReferralFile.objects.all()} == {first.pk, third.pk}
    assert StoredFile.objects.count() == 3
    # The wording goes with its writer's words, and what was to show it goes along; what was sent is a record.
    world.send(referrals=[first])
    for row in (first, third):
        actions.withdraw(example=row.case.case_examples.get().example)
    assert {row.referral_id for row in ReferralFile.objects.all()} == {first.pk}
    actions.cancel_referral(referral=first, why="Alligevel ikke.", by=world.by)
    assert ReferralFile.objects.count() == 2
