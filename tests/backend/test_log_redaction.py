import json
import logging

import pytest
from django.test import RequestFactory

from backend.log_redaction import JsonFormatter, redact

CODE = "abe bænk cykel dal eng fugl gren hest"


def line(message: str, *args: object, error: BaseException | None = None, **extra: object) -> dict:
    """Format one record as the settings' handler does."""
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, info)
    record.__dict__.update(extra)
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize(
    "secret",
    [
        "hanne.hansen@lejre.dk",
        "192.168.14.77",
        "2a02:aa7:4000::1:7f",
        "010190-1234",
        "0101901234",
        "7mPq2v9XcL0dT4nRkWz1Hs8B",
        CODE,
        CODE.replace(" ", "-"),
        CODE.replace(" ", "%20"),
        "Abe Bænk Cykel Dal Eng Fugl Gren Hest",
    ],
)
def test_secrets_are_taken_out_of_a_line(secret: str):
    assert redact(f"1: {secret} ;") == "1: […] ;"


def test_query_string_is_taken_out():
    assert "mit-ord" not in redact("Not Found: /forslag/?q=mit-ord")


def test_ordinary_line_stays():
    text = "The worker sent 12 messages in 0.3 s"
    assert redact(text) == text


def test_request_line_names_no_path():
    request = RequestFactory().post("/spor/abe-bænk?x=1")
    found = line("Not Found: %s", request.path, request=request, status_code=404)
    assert found["message"] == "Not Found 404 POST /"
    assert "spor" not in json.dumps(found)


def test_error_gives_its_place_but_not_its_words():
    try:
        raise ValueError("Min chef Hanne kræver tre skemaer")
    except ValueError as error:
        found = line("Internal Server Error", error=error)
    assert found["error"] == "ValueError"
    assert "test_log_redaction.py" in found["frames"][0]
    assert "Hanne" not in json.dumps(found)
