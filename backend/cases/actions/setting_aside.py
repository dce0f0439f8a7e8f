"""An example is set aside, and taken back. What its writer supported with it is touched too, so they live here."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from backend.cases.models import Support
from backend.examples.actions import step
from backend.examples.contacts import CONFIRMED_DAYS, SET_ASIDE_DAYS
from backend.examples.models import Contact, Example, SetAsideReason
from backend.examples.validation import InvalidInput, check_text, unknown_choice
from backend.organisations.permissions import moment

from .steps import lock, record


@transaction.atomic
def set_aside(*, example, reason, why, by, at=None):
    """Set aside with a sentence that the writer reads. Spam no longer counts on a case as one who supports it.
    The writer's address is kept SET_ASIDE_DAYS more at most.

    Not for the whistleblower scheme, see `to_whistleblower`. Raises InvalidInput, IllegalMove, NotAllowed.
    """
    at = moment(at)
    if reason not in SetAsideReason or reason == SetAsideReason.WHISTLEBLOWER:
        raise InvalidInput([unknown_choice("/reason")])
    why = check_text(why, pointer="/why", maximum=1000, required=True)
    step(example, "set_aside", by=by, at=at, why=why)
    _give_reason(example, reason)
    soon = timezone.localdate(at) + datetime.timedelta(days=SET_ASIDE_DAYS)
    Contact.objects.filter(example=example, delete_after__gt=soon).update(delete_after=soon)
    if reason == SetAsideReason.SPAM:
        _count_support(example, False, by=by, at=at)


@transaction.atomic
def take_back(*, example, by, at=None):
    """Undo `set_aside`: the example is unread again, and counts as before."""
    at = moment(at)
    step(example, "take_back", by=by, at=at)
    was_spam = example.set_aside_reason == SetAsideReason.SPAM
    _give_reason(example, "")
    for contact in Contact.objects.filter(example=example, confirmed_date__isnull=False):
        contact.delete_after = contact.confirmed_date + datetime.timedelta(days=CONFIRMED_DAYS)
        contact.save(update_fields=["delete_after"])
    if was_spam and not example.is_quarantined:
        _count_support(example, True, by=by, at=at)


def _give_reason(example, reason):
    example.set_aside_reason = reason
    Example.objects.filter(pk=example.pk).update(set_aside_reason=reason)


def _count_support(example, is_counted, *, by, at):
    """Count the example's support of a case, or refuse it as a person has decided, with a row in the case's history."""
    supports = Support.objects.filter(example=example, is_quarantined=is_counted).select_related("case")
    for support in supports:
        case = lock(support.case)
        support.is_quarantined, support.refused_date = (
            not is_counted,
            None if is_counted else timezone.localdate(at),
        )
        support.save(update_fields=["is_quarantined", "refused_date"])
        move = "accept_supports" if is_counted else "set_supports_aside"
        why = f"1 · {date_format(support.on_date, 'j. F Y')}"
        record(case, move, from_status=case.status, by=by, at=at, why=why)
