"""P-21 over any sequence: issue, open, answer, pass on, take back, revoke, expire, renew and replay.

A model beside the product says which secrets are alive; no sequence may open a letter, or write to it, with another.
"""

import datetime

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from backend.cases import actions
from backend.cases.actions import body
from backend.cases.actions.links import RENEWAL_REST, open_link, pass_on, renew_link, revoke_link
from backend.cases.models import AccessLink, Reply
from backend.examples.lifecycle import IllegalMove
from backend.organisations.permissions import NotAllowed
from backend.outbox.actions import deliver_due
from tests.factories import make_campaign, make_letter, make_organisation, make_user

WHO = {"signed_name": "Bente Lund", "signed_title": "Centerchef"}
NO = {"answer": "not", "values": {"reason_code": "cost", "text": "For dyrt."}}
some = st.integers(min_value=0, max_value=1000)


class Known:
    """A secret that somebody holds, and what the model knows of it."""

    def __init__(self, secret, link, *, rows, parent=None):
        self.secret, self.link, self.rows, self.parent = secret, link, rows, parent
        self.expires, self.is_revoked = link.expires_at, False

    def is_alive(self, now):
        """Whether it must open its letter."""
        alone = not self.is_revoked and now < self.expires
        return alone and (self.parent is None or self.parent.is_alive(now))


class Life(RuleBasedStateMachine):
    """One letter of three rows, a foreign letter, and everybody who ever held a link."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = timezone.now()
        campaign = make_campaign(make_organisation())
        self.by = make_user("coordinator", campaign.organisation)
        self.batch, self.rows, link, secret = make_letter(campaign, self.by, rows=3, at=self.now)
        _other, self.foreign, _link, _secret = make_letter(campaign, self.by, rows=1, at=self.now)
        self.known = [Known(secret, link, rows=self.rows)]
        self.born = self.now

    def teardown(self):
        """Leave no row to the next sequence."""
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def mains(self):
        return [known for known in self.known if known.parent is None]

    @rule(hours=st.sampled_from([1, 2, 24, 24 * 20, 24 * 70]))
    def time_passes(self, hours):
        self.now += datetime.timedelta(hours=hours)

    @rule(which=some)
    def somebody_asks_for_a_new_link(self, which):
        asks = self.known[which % len(self.known)]
        newest = self.mains()[-1]
        may = asks.parent is None and not newest.is_revoked and self.born <= self.now - RENEWAL_REST
        deliver_due(at=self.now)
        before = len(mail.outbox)
        renew_link(secret=asks.secret, at=self.now)
        deliver_due(at=self.now)
        assert len(mail.outbox) - before == may
        if may:
            assert mail.outbox[-1].to == ["center@example.org"]
            self.take_new_link(newest)

    def take_new_link(self, newest):
        """The mailed secret is the one that counts now; the colleagues keep theirs."""
        secret = mail.outbox[-1].body.split("/svar/#")[1].split()[0]
        link = AccessLink.objects.filter(batch=self.batch, parent=None).latest("created_at")
        new = Known(secret, link, rows=self.rows)
        for known in self.known:
            if known.parent is newest:
                known.parent = new
        newest.is_revoked = True
        self.known.append(new)
        self.born = self.now

    @rule(which=some, row=some)
    def it_is_passed_on(self, which, row):
        holder = self.known[which % len(self.known)]
        rows = [self.rows[row % 3]]
        arguments = {"to_email": "kollega@example.org", "by_name": "Bente", "by_title": "Chef"}
        if holder.parent is not None or not holder.is_alive(self.now):
            with pytest.raises(Exception, match="not_yours"):
                pass_on(link=holder.link, referrals=rows, at=self.now, **arguments)
            return
        sub = pass_on(link=holder.link, referrals=rows, at=self.now, **arguments)
        deliver_due(at=self.now)
        secret = mail.outbox[-1].body.split("/svar/#")[1].split()[0]
        self.known.append(Known(secret, sub, rows=rows, parent=holder))

    @rule(which=some)
    def the_secretariat_revokes(self, which):
        known = self.known[which % len(self.known)]
        revoke_link(link=known.link, by=self.by, at=self.now)
        for other in self.known:
            if other is known or other.parent is known:
                other.is_revoked = True

    @rule(which=some, whose=some)
    def rows_are_taken_back(self, which, whose):
        holder = self.mains()[whose % len(self.mains())]
        known = self.known[which % len(self.known)]
        if known.parent is holder and holder.is_alive(self.now):
            body.take_back_rows(link=holder.link, sub_link=known.link, at=self.now)
            known.is_revoked = True
        else:
            with pytest.raises(NotAllowed):
                body.take_back_rows(link=holder.link, sub_link=known.link, at=self.now)

    @rule(which=some, row=some, act=st.sampled_from(["answer", "correct", "acknowledge"]))
    def somebody_writes(self, which, row, act):
        """Also with a link object that was opened long ago: the replay."""
        known = self.known[which % len(self.known)]
        target = [*self.rows, *self.foreign][row % 4]
        may = known.is_alive(self.now) and target in known.rows and (known.parent is None or act == "answer")
        before = Reply.objects.count()
        try:
            self.write(known.link, target, act)
        except NotAllowed:
            assert not may
        except IllegalMove:
            assert may
        else:
            assert may
            return
        assert Reply.objects.count() == before

    def write(self, link, target, act):
        """Do it."""
        match act:
            case "answer":
                (reply,) = body.answer(link=link, referrals=[target], at=self.now, **NO, **WHO)
                assert reply.is_proposal == (link.parent_id is not None)
            case "correct":
                body.correct(link=link, referral=target, text="Det er forkert.", at=self.now, **WHO)
            case "acknowledge":
                body.acknowledge(link=link, referrals=[target], at=self.now)

    @rule()
    def the_secretariat_releases(self):
        for reply in Reply.objects.waiting():
            actions.release_reply(reply=reply, by=self.by, at=self.now)

    @invariant()
    def only_the_living_open(self):
        for known in self.known:
            opened = open_link(known.secret, at=self.now)
            assert (opened is not None) == known.is_alive(self.now)
            if opened is not None:
                assert opened.pk == known.link.pk
        assert Reply.objects.filter(referral__in=self.foreign).count() == 0


@pytest.mark.django_db
def test_no_sequence_gives_access_outside_the_life_of_a_link():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
