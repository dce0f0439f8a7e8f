"""Every step that is written to a case's history has its Danish words on the desk's timeline."""

import ast
from pathlib import Path

from django.conf import settings

from cms.desk.timeline import CASE_MOVES


def recorded() -> set[str]:
    """The moves that code writes to history by name: the second argument of `record` and `record_rows`."""
    found = set()
    for path in (Path(settings.BASE_DIR) / "backend" / "cases").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("record", "record_rows")
                and len(node.args) > 1
                and isinstance(node.args[1], ast.Constant)
            ):
                found.add(node.args[1].value)
    return found


def test_every_recorded_step_has_its_words():
    assert len(recorded()) > 20
    assert recorded() - set(CASE_MOVES) == set()
