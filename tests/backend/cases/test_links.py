"""A body's link: what opens it, what does not, and that its secret is nowhere but in the mail."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions.links import MOST_PASSED_ON, issue_link
from backend.cases.models import AccessLink, Batch, CaseEvent
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from backend.organisations.sealing import unseal
from backend.outbox.actions import deliver_due
from backend.outbox.models import OutgoingMessage
from tests.factories import make_body, make_campaign, make_case, make_organisation, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 25, 9, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


class World:
    def __init__(self, key="lejre"):
        self.organisation = make_organisation(key)
        self.by = make_user("coordinator", self.organisation)
        campaign = make_campaign(self.organisation)
        self.body = make_body(f"{key}-centre", "Centret", organisation=self.organisation, kind="centre")
        self.contact = self.body.contacts.create(organisation=self.organisation, email=f"{key}@example.org")
        self.batch = Batch.objects.create(
            organisation=self.organisation,
            number="H-2026-001",
            body=self.body,
            subject="s",
            letter="l",
            sent_at=NOW,
        )
        self.rows = []
        for position in (1, 2):
            case = make_case(campaign, self.by)
            row = actions.prepare_referral(case=case, body=self.body, by=self.by)
            row.batch, row.position = self.batch, position
            row.save()
            self.rows.append(row)
        self.link, self.secret = issue_link(batch=self.batch, to_email=self.contact.email, at=NOW)


@pytest.fixture
def world():
    return World()


def mailed_secret(mailoutbox):
    deliver_due(at=timezone.now() + 400 * DAY)
    return mailoutbox[-1].body.split("/svar/#")[1].split()[0]


def test_a_secret_opens_its_batch_and_only_its_hash_is_kept(world):
    assert len(world.secret) >= 43  # 256 bits in base64
    assert actions.open_link(world.secret, at=NOW) == world.link
    assert world.secret not in str(list(AccessLink.objects.values()))


def test_wrong_expired_revoked_and_foreign_are_one_answer_in_one_query(world, django_assert_num_queries):
    other = World("noerreby")
    revoked, revoked_secret = issue_link(batch=world.batch, to_email="a@example.org", at=NOW)
    actions.revoke_link(link=revoked, by=world.by, at=NOW)
    for secret, organisation, at in (
        (world.secret, world.organisation, NOW),
        ("x", world.organisation, NOW),
        ("", None, NOW),
        ("æ\ud800" * 10000, None, NOW),
        (world.secret, world.organisation, NOW + 200 * DAY),
        (revoked_secret, world.organisation, NOW),
        (other.secret, world.organisation, NOW),
    ):
        with django_assert_num_queries(1):
            found = actions.open_link(secret, organisation=organisation, at=at)
        assert (found is not None) == ((secret, at) == (world.secret, NOW))


def test_a_link_outlives_the_term_of_its_last_row(world):
    row = world.rows[0]
    row.due_at = NOW + 120 * DAY
    row.save()
    link, secret = issue_link(batch=world.batch, to_email="a@example.org", at=NOW)
    assert actions.open_link(secret, at=NOW + 150 * DAY) == link
    assert actions.open_link(world.secret, at=NOW + 59 * DAY)
    assert not actions.open_link(world.secret, at=NOW + 62 * DAY)


def test_an_expired_link_is_renewed_to_the_registered_address_only(world, mailoutbox):
    later = NOW + 90 * DAY
    assert actions.renew_link(secret=world.secret, at=later) is None
    message = OutgoingMessage.objects.get()
    assert unseal(message.to_encrypted) == "lejre@example.org"
    assert "/svar/#" in message.body
    fresh = mailed_secret(mailoutbox)
    assert fresh not in str(list(OutgoingMessage.objects.values()))
    assert actions.open_link(fresh, at=later).batch == world.batch
    assert not actions.open_link(world.secret, at=NOW)
    # The old one may still ask, once an hour; the address follows the registry.
    actions.renew_link(secret=world.secret, at=later + datetime.timedelta(minutes=30))
    assert OutgoingMessage.objects.count() == 1
    world.body.contacts.update(email="ny@example.org")
    actions.renew_link(secret=world.secret, at=later + DAY)
    assert unseal(OutgoingMessage.objects.order_by("-not_before").first().to_encrypted) == "ny@example.org"
    assert CaseEvent.objects.filter(move="renew_link", by=None).count() == 4


def test_a_wrong_or_revoked_link_renews_nothing(world):
    actions.renew_link(secret="forkert", at=NOW + DAY)
    actions.renew_link(secret=world.secret, organisation=World("noerreby").organisation, at=NOW + DAY)
    actions.revoke_link(link=world.link, by=world.by, at=NOW)
    actions.renew_link(secret=world.secret, at=NOW + DAY)
    assert OutgoingMessage.objects.count() == 0


def test_the_desk_sends_a_new_link_after_revoking_but_not_twice_an_hour(world, mailoutbox):
    actions.revoke_link(link=world.link, by=world.by, at=NOW)
    with pytest.raises(InvalidInput):
        actions.send_new_link(batch=world.batch, by=world.by, at=NOW)
    with pytest.raises(NotAllowed):
        actions.send_new_link(batch=world.batch, by=make_user("reader", world.organisation), at=NOW + DAY)
    link = actions.send_new_link(batch=world.batch, by=world.by, at=NOW + DAY)
    assert actions.open_link(mailed_secret(mailoutbox), at=NOW + DAY) == link
    world.body.contacts.all().delete()
    with pytest.raises(InvalidInput) as refused:
        actions.send_new_link(batch=world.batch, by=world.by, at=NOW + 2 * DAY)
    assert refused.value.errors[0].code == "no_address"


def passed_on(world, **fields):
    values = {
        "link": world.link,
        "referrals": world.rows[:1],
        "to_email": "kollega@example.org",
        "by_name": "Bo Holm",
        "by_title": "Centerchef",
        "at": NOW,
    }
    return actions.pass_on(**{**values, **fields})


def test_chosen_rows_are_passed_on_and_die_with_the_link_they_hang_from(world, mailoutbox):
    sub = passed_on(world)
    secret = mailed_secret(mailoutbox)
    assert list(actions.open_link(secret, at=NOW).referrals.all()) == world.rows[:1]
    assert "Bo Holm, Centerchef" in mailoutbox[-1].body
    with pytest.raises(InvalidInput):
        passed_on(world, link=sub)
    actions.renew_link(secret=secret, at=NOW + DAY)
    assert OutgoingMessage.objects.count() == 1
    # A renewal takes the colleagues along; a revocation does not.
    actions.renew_link(secret=world.secret, at=NOW + DAY)
    assert actions.open_link(secret, at=NOW + DAY) == sub
    sub.refresh_from_db()
    actions.revoke_link(link=sub.parent, by=world.by, at=NOW + DAY)
    assert not actions.open_link(secret, at=NOW + DAY)


def test_a_double_click_passes_the_rows_on_once(world):
    assert passed_on(world) == passed_on(world)
    assert OutgoingMessage.objects.count() == 1
    passed_on(world, to_email="en.anden@example.org")
    passed_on(world, at=NOW + DAY)
    assert OutgoingMessage.objects.count() == 3


@pytest.mark.parametrize(
    ("pointer", "fields"),
    [
        ("/referrals", {"referrals": []}),
        ("/to_email", {"to_email": "kollega"}),
        ("/to_email", {"to_email": ""}),
        ("/to_email", {"to_email": "a@example.org\r\nBcc: b@example.org"}),
        ("/name", {"by_name": ""}),
        ("/name", {"by_name": "Køb nu på https://example.org"}),
        ("/name", {"by_name": "Se evil.dk/x"}),
        ("/name", {"by_name": "Bo evil．dk"}),
        ("/title", {"by_title": "cand.jur/x.dk"}),
        ("/title", {"by_title": "192.168.0.1"}),
        ("/title", {"by_title": "010190-1234"}),
    ],
)
def test_what_cannot_be_passed_on_is_told_at_its_field(world, pointer, fields):
    with pytest.raises(InvalidInput) as refused:
        passed_on(world, **fields)
    assert refused.value.errors[0].pointer == pointer
    assert OutgoingMessage.objects.count() == 0


@pytest.mark.parametrize(
    "title", ["cand.scient.pol.", "Ph.d., leder af børn/unge", "afd. leder", "M.Sc.", "A.P.Møllers fond"]
)
def test_a_degree_or_initials_are_no_address(world, title):
    assert passed_on(world, by_title=title)


def test_a_link_that_a_person_closed_renews_nothing_while_another_is_open(world):
    """Nor does an older one whose place it took; the other contact's link goes on working and is not told."""
    actions.renew_link(secret=world.secret, at=NOW + DAY)
    newest = AccessLink.objects.get(revoked_at=None)
    other, other_secret = issue_link(batch=world.batch, to_email="chef@example.org", at=NOW)
    actions.revoke_link(link=newest, by=world.by, at=NOW + DAY)
    sent = OutgoingMessage.objects.count()
    for hours in (30, 40):
        actions.renew_link(secret=world.secret, at=NOW + datetime.timedelta(hours=hours))
    assert OutgoingMessage.objects.count() == sent
    assert actions.open_link(other_secret, at=NOW + 2 * DAY) == other
    # What the desk sends afterwards is a new beginning: the closed ones stay closed.
    actions.send_new_link(batch=world.batch, by=world.by, at=NOW + 3 * DAY)
    actions.renew_link(secret=world.secret, at=NOW + 4 * DAY)
    assert OutgoingMessage.objects.count() == sent + 1


def test_another_batchs_rows_are_not_passed_on(world):
    with pytest.raises(InvalidInput):
        passed_on(world, referrals=World("noerreby").rows)


def test_a_letter_is_passed_on_so_often_a_day_and_no_more(world):
    for number in range(MOST_PASSED_ON):
        passed_on(world, to_email=f"kollega{number}@example.org")
    with pytest.raises(InvalidInput):
        passed_on(world)
    passed_on(world, at=NOW + 2 * DAY)


def test_a_link_is_closed_once_and_what_was_told_by_phone_gets_none(world):
    actions.revoke_link(link=world.link, by=world.by, at=NOW)
    with pytest.raises(IllegalMove):
        actions.revoke_link(link=world.link, by=world.by, at=NOW)
    assert CaseEvent.objects.filter(move="revoke_link").count() == len(world.rows)
    AccessLink.objects.all().delete()
    Batch.objects.update(channel="phone")
    with pytest.raises(IllegalMove):
        actions.send_new_link(batch=world.batch, by=world.by, at=NOW + DAY)
    assert not OutgoingMessage.objects.exists()
