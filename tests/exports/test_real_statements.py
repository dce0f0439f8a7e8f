"""Three real statements from the camps, from the imported file to a frozen row and the file that the ministry opens.

The statements are the project's material and stand beside the repository, not in it.
"""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from backend.cases import actions as case_actions
from backend.examples.models import Example
from exports import actions
from tests.exports.worlds import World, make_world
from tests.factories import make_area

CAMPS = Path(__file__).resolve().parents[3] / "shared" / "data" / "camps"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CAMPS.is_dir(), reason=f"The camps' statements are not here: {CAMPS}"),
]


@pytest.fixture
def world() -> World:
    return make_world()


def test_three_clear_statements_about_rules_reach_a_frozen_form(world: World) -> None:
    call_command(
        "import_statements",
        CAMPS / "statements.csv",
        organisation="lejre",
        campaign=world.campaign.slug,
        stdout=io.StringIO(),
    )
    with (CAMPS / "red_tape.csv").open(encoding="utf-8", newline="") as file:
        chosen = [
            line
            for line in csv.DictReader(file)
            if line["kind"] in ("rules_legislation", "documentation") and line["comment"].startswith("clear:")
        ][:3]
    cases = []
    for line in chosen:
        example = Example.objects.get(organisation=world.organisation, source_key=line["id"])
        case = case_actions.make_case(
            example=example, title=line["id"], problem=example.problem, area=make_area(), by=world.coordinator
        )
        case_actions.mark_ready(case=case, by=world.coordinator)
        cases.append((case, 2 if line["kind"] == "documentation" else 1))
    frozen = actions.freeze_cases(
        organisation=world.organisation, body=world.ministry, cases=cases, by=world.coordinator
    )
    assert frozen.rows.count() == 3
    content = actions.download(submission=frozen, format_name="xlsx", by=world.coordinator)
    book = openpyxl.load_workbook(io.BytesIO(content))
    written = {row[0].value for name in ("Tabel 1", "Tabel 2") for row in book[name].iter_rows(min_row=7)} - {
        None
    }
    assert written == {case.problem for case, _table in cases}
