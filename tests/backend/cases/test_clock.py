"""What happens by itself: it catches up after downtime, and never does a thing twice."""

import datetime

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from backend.cases.clock import tick
from backend.examples.actions import ask
from backend.examples.models import Contact, IdempotencyKey
from backend.organisations.sealing import unseal
from backend.outbox.actions import queue_message
from backend.outbox.models import OutgoingMessage
from tests.factories import make_campaign, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime.datetime(2026, 11, 2, 11, tzinfo=datetime.UTC)


@pytest.fixture
def campaign():
    return make_campaign(
        make_organisation(), opens_date=datetime.date(2026, 10, 1), closes_date=datetime.date(2026, 12, 31)
    )


def test_a_digest_tells_that_there_are_new_examples_once_a_day(campaign):
    make_user("coordinator", campaign.organisation, email="koordinator@example.org")
    make_user("caseworker", campaign.organisation)
    for _ in range(3):
        make_example(campaign, at=MONDAY)
    assert tick(at=MONDAY)["digests"] == 1
    assert tick(at=MONDAY + datetime.timedelta(minutes=1))["digests"] == 0
    make_example(campaign, at=MONDAY)
    assert tick(at=MONDAY + datetime.timedelta(hours=2))["digests"] == 0
    assert tick(at=MONDAY + datetime.timedelta(days=1))["digests"] == 1
    assert tick(at=MONDAY + datetime.timedelta(days=2))["digests"] == 0
    assert [unseal(row.to_encrypted) for row in OutgoingMessage.objects.all()] == [
        "koordinator@example.org"
    ] * 2
    assert [message.subject for message in mail.outbox] == [
        "Kernetid: 3 nye eksempler",
        "Kernetid: 1 nyt eksempel",
    ]
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_nothing_of_an_example_stands_in_a_digest(campaign):
    make_user("coordinator", campaign.organisation)
    example, code = make_example(campaign, "Et krav om skemaer i hjemmeplejen.", at=MONDAY)
    tick(at=MONDAY)
    for text in ("skemaer", example.reference, code.split()[0]):
        assert text not in mail.outbox[0].body


def test_an_example_waits_ten_working_days_for_its_writer(campaign):
    example, _code = make_example(campaign, at=MONDAY)
    ask(example=example, text="Hvilket skema?", by=make_user("coordinator", campaign.organisation), at=MONDAY)
    tick(at=MONDAY + datetime.timedelta(days=14))
    example.refresh_from_db()
    assert example.status == "awaiting_submitter"
    tick(at=MONDAY + datetime.timedelta(days=15))
    example.refresh_from_db()
    assert example.status == "received"
    assert example.events.last().by is None


def test_a_repeat_key_is_gone_after_the_next_day(campaign):
    IdempotencyKey.objects.create(hash="h", body_hash="b", delete_after=datetime.date(2026, 11, 3))
    tick(at=MONDAY + datetime.timedelta(days=1))
    assert IdempotencyKey.objects.exists()
    tick(at=MONDAY + datetime.timedelta(days=2))
    assert not IdempotencyKey.objects.exists()


def test_an_address_is_forgotten_after_thirty_days(campaign):
    example, _code = make_example(campaign, contact_email="navn@example.org", at=MONDAY)
    tick(at=MONDAY + datetime.timedelta(days=30))
    assert Contact.objects.filter(example=example).exists()
    tick(at=MONDAY + datetime.timedelta(days=31))
    assert not Contact.objects.exists()


def test_a_step_that_fails_is_logged_by_name_and_holds_no_other_back(campaign, caplog):
    organisation = campaign.organisation
    make_user("coordinator", organisation)
    make_example(campaign, at=MONDAY)
    # As a hand in the database may leave it: the digest cannot be reckoned on from what it was last.
    queue_message(
        organisation=organisation,
        kind="digest",
        to="navn@example.org",
        subject="Den forrige",
        body="…",
        reference="ikke et tal",
        at=MONDAY,
    )
    IdempotencyKey.objects.create(hash="h", body_hash="b", delete_after=datetime.date(2026, 10, 30))
    with pytest.raises(CommandError) as failed:
        call_command("tick", at=MONDAY.isoformat())
    assert failed.value.returncode == 1
    assert str(failed.value).endswith(": digests")
    assert "“digests” failed" in caplog.text
    assert not IdempotencyKey.objects.exists()
    assert [message.subject for message in mail.outbox] == ["Den forrige"]
