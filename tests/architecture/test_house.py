"""Rules of the house that neither the formatter nor import-linter can see."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backend", "cms", "exports")
TOP_FOLDERS = {"backend", "cms", "exports", "tests", "docs"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "services", "managers", "common", "core", "misc"}
LONGEST_FILE = 500
# A domain app without a page or a document may be asked by these at most.
INTERFACES = ("wagtail", "ninja", "openpyxl", "docx")
MAY_KNOW_INTERFACES = ("backend/api/", "backend/settings.py", "backend/urls.py")


def sources(*packages: str) -> list[Path]:
    """Return our Python files, migrations and what others made left out."""
    found = []
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"migrations", "node_modules", "vendor"} & set(path.parts):
                found.append(path)
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the module of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sources()}


def test_no_other_folder_stands_at_the_top():
    ignored = {"var", "out"}
    folders = {
        path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))
    }
    assert folders - ignored <= TOP_FOLDERS


def test_no_module_has_a_name_that_says_nothing():
    parts = {
        (name(path), part) for path in sources() for part in path.relative_to(ROOT).with_suffix("").parts
    }
    assert {where for where, part in parts if part in FORBIDDEN_NAMES} == set()


def test_no_file_is_longer_than_it_should_be():
    paths = sources(*PACKAGES, "tests")
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {where: length for where, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_import_hides_in_a_function(trees: dict[str, ast.Module]):
    hidden = [
        f"{where}:{line}"
        for where, tree in trees.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        # Django lets an app import its models only when it is ready.
        if not (function.name == "ready" and where.endswith("/apps.py"))
        for line, _module in imports(function)
    ]
    assert hidden == []


def test_only_the_api_and_the_root_know_an_interface(trees: dict[str, ast.Module]):
    knowing = [
        f"{where}:{line} {module}"
        for where, tree in trees.items()
        if where.startswith("backend/") and not where.startswith(MAY_KNOW_INTERFACES)
        for line, module in imports(tree)
        if module.split(".")[0] in INTERFACES
    ]
    assert knowing == []


def test_our_apps_do_not_signal_to_each_other(trees: dict[str, ast.Module]):
    for where, tree in trees.items():
        for line, module in imports(tree):
            assert module not in ("django.db.models.signals", "django.dispatch"), f"{where}:{line}"


def test_rows_are_written_by_actions_alone():
    """A view, router, form or template tag that writes would go round history and permissions."""
    write = re.compile(r"\.(bulk_create|bulk_update|get_or_create|update_or_create)\(|objects\.create\(")
    doors = re.compile(
        r"/(views|api|routers?|filters|templatetags|viewsets|bulk_actions|wagtail_hooks)(/|\.py|_)"
    )
    found = [
        f"{name(path)}:{number}"
        for path in sources()
        if doors.search("/" + name(path))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if write.search(line)
    ]
    assert found == []


def test_mail_is_never_sent_by_the_deprecated_settings():
    bad = re.compile(r"\bEMAIL_(HOST|BACKEND|PORT|USE_)|get_connection\(|fail_silently")
    found = [name(path) for path in sources() if bad.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_file_names_a_package_registry():
    hosts = re.compile(
        r"(pypi|pythonhosted|npmjs|yarnpkg|jsdelivr|unpkg|debian)\.(org|com|net)", re.IGNORECASE
    )
    suffixes = {".py", ".toml", ".txt", ".json", ".md", ".html", ".js", ".css", ".yml", ".cfg"}
    folders = [ROOT / folder for folder in (*PACKAGES, "tests", ".ci")]
    files = [*ROOT.glob("*.*"), ROOT / "Makefile"]
    for folder in folders:
        files += [path for path in folder.rglob("*") if not {"node_modules", "vendor"} & set(path.parts)]
    found = [
        name(path)
        for path in files
        if path.is_file()
        and (path.suffix in suffixes or path.name == "Makefile")
        and hosts.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_requirements_hold_what_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": [*project["project"]["dependencies"], *groups["dev"]],
        "requirements-setup.txt": groups["setup"],
        "requirements-node.txt": groups["node"],
    }
    for file, wanted in asked.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        pinned = dict(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", text, re.MULTILINE))
        names = {re.split(r"[\[~>=<! ]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
        assert names - set(pinned) == set(), f"{file} is behind pyproject.toml: run `make requirements`"
        assert text.count("--hash=sha256:") >= len(pinned)


def test_development_runs_on_the_same_versions_as_production():
    def pins(file: str) -> dict[str, str]:
        text = (ROOT / file).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", text, re.MULTILINE))

    production, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert production.items() <= development.items()
