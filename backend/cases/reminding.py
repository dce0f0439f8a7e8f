"""Reminding bodies before, at and after their term: one mail per letter, listing the rows that are still open.

A reminder belongs to (letter, due date, stage). Only the latest stage that has come is sent, so that a machine that
was off for ten days sends one mail and not three; and none is sent once a later one has been.
"""

import datetime
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backend.cases.actions.links import (
    current_link,
    issue_link,
    link_address,
    record_rows,
    registered_address,
)
from backend.cases.letters import reply_address
from backend.cases.lifecycle import ReferralStatus, Status
from backend.cases.models import Batch, CaseEvent, Referral
from backend.cases.terms import end_of_day, last_date, terms_of
from backend.cases.wordings import wordings_of
from backend.organisations.models import Organisation
from backend.organisations.workdays import add_working_days, is_working_day, working_days_before
from backend.outbox.actions import queue_message
from backend.outbox.models import OutgoingMessage
from backend.registry.models import BodyGroup

# A reminder is there when the working day begins.
REMINDER_HOUR = 7
STAGES = ("before", "due", "after")
# The clock of these runs; one that asks back is not reminded.
RUNNING = (ReferralStatus.SENT, ReferralStatus.ACKNOWLEDGED)
# The longest that a reminder may come before its term (ResponseTerm.remind_before), as calendar days and a margin.
LONGEST_BEFORE = datetime.timedelta(days=100)


def stage_on(term, *, due, sent, today):
    """The latest of STAGES that has come by `today` for an answer due on `due`, or None."""
    begins = {
        "before": working_days_before(due, term.remind_before) if term.remind_before else None,
        "due": due,
        "after": add_working_days(due, term.remind_after),
    }
    come = [stage for stage, day in begins.items() if day is not None and sent < day <= today]
    return come[-1] if come else None


def remind_due(*, at):
    """Queue the reminders that are due at `at`, in the morning of working days. Returns how many."""
    local = timezone.localtime(at)
    if local.hour < REMINDER_HOUR or not is_working_day(local.date()):
        return 0
    running = (
        _living(Referral.objects.filter(status__in=RUNNING, batch__channel="mail"))
        .filter(due_at__lte=end_of_day(local.date() + LONGEST_BEFORE))
        .order_by("batch__organisation", "batch", "due_at")
    )
    found = running.values_list("batch__organisation", "batch", "batch__body__kind", "sent_date", "due_at")
    letters = list(found.distinct())
    wanted = []
    organisations = Organisation.objects.in_bulk({row[0] for row in letters})
    for organisation, rows in groupby(letters, key=lambda row: row[0]):
        terms = terms_of(organisations[organisation])
        for _organisation, batch, kind, sent, due in rows:
            term = terms[BodyGroup.of(kind)]
            stage = stage_on(term, due=last_date(due), sent=sent, today=local.date())
            if stage and term.is_automatic:
                wanted.append((batch, last_date(due), stage))
    told = _told({key for each in wanted for key in _keys(*each)})
    return sum(
        _remind(batch, due, stage, at)
        for batch, due, stage in dict.fromkeys(wanted)
        if told.isdisjoint(_keys(batch, due, stage))
    )


def reminded_dates(referrals):
    """{referral id: [the days on which its body was reminded]}, oldest first, in one query for all `referrals`."""
    dates: dict = {}
    told = CaseEvent.objects.filter(move="remind", referral__in=[referral.pk for referral in referrals])
    for referral, day in told.order_by("on_date", "pk").values_list("referral", "on_date"):
        dates.setdefault(referral, []).append(day)
    return dates


def _living(referrals):
    """Those whose answer still counts: nobody is reminded about a case that is closed, merged or stopped by a flag."""
    return referrals.filter(case__merged_into=None, case__flag="").exclude(case__status=Status.CLOSED)


def _keys(batch, due, stage):
    """The once_keys of `stage` and of those after it."""
    return [f"remind:{batch}:{due.isoformat()}:{each}" for each in STAGES[STAGES.index(stage) :]]


def _told(keys):
    return set(OutgoingMessage.objects.filter(once_key__in=keys).values_list("once_key", flat=True))


@transaction.atomic
def _remind(batch_id, due, stage, at):
    """Queue one reminder with a link of its own; whether anything was sent."""
    batch = (
        Batch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "body", "sent_by")
        .get(pk=batch_id)
    )
    keys = _keys(batch.pk, due, stage)
    # A body that has said «received» is not hurried before its term.
    hurried = [ReferralStatus.SENT] if stage == "before" else RUNNING
    rows = [
        row
        for row in _living(batch.referrals.filter(status__in=hurried))
        .select_related("case__campaign")
        .prefetch_related("wordings")
        .order_by("position")
        if row.due_at is not None and last_date(row.due_at) == due
    ]
    current = current_link(batch)
    address = registered_address(batch, current, at=at)
    # Where a person has closed every link, no reminder opens one again.
    if not rows or not address or current is None or _told(keys):
        return False
    # One more link to the same registered address: the old one stands in the receiver's bookmarks and goes on working.
    _link, secret = issue_link(batch=batch, to_email=address, at=at)
    answer_to = (
        reply_address(batch.organisation, [row.case for row in rows], batch.sent_by) if batch.sent_by else ""
    )
    with translation.override(settings.LANGUAGE_CODE):
        subject, body = _words(batch, rows, due, secret, at)
        queue_message(
            organisation=batch.organisation,
            kind="reminder",
            to=address,
            subject=subject,
            body=body,
            reference=str(batch.pk),
            once_key=keys[0],
            headers={"Reply-To": answer_to} if answer_to else None,
            secret=secret,
            at=at,
        )
    record_rows(batch, "remind", by=None, at=at, referrals=rows)
    return True


def _words(batch, rows, due, secret, at):
    """Subject and text: what is asked, by when, and where it is answered."""
    today = timezone.localdate(at)
    values = {
        "number": batch.number,
        "organisation": batch.organisation.name,
        "date": date_format(due, "j. F Y"),
        "subject": batch.subject,
        "link": link_address(batch.organisation, secret),
        "contact": batch.contact,
        "rows": "\n".join(
            # As the body was sent it: a title of later waits for its writer, and for a person to send it.
            f"{row.position or number}. {wordings_of(row)[-1].title}"
            for number, row in enumerate(rows, 1)
        ),
    }
    if today > due:
        subject = _("The answer was due on %(date)s: letter %(number)s from %(organisation)s")
        opening = _("On %(date)s the term for your answer to our letter %(number)s ran out: %(subject)s.")
    else:
        subject = _("Reminder: please answer letter %(number)s from %(organisation)s by %(date)s")
        opening = _("We look forward to your answer to our letter %(number)s by %(date)s: %(subject)s.")
    body = _(
        "%(opening)s\n\nThese rows have no answer yet:\n%(rows)s\n\nAnswer here, one row at a time or several"
        " together:\n%(link)s\n\nOn the page you can also say that you have received it, ask us, pass rows on to a"
        " colleague or say that it is not with you. The link in our letter works too.\n\n%(contact)s"
    )
    return subject % values, body % {**values, "opening": opening % values}
