import re
import stat
import sys
from pathlib import Path

import pytest

from backend import bootstrap


@pytest.fixture
def machine(tmp_path: Path, monkeypatch) -> Path:
    """A machine with nothing on it."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMPS", tmp_path / "var" / "setup")
    return tmp_path


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_shim_without_its_python_is_passed_over(machine: Path, monkeypatch):
    shim = script(machine / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    old = script(machine / "python3.8", "echo 3 8")
    monkeypatch.setattr(
        bootstrap, "candidates", lambda: iter([shim, old, machine / "missing", sys.executable])
    )
    assert bootstrap.find_python() == sys.executable


def test_without_a_python_it_says_what_to_install(machine: Path, monkeypatch):
    monkeypatch.setattr(bootstrap, "candidates", lambda: iter([]))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "uv_of_an_older_python", lambda: None)
    with pytest.raises(SystemExit, match=r"needs Python 3\.12 or newer.*Install one"):
        bootstrap.find_python()


def test_env_file_is_made_once_and_for_nobody_else(machine: Path):
    bootstrap.make_env_file()
    file = machine / ".env"
    before = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    values = dict(re.findall(r"^([A-Z_]+)=(.+)$", before, re.MULTILINE))
    assert {"SECRET_KEY", "CONTACT_KEY", "CODE_KEY"} <= set(values)
    assert sum(name.startswith("DEMO_PASSWORD_") for name in values) >= 4
    assert len(set(values.values())) == len(values)
    bootstrap.make_env_file()
    assert file.read_text() == before


def test_a_step_is_done_again_only_when_its_source_changes(machine: Path):
    source = machine / "requirements.txt"
    source.write_text("a==1")
    first = bootstrap.stamp_of("requirements.txt", source)
    bootstrap.set_stamp(first)
    assert bootstrap.stamp_of("requirements.txt", source).exists()
    source.write_text("a==2")
    second = bootstrap.stamp_of("requirements.txt", source)
    assert not second.exists()
    bootstrap.set_stamp(second)
    assert not first.exists()
