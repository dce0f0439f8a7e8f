from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.env import Env, cache, database, mailer, read_env_file, storage

HERE = Path("/srv/kernetid")


def test_file_gives_names_without_comments_and_quotes(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nNAME = value \nQUOTED='two words'\nEQUALS=a=b\n")
    assert read_env_file(file) == {"NAME": "value", "QUOTED": "two words", "EQUALS": "a=b"}


def test_file_with_a_broken_line_names_it(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("A=1\nnonsense\n")
    with pytest.raises(ImproperlyConfigured, match=r"Line 2 of \.env"):
        read_env_file(file)


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch):
    (tmp_path / ".env").write_text("SECRET_KEY=file\nBASE_URL=file\n")
    monkeypatch.delenv("ENV_FILE", raising=False)
    monkeypatch.delenv("BASE_URL", raising=False)
    monkeypatch.setenv("SECRET_KEY", "environment")
    env = Env.load(tmp_path)
    assert (env.text("SECRET_KEY"), env.text("BASE_URL")) == ("environment", "file")


def test_empty_file_name_means_no_file(tmp_path: Path, monkeypatch):
    (tmp_path / ".env").write_text("BASE_URL=file\n")
    monkeypatch.setenv("ENV_FILE", "")
    monkeypatch.delenv("BASE_URL", raising=False)
    assert Env.load(tmp_path).text("BASE_URL", "default") == "default"


@pytest.mark.parametrize(
    "word, expected", [("on", True), ("TRUE", True), ("1", True), ("off", False), ("", False)]
)
def test_flag(word: str, expected: bool):
    assert Env({"DEBUG": word}).flag("DEBUG", default=not expected) is expected


def test_flag_says_what_is_allowed():
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be on or off"):
        Env({"DEBUG": "perhaps"}).flag("DEBUG")


def test_number_says_what_is_allowed():
    assert Env({}).number("PORT", 8000) == 8000
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number"):
        Env({"PORT": "http"}).number("PORT", 8000)


def test_words_are_trimmed():
    assert Env({"HOSTS": " a , b,, "}).words("HOSTS") == ["a", "b"]


def test_missing_secret_says_what_to_set():
    with pytest.raises(ImproperlyConfigured, match=r"CODE_KEY is missing\. Set it .* 32 random characters"):
        Env({"CODE_KEY": " "}).secret("CODE_KEY", "at least 32 random characters")


def test_sqlite_waits_for_its_turn_and_survives_a_power_cut():
    found = database("sqlite:///var/x.sqlite3", HERE, pool_size=4)
    assert found["NAME"] == HERE / "var/x.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]


def test_sqlite_with_four_slashes_is_absolute():
    assert database("sqlite:////data/x.sqlite3", HERE, pool_size=4)["NAME"] == Path("/data/x.sqlite3")


def test_postgres_pools_and_binds_on_the_server():
    found = database("postgres://me:p%40ss@db.example:5433/kernetid?sslmode=require", HERE, pool_size=4)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "me",
        "p@ss",
        "db.example",
        "5433",
        "kernetid",
    )
    assert found["CONN_MAX_AGE"] == 0
    assert found["OPTIONS"]["pool"]["max_size"] == 4
    assert found["OPTIONS"]["server_side_binding"] is True
    assert found["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("url", ["mysql://x/y", "kernetid.sqlite3", "sqlite:///"])
def test_unknown_database_says_how_to_write_it(url: str):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database(url, HERE, pool_size=4)


def test_cache_is_shared_by_all_workers():
    assert cache("")["BACKEND"].endswith("DatabaseCache")
    assert cache("redis://127.0.0.1/0")["LOCATION"] == "redis://127.0.0.1/0"


def test_storage_is_a_folder_or_a_bucket():
    assert storage("var/media", HERE)["OPTIONS"] == {"location": HERE / "var/media"}
    bucket = storage("s3://pictures/kernetid?endpoint_url=https://s3.example", HERE)
    assert bucket["OPTIONS"] == {
        "bucket_name": "pictures",
        "location": "kernetid",
        "endpoint_url": "https://s3.example",
    }
    with pytest.raises(ImproperlyConfigured, match="STORAGE"):
        storage("ftp://x", HERE)


def test_mail_goes_to_a_folder_or_a_server():
    assert mailer("var/mail", HERE)["OPTIONS"] == {"file_path": "/srv/kernetid/var/mail"}
    options = mailer("smtp://me:secret@mail.example:587?starttls=on", HERE)["OPTIONS"]
    assert (options["host"], options["port"], options["username"]) == ("mail.example", 587, "me")
    assert (options["use_tls"], options["use_ssl"]) == (True, False)
    assert mailer("smtps://mail.example", HERE)["OPTIONS"]["port"] == 465
    with pytest.raises(ImproperlyConfigured, match="MAIL_URL"):
        mailer("imap://x", HERE)
