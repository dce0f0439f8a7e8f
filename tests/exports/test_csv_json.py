"""The two plain formats, read back as text."""

import csv
import io
import json

import pytest

from exports.formats import csv as csv_format
from exports.formats import json as json_format
from exports.text import looks_like_formula
from tests.exports.documents import HOSTILE_TEXTS, UNWRITABLE, make_document, make_rows
from tests.hostile import FORMULAS


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_opens_in_danish_excel_and_follows_the_form() -> None:
    content = csv_format.write(make_document(make_rows("Det første; linje\nto", 'Et "citat"')))
    assert content.startswith(b"\xef\xbb\xbf")
    lines = read_csv(content)
    assert lines[0] == ["Bidrag til kulegravning"]
    assert lines[1] == ["Forslagsstiller (angiv kommune):", "Lejre Kommune"]
    assert ["Tabel 1 Forslag til styrket sammenhæng"] in lines
    header = ["Beskrivelse af problemet", "Område", "Evt. lovgivning", "Forslag til forbedring"]
    assert lines.count(header) == 2
    first = lines.index(header)
    assert lines[first + 1] == ["Det første; linje\nto", "Ældre", "", "Det første; linje\nto"]
    assert lines[first + 2][0] == 'Et "citat"'


def test_csv_computes_nothing() -> None:
    lines = read_csv(csv_format.write(make_document(make_rows(*HOSTILE_TEXTS))))
    cells = [cell for line in lines for cell in line]
    assert not [cell for cell in cells if looks_like_formula(cell)]
    assert sum(cell.startswith("'") for cell in cells) == 2 * len(HOSTILE_TEXTS) + 2
    assert ["Kontaktperson:", "'=Karen"] in lines


def test_csv_computes_none_of_the_shared_table_of_formulas() -> None:
    lines = read_csv(csv_format.write(make_document(make_rows(*FORMULAS.values()))))
    assert not [cell for line in lines for cell in line if looks_like_formula(cell)]


@pytest.mark.parametrize("text", ["Almindelig tekst", "§ 83", "1. januar", "", "'=1", "…-"])
def test_an_innocent_text_is_left_alone(text: str) -> None:
    assert not looks_like_formula(text)


def test_csv_leaves_out_what_no_file_can_hold() -> None:
    content = csv_format.write(make_document(make_rows(UNWRITABLE)))
    assert "før\nefter" in content.decode()


def test_json_has_stable_keys_beside_the_words() -> None:
    content = json.loads(json_format.write(make_document(make_rows("Tekst", UNWRITABLE), number="2026-01")))
    assert (content["form"], content["number"], content["is_draft"]) == (
        "kulegravning_2017",
        "2026-01",
        False,
    )
    table = content["tables"][0]
    assert (table["name"], table["caption"]) == ("Tabel 1", "Forslag til styrket sammenhæng")
    assert table["columns"][2] == {"key": "legislation", "heading": "Evt. lovgivning"}
    assert table["rows"][0] == {
        "id": "row-1",
        "position": 1,
        "cells": {"problem": "Tekst", "area": "Ældre", "legislation": "", "proposal": "Tekst"},
    }
    assert table["rows"][1]["cells"]["problem"] == "før\nefter"
    assert content["annex"] is None
