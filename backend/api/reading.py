"""Reading a body: JSON only, in UTF-8, not nested without end; where files may come along, as one part of several."""

import functools
import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from backend.attachments.cleaning import MAXIMUM_FILES
from backend.examples.validation import FieldError

from .errors import UnreadableBody, UnsupportedMediaType, problem


def _refuse_constant(name: str):
    raise ValueError(name)


class JsonParser(Parser):
    """ninja's parser reads whatever it is sent as JSON; this one reads JSON that says it is JSON."""

    def parse_body(self, request: HttpRequest):
        """The body as Python values. Raises UnsupportedMediaType or UnreadableBody."""
        charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
        if request.content_type != "application/json" or charset not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType
        try:
            return json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)
        except RecursionError:
            raise UnreadableBody("too_deep") from None
        except ValueError:
            # Also what is no UTF-8; the error's own words quote the body.
            raise UnreadableBody("not_json") from None


def with_files(name: str, files: str) -> Callable[[Callable], Callable]:
    """Let an operation (`decorate_view`) take multipart/form-data too: its JSON in the part `name`, and parts `files`.

    What is read from the parts is the body from then on; the operation finds the uploads in `request.FILES`.
    """

    def decorate(run: Callable) -> Callable:
        @functools.wraps(run)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.content_type != "multipart/form-data":
                return run(request, *args, **kwargs)
            try:
                parts = [*request.POST, *request.FILES]
            except RequestDataTooBig:
                return problem(413)
            except MultiPartParserError:
                return problem(415)
            except SuspiciousOperation:
                return problem(400)
            allowed = {name, files}
            errors = [
                FieldError("/" + part[:100], "unknown_field", _("There is no such field."))
                for part in parts
                if part not in allowed
            ]
            if name not in request.POST:
                errors.append(FieldError("/" + name, "required", _("This must be filled in.")))
            if files in request.POST:
                errors.append(
                    FieldError("/" + files, "invalid_type", _("This must be a file, with its name."))
                )
            if errors:
                return problem(422, errors=errors[:20])
            # Django has read the stream; ninja asks for the body as it would without files.
            vars(request)["_body"] = request.POST[name].encode("utf-8", "replace")
            request.content_type, request.content_params = "application/json", {}
            return run(request, *args, **kwargs)

        return wrapped

    return decorate


def files_in_openapi(part: str, schema: str, *, required: list[str], description: str) -> dict[str, Any]:
    """What `with_files` reads, for the OpenAPI document: JSON of the component `schema` in `part`, and `files`."""
    files = {
        "type": "array",
        "maxItems": MAXIMUM_FILES,
        "items": {"type": "string", "format": "binary"},
        "description": description,
    }
    form = {
        "type": "object",
        "required": required,
        "properties": {part: {"$ref": f"#/components/schemas/{schema}"}, "files": files},
    }
    content = {"schema": form, "encoding": {part: {"contentType": "application/json"}}}
    return {"requestBody": {"content": {"multipart/form-data": content}}}
