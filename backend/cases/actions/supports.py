"""«Det sker også hos mig»: counting one more, and deciding about what the flood guard has set aside.

Nobody is stored, so what can be decided about is one date of one case.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from backend.cases.models import Support
from backend.examples.actions import submit_example
from backend.examples.models import Example
from backend.examples.validation import check_time
from backend.organisations.permissions import check_permission, moment

from .steps import lock, record, refuse


@transaction.atomic
def support_case(*, case, minutes=None, times=None, period="", example=None, is_quarantined=False, at=None):
    """«Det sker også hos mig»: count one more, with own time if given. Nobody is stored.

    `example`: what the same writer sent along (`submit_example_of`); it is withdrawn together with it.

    `is_quarantined`: set aside by the flood guard; it stands there until a person has decided.
    """
    minutes, times, period = check_time(minutes, times, period)
    return Support.objects.create(
        case=case,
        example=example,
        on_date=timezone.localdate(moment(at)),
        minutes=minutes,
        times=times,
        period=period,
        is_quarantined=is_quarantined,
    )


@transaction.atomic
def submit_example_of(*, case, is_quarantined=False, at=None, **submitted):
    """Receive an example whose writer says it is the same as the published `case` (None: as no other).

    It is one more support there, with the writer's own time, and a person decides whether it joins the case. Takes,
    raises and returns what `examples.actions.submit_example` does.
    """
    receipt = submit_example(is_quarantined=is_quarantined, at=at, **submitted)
    if case is None:
        return receipt
    example = Example.objects.get(reference=receipt.reference)
    if not Support.objects.filter(example=example).exists():  # a second press of the button counts once
        support_case(
            case=case,
            example=example,
            minutes=example.minutes,
            times=example.times,
            period=example.period,
            is_quarantined=is_quarantined,
            at=at,
        )
    return receipt


def accept_supports(*, case, on_date, by, at=None):
    """Count what was set aside on `on_date`, refused or not. Returns how many."""
    return _decide(
        "accept_supports",
        case,
        on_date,
        case.supports.filter(is_quarantined=True),
        {"is_quarantined": False, "refused_date": None},
        by=by,
        at=at,
    )


def refuse_supports(*, case, on_date, by, at=None):
    """Leave what was set aside on `on_date` uncounted; it is kept. Returns how many."""
    return _decide(
        "refuse_supports",
        case,
        on_date,
        case.supports.waiting(),
        {"refused_date": timezone.localdate(moment(at))},
        by=by,
        at=at,
    )


def set_supports_aside(*, case, on_date, by, at=None):
    """Set aside all that was counted on `on_date`: a flood begins below the guard's ceiling. Returns how many."""
    return _decide(
        "set_supports_aside",
        case,
        on_date,
        case.supports.counted(),
        {"is_quarantined": True},
        by=by,
        at=at,
    )


@transaction.atomic
def _decide(move, case, on_date, supports, values, *, by, at):
    at = moment(at)
    current = lock(case)
    check_permission(by, "case.edit", current.organisation_id)
    number = supports.filter(on_date=on_date).update(**values)
    if not number:
        raise refuse("/on_date", "nothing_there", _("There is nothing to decide about on that date."))
    # How many and which date: a figure and a day, no words of anybody.
    why = f"{number} · {date_format(on_date, 'j. F Y')}"
    record(current, move, from_status=current.status, by=by, at=at, why=why)
    return number
