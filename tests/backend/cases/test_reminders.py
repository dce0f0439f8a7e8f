"""Bodies are reminded before, at and after their term: each mail exactly once, whatever happened to the clock."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions.links import open_link, renew_link
from backend.cases.actions.resending import mails_of
from backend.cases.clock import tick
from backend.cases.models import Case, CaseEvent
from backend.cases.terms import last_date
from backend.outbox.models import OutgoingMessage
from backend.registry.models import ResponseTerm
from tests.factories import make_body, make_campaign, make_case, make_organisation, make_user

pytestmark = pytest.mark.django_db
D = datetime.date
DAY = datetime.timedelta(days=1)


def morning(date, hour=8):
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time(hour)))


@pytest.fixture
def campaign():
    return make_campaign(make_organisation(), opens_date=D(2025, 1, 1), closes_date=D(2028, 12, 31))


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


@pytest.fixture
def centre(campaign):
    body = make_body("centre", "Center for Velfærd", organisation=campaign.organisation, kind="centre")
    body.contacts.create(organisation=campaign.organisation, email="center@example.org", rank=1)
    return body


def send(campaign, by, body, sent, rows=2):
    """A letter about `rows` cases, sent in the morning of `sent`."""
    at = morning(sent, 10)
    prepared = []
    for number in range(1, rows + 1):
        case = make_case(campaign, by, title=f"Dobbelt registrering {number}")
        actions.mark_ready(case=case, by=by, at=at)
        prepared.append(
            actions.prepare_referral(case=case, body=body, question="Hvorfor findes kravet?", by=by, at=at)
        )
    return actions.send_batch(
        organisation=campaign.organisation,
        body=body,
        referrals=prepared,
        subject="Forslag fra medarbejderne",
        letter="Kære center",
        by=by,
        at=at,
    )


def reminders():
    rows = OutgoingMessage.objects.filter(kind="reminder").order_by("not_before", "id")
    return [(timezone.localdate(row.not_before), row.once_key.rpartition(":")[2]) for row in rows]


def run(start, end, *hours):
    """The clock's runs from `start` to `end`, at the given hours of every day."""
    while start <= end:
        for hour in hours or (8,):
            tick(at=morning(start, hour))
        start += DAY


def test_a_letter_is_reminded_of_once_for_all_its_open_rows(campaign, coordinator, centre):
    batch = send(campaign, coordinator, centre, D(2026, 8, 3), rows=3)
    first, second, third = batch.referrals.order_by("position")
    assert last_date(first.due_at) == D(2026, 8, 31)
    actions.record_reply(
        referral=second,
        answer="not",
        reason_code="cost",
        text="Nej.",
        by=coordinator,
        at=morning(D(2026, 8, 10)),
    )
    run(D(2026, 8, 20), D(2026, 8, 25))
    assert reminders() == []
    run(D(2026, 8, 26), D(2026, 8, 26), 0, 6, 7, 8, 12, 23)
    assert reminders() == [(D(2026, 8, 26), "before")]
    sent = mail.outbox[-1]
    assert sent.to == ["center@example.org"]
    assert sent.extra_headers["Reply-To"] == "kernetid@example.org"
    assert batch.number in sent.subject
    assert "31. august 2026" in sent.body
    assert "1. Dobbelt registrering 1" in sent.body
    assert "3. Dobbelt registrering 3" in sent.body
    assert "Dobbelt registrering 2" not in sent.body
    run(D(2026, 8, 27), D(2026, 9, 30))
    assert reminders() == [
        (D(2026, 8, 26), "before"),
        (D(2026, 8, 31), "due"),
        (D(2026, 9, 7), "after"),
    ]
    events = CaseEvent.objects.filter(move="remind")
    assert set(events.values_list("referral", "is_public")) == {(first.pk, False), (third.pk, False)}
    assert events.count() == 6


def test_the_link_of_a_reminder_opens_the_letter_and_leaves_the_old_one_alone(campaign, coordinator, centre):
    batch = send(campaign, coordinator, centre, D(2026, 8, 3))
    at = morning(D(2026, 8, 26))
    tick(at=morning(D(2026, 8, 3), 11))
    tick(at=at)
    secrets = [
        body.partition("/svar/#")[2].split()[0] for body in (m.body for m in mail.outbox) if "/svar/#" in body
    ]
    assert len(set(secrets)) == 2
    for secret in secrets:
        assert open_link(secret, at=at).batch == batch
        assert not OutgoingMessage.objects.filter(body__contains=secret).exists()


def test_a_renewed_link_closes_the_letters_and_every_reminders(campaign, coordinator, centre):
    batch = send(campaign, coordinator, centre, D(2026, 8, 3))
    run(D(2026, 8, 26), D(2026, 9, 7))
    assert batch.links.filter(revoked_at=None).count() == 4
    secret = mail.outbox[-1].body.partition("/svar/#")[2].split()[0]
    at = morning(D(2026, 9, 8))
    renew_link(secret=secret, at=at)
    assert batch.links.filter(revoked_at=None).count() == 1
    assert open_link(secret, at=at) is None


def test_a_reminder_that_cannot_be_sent_shows_with_its_letter(campaign, coordinator, centre):
    batch = send(campaign, coordinator, centre, D(2026, 8, 3))
    tick(at=morning(D(2026, 8, 26)))
    OutgoingMessage.objects.filter(kind="reminder").update(state="failed")
    newest = mails_of([batch])[batch.pk][0]
    assert (newest.kind, newest.state) == ("reminder", "failed")


def test_who_asks_back_is_not_reminded_and_who_has_seen_it_only_from_the_day_it_is_due(
    campaign, coordinator, centre
):
    asks, seen = (send(campaign, coordinator, centre, D(2026, 8, 3), rows=1) for _ in range(2))
    actions.record_reply(
        referral=asks.referrals.get(),
        answer="lacks_facts",
        text="Hvilket?",
        by=coordinator,
        at=morning(D(2026, 8, 10)),
    )
    actions.acknowledge(referral=seen.referrals.get(), by=coordinator, at=morning(D(2026, 8, 10)))
    run(D(2026, 8, 20), D(2026, 9, 20))
    assert reminders() == [(D(2026, 8, 31), "due"), (D(2026, 9, 7), "after")]
    # The question is answered after 30 working days: the term is moved on by them, and begins anew.
    actions.answer_body(
        referral=asks.referrals.get(), text="Det i Nexus.", by=coordinator, at=morning(D(2026, 9, 21))
    )
    assert last_date(asks.referrals.get().due_at) == D(2026, 10, 12)
    run(D(2026, 10, 5), D(2026, 10, 30))
    assert reminders()[2:] == [(D(2026, 10, 12), "due"), (D(2026, 10, 19), "after")]


def test_nobody_is_reminded_of_what_has_been_closed(campaign, coordinator, centre):
    batch = send(campaign, coordinator, centre, D(2026, 8, 3))
    first, second = batch.referrals.order_by("position")
    actions.close(case=first.case, why="Reglen er afskaffet", by=coordinator, at=morning(D(2026, 8, 4)))
    tick(at=morning(D(2026, 8, 26)))
    (body,) = [message.body for message in mail.outbox if "mangler svar" in message.body]
    assert "1. Dobbelt registrering 1" not in body
    assert "2. Dobbelt registrering 2" in body
    actions.close(case=second.case, why="Reglen er afskaffet", by=coordinator, at=morning(D(2026, 8, 27)))
    run(D(2026, 8, 28), D(2026, 9, 10))
    assert reminders() == [(D(2026, 8, 26), "before")]


def test_after_ten_days_off_only_the_latest_reminder_is_sent(campaign, coordinator, centre):
    send(campaign, coordinator, centre, D(2026, 8, 3))
    run(D(2026, 8, 4), D(2026, 8, 25))
    # Off from 26 August, the day of the first reminder, until after the last.
    run(D(2026, 9, 8), D(2026, 9, 20))
    assert reminders() == [(D(2026, 9, 8), "after")]
    assert "udløb fristen" in mail.outbox[-1].body


def test_a_clock_set_back_sends_nothing_again(campaign, coordinator, centre):
    send(campaign, coordinator, centre, D(2026, 8, 3))
    run(D(2026, 8, 31), D(2026, 8, 31))
    assert reminders() == [(D(2026, 8, 31), "due")]
    run(D(2026, 8, 25), D(2026, 8, 31))
    assert reminders() == [(D(2026, 8, 31), "due")]


def test_the_state_is_reminded_only_where_it_is_switched_on(campaign, coordinator):
    ministry = make_body()
    ministry.contacts.create(organisation=campaign.organisation, email="fm@example.org", rank=1)
    send(campaign, coordinator, ministry, D(2026, 8, 3))
    run(D(2026, 8, 26), D(2026, 9, 10), 8)
    assert reminders() == []
    ResponseTerm.objects.create(organisation=campaign.organisation, group="ministry", working_days=20)
    tick(at=morning(D(2026, 9, 11)))
    assert reminders() == [(D(2026, 9, 11), "after")]


def test_an_address_that_is_gone_stops_no_one_elses_reminder(campaign, coordinator, centre):
    send(campaign, coordinator, centre, D(2026, 8, 3))
    other = make_body("other", "Center for Skole", organisation=campaign.organisation, kind="centre")
    other.contacts.create(organisation=campaign.organisation, email="skole@example.org", rank=1)
    send(campaign, coordinator, other, D(2026, 8, 3))
    centre.contacts.all().delete()
    tick(at=morning(D(2026, 8, 31)))
    assert [message.to for message in mail.outbox if "/svar/#" in message.body][2:] == [["skole@example.org"]]
    assert reminders() == [(D(2026, 8, 31), "due")]


def test_reminders_wait_for_the_morning_of_a_working_day(campaign, coordinator, centre):
    ResponseTerm.objects.create(
        organisation=campaign.organisation,
        group="administration",
        working_days=10,
        remind_before=0,
        remind_after=2,
    )
    send(campaign, coordinator, centre, D(2026, 8, 3))
    tick(at=morning(D(2026, 8, 17), 6))
    assert reminders() == []
    tick(at=morning(D(2026, 8, 22)))  # a Saturday
    assert reminders() == []
    tick(at=morning(D(2026, 8, 24)))
    assert reminders() == [(D(2026, 8, 24), "after")]


def test_a_year_of_runs_sends_each_reminder_exactly_once(campaign, coordinator, centre):
    """Both nights when the clock moves, Easter, Christmas, ten days off and a clock set back by an hour."""
    year = [D(2026, 7, 1) + number * DAY for number in range(365)]
    # Letters whose terms fall on the nights, in Christmas and at Easter.
    for sent in (D(2026, 9, 28), D(2026, 11, 27), D(2026, 12, 18), D(2027, 2, 26), D(2027, 3, 8)):
        send(campaign, coordinator, centre, sent, rows=1)
    for date in year:
        if D(2026, 12, 21) <= date <= D(2026, 12, 30):
            continue  # the machine is off
        tick(at=morning(date))
        if date in (D(2026, 10, 25), D(2027, 3, 28), D(2027, 4, 8)):
            for hour in (0, 1, 2):
                at = datetime.datetime.combine(date, datetime.time(hour, 30), tzinfo=datetime.UTC)
                tick(at=at)
                tick(at=at - datetime.timedelta(hours=1))
            tick(at=morning(date, 7))
    assert reminders() == [
        (D(2026, 10, 21), "before"),
        (D(2026, 10, 26), "due"),
        (D(2026, 11, 2), "after"),
        (D(2026, 12, 31), "due"),
        (D(2027, 1, 5), "after"),
        (D(2027, 1, 14), "before"),
        (D(2027, 1, 19), "due"),
        (D(2027, 1, 26), "after"),
        (D(2027, 3, 23), "before"),
        (D(2027, 3, 31), "due"),
        (D(2027, 4, 5), "before"),
        (D(2027, 4, 7), "after"),
        (D(2027, 4, 8), "due"),
        (D(2027, 4, 15), "after"),
    ]
    sent = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(sent) == len(set(sent))


def test_a_letter_whose_links_a_person_has_closed_is_not_opened_again_by_a_reminder(
    campaign, coordinator, centre
):
    batch = send(campaign, coordinator, centre, D(2026, 3, 2))
    for link in batch.links.all():
        actions.revoke_link(link=link, by=coordinator, at=morning(D(2026, 3, 3)))
    due = last_date(batch.referrals.first().due_at)
    tick(at=morning(due))
    assert batch.links.count() == 1
    assert not OutgoingMessage.objects.filter(kind="reminder").exists()


def test_nobody_is_reminded_of_a_case_that_a_flag_has_stopped(campaign, coordinator, centre):
    batch = send(campaign, coordinator, centre, D(2026, 3, 2), rows=1)
    Case.objects.update(flag="whistleblower")
    tick(at=morning(last_date(batch.referrals.get().due_at)))
    assert not OutgoingMessage.objects.filter(kind="reminder").exists()


def test_a_reminder_names_its_rows_as_they_were_sent(campaign, coordinator, centre):
    batch = send(campaign, coordinator, centre, D(2026, 11, 2), rows=1)
    row = batch.referrals.get()
    case = row.case
    actions.edit_case(case=case, version=case.version, title="Et navn fra i går", by=coordinator)
    tick(at=morning(last_date(row.due_at)))
    body = OutgoingMessage.objects.filter(kind="reminder").latest("not_before").body
    assert "1. Dobbelt registrering 1" in body
    assert "Et navn fra i går" not in body
