"""POST /laws/citations: the 36 examples through the API, and that nothing of it is kept."""

import csv
import logging
from pathlib import Path

import pytest

from backend.registry.actions import load_registry

pytestmark = pytest.mark.django_db

FILE = Path(__file__).parents[1] / "registry" / "data" / "citations_examples.csv"
EXAMPLES = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))
FIELDS = [
    *("start", "end", "text", "law", "paragraphs", "stk", "nr", "litra", "pkt", "document", "eli"),
]


@pytest.fixture
def registry(db):
    load_registry()


def ask(api, text, status=200):
    return api.send("/laws/citations", {"text": text}, status).json()


def test_the_examples_parse_through_the_api(registry, api):
    for row in EXAMPLES:
        items = ask(api, row["raw_da"])["items"]
        if row["eli_or_note"] == "intet fund":
            assert items == [], row["id"]
            continue
        (item,) = items
        assert list(item) == FIELDS
        assert item["text"] == row["raw_da"][item["start"] : item["end"]]
        unsure = "?" in row["law_ref"] or row["law_ref"].startswith("(")
        expected = row["law_ref"].rstrip("?") or None
        assert item["law"] == expected or (unsure and item["law"] is None), row["id"]
        assert item["paragraphs"] == [one.partition("(")[0] for one in row["paragraf"].split(";") if one]
        if row["doc_number"]:
            document = item["document"]
            assert (document["number"], document["date"] or "") == (row["doc_number"], row["doc_date"])
            assert (document["type"] or "") == row["doc_type"] or not row["doc_type"]
        elif row["form"] != "bill":
            assert item["document"] is None


def test_parts_are_bare_and_spans_leave_out_the_sentence(registry, api):
    text = "Det følger, jf. servicelovens §§ 83 a og 86, stk. 2, nr. 3, litra a. Og så videre."
    (item,) = ask(api, text)["items"]
    assert item == {
        "start": text.index("servicelovens"),
        "end": text.index(". Og"),
        "text": "servicelovens §§ 83 a og 86, stk. 2, nr. 3, litra a",
        "law": "serviceloven",
        "paragraphs": ["83 a", "86"],
        "stk": ["2"],
        "nr": ["3"],
        "litra": ["a"],
        "pkt": [],
        "document": None,
        "eli": None,
    }


def test_nothing_of_the_text_is_logged_or_stored(registry, api, caplog, django_assert_num_queries):
    with caplog.at_level(logging.DEBUG), django_assert_num_queries(1):
        ask(api, "Zebrafisken tælles efter SEL § 83")
    assert "Zebrafisk" not in caplog.text
