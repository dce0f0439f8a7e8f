"""«The same happens to me» by day: what the flood guard has set aside, and what a person decides about a day of it.

Nobody is stored, so a date of a case is as near as anybody can look.
"""

import datetime
from collections.abc import Callable

from django.http import HttpRequest
from ninja import Query, Schema

from backend.cases import actions
from backend.organisations.permissions import check_permission

from .desk_cases import DeskCase, find_case, show_one
from .errors import Problem
from .filtering import Page, page_of
from .routing import Router
from .schemas import Input

router = Router(tags=["desk: cases"], is_staff=True)


class SupportDay(Schema):
    """How many were counted, wait for a decision and were refused on one date."""

    on_date: datetime.date
    counted: int
    waiting: int
    refused: int


class SupportDays(Schema):
    count: int
    items: list[SupportDay]


class DayIn(Input):
    """Which date's supports."""

    on_date: datetime.date


@router.get("/desk/cases/{reference:reference}/supports", response=SupportDays)
def list_support_days(request: HttpRequest, reference: str, query: Query[Page]):
    """The case's supports by day, the newest first."""
    case = find_case(request, reference)
    check_permission(request.user, "case.view", case.organisation_id)
    return page_of(case.supports.by_day(), query, list)


def _move(path: str):
    return router.post(f"/desk/cases/{{reference:reference}}/{path}", response={200: DeskCase, 409: Problem})


def _decide(request: HttpRequest, reference: str, body: DayIn, action: Callable) -> dict:
    action(case=find_case(request, reference), on_date=body.on_date, by=request.user)
    return show_one(request, reference)


@_move("accept_supports")
def accept_supports(request: HttpRequest, reference: str, body: DayIn):
    """Count what was set aside on a date, refused or not."""
    return _decide(request, reference, body, actions.accept_supports)


@_move("refuse_supports")
def refuse_supports(request: HttpRequest, reference: str, body: DayIn):
    """Leave what was set aside on a date uncounted; it is kept."""
    return _decide(request, reference, body, actions.refuse_supports)


@_move("set_supports_aside")
def set_supports_aside(request: HttpRequest, reference: str, body: DayIn):
    """Set aside all that was counted on a date: a flood begins below the guard's ceiling."""
    return _decide(request, reference, body, actions.set_supports_aside)
