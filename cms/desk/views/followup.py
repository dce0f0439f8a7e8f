"""What must be followed up: answers over their term, promises that are not done, effects that did not come."""

import datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.cases.actions import note_effect
from backend.cases.effects import documented_effect
from backend.cases.followup import next_contact, not_solved, over_term, promises_visible_to
from backend.cases.models import Case, Referral
from backend.cases.reminding import reminded_dates
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import can, moment
from cms.desk.access import desk_view
from cms.desk.forms.examples import WhyForm, add_errors
from cms.desk.views.listing import page_of

TABS = {
    "promised": gettext_lazy("Promised, not done"),
    "overdue": gettext_lazy("Over the term"),
    "effect": gettext_lazy("Not solved, say writers"),
}
EMPTY = {
    "promised": gettext_lazy("No promise waits to be carried out."),
    "overdue": gettext_lazy("No answer is late."),
    "effect": gettext_lazy("Nobody has said that it is the same or worse."),
}
# Within how many days a promise counts as due soon.
SOON = datetime.timedelta(days=30)
WHEN = {
    "late": gettext_lazy("Late"),
    "soon": gettext_lazy("Within 30 days"),
    "later": gettext_lazy("Later"),
}


def promised_rows(user, when, *, at):
    """The promises, the latest first; `when`: a key of WHEN, or nothing for all."""
    rows = (
        promises_visible_to(user)
        .select_related("referral__case", "referral__body")
        .prefetch_related("referral__body__periods")
    )
    today = timezone.localdate(at)
    match when:
        case "late":
            return rows.filter(follow_date__lt=today)
        case "soon":
            return rows.filter(follow_date__range=(today, today + SOON))
        case "later":
            return rows.filter(follow_date__gt=today + SOON)
    return rows


@desk_view("case.view")
def followup_list(request):
    """One of the three lists, fifty rows a page."""
    at = moment(None)
    user = request.user
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "promised"
    when = request.GET.get("when") if request.GET.get("when") in WHEN else ""
    match tab:
        case "promised":
            rows, path = promised_rows(user, when, at=at), "referral__case__organisation"
        case "overdue":
            rows, path = over_term(at=at) & Referral.objects.visible_to(user), "case__organisation"
        case _:
            rows, path = not_solved().visible_to(user), "organisation"
    page = page_of(request, rows, path=path)
    shown = list(page.object_list)
    reminded = reminded_dates(shown) if tab == "overdue" else {}
    for row in shown if tab == "overdue" else ():
        row.reminded = reminded.get(row.pk, [])
        row.days_late = (timezone.localdate(at) - timezone.localdate(row.due_at)).days
        row.next = next_contact(row, at=at)
    context = {
        "title": _("Follow-up"),
        "tab": tab,
        "tabs": TABS.items(),
        "when": when,
        "whens": WHEN.items(),
        "today": timezone.localdate(at),
        "page": page,
        "rows": shown,
        "empty": EMPTY[tab],
        "is_filtered": bool(when),
    }
    return render(request, "desk/followup/list.html", context)


@desk_view("case.view", methods=["GET", "HEAD", "POST"])
def effect(request, reference):
    """What the writers of one case answered; a POST says that somebody has looked, and what follows."""
    cases = Case.objects.visible_to(request.user).select_related("organisation")
    case = get_object_or_404(cases, reference=reference)
    if not can(request.user, "case.view", case.organisation_id):
        raise Http404
    may_note = can(request.user, "case.edit", case.organisation_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    form.fields["why"].label = _("What follows")
    if request.method == "POST" and form.is_valid():
        try:
            note_effect(case=case, why=form.cleaned_data["why"], by=request.user)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("Noted. The case is off the list."))
            return redirect(f"{reverse('desk:followup')}?tab=effect")
    context = {
        "title": _("Did it help?"),
        "crumbs": [
            (f"{reverse('desk:followup')}?tab=effect", _("Follow-up")),
            (reverse("desk:case", args=[case.reference]), case.reference),
        ],
        "case": case,
        "effect": documented_effect(case),
        "is_unsolved": not_solved().filter(pk=case.pk).exists(),
        "form": form if may_note else None,
    }
    return render(request, "desk/followup/effect.html", context, status=422 if form.errors else 200)
