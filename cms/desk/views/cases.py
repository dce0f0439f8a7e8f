"""The list of cases, on the page and as a spreadsheet."""

from tempfile import TemporaryFile

from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.cases.filters import CaseFilter
from backend.cases.lifecycle import Status
from backend.cases.models import Case
from backend.cases.queries import with_counts
from backend.organisations.actions import log_access
from backend.organisations.permissions import can
from backend.registry.models import CoreTask, OrganisationArea
from cms.desk.access import desk_view, organisations_of
from cms.desk.views.listing import filtered, is_filtered, narrowed, page_of, shown_filters
from exports.formats.rows_xlsx import CONTENT_TYPE, Heading, write_rows

FILTERS = (
    "q",
    "campaign",
    "area",
    "status",
    "visibility",
    "table",
    "body",
    "created_from",
    "created_to",
    "organisation",
)
SHOWN_FILTERS = ("campaign", "area", "visibility", "table", "ordering")
TABS = {
    "all": gettext_lazy("All"),
    "draft": gettext_lazy("Being worded"),
    "form": gettext_lazy("Ready for the form"),
    "referred": gettext_lazy("Sent on"),
    "answered": gettext_lazy("Answered"),
    "closed": gettext_lazy("Closed"),
}
EMPTY = {
    "all": gettext_lazy("There are no cases yet. A case is made from an example."),
    "draft": gettext_lazy("No case is being worded."),
    "form": gettext_lazy(
        "No case is ready for the ministry's form. A case is ready when it is marked so and has a table."
    ),
    "referred": gettext_lazy("No case waits for an answer."),
    "answered": gettext_lazy("No answer has come in yet."),
    "closed": gettext_lazy("No case is closed."),
}
# How many rows are read at a time.
PIECE = 1000


def tab_rows(user, tab):
    """The rows of one tab, for `user`."""
    rows = Case.objects.visible_to(user)
    if tab == "form":
        return rows.ready_for_form()
    return rows.filter(status=tab) if tab in Status else rows


def wanted_rows(request):
    """(tab, filterset, rows): what the address asks for."""
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "all"
    filterset = CaseFilter(request.GET, tab_rows(request.user, tab), request=request)
    return tab, filterset, filtered(filterset)


@desk_view("case.view_committee")
def case_list(request):
    """One tab of the list, filtered, fifty rows a page."""
    tab, filterset, rows = wanted_rows(request)
    page = page_of(request, rows.select_related("area", "organisation").defer("problem", "proposal", "stems"))
    cases = list(page.object_list)
    counts = {
        case.pk: case
        for case in with_counts(Case.objects.filter(pk__in=[case.pk for case in cases]).order_by())
    }
    for case in cases:
        case.example_count, case.support_count = counts[case.pk].example_count, counts[case.pk].support_count
    context = {
        "title": _("Cases"),
        "tab": tab,
        "tabs": TABS.items(),
        "word_errors": filterset.form["q"].errors,
        "shown_filters": shown_filters(request, filterset, SHOWN_FILTERS),
        "page": page,
        "cases": cases,
        "is_filtered": is_filtered(request, FILTERS),
        "empty": EMPTY[tab],
        "sees_figures": can(request.user, "case.view", None),
        "has_many_organisations": len({case.organisation_id for case in cases}) > 1,
    }
    return render(request, "desk/cases/list.html", context)


HEADINGS = (
    (gettext_lazy("Reference"), 14),
    (gettext_lazy("Title"), 40),
    (gettext_lazy("Problem"), 60),
    (gettext_lazy("Proposal"), 60),
    (gettext_lazy("Legislation"), 30),
    (gettext_lazy("Area"), 24),
    (gettext_lazy("Core task"), 24),
    (gettext_lazy("Status"), 18),
    (gettext_lazy("Outcome"), 18),
    (gettext_lazy("Visible to"), 16),
    (gettext_lazy("Table"), 24),
    (gettext_lazy("Hours a year"), 12),
    (gettext_lazy("Examples"), 10),
    (gettext_lazy("Supports"), 10),
    (gettext_lazy("Made"), 14),
    (gettext_lazy("Published"), 14),
    (gettext_lazy("Organisation"), 20),
)


COLUMNS = (
    "reference",
    "title",
    "problem",
    "proposal",
    "legislation_text",
    "area_text",
    "area__name",
    "core_task_id",
    "organisation_id",
    "area_id",
    "status",
    "outcome",
    "visibility",
    "table",
    "hours",
    "example_count",
    "support_count",
    "created_date",
    "published_date",
    "organisation__name",
)


def case_rows(cases, user):
    """The list's rows in its own order, read as they are written: a hundred thousand need no more memory than ten."""
    labels = {
        name: {value: str(label) for value, label in Case._meta.get_field(name).flatchoices}
        for name in ("status", "outcome", "visibility", "table")
    }
    tasks, derived = core_task_names(user)
    for row in with_counts(cases).values_list(*COLUMNS).iterator(chunk_size=PIECE):
        (
            reference,
            title,
            problem,
            proposal,
            legislation,
            area_text,
            area_name,
            task,
            organisation,
            area,
            *rest,
        ) = row
        status, outcome, visibility, table, hours, examples, supports, made, published, organisation_name = (
            rest
        )
        yield (
            reference,
            title,
            problem,
            proposal,
            legislation,
            area_text or area_name,
            tasks.get(task or derived.get((organisation, area)), ""),
            labels["status"][status],
            labels["outcome"].get(outcome, ""),
            labels["visibility"][visibility],
            labels["table"][table],
            hours,
            examples,
            supports,
            made,
            published,
            organisation_name,
        )


def core_task_names(user):
    """({core task id: name}, {(organisation id, area id): the core task that follows from the area})."""
    tasks = CoreTask.objects.visible_to(user).prefetch_related("names")
    areas = OrganisationArea.objects.filter(organisation__in=organisations_of(user, "case.view")).exclude(
        core_task=None
    )
    return (
        {task.pk: str(task) for task in tasks},
        {(row.organisation_id, row.area_id): row.core_task_id for row in areas},
    )


@desk_view("case.view")
def case_list_xlsx(request):
    """The same list, whole, as a spreadsheet; logged as an export of each organisation it covers."""
    _tab, _filterset, rows = wanted_rows(request)
    for organisation in organisations_of(request.user, "case.view"):
        log_access(
            by=request.user,
            organisation=organisation,
            kind="export",
            reference="cases.xlsx",
            purpose="desk: case list",
        )
    target = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    write_rows(
        [Heading(str(text), width) for text, width in HEADINGS],
        case_rows(narrowed(rows, request.user), request.user),
        target,
        title=_("Cases"),
    )
    target.seek(0)
    name = f"forslag-{timezone.localdate():%Y-%m-%d}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
