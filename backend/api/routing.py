"""The router of every module here: what all operations have in common is said once."""

import functools
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import Router as NinjaRouter
from ninja.constants import NOT_SET
from ninja.decorators import decorate_view

from backend.examples.validation import FieldError

from .auth import READING, STAFF
from .errors import Problem, problem
from .throttling import READS


class ReferenceConverter(StringConverter):
    """A reference in an address, such as `F-7K3M-2QXH`; what cannot be one is an unknown address."""

    regex = r"[A-Za-z0-9-]{1,20}"


register_converter(ReferenceConverter, "reference")

# What any operation may answer, whatever it does.
ALWAYS = (400, 404, 422, 429, 500, 503)
LANGUAGES = ("da", "en")


def language_of(request: HttpRequest) -> str:
    """`da` or `en`: what the reader prefers (code and msgids are English, so it needs no catalogue)."""
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200].lower()):
        if wanted.split("-")[0] in LANGUAGES:
            return wanted.split("-")[0]
    return settings.LANGUAGE_CODE


def parameters_of(operation) -> set[str]:
    """The names of the query parameters that the operation documents."""
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names.update(model.__ninja_flatten_map__)
    return names


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that another site's page sent this: no site may send examples in its readers' names."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    try:
        return origin is not None and urlsplit(origin).netloc != request.get_host()
    except ValueError:
        return True


def _in_our_way(view_func, is_staff):
    """Run the operation in the reader's language; refuse parameters that it does not know, and foreign pages."""

    def decorate(run):
        @functools.wraps(run)
        def wrapped(request, *args, **kwargs):
            with translation.override(language_of(request)):
                known = parameters_of(view_func._ninja_operation)
                unknown = sorted(name for name in request.GET if name not in known)
                if unknown:
                    errors = [
                        FieldError("/" + name[:100], "unknown_parameter", _("There is no such parameter."))
                        for name in unknown[:20]
                    ]
                    return problem(422, errors=errors)
                if not is_staff and request.method not in READING and comes_from_elsewhere(request):
                    return problem(403)
                return run(request, *args, **kwargs)

        return wrapped

    return decorate


class Router(NinjaRouter):
    """A ninja Router whose operations refuse unknown parameters, answer in the reader's language and document
    every error. `is_staff`: only for whoever is signed in or brings a token."""

    def __init__(self, *, is_staff: bool = False, **options: Any) -> None:
        self.is_staff = is_staff
        options.setdefault("throttle", READS)
        if is_staff:
            options.setdefault("auth", STAFF)
        super().__init__(**options)

    def add_api_operation(self, path, methods, view_func, *, response=NOT_SET, **options):
        """Register an operation. `response` needs to name only what is its own, such as 409."""
        answers = (
            dict(response) if isinstance(response, dict) else {200: None if response is NOT_SET else response}
        )
        writes = set(methods) - {"GET"}
        statuses = {*ALWAYS, *((401, 403) if self.is_staff else ()), *((403, 413, 415) if writes else ())}
        answers.update({status: Problem for status in sorted(statuses) if status not in answers})
        options["operation_id"] = options.get("operation_id") or view_func.__name__
        decorate_view(_in_our_way(view_func, self.is_staff))(view_func)
        super().add_api_operation(path, methods, view_func, response=answers, **options)
