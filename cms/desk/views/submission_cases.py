"""Choosing the cases that go into a draft of the form."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.cases.filters import CaseFilter
from backend.cases.lifecycle import IllegalMove
from backend.cases.models import Case, FormTable
from backend.examples.validation import InvalidInput
from cms.desk.access import desk_view
from cms.desk.views.listing import filtered, is_filtered, page_of
from cms.desk.views.submissions import address, crumbs, get_submission
from exports import actions
from exports.queries import choosable_cases, frozen_rows_of, ready_cases

FILTERS = ("q", "campaign", "area", "core_task", "law")
TABS = {
    "ready": gettext_lazy("Ready, with a table, not sent before"),
    "all": gettext_lazy("All that may be put in"),
}
# More at once takes longer than a page should; the rest are chosen afterwards.
MOST = 200


@desk_view("submission.edit", methods=["GET", "HEAD", "POST"])
def choose_cases(request, submission_id):
    """The cases that may come in, filtered; tick them, say which table, put them in."""
    submission = get_submission(request, submission_id)
    if submission.is_frozen:
        return redirect(address(submission))
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "ready"
    filterset = CaseFilter(request.GET, offered(submission, tab), request=request)
    if request.method == "POST":
        put_in(request, submission, filtered(filterset))
        return redirect(address(submission))
    rows = filtered(filterset).select_related("area").order_by("table", "created_date", "reference")
    page = page_of(request, rows)
    elsewhere = frozen_rows_of([case.pk for case in page])
    for case in page:
        case.elsewhere = elsewhere.get(case.pk, [])
    context = {
        "title": _("Choose cases"),
        "crumbs": crumbs(submission),
        "submission": submission,
        "tab": tab,
        "tabs": [(name, label, offered(submission, name).count()) for name, label in TABS.items()],
        "filterset": filterset,
        "filters": FILTERS,
        "page": page,
        "most": MOST,
        "is_filtered": is_filtered(request, FILTERS),
        "empty": _("There are no more cases to put in. Mark cases as ready and choose a table for them."),
    }
    return render(request, "desk/submissions/choose.html", context)


def offered(submission, tab):
    """The rows of one tab."""
    cases = choosable_cases(submission)
    return cases.filter(pk__in=ready_cases(submission.organisation).values("pk")) if tab == "ready" else cases


def put_in(request, submission, cases):
    """Put in the ticked rows, or the whole list; say which could not come in and why."""
    if "everything" in request.POST:
        chosen = list(cases.order_by("table", "created_date", "reference")[:MOST])
    else:
        chosen = list(
            Case.objects.visible_to(request.user)
            .filter(organisation=submission.organisation, reference__in=request.POST.getlist("chosen"))
            .order_by("table", "created_date", "reference")
        )
    if not chosen:
        messages.warning(request, _("Tick a row first."))
        return
    count = 0
    for case in chosen:
        table = request.POST.get(f"table_{case.reference}", "")
        try:
            actions.add_case(
                submission=submission,
                case=case,
                table=FormTable(int(table)) if table in ("1", "2") else None,
                by=request.user,
            )
        except InvalidInput as invalid:
            for error in invalid.errors:
                messages.warning(request, f"{case.reference}: {error.detail}")
        except IllegalMove:
            messages.warning(
                request, _("%(reference)s can no longer be put in.") % {"reference": case.reference}
            )
        else:
            count += 1
    if count:
        told = ngettext("%(count)s case has been put in.", "%(count)s cases have been put in.", count)
        messages.success(request, told % {"count": count})
