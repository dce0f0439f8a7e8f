"""The rules that published cases hit: the list of them, and a page per law. Published cases only."""

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from backend.cases.law_hits import laws_hit
from backend.cases.models import Case, CaseLaw
from backend.cases.queries import shown
from backend.error_pages import error_page
from backend.examples.hours import hours_label
from backend.examples.throttle import admit
from backend.registry.citations import read_names
from backend.registry.models import Law, LawAuthority, LawSuccession
from cms.pages.queries import surroundings
from cms.submit.cases import published

PAGE_SIZE = 20


def organisation_of(request):
    """The organisation of the request's site, or 404."""
    organisation = surroundings(request).organisation
    if organisation is None:
        raise Http404
    return organisation


def find_law(slug):
    """The law whose page's address ends with `slug`, with all that its page tells, or 404."""
    authorities = LawAuthority.objects.select_related("body").prefetch_related("body__periods")
    law = (
        Law.objects.filter(key=read_names().keys.get(slug))
        .prefetch_related(
            Prefetch("authorities", authorities.order_by("kind", "known_date", "valid_from", "id")),
            "aliases",
            "versions",
            Prefetch("successions", LawSuccession.objects.select_related("successor")),
        )
        .first()
    )
    if law is None:
        raise Http404
    return law


def about(law):
    """What is known of a law, as a page shows it."""
    authorities = [
        {
            "kind": row.get_kind_display(),
            "name": row.body.name_on(row.known_date or row.valid_from),
            "row": row,
        }
        for row in law.authorities.all()
    ]
    aliases = [alias.text for alias in law.aliases.all() if not alias.text.startswith(("http", "www.", "L "))]
    moves = [
        {"law": row.successor, "since": row.since, "paragraphs": row.paragraphs.replace(";", ", ")}
        for row in law.successions.all()
    ]
    return {"law": law, "authorities": authorities, "aliases": aliases, "moves": moves}


@require_safe
def law_list(request):
    """The rules that published cases hit, most hit first."""
    organisation = organisation_of(request)
    if retry_after := admit("read", request).retry_after:
        return error_page(request, 429, retry_after)
    cases = Case.objects.public().filter(organisation=organisation)
    hits = [(hit, hours_label(hit.hours)) for hit in laws_hit(cases)]
    context = {"organisation": organisation, "hits": hits}
    return TemplateResponse(request, "submit/laws.html", context, headers={"Cache-Control": "no-cache"})


@require_safe
def law_page(request, slug):
    """One law: the published cases that hit it, who answers for it, its versions, and where it may stand now."""
    organisation = organisation_of(request)
    if retry_after := admit("read", request).retry_after:
        return error_page(request, 429, retry_after)
    law = find_law(slug)
    hits = CaseLaw.objects.filter(case=OuterRef("pk"), law=law)
    rows = published(organisation).filter(Exists(hits))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("side"))
    for case in page.object_list:
        case.supports_shown = shown(case.support_count)
    context = about(law) | {"organisation": organisation, "page_obj": page, "query": ""}
    return TemplateResponse(request, "submit/law.html", context, headers={"Cache-Control": "no-cache"})
