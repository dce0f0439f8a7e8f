"""Open data: everything that is published, as CSV for a spreadsheet and as JSON, sent piece by piece."""

import json
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language, override
from ninja import Query

from exports.formats.csv import CONTENT_TYPE as CSV_TYPE
from exports.formats.csv import write_lines
from exports.open_data import COLUMNS

from .cases import CaseList, CaseQuery, published_cases, show_cases
from .routing import Router
from .tenants import open_organisation

router = Router(tags=["open data"])

# Rows that are read, and bytes that are sent, at a time.
CHUNK = 1000
BLOCK = 64 * 1024

CSV_ANSWER = {
    "responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}},
}


def _shown(cases: QuerySet, request: HttpRequest) -> Iterator[dict]:
    """The cases as the API shows them, a chunk at a time, in the language that was asked for."""
    rows: list = []
    for case in cases.iterator(chunk_size=CHUNK):
        rows.append(case)
        if len(rows) == CHUNK:
            yield from show_cases(rows, request)
            rows = []
    yield from show_cases(rows, request)


def _in_blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces in blocks worth sending, made in the language of the request although they are sent after its end."""
    language = get_language()

    def blocks() -> Iterator[bytes]:
        remaining = iter(pieces)
        is_more = True
        while is_more:
            block = bytearray()
            with override(language):
                while is_more and len(block) < BLOCK:
                    piece = next(remaining, None)
                    if piece is None:
                        is_more = False
                    else:
                        block += piece
            if block:
                yield bytes(block)

    return blocks()


def _csv_lines(cases: Iterable[dict]) -> Iterator[list[str]]:
    yield [str(column.name) for column in COLUMNS]
    for case in cases:
        yield [column.value(case) for column in COLUMNS]


def _json_pieces(count: int, cases: Iterable[dict]) -> Iterator[bytes]:
    yield f'{{"count": {count}, "items": ['.encode()
    comma = ""
    for case in cases:
        yield (comma + json.dumps(case, ensure_ascii=False, default=str)).encode()
        comma = ",\n"
    yield b"]}\n"


@router.get("/cases.csv", openapi_extra=CSV_ANSWER)
def cases_csv(request: HttpRequest, query: Query[CaseQuery]):
    """All published cases as CSV (UTF-8, semicolons): `limit` and `offset` do not count here."""
    cases = published_cases(open_organisation(request, query.organisation), query)
    pieces = _in_blocks(write_lines(_csv_lines(_shown(cases, request))))
    response = StreamingHttpResponse(pieces, content_type=CSV_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="forslag.csv"'
    return response


@router.get("/cases.json", response=CaseList)
def cases_json(request: HttpRequest, query: Query[CaseQuery]):
    """All published cases as JSON, as `GET /cases` shows them: `limit` and `offset` do not count here."""
    cases = published_cases(open_organisation(request, query.organisation), query)
    pieces = _in_blocks(_json_pieces(cases.count(), _shown(cases, request)))
    return StreamingHttpResponse(pieces, content_type="application/json; charset=utf-8")
