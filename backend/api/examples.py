"""Sending an example, and seeing beforehand what is already known."""

from dataclasses import asdict
from typing import Annotated

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from ninja import Header, Query, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field, StrictBool

from backend.attachments.cleaning import Clean
from backend.campaigns.models import Campaign
from backend.cases.actions import submit_example_of
from backend.cases.answers import with_answers
from backend.cases.models import Case
from backend.cases.queries import public_case, shown, similar_cases, with_supports
from backend.examples.attaching import check_attachments
from backend.examples.throttle import admit
from backend.examples.validation import InvalidInput, Submission, check_submission, missing, unknown_choice
from backend.organisations.queries import hostname_of

from .cases import label_of, latest_reply
from .errors import Problem, problem
from .filtering import OfOrganisation
from .reading import files_in_openapi, with_files
from .routing import Router
from .schemas import Input, Minutes, People, Times, limited
from .tenants import open_organisation
from .throttling import SIMILAR

router = Router(tags=["examples"])

EXCERPT = 240


class ContactIn(Input):
    """Seen by the coordinator only, and kept encrypted."""

    email: str | None = limited(254)
    name: str | None = limited(200)


class ExampleIn(Input):
    """What is in the way, and how much; only `campaign` and `problem` are required."""

    organisation: str | None = limited(40, "An organisation's key; overrules the host.")
    campaign: str = limited(80, "The campaign's slug.", default=...)
    problem: str = limited(8000, "What is in the way: 10 to 8,000 characters.", default=...)
    title: str | None = limited(120, "Left out: the secretariat words it later.")
    proposal: str | None = limited(8000)
    legislation: str | None = limited(1000, "What the writer believes the rule is.")
    area: str | None = limited(100, "An area's key.")
    cause: str | None = limited(100, "The writer's guess: a cause's key.")
    workplace: str | None = limited(200, "Seen by the coordinator only.")
    role: str | None = limited(200, "Seen by the coordinator only.")
    minutes: Minutes | None = None
    times: Times | None = None
    period: str | None = limited(12, "day, week, school_week, month or year")
    people: People | None = None
    contact: ContactIn | None = None
    audience: str | None = limited(
        12, "Who may see the secretariat's wording: secretariat, bodies or public.", default="public"
    )
    spare_my_workplace: StrictBool | None = True
    preview_wording: StrictBool | None = False
    same_as: str | None = limited(
        20, "A published case that the writer says is the same: it is counted there as one more support."
    )
    about_one_citizen: StrictBool | None = Field(
        False,
        description="Whether it is about one citizen: the case is then not sent on before a person has looked.",
    )


class WarningOut(Schema):
    """A personal detail that was accepted: in which field, of what kind, and where."""

    pointer: str
    code: str
    detail: str
    span: list[int]


class ReceiptOut(Schema):
    """What the writer gets. The tracking code is shown this once."""

    reference: str
    tracking_code: str
    tracking_url: str
    status: str
    warnings: list[WarningOut]


class SimilarIn(Input):
    organisation: str | None = limited(40, "An organisation's key; overrules the host.")
    campaign: str = limited(80, "The campaign's slug.", default=...)
    text: str = limited(8000, "What has been written so far. It is kept nowhere.", default=...)


class SimilarOut(Schema):
    """A published case that is like the text."""

    reference: str
    title: str
    excerpt: str
    status: str
    status_label: str
    outcome: str | None
    outcome_label: str | None
    answer_excerpt: str | None
    supports: int | None
    url: str


class SimilarList(Schema):
    count: int
    items: list[SimilarOut]


def find_campaign(request: HttpRequest, organisation: str | None, slug: str) -> Campaign | None:
    """The published campaign with this slug, or None; 404 where the call speaks to no organisation.

    One query when all is as it should be: two cost as much as storing the example.
    """
    if not slug.isprintable():
        return None
    campaigns = Campaign.objects.published().filter(slug=slug).select_related("organisation").order_by()
    if not organisation:
        campaign = campaigns.filter(organisation__hostname=hostname_of(request.get_host())).first()
        if campaign is not None:
            return campaign
    return campaigns.filter(organisation=open_organisation(request, organisation)).first()


def as_submission(body: ExampleIn) -> Submission:
    """The body as the domain takes it: a null is a field left out."""
    contact = body.contact or ContactIn()
    return Submission(
        problem=body.problem,
        title=body.title or "",
        proposal=body.proposal or "",
        legislation=body.legislation or "",
        area=body.area or "",
        cause=body.cause or "",
        workplace=body.workplace or "",
        role=body.role or "",
        minutes=body.minutes,
        times=body.times,
        period=body.period or "",
        people=body.people,
        contact_email=contact.email or "",
        contact_name=contact.name or "",
        audience=body.audience or "public",
        spare_my_workplace=True if body.spare_my_workplace is None else body.spare_my_workplace,
        preview_wording=bool(body.preview_wording),
        about_one_citizen=bool(body.about_one_citizen),
    )


def check_before_sending(
    submission: Submission, campaign: Campaign | None, uploads: list[UploadedFile], *, is_same_known: bool
) -> list[Clean]:
    """The files, cleaned. Raises InvalidInput with everything wrong at once where a file, the campaign, the case that
    is meant or a name without an address is; what else there is to say about the fields, the action says. Files are
    cleaned, which takes seconds, only for a campaign that is open and a call without those faults."""
    errors = [] if campaign else [unknown_choice("/campaign")]
    if not is_same_known:
        errors.append(unknown_choice("/same_as"))
    if submission.contact_name.strip() and not submission.contact_email.strip():
        errors.append(missing("/contact/email"))
    files: list[Clean] = []
    if campaign is not None and not errors and campaign.state(at=timezone.now()) == "open":
        try:
            files = check_attachments(uploads, pointer="/files")
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    if not errors:
        return files
    try:
        check_submission(submission)
    except InvalidInput as invalid:
        errors.extend(invalid.errors)
    raise InvalidInput(errors)


MULTIPART = files_in_openapi(
    "example",
    "ExampleIn",
    required=["example"],
    description="PDF, PNG, JPEG, DOCX or XLSX, at most 10 MB each. They are cleaned of what tells who sent them;"
    " what cannot be cleaned is refused.",
)


@router.post("/examples", response={201: ReceiptOut, 409: Problem}, throttle=[], openapi_extra=MULTIPART)
@decorate_view(with_files("example", "files"))
def submit(
    request: HttpRequest,
    body: ExampleIn,
    query: Query[OfOrganisation],
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            max_length=200,
            description="The same key, body and files give the first answer.",
        ),
    ] = None,
):
    """Send an example, with files if wanted. Nothing about the machine it comes from is kept."""
    campaign = find_campaign(request, body.organisation or query.organisation, body.campaign)
    uploads = request.FILES.getlist("files")
    passage = admit("submit", request, subject=campaign.pk if campaign else None)
    retry_after = passage.retry_after or (uploads and admit("attach", request).retry_after)
    if retry_after:
        return problem(429, retry_after=retry_after)
    submission = as_submission(body)
    same = public_case(campaign.organisation_id, body.same_as) if campaign else None
    receipt = submit_example_of(
        case=same,
        files=check_before_sending(
            submission, campaign, uploads, is_same_known=same is not None or not body.same_as
        ),
        campaign=campaign,
        submission=submission,
        source="api",
        idempotency_key=idempotency_key or None,
        is_quarantined=passage.is_quarantined,
    )
    return Status(
        201,
        {
            "reference": receipt.reference,
            "tracking_code": receipt.tracking_code,
            "tracking_url": request.build_absolute_uri("/spor/"),
            "status": "received",
            "warnings": [asdict(warning) for warning in receipt.warnings],
        },
    )


@router.post("/examples/similar", response=SimilarList, throttle=SIMILAR)
def find_similar(request: HttpRequest, body: SimilarIn, query: Query[OfOrganisation]):
    """At most five published cases like the text, in any state. The text is not kept, and not logged."""
    campaign = find_campaign(request, body.organisation or query.organisation, body.campaign)
    if campaign is None:
        raise InvalidInput([unknown_choice("/campaign")])
    public = Case.objects.public().filter(organisation=campaign.organisation_id)
    found = similar_cases(public, body.text[:8000])
    # Without the organisation, whose index would lead past all its cases.
    again = Case.objects.public().filter(pk__in=[case.pk for case in found])
    rows = {row.pk: row for row in with_answers(with_supports(again))}
    items = [show_similar(rows[case.pk], request) for case in found if case.pk in rows]
    return {"count": len(items), "items": items}


def show_similar(case: Case, request: HttpRequest) -> dict:
    """A case in short."""
    reply = latest_reply(case)
    return {
        "reference": case.reference,
        "title": case.title,
        "excerpt": Truncator(case.problem).chars(EXCERPT),
        "status": case.status,
        "status_label": case.get_status_display(),
        "outcome": case.outcome or None,
        "outcome_label": label_of(case.outcome),
        "answer_excerpt": Truncator(reply.text or reply.what).chars(EXCERPT) if reply else None,
        "supports": shown(case.support_count),
        "url": request.build_absolute_uri(f"/forslag/{case.reference}/"),
    }
