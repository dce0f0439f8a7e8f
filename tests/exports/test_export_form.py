"""`manage.py export_form`"""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from backend.cases import actions as case_actions
from exports import actions
from tests.exports.worlds import World, make_world
from tests.factories import make_case, make_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def export(path: Path, **options: str) -> Path:
    values = {
        "organisation": "lejre",
        "form": "kulegravning_2017",
        "format": "json",
        "output": path,
        **options,
    }
    call_command("export_form", stdout=io.StringIO(), **values)
    return path


def problems(path: Path) -> list[list[str]]:
    return [
        [row["cells"]["problem"] for row in table["rows"]] for table in json.loads(path.read_text())["tables"]
    ]


def test_without_a_submission_it_writes_the_ready_cases_as_a_draft(world: World, tmp_path: Path) -> None:
    world.ready_case("Problem i tabel 1", 1)
    world.ready_case("Problem i tabel 2", 2)
    world.ready_case("Problem uden tabel", 0)
    make_case(world.campaign, world.coordinator, problem="En kladde med et problem")
    other = make_world("noerreby")
    other.ready_case("Et problem i Nørreby", 1)
    path = export(tmp_path / "form.json")
    assert problems(path) == [["Problem i tabel 1"], ["Problem i tabel 2"]]
    assert json.loads(path.read_text())["is_draft"] is True
    book = openpyxl.load_workbook(export(tmp_path / "form.xlsx", format="xlsx"))
    assert book["Tabel 1"].oddHeader.right.text == "Kladde – ikke sendt"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["form.json", "form.xlsx"]


def test_what_stands_in_a_frozen_submission_is_not_drawn_up_again(world: World, tmp_path: Path) -> None:
    frozen_case = world.ready_case("Allerede frosset", 1)
    world.ready_case("Endnu ikke frosset", 1)
    draft = actions.create_draft(organisation=world.organisation, body=world.ministry, by=world.coordinator)
    actions.add_case(submission=draft, case=frozen_case, by=world.coordinator)
    assert sorted(problems(export(tmp_path / "a.json"))[0]) == ["Allerede frosset", "Endnu ikke frosset"]
    frozen = actions.freeze(submission=draft, by=world.coordinator)
    assert problems(export(tmp_path / "b.json"))[0] == ["Endnu ikke frosset"]
    case_actions.edit_case(
        case=frozen_case, version=frozen_case.version, by=world.coordinator, problem="Et nyt ord her"
    )
    assert problems(export(tmp_path / "c.json", submission=frozen.number)) == [["Allerede frosset"], []]
    for name in ("xlsx", "docx", "csv", "json"):
        path = export(tmp_path / f"d.{name}", submission=frozen.number, format=name)
        assert path.read_bytes() == bytes(frozen.files.get(format=name).bytes)


@pytest.mark.parametrize(
    "options",
    [
        {"organisation": "findes-ikke"},
        {"submission": "2026-09"},
        {"submission": "nummer"},
        {"output": "/findes/ikke/a.json"},
    ],
)
def test_what_is_not_there_is_said_plainly(world: World, tmp_path: Path, options: dict[str, str]) -> None:
    path = Path(options.pop("output", tmp_path / "form.json"))
    with pytest.raises(CommandError, match="Der er"):
        export(path, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow_with_the_rows(
    world: World, tmp_path: Path, count: int, django_assert_num_queries: object
) -> None:
    for _number in range(count):
        world.ready_case()
    # Organisation, who is waited for, cases, causes, referrals.
    with django_assert_num_queries(5):
        export(tmp_path / "form.csv", format="csv")


def test_a_wording_that_its_writer_wants_to_see_first_is_not_printed(world: World, tmp_path: Path) -> None:
    world.ready_case("Kan sendes", 2)
    example, _code = make_example(world.campaign, preview_wording=True)
    case = make_case(world.campaign, world.coordinator, example=example, problem="Venter på ja")
    case_actions.edit_case(case=case, version=case.version, table=2, by=world.coordinator)
    case_actions.mark_ready(case=case, by=world.coordinator)
    assert problems(export(tmp_path / "waits.json")) == [[], ["Kan sendes"]]
    case_actions.accept_wording(example=example)
    assert "Venter på ja" in problems(export(tmp_path / "goes.json"))[1]
