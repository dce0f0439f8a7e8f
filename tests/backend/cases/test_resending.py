"""A letter that came back is sent again with a new link; one that is late goes to the next contact on the ladder."""

import datetime

import pytest
from django.core import mail as mails

from backend.cases import actions
from backend.cases.actions.resending import mails_of, next_contact
from backend.cases.models import Case, CaseEvent
from backend.examples.lifecycle import IllegalMove
from backend.examples.models import Example
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from backend.outbox.actions import deliver_due
from backend.outbox.models import OutgoingMessage
from tests.backend.cases.test_sending import FILE, NOW, World
from tests.factories import make_user

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def world():
    world = World()
    world.batch = world.send(files=[FILE])
    deliver_due(at=NOW)
    return world


def secret_of(mail):
    return mail.body.split("/svar/#")[1].split()[0]


def test_a_mail_that_came_back_is_marked_and_sent_again_whole_under_a_new_link(world):
    message = OutgoingMessage.objects.get()
    with pytest.raises(IllegalMove):
        actions.send_letter_again(batch=world.batch, by=world.by, at=NOW)
    with pytest.raises(NotAllowed):
        actions.mark_returned(
            batch=world.batch, message=message, by=make_user("reader", world.organisation), at=NOW
        )
    actions.mark_returned(batch=world.batch, message=message, by=world.by, at=NOW)
    with pytest.raises(IllegalMove):
        actions.mark_returned(batch=world.batch, message=message, by=world.by, at=NOW)
    world.body.contacts.update(email="ny@example.org")
    actions.send_letter_again(batch=world.batch, by=world.by, at=NOW + HOUR)
    deliver_due(at=NOW + HOUR)
    first, second = mails.outbox
    assert second.to == ["ny@example.org"]
    assert first.body.replace(secret_of(first), "") == second.body.replace(secret_of(second), "")
    assert second.attachments[0].content == FILE[2]
    assert actions.open_link(secret_of(first), at=NOW + HOUR) is None
    assert actions.open_link(secret_of(second), at=NOW + HOUR).batch == world.batch
    assert [row.state for row in mails_of([world.batch])[world.batch.pk]] == ["sent", "bounced"]
    assert CaseEvent.objects.filter(move="mail_bounced", by=world.by).count() == 2
    assert CaseEvent.objects.filter(move="send_again").count() == 2


def test_a_late_letter_goes_to_the_next_on_the_ladder_and_both_links_are_open(world):
    assert next_contact(world.batch, at=NOW) is None
    with pytest.raises(InvalidInput) as error:
        actions.escalate(
            batch=world.batch, subject="Vi mangler svar", letter="Kære chef", by=world.by, at=NOW
        )
    assert error.value.errors[0].code == "no_next_contact"
    world.body.contacts.create(
        organisation=world.organisation, email="chef@example.org", rank=2, title="Direktør"
    )
    with pytest.raises(InvalidInput) as error:
        actions.escalate(
            batch=world.batch, subject="Vi mangler svar", letter="Kære {navn}", by=world.by, at=NOW
        )
    assert error.value.errors[0].pointer == "/letter"
    actions.escalate(
        batch=world.batch, subject="Vi mangler svar", letter="Kære chef", by=world.by, at=NOW + HOUR
    )
    deliver_due(at=NOW + HOUR)
    first, second = mails.outbox
    assert (second.to, second.subject) == (["chef@example.org"], "Vi mangler svar (H-2026-001)")
    assert second.body.startswith("Kære chef\n\n")
    assert "Problem 2:" in second.body
    assert actions.open_link(secret_of(first), at=NOW + HOUR)
    assert actions.open_link(secret_of(second), at=NOW + HOUR)
    assert [event.why for event in CaseEvent.objects.filter(move="escalate")] == ["Direktør", "Direktør"]
    assert next_contact(world.batch, at=NOW) is None
    # Each holder's renewal goes to that holder's own registered address.
    actions.renew_link(secret=secret_of(first), at=NOW + 3 * HOUR)
    deliver_due(at=NOW + 3 * HOUR)
    assert mails.outbox[-1].to == ["lejre@example.org"]
    assert actions.open_link(secret_of(second), at=NOW + 3 * HOUR)


def test_sending_again_closes_no_other_contacts_link(world):
    first = OutgoingMessage.objects.get()
    world.body.contacts.create(organisation=world.organisation, email="chef@example.org", rank=2)
    actions.escalate(
        batch=world.batch, subject="Vi mangler svar", letter="Kære chef", by=world.by, at=NOW + HOUR
    )
    deliver_due(at=NOW + HOUR)
    second = OutgoingMessage.objects.exclude(pk=first.pk).get()
    actions.mark_returned(batch=world.batch, message=second, by=world.by, at=NOW + HOUR)
    actions.send_letter_again(batch=world.batch, to="lejre@example.org", by=world.by, at=NOW + 2 * HOUR)
    # The chief's mail came back: the first contact has a link more, and the old one still opens.
    assert actions.open_link(secret_of(mails.outbox[0]), at=NOW + 3 * HOUR)
    assert not actions.open_link(secret_of(mails.outbox[1]), at=NOW + 3 * HOUR)


def test_a_letter_waits_for_its_writer_also_when_it_is_sent_again(world):
    message = OutgoingMessage.objects.get()
    actions.mark_returned(batch=world.batch, message=message, by=world.by, at=NOW)
    case = world.batch.referrals.order_by("position").last().case
    Example.objects.filter(case_examples__case=case).update(preview_wording=True)
    case.case_examples.update(wording_shown_date=NOW.date())
    with pytest.raises(InvalidInput) as error:
        actions.send_letter_again(batch=world.batch, by=world.by, at=NOW + HOUR)
    assert [(each.pointer, each.code) for each in error.value.errors] == [("/referrals", "waits_for_writer")]


def test_an_answered_letter_is_not_escalated(world):
    world.body.contacts.create(organisation=world.organisation, email="chef@example.org", rank=2)
    for row in world.batch.referrals.all():
        actions.cancel_referral(referral=row, why="Trukket", by=world.by, at=NOW)
    with pytest.raises(IllegalMove):
        actions.escalate(batch=world.batch, subject="Vi mangler svar", letter="Kære", by=world.by, at=NOW)


def test_the_mails_of_many_letters_are_one_query(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(mails_of([world.batch] * 3)[world.batch.pk]) == 1


def test_a_letter_with_a_row_that_has_been_stopped_since_is_not_mailed_again(world):
    message = OutgoingMessage.objects.get()
    actions.mark_returned(batch=world.batch, message=message, by=world.by, at=NOW)
    case = world.batch.referrals.order_by("position").last().case
    Case.objects.filter(pk=case.pk).update(flag="whistleblower")
    with pytest.raises(InvalidInput) as error:
        actions.send_letter_again(batch=world.batch, by=world.by, at=NOW + HOUR)
    assert [(each.pointer, each.code) for each in error.value.errors] == [("/referrals", "changed_since")]
    assert case.reference in str(error.value.errors[0].detail)
    assert OutgoingMessage.objects.count() == 1
