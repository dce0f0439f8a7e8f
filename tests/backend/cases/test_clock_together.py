"""Several clocks at the same moment, on real connections: nothing is done twice and nobody gets a second mail."""

import datetime
import threading
from collections import Counter

import pytest
from django.core import mail
from django.db import connections

from backend.cases import actions
from backend.cases.clock import tick
from backend.cases.models import CaseEvent, Referral
from backend.examples.contacts import CONFIRMED_DAYS
from backend.examples.models import Contact
from backend.outbox.models import OutgoingMessage
from tests.factories import (
    make_body,
    make_campaign,
    make_case,
    make_example,
    make_letter,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)
# A Wednesday.
NOW = datetime.datetime(2026, 11, 25, 8, tzinfo=datetime.UTC)


def together(times):
    """Run the clock so many times at the same moment; what went wrong in any of them."""
    start, wrong = threading.Barrier(times), []

    def run():
        start.wait()
        try:
            tick(at=NOW)
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_four_clocks_at_once_send_each_mail_once():
    campaign = make_campaign(
        make_organisation(), opens_date=datetime.date(2026, 1, 1), closes_date=datetime.date(2027, 12, 31)
    )
    by = make_user("coordinator", campaign.organisation)
    # An answer over its term.
    make_letter(campaign, by, rows=3)
    Referral.objects.update(due_at=NOW - 20 * DAY, sent_date=NOW.date() - 60 * DAY)
    # A promise over its date, and one that was carried out three months ago.
    for number, promised in enumerate((datetime.date(2026, 11, 1), datetime.date(2026, 8, 1))):
        example, _code = make_example(campaign, contact_email=f"skriver{number}@example.org", at=NOW)
        case = make_case(campaign, by, example=example)
        actions.mark_ready(case=case, by=by)
        body = make_body(f"ministry{number}")
        actions.prepare_referral(case=case, body=body, question="Hvorfor?", by=by)
        (referral,) = actions.refer(case=case, by=by)
        reply = actions.record_reply(
            referral=referral, answer="follow", what="Skemaet", by_whom="Os", promised_date=promised, by=by
        )
        actions.release_reply(reply=reply, by=by)
    case.refresh_from_db()
    actions.mark_done(
        case=case, implemented_date=datetime.date(2026, 8, 1), evidence="Væk", by=by, at=NOW - 100 * DAY
    )
    # The first writer has said yes to mail; the second has not been asked.
    Contact.objects.filter(example__case_examples__case=case).update(confirmed_date=None)
    first = Contact.objects.order_by("pk").first()
    first.confirmed_date, first.delete_after = NOW.date() - DAY, NOW.date() + CONFIRMED_DAYS * DAY
    first.save()
    before = len(mail.outbox)
    assert together(4) == []
    kinds = Counter(OutgoingMessage.objects.exclude(kind="letter").values_list("kind", flat=True))
    assert kinds == {"reminder": 1, "confirm_address": 1, "news": 1, "digest": 1}
    sent = [message.extra_headers["Message-ID"] for message in mail.outbox[before:]]
    assert len(sent) == len(set(sent)) == OutgoingMessage.objects.filter(state="sent").count()
    moves = Counter(
        CaseEvent.objects.filter(move__in=["remind", "promise_late", "ask_effect"]).values_list(
            "move", flat=True
        )
    )
    assert moves == {"remind": 3, "promise_late": 1, "ask_effect": 1}
    assert tick(at=NOW + datetime.timedelta(minutes=1))["sent"] == 0
