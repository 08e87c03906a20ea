"""What refuses an unsafe start."""

from pathlib import Path

import pytest

from compliance import checks


def ids(check) -> list[str]:
    return [message.id for message in check(None)]


def test_a_missing_secret_is_an_error(settings):
    assert ids(checks.secret_is_set) == []
    settings.SECRET_KEY = ""
    assert ids(checks.secret_is_set) == ["compliance.E001"]


def test_debug_is_an_error(settings):
    assert ids(checks.debug_is_off) == []
    settings.DEBUG = True
    assert ids(checks.debug_is_off) == ["compliance.E002"]


@pytest.mark.parametrize(
    ("demo", "hosts", "found"),
    [
        (True, ["127.0.0.1", "localhost"], []),
        (True, ["127.0.0.1", "candor.example"], ["compliance.E003"]),
        (False, ["candor.example"], []),
    ],
)
def test_the_demo_answers_to_localhost_alone(settings, demo, hosts, found):
    settings.DEMO = demo
    settings.ALLOWED_HOSTS = hosts
    assert ids(checks.demo_stays_at_home) == found


@pytest.mark.parametrize(
    ("hosts", "found"),
    [
        (["candor.example"], []),
        ([], ["compliance.E004"]),
        (["*"], ["compliance.E004"]),
    ],
)
def test_a_site_knows_its_names(settings, hosts, found):
    settings.ALLOWED_HOSTS = hosts
    assert ids(checks.hosts_are_named) == found


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ("/srv/files", []),
        ("/srv/static/files", ["compliance.E005"]),
        ("/srv", ["compliance.E005"]),
    ],
)
def test_stored_papers_and_public_files_lie_apart(settings, files, found):
    settings.STATIC_ROOT = Path("/srv/static")
    settings.FILES_DIR = Path(files)
    assert ids(checks.files_are_private) == found


def test_a_missing_library_is_a_warning_with_the_line_to_run(monkeypatch):
    assert ids(checks.packets_can_be_rendered) == []
    monkeypatch.setattr(checks, "PANGO", ("pango-1.0", "no-such-library"))
    (warning,) = checks.packets_can_be_rendered(None)
    assert warning.id == "compliance.W001"
    assert "no-such-library" in warning.msg
    assert checks.APT_LINE in warning.hint
