"""How long a body has for its answer: working days with the Danish public holidays, to the end of the last one.

A term is reckoned in days as they are in Copenhagen and kept as a UTC moment, so that no change of the clock moves it.
Grundlovsdag, 24 and 31 December are no public holidays (the `holidays` library, and the law) and count as working
days; an organisation that wants to be kinder gives its bodies more days.
"""

import datetime

from django.utils import timezone

from backend.organisations.workdays import add_working_days, working_days_between
from backend.registry.models import BodyGroup, ResponseTerm

WORKING_DAYS = 20
REMIND_BEFORE = 3
REMIND_AFTER = 5
# The state is reminded only where an organisation has switched it on.
NOT_AUTOMATIC = frozenset({BodyGroup.MINISTRY, BodyGroup.AGENCY})


def default_term(*, organisation, group):
    """The term of a kind of body where the organisation has decided nothing: an unsaved ResponseTerm."""
    return ResponseTerm(
        organisation=organisation,
        group=group,
        working_days=WORKING_DAYS,
        remind_before=REMIND_BEFORE,
        remind_after=REMIND_AFTER,
        is_automatic=group not in NOT_AUTOMATIC,
    )


def term_of(*, organisation, group):
    """The ResponseTerm that holds for a kind of body in `organisation`: its own row, else the default, unsaved."""
    own = ResponseTerm.objects.filter(organisation=organisation, group=group).first()
    return own or default_term(organisation=organisation, group=group)


def terms_of(organisation):
    """{group: ResponseTerm} for every kind of body, in one query."""
    own = {term.group: term for term in ResponseTerm.objects.filter(organisation=organisation)}
    return {
        group: own.get(group) or default_term(organisation=organisation, group=group) for group in BodyGroup
    }


def end_of_day(date):
    """The last second of `date` in Copenhagen, as a UTC moment."""
    local = datetime.datetime.combine(date, datetime.time(23, 59, 59), tzinfo=timezone.get_default_timezone())
    return local.astimezone(datetime.UTC)


def due_at(*, body, organisation, sent_date):
    """When the answer of `body`, asked on `sent_date`, is due: a UTC moment, the end of the last working day."""
    term = term_of(organisation=organisation, group=BodyGroup.of(body.kind))
    return end_of_day(add_working_days(sent_date, term.working_days))


def last_date(due_at):
    """The day in Copenhagen on which the term `due_at` ends: what a letter says."""
    return timezone.localdate(due_at, timezone.get_default_timezone())


def moved_on(due_at, paused_date, resumed_date):
    """`due_at` moved on by the working days that the clock stood, from the question to its answer.

    None stays None: no term ran.
    """
    if due_at is None:
        return None
    stood = working_days_between(paused_date, resumed_date)
    return end_of_day(add_working_days(last_date(due_at), stood))
