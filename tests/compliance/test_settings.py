"""The environment is read once, typed, and said no to in a sentence."""

import os
import sqlite3
import subprocess
import sys
from ast import literal_eval

import pytest
from django.core.exceptions import ImproperlyConfigured

from compliance.settings import database, env, words, yes_or_no


def test_env_reads_what_is_set_and_falls_back_on_nothing(monkeypatch):
    monkeypatch.setenv("CANDOR_X", "8001")
    assert env("CANDOR_X", 1, int) == 8001
    monkeypatch.setenv("CANDOR_X", "")
    assert env("CANDOR_X", 1, int) == 1
    monkeypatch.delenv("CANDOR_X")
    assert env("CANDOR_X", 1, int) == 1


@pytest.mark.parametrize(
    ("text", "read"), [("eight", int), ("yes", yes_or_no), ("mysql://h/n", database)]
)
def test_env_refuses_what_it_cannot_read(monkeypatch, text, read):
    monkeypatch.setenv("CANDOR_X", text)
    with pytest.raises(ImproperlyConfigured, match=r"^CANDOR_X can't be read"):
        env("CANDOR_X", None, read)


def test_words_are_separated_by_commas():
    assert words("a.example, b.example,") == ["a.example", "b.example"]


def test_database_address_is_taken_apart():
    found = database("postgresql://us%40er:p%2Fw@db.example:5433/name?sslmode=require")
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "name",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"sslmode": "require"},
    }


def start(tmp_path, *command: str, **environment: str):
    """Run Python in an environment that holds these variables and little else."""
    kept = {"PATH": os.environ["PATH"], "CANDOR_VAR_DIR": str(tmp_path / "var")}
    return subprocess.run(  # noqa: S603 - the tests' own commands
        [sys.executable, *command],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_site_without_secret_and_host_does_not_start(tmp_path):
    command = start(tmp_path, "manage.py", "migrate")
    web = start(tmp_path, "-c", "import compliance.wsgi")
    for ended in (command, web):
        assert ended.returncode == 1
        assert "compliance.E001" in ended.stderr
        assert "compliance.E004" in ended.stderr
    with sqlite3.connect(tmp_path / "var" / "candor.sqlite3") as written:
        assert written.execute("SELECT name FROM sqlite_master").fetchall() == []
    written.close()


def test_the_demo_makes_its_secret_once_and_keeps_it_to_itself(tmp_path):
    show = ("-c", "from compliance.settings import SECRET_KEY; print(SECRET_KEY)")
    first, second = (start(tmp_path, *show, CANDOR_DEMO="1").stdout for _ in range(2))
    kept = tmp_path / "var" / "secret-key"
    assert first == second == kept.read_text() + "\n"
    assert len(first) > 64
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_site_takes_its_sources_from_the_environment(tmp_path):
    show = ("-c", "from compliance.settings import SOURCE_URLS; print(SOURCE_URLS)")
    url = {"CANDOR_SOURCE_WAREHOUSE_URL": "postgresql://db.example/w"}
    site = start(tmp_path, *show, **url)
    assert site.stdout == "{'warehouse': 'postgresql://db.example/w'}\n"


def test_checkpoints_go_to_a_directory_or_a_bucket(tmp_path):
    show = (
        "-c",
        "from compliance.settings import STORAGES; print(STORAGES['audit'])",
    )
    bucket = start(tmp_path, *show, CANDOR_AUDIT_DIR="s3://trail/site")
    folder = start(tmp_path, *show)
    assert literal_eval(bucket.stdout) == {
        "BACKEND": "cases.stores.Bucket",
        "OPTIONS": {"address": "s3://trail/site"},
    }
    assert literal_eval(folder.stdout) == {
        "BACKEND": "cases.stores.Folder",
        "OPTIONS": {"location": str(tmp_path / "var" / "audit"), "base_url": None},
    }
