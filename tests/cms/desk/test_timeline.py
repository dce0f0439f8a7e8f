"""Every step that is written to history has its Danish words on the desk's timeline."""

import ast
from pathlib import Path

from django.conf import settings

from backend.examples.lifecycle import MOVES
from cms.desk.timeline import CASE_MOVES, EXAMPLE_MOVES


def recorded(app: str) -> set[str]:
    """The moves that code writes to history by name: the second argument of `record` and its like."""
    found = set()
    for path in (Path(settings.BASE_DIR) / "backend" / app).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("record", "record_rows", "_record")
                and len(node.args) > 1
                and isinstance(node.args[1], ast.Constant)
            ):
                found.add(node.args[1].value)
    return found


def test_every_recorded_step_has_its_words():
    assert len(recorded("cases")) > 20
    assert recorded("cases") - set(CASE_MOVES) == set()
    assert len(recorded("examples")) > 3
    assert (recorded("examples") | set(MOVES)) - set(EXAMPLE_MOVES) == set()
