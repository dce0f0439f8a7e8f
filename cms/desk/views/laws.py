"""The rules that the organisation's cases hit, internal ones too: most hit first, and a page per law."""

from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.cases.law_hits import laws_hit
from backend.cases.models import Case, CaseLaw
from backend.organisations.permissions import organisations_where
from cms.desk.access import desk_view
from cms.desk.views.listing import page_of
from cms.submit.laws import about, find_law


def cases_of(user):
    """The cases that count: those that `user` sees all of, and none that has gone into another."""
    return Case.objects.filter(organisation__in=organisations_where(user, "case.view"), merged_into=None)


@desk_view("case.view")
def law_list(request):
    """Every law that the cases hit."""
    context = {
        "title": _("Laws and rules"),
        "hits": laws_hit(cases_of(request.user)),
        "empty": _("No case names a law yet."),
    }
    return render(request, "desk/laws/list.html", context)


@desk_view("case.view")
def law_page(request, law):
    """One law: the cases that hit it, newest first, and what is known of it."""
    found = find_law(law)
    hits = CaseLaw.objects.filter(case=OuterRef("pk"), law=found)
    rows = cases_of(request.user).filter(Exists(hits)).order_by("-created_date", "reference")
    page = page_of(request, rows)
    context = about(found) | {
        "title": str(found),
        "crumbs": [(reverse("desk:laws"), _("Laws and rules"))],
        "page": page,
        "rows": list(page.object_list),
        "empty": _("No case names a law yet."),
    }
    return render(request, "desk/laws/law.html", context)
