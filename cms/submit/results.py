"""What came of it: rules that are gone, what was refused and why, and the figures. Published cases only."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from backend.cases.answers import current_replies, shown_referrals, with_answers
from backend.cases.effects import documented_effects
from backend.cases.lifecycle import CASE_OUTCOMES, ReasonCode, Status
from backend.error_pages import error_page
from backend.examples.throttle import admit
from backend.insight.queries import campaign_figures
from backend.insight.results import done_answers, done_cases, freed_hours, refusals, refusals_by_body
from backend.registry.models import Body
from cms.submit.bodies import organisation_of

PAGE_SIZE = 20


def answer(request, template, context):
    """The page, or 429 where one network reads without end. Not kept in a cache: what is taken off is gone at once."""
    if retry_after := admit("read", request).retry_after:
        return error_page(request, 429, retry_after)
    return TemplateResponse(request, template, context(), headers={"Cache-Control": "no-cache"})


def with_changes(cases):
    """The list of `cases`, each with the answers that were carried out and its documented effect."""
    found = list(with_answers(cases.select_related("area").prefetch_related("case_laws__law")))
    effects = documented_effects(found)
    for case in found:
        case.effect = effects[case.pk]
        case.changes = [
            (referral, reply)
            for referral in case.asked
            for reply in current_replies(referral)
            if reply.implemented_date is not None
        ]
    return found


@require_safe
def done_page(request):
    """«Regler, vi er sluppet af med»: what changed, when, and the time that came back; by body, where one is chosen."""
    return answer(request, "submit/done.html", lambda: done_context(request))


def done_context(request):
    """The cases that are done: all, or those of the body that `?modtager=` names."""
    organisation = organisation_of(request)
    total, by_body = freed_hours(organisation)
    chosen = request.GET.get("modtager", "")
    bodies = [
        {"name": str(body), "key": body.key, "freed": by_body[body.pk], "is_chosen": body.key == chosen}
        for body in Body.objects.filter(pk__in=by_body).with_names()
    ]
    cases = done_cases(organisation)
    if chosen:
        # A body that did nothing finds nothing; what is no key never reaches the database.
        keys = [body["key"] for body in bodies if body["is_chosen"]]
        cases = cases.filter(
            pk__in=done_answers(organisation).filter(referral__body__key__in=keys).values("referral__case")
        )
    page = Paginator(cases, PAGE_SIZE).get_page(request.GET.get("side"))
    page.object_list = with_changes(page.object_list)
    return {
        "organisation": organisation,
        "total": total,
        "bodies": sorted(bodies, key=lambda body: (-body["freed"].cases, body["name"].casefold())),
        "chosen": next((body for body in bodies if body["is_chosen"]), None),
        "is_filtered": bool(chosen),
        "page_obj": page,
        "query": f"modtager={chosen}" if chosen.isprintable() and chosen.isascii() and chosen else "",
    }


@require_safe
def refusal_page(request):
    """What was refused, wholly or in part, and the reason: by body, and by reason where one is chosen."""
    return answer(request, "submit/refusals.html", lambda: refusal_context(request))


def refusal_context(request):
    """The refusals: all, or those that `?modtager=` and `?grund=` narrow them to."""
    organisation = organisation_of(request)
    by_body = refusals_by_body(organisation)
    key, code = request.GET.get("modtager", ""), request.GET.get("grund", "")
    rows = refusals(organisation)
    body = next((body for body, _reasons in by_body if body.key == key), None)
    reason = ReasonCode(code) if code in ReasonCode.values else None
    if key:
        rows = rows.filter(referral__body=body) if body else rows.none()
    if code:
        rows = rows.filter(reason_code=reason) if reason else rows.none()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("side"))
    asked = Prefetch("referral", shown_referrals().select_related("body", "case"))
    page.object_list = list(page.object_list.prefetch_related(asked))
    chosen = {"modtager": body.key if body else "", "grund": reason.value if reason else ""}
    return {
        "organisation": organisation,
        "by_body": by_body,
        "number": sum(number for _body, reasons in by_body for _reason, number in reasons),
        "body": body,
        "reason": reason,
        "is_filtered": bool(key or code),
        "page_obj": page,
        "query": "&".join(f"{name}={value}" for name, value in chosen.items() if value),
    }


@require_safe
def figures_page(request):
    """The figures: what was sent in, what it became and what came back; by campaign."""
    return answer(request, "submit/figures.html", lambda: figures_context(request))


def figures_context(request):
    """Counts of examples in steps of five; of published cases exactly."""
    organisation = organisation_of(request)
    total, _by_body = freed_hours(organisation)
    campaigns = campaign_figures(organisation)
    for figures in campaigns:
        figures["statuses"] = labelled(Status, figures["by_status"])
        figures["outcomes"] = labelled(CASE_OUTCOMES, figures["by_outcome"])
    return {"organisation": organisation, "campaigns": campaigns, "total": total}


def labelled(kinds, counts):
    """[(kind, how many)] of those that occur, in the order of `kinds`."""
    return [(kind, counts[kind.value]) for kind in kinds if kind.value in counts]
