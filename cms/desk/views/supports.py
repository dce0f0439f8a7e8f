"""«Det sker også hos mig» by day: what the flood guard has set aside, and what a person decides about it.

Nobody is stored, so a date of a case is as near as anybody can look.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.cases.actions import accept_supports, refuse_supports, set_supports_aside
from backend.cases.models import Case, Support
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import can
from cms.desk.access import desk_view, parameter
from cms.desk.views.case import get_case
from cms.desk.views.listing import ROWS

MOVES = {"accept": accept_supports, "refuse": refuse_supports, "aside": set_supports_aside}


def waiting_supports(user):
    """The supports that wait for a decision in the cases that `user` may see."""
    return Support.objects.waiting().filter(case__in=Case.objects.visible_to(user).order_by())


@desk_view("case.view")
def support_list(request):
    """The cases with supports that wait, the newest first; fifty a page."""
    rows = (
        waiting_supports(request.user)
        .order_by()
        .values(reference=F("case__reference"), title=F("case__title"), date=F("on_date"))
        .annotate(number=Count("pk"))
        .order_by("-date", "reference")
    )
    context = {
        "title": _("Supports set aside"),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "empty": _("No support waits for a decision."),
    }
    return render(request, "desk/supports/list.html", context)


@desk_view("case.view", methods=["GET", "HEAD", "POST"])
def supports(request, reference):
    """One case's supports by day; a POST decides about one of the days."""
    case = get_case(request, reference)
    if request.method == "POST":
        return decide(request, case)
    context = {
        "title": _("Supports by day"),
        "crumbs": [
            (reverse("desk:supports_waiting"), _("Supports set aside")),
            (reverse("desk:case", args=[case.reference]), case.reference),
        ],
        "case": case,
        "days": case.supports.by_day(),
        "may_decide": can(request.user, "case.edit", case.organisation_id),
    }
    return render(request, "desk/supports/days.html", context)


def decide(request, case):
    """Make the move that was asked for and come back to the case's days."""
    move = MOVES.get(parameter(request.POST, "do"))
    try:
        on_date = parse_date(parameter(request.POST, "date"))
    except ValueError:
        on_date = None
    if move is not None and on_date is not None:
        try:
            number = move(case=case, on_date=on_date, by=request.user)
        except InvalidInput as invalid:
            messages.error(request, invalid.errors[0].detail)
        else:
            messages.success(
                request,
                ngettext("Decided about %(number)d.", "Decided about %(number)d.", number)
                % {"number": number},
            )
    return redirect("desk:supports", case.reference)
