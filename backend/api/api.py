"""The API, put together: `/api/v1`."""

from typing import Any

from ninja import NinjaAPI

from backend.api import (
    campaigns,
    cases,
    desk_batch_moves,
    desk_batches,
    desk_case_moves,
    desk_cases,
    desk_examples,
    desk_referral_moves,
    desk_referrals,
    desk_replies,
    desk_supports,
    errors,
    examples,
    open_data,
    registry,
    statistics,
    submissions,
    tracking,
)

from .reading import JsonParser

DESCRIPTION = """\
Kernetid's API: what an employee sends, what is published, and the secretariat's work.

Errors are problem details (RFC 9457). Unknown parameters and unknown fields are refused. The host names the
organisation of the open calls; `organisation=KEY` overrules it. Staff calls take a personal token
(`Authorization: Bearer …`) or the session of the desk with its CSRF token in `X-CSRFToken`.
"""


class Api(NinjaAPI):
    """ninja's API, whose OpenAPI document says that errors are problem details."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The OpenAPI document."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {errors.CONTENT_TYPE: answer["content"].pop("application/json")}
                    if int(status) in (429, 503):
                        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
        return schema


api = Api(
    title="Kernetid",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="api",
    parser=JsonParser(),
)
errors.install(api)
for module in (
    campaigns,
    registry,
    examples,
    open_data,
    cases,
    statistics,
    tracking,
    desk_examples,
    desk_cases,
    desk_case_moves,
    desk_supports,
    desk_referrals,
    desk_referral_moves,
    desk_replies,
    desk_batches,
    desk_batch_moves,
    submissions,
):
    api.add_router("", module.router)
