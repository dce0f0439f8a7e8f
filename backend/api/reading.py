"""Reading a body: JSON only, in UTF-8, not nested without end."""

import json

from django.http import HttpRequest
from ninja.parser import Parser

from .errors import UnreadableBody, UnsupportedMediaType


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
