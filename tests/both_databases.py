"""Runs the tests on SQLite, and on PostgreSQL where one answers; words after the module go to pytest."""

import os
import subprocess
import sys

import psycopg

DEFAULT_PG = "postgres://postgres@127.0.0.1:5432/kernetid_suite"
WORKERS = os.environ.get("TEST_WORKERS", "2")


def postgres() -> tuple[str, str]:
    """Return PostgreSQL's address, or none and why."""
    url = os.environ.get("DATABASE_URL_PG", "")
    named = bool(url)
    url = url or DEFAULT_PG
    try:
        # The tests make a database of their own beside the one that is named.
        psycopg.connect(url.rpartition("/")[0] + "/postgres", connect_timeout=3).close()
    except psycopg.OperationalError as error:
        if named:
            raise SystemExit(
                f"DATABASE_URL_PG is set, but PostgreSQL does not answer there: {error}"
            ) from None
        return "", "no PostgreSQL let us in at 127.0.0.1:5432, and DATABASE_URL_PG is not set"
    return url, ""


def run(name: str, url: str, words: list[str], **more: str) -> int:
    """Run pytest on one database, with `more` in its environment."""
    print(f"\n=== Tests on {name} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", WORKERS, *words]
    code = subprocess.run(command, env={**os.environ, "DATABASE_URL": url, **more}, check=False).returncode
    return code


def main() -> int:
    """Run on every database there is, and say which they were."""
    words = sys.argv[1:]
    url, why_not = postgres()
    codes = {"SQLite": run("SQLite", "sqlite:///var/tests.sqlite3", words)}
    if url:
        codes["PostgreSQL"] = run("PostgreSQL", url, words, TESTS_OF_THE_DATABASE_ONLY="1")
    print()
    for name, code in codes.items():
        print(f"{name}: {'all green' if code == 0 else f'failed (pytest ended with {code})'}")
    if why_not:
        print(f"PostgreSQL: not run, since {why_not}.")
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
