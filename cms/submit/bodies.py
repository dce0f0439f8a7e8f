"""Those who were asked: the list of them, and what each was asked and answered. Published cases only."""

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch
from django.http import Http404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from backend.cases.answers import asked_publicly, shown_referrals, told
from backend.cases.lifecycle import CASE_OUTCOMES, Outcome, ReasonCode
from backend.error_pages import error_page
from backend.examples.throttle import admit
from backend.organisations.permissions import moment
from backend.registry.models import Body, BodySuccession
from cms.pages.queries import surroundings
from cms.submit.cases import tell

PAGE_SIZE = 20


def organisation_of(request):
    """The organisation of the request's site, or 404."""
    organisation = surroundings(request).organisation
    if organisation is None:
        raise Http404
    return organisation


def counts_by_body(rows, path):
    """{body id: how many of `rows`}."""
    return dict(rows.order_by().values_list(path).annotate(Count("pk")))


@require_safe
def body_list(request):
    """Everybody who has been asked, by name, with how much they were asked and answered."""
    organisation = organisation_of(request)
    asked = counts_by_body(asked_publicly(organisation), "body")
    answers = told(organisation).filter(answer__in=CASE_OUTCOMES)
    answered = counts_by_body(answers, "referral__body")
    bodies = list(Body.objects.filter(pk__in=asked).with_names())
    for body in bodies:
        body.asked, body.answered = asked[body.pk], answered.get(body.pk, 0)
    context = {"organisation": organisation, "bodies": sorted(bodies, key=lambda body: str(body).casefold())}
    return TemplateResponse(request, "submit/bodies.html", context, headers={"Cache-Control": "no-cache"})


def find_body(organisation, key):
    """The body that has been asked under `key`: the organisation's own before a national one; else 404."""
    asked = asked_publicly(organisation).filter(body=OuterRef("pk"))
    successions = BodySuccession.objects.select_related("successor").prefetch_related("successor__periods")
    bodies = (
        Body.objects.of(organisation)
        .filter(Exists(asked), key=key)
        .prefetch_related("periods", Prefetch("successions", successions))
    )
    body = min(bodies, key=lambda body: body.organisation_id is None, default=None)
    if body is None:
        raise Http404
    return body


@require_safe
def body_page(request, key):
    """What one body was asked, newest first, and what it answered."""
    organisation = organisation_of(request)
    if retry_after := admit("read", request, subject=key).retry_after:
        return error_page(request, 429, retry_after)
    body = find_body(organisation, key)
    rows = shown_referrals().filter(pk__in=asked_publicly(organisation).filter(body=body).order_by())
    page = Paginator(rows.select_related("body", "case").order_by("-sent_date", "id"), PAGE_SIZE).get_page(
        request.GET.get("side")
    )
    at = moment(None)
    for referral in page.object_list:
        tell(referral, organisation, at=at)
    answers = told(organisation).filter(referral__body=body)
    context = {
        "organisation": organisation,
        "body": body,
        "name": str(body),
        "former_names": sorted({period.name for period in body.periods.all()} - {str(body)}),
        "successors": [str(row.successor) for row in body.successions.all()],
        "page_obj": page,
        "query": "",
        "figures": figures(asked_publicly(organisation).filter(body=body), answers),
        "reasons": reasons(answers),
    }
    return TemplateResponse(request, "submit/body.html", context, headers={"Cache-Control": "no-cache"})


def figures(asked, answers):
    """[(label, number)]: a published case is a record and may be counted (api.md)."""
    by_answer = dict(answers.order_by().values_list("answer").annotate(Count("pk")))
    answered = sum(count for answer, count in by_answer.items() if answer in CASE_OUTCOMES)
    done = answers.filter(implemented_date__isnull=False)
    return {
        "asked": asked.count(),
        "answered": answered,
        "done": done.values("referral__case").distinct().count(),
        "by_answer": [
            (Outcome(answer).label, by_answer[answer]) for answer in Outcome if answer in by_answer
        ],
    }


def reasons(answers):
    """[(reason, number)] of what was refused, in whole or in part."""
    refused = answers.filter(answer__in=[Outcome.NOT, Outcome.PARTLY]).order_by()
    counted = dict(refused.values_list("reason_code").annotate(Count("pk")))
    return [(ReasonCode(code).label, counted[code]) for code in ReasonCode if code in counted]
