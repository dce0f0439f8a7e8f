"""Every error as problem details (RFC 9457), in the reader's language; none repeats what was sent."""

import logging
from http import HTTPStatus

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from backend.cases.actions import StaleVersion
from backend.error_pages import RETRY_AFTER_SECONDS
from backend.examples.actions import CampaignNotOpen
from backend.examples.idempotency import OtherBody
from backend.examples.lifecycle import IllegalMove
from backend.examples.throttle import seconds_left
from backend.examples.validation import FieldError, InvalidInput, NotNow, unknown_choice
from backend.organisations.permissions import NotAllowed

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
DETAILS = {
    400: _("The request could not be understood."),
    401: _("Sign in, or send a token."),
    403: _("You do not have access to this."),
    404: _("There is nothing at this address."),
    405: _("This address does not take that kind of request."),
    409: _("This is not possible now."),
    413: _("What you sent is too large."),
    415: _("Send JSON, with the content type application/json."),
    422: _("Something must be corrected."),
    429: _("Too many requests. Wait a little and try again."),
    500: _("Something went wrong on our side."),
    503: _("The service is busy or being maintained. Try again in a moment."),
}


class FieldProblem(Schema):
    """What is wrong with one field."""

    pointer: str = Field(
        description="JSON pointer to the field, or the parameter's name after a slash; empty: all."
    )
    detail: str
    code: str
    span: list[int] | None = Field(
        None, description="Where in the text: start and end. Left out where unknown."
    )


class Problem(Schema):
    """An error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = Field(
        None, description="Field by field. Left out where no field is wrong."
    )


class UnsupportedMediaType(Exception):
    """The body is not JSON."""


class UnreadableBody(Exception):
    """The body is no JSON that can be read; `code` says why."""

    def __init__(self, code):
        self.code = code
        super().__init__(code)


def problem(status, detail=None, *, errors=None, retry_after=None, **members) -> HttpResponse:
    """The answer for an error; `members` are further facts about it."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail or DETAILS[status]),
        **members,
    }
    if errors is not None:
        body["errors"] = [as_field_problem(error) for error in errors]
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def as_field_problem(error: FieldError) -> dict:
    """A FieldError as JSON; the span is left out where there is none."""
    shown: dict[str, object] = {"pointer": error.pointer, "detail": str(error.detail), "code": error.code}
    if error.span is not None:
        shown["span"] = list(error.span)
    return shown


# --- What pydantic finds ------------------------------------------------------------------------

# pydantic's error types (their beginnings) in our words; its own are English and quote the input.
_PYDANTIC = (
    ("missing", "required", _("This must be filled in.")),
    ("extra_forbidden", "unknown_field", _("There is no such field.")),
    (
        "string_unicode",
        "control_character",
        _("Take out the character that cannot be shown, or write the text again."),
    ),
    ("string_pattern", "invalid", _("This is not understood.")),
    ("string_too_long", "too_long", _("Shorten the text.")),
    ("string_too_short", "too_short", _("Write a little more.")),
    ("string_", "invalid_type", _("This must be a text.")),
    ("bool_", "invalid_type", _("Answer true or false.")),
    ("literal_error", "unknown_choice", _("Choose one of the options on the list.")),
    ("enum", "unknown_choice", _("Choose one of the options on the list.")),
    ("greater_than", "out_of_range", _("The number is too small.")),
    ("less_than", "out_of_range", _("The number is too large.")),
    ("int_", "invalid_type", _("Write a whole number.")),
    ("float_", "invalid_type", _("Write a number.")),
    ("number_type", "invalid_type", _("Write a number.")),
    ("date_", "invalid_date", _("Write a date as 2026-11-30.")),
    ("uuid_", "invalid", _("This is not understood.")),
    ("list_type", "invalid_type", _("This must be a list.")),
    ("too_long", "too_long", _("The list is too long.")),
    ("too_short", "too_short", _("The list is too short.")),
    ("model_", "invalid_type", _("This must be an object with fields.")),
    ("dict_type", "invalid_type", _("This must be an object with fields.")),
)


def from_pydantic(error: dict) -> FieldError:
    """One of ninja's validation errors as a FieldError."""
    source, *path = error["loc"]
    if source == "body" or (source == "query" and len(path) > 1):
        # ninja puts the name of the view's argument first.
        path = path[1:]
    pointer = "".join(f"/{part}" for part in path)
    for beginning, code, detail in _PYDANTIC:
        if error["type"].startswith(beginning):
            return FieldError(pointer, code, detail)
    return FieldError(pointer, "invalid", _("This is not understood."))


# --- Handlers -----------------------------------------------------------------------------------

_UNREADABLE = {
    "too_deep": _("The JSON is nested too deeply."),
    "not_json": _("This is not JSON that can be read."),
}


def not_open_sentence(campaign, state):
    """Why a campaign takes no examples now."""
    match state:
        case "before":
            opens = date_format(campaign.opens_date, "j. F Y")
            return _("The campaign opens on %(date)s.") % {"date": opens}
        case "closed":
            closed = date_format(campaign.closes_date, "j. F Y")
            return _("The campaign closed on %(date)s.") % {"date": closed}
        case _:
            return _("The campaign is not open yet. Something is still missing.")


def _http_error(request: HttpRequest, error: HttpError):
    cause = error.__cause__
    if isinstance(cause, UnsupportedMediaType):
        return problem(415)
    if isinstance(cause, UnreadableBody):
        return problem(422, errors=[FieldError("", cause.code, _UNREADABLE[cause.code])])
    return problem(error.status_code if error.status_code in DETAILS else 400)


def _unauthenticated(request: HttpRequest, error: AuthenticationError):
    response = problem(401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _campaign_not_open(request: HttpRequest, error: CampaignNotOpen):
    if error.state == "unpublished":
        return problem(422, errors=[unknown_choice("/campaign")])
    members = {"state": error.state}
    if error.state == "missing":
        members["missing"] = [
            {"field": field, "label": str(label)} for field, label in error.campaign.missing()
        ]
    return problem(409, not_open_sentence(error.campaign, error.state), **members)


def _other_body(request: HttpRequest, error: OtherBody):
    return problem(
        409, _("This Idempotency-Key has been used with another body. Use a new key for a new example.")
    )


def _illegal_move(request: HttpRequest, error: IllegalMove):
    return problem(
        409, _("This move is not possible from the present status."), current_status=str(error.status)
    )


def _not_now(request: HttpRequest, error: NotNow):
    return problem(409, " ".join(str(each.detail) for each in error.errors), errors=error.errors)


def _stale_version(request: HttpRequest, error: StaleVersion):
    return problem(
        409,
        _(
            "Somebody has saved the case since you read it. Read it again, and send your change with its version."
        ),
        current_version=error.current.version,
    )


def _database_away(request: HttpRequest, error: Exception):
    logger.error("The database does not answer", exc_info=error)
    return problem(503, retry_after=RETRY_AFTER_SECONDS)


def _unexpected(request: HttpRequest, error: Exception):
    logger.error("An operation failed", exc_info=error)
    return problem(500)


def install(api: NinjaAPI) -> None:
    """Let `api` answer every exception with problem details."""
    handlers = {
        Exception: _unexpected,
        HttpError: _http_error,
        AuthenticationError: _unauthenticated,
        Throttled: lambda request, error: problem(429, retry_after=seconds_left()),
        ValidationError: lambda request, error: problem(
            422, errors=[from_pydantic(found) for found in error.errors]
        ),
        NotNow: _not_now,
        InvalidInput: lambda request, error: problem(422, errors=error.errors),
        DataError: lambda request, error: problem(
            422, errors=[FieldError("", "invalid", _("This is not understood."))]
        ),
        Http404: lambda request, error: problem(404),
        # Gone between the look and the lock, as at a double click.
        ObjectDoesNotExist: lambda request, error: problem(404),
        NotAllowed: lambda request, error: problem(403),
        IllegalMove: _illegal_move,
        StaleVersion: _stale_version,
        CampaignNotOpen: _campaign_not_open,
        OtherBody: _other_body,
        RequestDataTooBig: lambda request, error: problem(413),
        UnreadablePostError: lambda request, error: problem(400),
        OperationalError: _database_away,
        InterfaceError: _database_away,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
