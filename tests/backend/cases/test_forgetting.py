"""A writer's address goes from the mail as well: what waits is not sent, and what was sent names nobody."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from backend.cases import actions
from backend.cases.clock import tick
from backend.examples.actions import ask, delete_contact
from backend.examples.contacts import confirm_address, forget_address, mail_token
from backend.examples.models import Contact
from backend.organisations.sealing import fingerprint
from backend.outbox.actions import deliver_due
from backend.outbox.models import OutgoingMessage
from tests.factories import make_campaign, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db
D = datetime.date
DAY = datetime.timedelta(days=1)
MONDAY = datetime.datetime(2026, 11, 2, 7, tzinfo=datetime.UTC)
ADDRESS = "skriver@example.org"
TRACES = ("to_encrypted", "secret_encrypted", "to_hash", "reference", "once_key")


@pytest.fixture
def campaign():
    return make_campaign(make_organisation(), opens_date=D(2026, 1, 1), closes_date=D(2028, 12, 31))


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


def confirm(contact):
    confirm_address(token=mail_token(contact), organisation=contact.example.organisation, at=MONDAY)


@pytest.fixture
def told(campaign, coordinator):
    """An example whose writer has had both kinds of mail."""
    example, _code = make_example(campaign, contact_email=ADDRESS, at=MONDAY)
    tick(at=MONDAY)
    confirm(Contact.objects.get())
    ask(example=example, text="Hvilket skema?", by=coordinator, at=MONDAY)
    tick(at=MONDAY + DAY)
    assert sorted(writers_mail().values_list("kind", "state")) == [
        ("confirm_address", "sent"),
        ("news", "sent"),
    ]
    return example


def writers_mail():
    return OutgoingMessage.objects.filter(kind__in=("confirm_address", "news"))


def traces():
    """What the outbox holds of whom it wrote to."""
    return [value for row in writers_mail().values_list(*TRACES) for value in row if value]


def by_code(example):
    delete_contact(example=example)


def by_mail(example):
    forget_address(token=mail_token(example.contact), organisation=example.organisation)


def by_withdrawing(example):
    actions.withdraw(example=example)


def by_erasing(example):
    actions.erase(example=example, why="Fristen", by=make_user("coordinator", example.organisation))


def by_closing(example):
    actions.to_whistleblower(example=example, by=make_user("coordinator", example.organisation))


def by_time(example):
    Contact.objects.update(delete_after=MONDAY.date())
    tick(at=MONDAY + DAY + datetime.timedelta(hours=1))


WAYS = [by_code, by_mail, by_withdrawing, by_erasing, by_closing, by_time]


@pytest.mark.parametrize("forget", WAYS)
def test_a_forgotten_address_leaves_nothing_in_the_mail(told, forget):
    forget(told)
    assert not Contact.objects.exists()
    assert writers_mail().count() == 2
    assert traces() == []


@pytest.mark.parametrize("forget", WAYS)
def test_a_mail_that_waits_is_not_sent_after_the_address_was_deleted(told, coordinator, forget):
    for row, state in zip(writers_mail().order_by("kind"), ("waiting", "failed"), strict=True):
        row.state, row.sent_at = state, None
        row.save()
    sent = len(mail.outbox)
    forget(told)
    deliver_due(at=timezone.now() + 400 * DAY)
    assert not writers_mail().exists()
    assert len(mail.outbox) == sent


def test_a_sent_mail_holds_no_address_and_after_a_day_only_the_addresss_own_fingerprint(told):
    assert not any(writers_mail().values_list("to_encrypted", flat=True))
    tick(at=MONDAY + 3 * DAY)
    assert traces() == [fingerprint(f"email:{ADDRESS}")[:60]]


def test_another_example_from_the_same_address_keeps_its_mail(campaign, told, coordinator):
    other, _code = make_example(campaign, contact_email=ADDRESS, at=MONDAY + DAY)
    actions.withdraw(example=told)
    assert traces() == [fingerprint(f"email:{ADDRESS}")[:60]]
    delete_contact(example=other)
    assert traces() == []


def test_the_question_that_went_with_a_withdrawn_example_is_asked_of_the_next_one(campaign):
    first, _code = make_example(campaign, contact_email=ADDRESS, at=MONDAY)
    make_example(campaign, contact_email=ADDRESS, at=MONDAY)
    tick(at=MONDAY)
    writers_mail().update(state="waiting", sent_at=None)
    tick(at=MONDAY)
    actions.withdraw(example=first)
    sent = len(mail.outbox)
    tick(at=MONDAY + datetime.timedelta(hours=1))
    assert len(mail.outbox) == sent + 1


def test_an_address_deleted_while_its_mail_is_being_sent_stops_no_other_mail(campaign, monkeypatch):
    for name in ("a", "b"):
        make_example(campaign, contact_email=f"{name}@example.org", at=MONDAY)
    sent = []

    def send(backend, messages):
        """A mail server during whose first mail the receiver takes the address back."""
        if not sent:
            (to,) = messages[0].to
            delete_contact(example=Contact.objects.get(email_hmac=fingerprint(f"email:{to}")).example)
        sent.extend(messages)
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)
    tick(at=MONDAY)
    assert len(sent) == 2
