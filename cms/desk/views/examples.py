"""The coordinator's list of examples: what is to be read, what is late, and everything else by filter."""

from django.db.models import Count, Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.examples.filters import ExampleFilter
from backend.examples.lifecycle import Status
from backend.examples.models import Example
from backend.organisations.permissions import moment
from cms.desk.access import desk_view
from cms.desk.views.listing import filtered, is_filtered, page_of, shown_filters

FILTERS = ("q", "campaign", "area", "status", "submitted_from", "submitted_to", "organisation")
SHOWN_FILTERS = ("campaign", "area", "submitted_from", "submitted_to", "ordering")
TABS = {
    "unread": gettext_lazy("Unread"),
    "overdue": gettext_lazy("Past the term"),
    "awaiting": gettext_lazy("Awaiting the writer"),
    "all": gettext_lazy("All"),
    "camp": gettext_lazy("Camp material"),
    "quarantine": gettext_lazy("Flood guard"),
}
EMPTY = {
    "unread": gettext_lazy("Nothing is waiting to be read. Well done."),
    "overdue": gettext_lazy("Nothing is past its reading term."),
    "awaiting": gettext_lazy("No writer has been asked a question that is still open."),
    "all": gettext_lazy("No examples have come in yet. They appear here as soon as a campaign is open."),
    "camp": gettext_lazy("No camp material has been imported."),
    "quarantine": gettext_lazy("The flood guard has set nothing aside."),
}


def tab_rows(user, tab, *, at):
    """The rows of one tab, for `user`."""
    rows = Example.objects.visible_to(user)
    match tab:
        case "unread":
            return rows.unread()
        case "overdue":
            return rows.overdue(at=at)
        case "awaiting":
            return (
                rows.in_worklists()
                .filter(status=Status.AWAITING_SUBMITTER)
                .order_by("submitted_date", "reference")
            )
        case "camp":
            return rows.exclude(batch=None)
        case "quarantine":
            return rows.filter(is_quarantined=True)
        case _:
            return rows.order_by("-submitted_date", "reference")


def tab_counts(user, *, at):
    """How many rows each tab holds, in two queries."""
    rows = Example.objects.visible_to(user).order_by()
    waiting = Q(is_quarantined=False, batch=None)
    counts = rows.aggregate(
        unread=Count("pk", filter=waiting & Q(status=Status.RECEIVED)),
        awaiting=Count("pk", filter=waiting & Q(status=Status.AWAITING_SUBMITTER)),
        all=Count("pk"),
        camp=Count("pk", filter=~Q(batch=None)),
        quarantine=Count("pk", filter=Q(is_quarantined=True)),
    )
    return counts | {"overdue": rows.overdue(at=at).order_by().count() if counts["unread"] else 0}


def mark_late(examples, at):
    """Say by when each is to be read, and whether that day has passed."""
    today = timezone.localdate(at)
    for example in examples:
        is_waiting = example.status == Status.RECEIVED and not (example.batch_id or example.is_quarantined)
        example.read_by = example.read_by_date() if is_waiting else None
        example.is_late = example.read_by is not None and example.read_by < today


@desk_view("example.view")
def example_list(request):
    """One tab of the list, filtered, fifty rows a page. No words of any writer stand in it."""
    at = moment(None)
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else ("all" if is_filtered(request, FILTERS) else "unread")
    filterset = ExampleFilter(request.GET, tab_rows(request.user, tab, at=at), request=request)
    rows = (
        filtered(filterset)
        .select_related("campaign", "area", "organisation")
        .defer("title", "problem", "proposal", "legislation", "stems")
    )
    counts = tab_counts(request.user, at=at)
    is_narrowed = is_filtered(request, FILTERS)
    page = page_of(request, rows, count=None if is_narrowed else counts[tab])
    mark_late(page, at)
    has_one_status = tab in ("unread", "overdue", "awaiting")
    context = {
        "title": _("Examples"),
        "tab": tab,
        "tabs": [
            (name, label, counts[name])
            for name, label in TABS.items()
            if name not in ("camp", "quarantine") or counts[name]
        ],
        "shown_filters": shown_filters(
            request, filterset, SHOWN_FILTERS if has_one_status else (*SHOWN_FILTERS, "status")
        ),
        "page": page,
        "word_errors": filterset.form["q"].errors,
        "is_filtered": is_narrowed,
        "shows_status": not has_one_status,
        "empty": EMPTY[tab],
        "has_many_organisations": len({example.organisation_id for example in page}) > 1,
    }
    return render(request, "desk/examples/list.html", context)
