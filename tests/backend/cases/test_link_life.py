"""No sequence of sending, renewing, passing on, closing and waiting opens a letter outside its link's life (P-21)."""

import datetime
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.cases import actions
from backend.cases.actions.links import LIFE, digest, issue_link
from backend.cases.models import AccessLink, CaseEvent
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from backend.organisations.sealing import unseal
from backend.outbox.models import OutgoingMessage
from tests.backend.cases.test_links import NOW, World

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
STEPS = st.lists(
    st.tuples(st.sampled_from(["renew", "desk", "close", "pass_on", "wait", "wait_long"]), st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@dataclass
class Known:
    """A link as the test believes it to be; it knows nothing of how the product keeps it."""

    secret: str
    created: datetime.datetime
    parent: "Known | None" = None
    # Closed by a person, or its place taken.
    is_closed: bool = False
    successor: "Known | None" = None

    def last(self):
        return self.successor.last() if self.successor else self

    def is_open(self, at):
        # The life of a letter without terms: sixty days, to the end of the last.
        root = self.parent or self
        is_alive = not self.is_closed and at.date() <= (root.created + LIFE).date()
        return is_alive and (self.parent is None or self.parent.is_open(at))


class Life:
    """A letter, every secret that was ever mailed about it, and what may be done with them."""

    def __init__(self, world):
        self.world, self.at = world, NOW
        _link, secret = issue_link(batch=world.batch, to_email=world.contact.email, at=NOW)
        AccessLink.objects.exclude(hash=_link.hash).delete()
        self.known = [Known(secret, NOW)]

    def mailed(self):
        return unseal(OutgoingMessage.objects.order_by("-not_before").first().secret_encrypted)

    def roots(self):
        return [one for one in self.known if one.parent is None]

    def renewed(self):
        """A new link has taken the place of the newest that was not closed."""
        new = Known(self.mailed(), self.at)
        old = next((one for one in reversed(self.roots()) if not one.is_closed), None)
        if old is not None:
            for child in self.known:
                if child.parent is old:
                    child.parent = new
            old.is_closed, old.successor = True, new
        self.known.append(new)

    def rests(self):
        return any(one.created > self.at - HOUR for one in self.roots())

    def renew(self, one):
        before = OutgoingMessage.objects.count()
        actions.renew_link(secret=one.secret, at=self.at)
        may = one.parent is None and not self.rests() and not one.last().is_closed
        assert OutgoingMessage.objects.count() - before == may
        if may:
            self.renewed()

    def desk(self, _one):
        if self.rests():
            with pytest.raises(InvalidInput):
                actions.send_new_link(batch=self.world.batch, by=self.world.by, at=self.at)
            return
        actions.send_new_link(batch=self.world.batch, by=self.world.by, at=self.at)
        self.renewed()

    def close(self, one):
        link = self.find(one)
        if one.is_closed:
            with pytest.raises(IllegalMove):
                actions.revoke_link(link=link, by=self.world.by, at=self.at)
            return
        actions.revoke_link(link=link, by=self.world.by, at=self.at)
        for each in self.known:
            each.is_closed = each.is_closed or each is one or each.parent is one

    def find(self, one):
        return next(link for link in AccessLink.objects.all() if link.hash == digest(one.secret))

    def pass_on(self, one):
        values = {
            "link": self.find(one),
            "referrals": self.world.rows[:1],
            "to_email": "kollega@example.org",
            "by_name": "Bo Holm",
            "by_title": "",
            "at": self.at,
        }
        if one.parent is not None or not one.is_open(self.at):
            with pytest.raises(InvalidInput):
                actions.pass_on(**values)
            return
        actions.pass_on(**values)
        # A sub-link lives no longer than the link it was made from, also after that one is renewed.
        self.known.append(Known(self.mailed(), self.at, parent=one))

    def wait(self, _one):
        self.at += HOUR * 2

    def wait_long(self, _one):
        self.at += datetime.timedelta(days=25)


@pytest.fixture
def world():
    return World()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_a_secret_opens_only_within_its_life(world, steps):
    with transaction.atomic():
        life = Life(world)
        for name, number in steps:
            life.at += datetime.timedelta(seconds=1)
            getattr(life, name)(life.known[number % len(life.known)])
            events = CaseEvent.objects.count()
            for one in life.known:
                opened = actions.open_link(one.secret, organisation=world.organisation, at=life.at)
                if one.parent is None:
                    assert (opened is not None) == one.is_open(life.at)
                elif opened is not None:
                    assert one.is_open(life.at)
            assert CaseEvent.objects.count() == events
        transaction.set_rollback(True)
