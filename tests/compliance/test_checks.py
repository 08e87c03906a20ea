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


@pytest.mark.feature("S3", part=True)
@pytest.mark.parametrize(
    ("demo", "required", "gone", "found"),
    [
        (True, False, "", []),
        (False, True, "", []),
        (False, False, "", ["compliance.E006"]),
        (False, True, "compliance.gate.SecondFactor", ["compliance.E006"]),
        (False, True, "compliance.gate.SessionLimits", ["compliance.E006"]),
    ],
)
def test_only_the_demo_runs_without_a_second_factor(
    settings, demo, required, gone, found
):
    settings.DEMO, settings.SECOND_FACTOR_REQUIRED = demo, required
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != gone]
    assert ids(checks.second_factor_is_asked) == found


@pytest.mark.parametrize(
    ("keys", "adapter", "found"),
    [
        (["k" * 32], "compliance.signin.SealingAdapter", []),
        (["k" * 32, "short"], "compliance.signin.SealingAdapter", ["compliance.E007"]),
        ([], "compliance.signin.SealingAdapter", ["compliance.E007"]),
        (["k" * 32], "allauth.mfa.adapter.DefaultMFAAdapter", ["compliance.E007"]),
    ],
)
def test_factors_need_a_key(settings, keys, adapter, found):
    settings.SITE_KEYS, settings.MFA_ADAPTER = keys, adapter
    assert ids(checks.factors_are_sealed) == found


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (["k" * 32], []),
        (["k" * 32, "short"], ["compliance.E010"]),
        ([], ["compliance.E010"]),
    ],
)
def test_the_trail_needs_a_key_to_be_signed_with(settings, keys, found):
    settings.AUDIT_KEYS = keys
    assert ids(checks.trail_is_signed) == found


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("db.DatabaseCache", []),
        ("redis.RedisCache", []),
        ("locmem.LocMemCache", ["compliance.E008"]),
    ],
)
def test_a_cache_of_each_process_alone_is_an_error(settings, kind, found):
    backend = f"django.core.cache.backends.{kind}"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "x"}}
    assert ids(checks.lockouts_are_shared) == found


@pytest.mark.parametrize(
    ("url", "client", "secret", "found"),
    [
        ("", "", "", []),
        ("https://id.example", "candor", "hidden", []),
        ("http://id.example", "candor", "hidden", ["compliance.E009"]),
        ("https://id.example", "", "hidden", ["compliance.E009"]),
        ("https://id.example", "candor", "", ["compliance.E009"]),
    ],
)
def test_single_sign_on_is_set_up_whole_or_not_at_all(
    settings, url, client, secret, found
):
    settings.OIDC_URL = url
    settings.OIDC_APP = {"client_id": client, "secret": secret}
    assert ids(checks.single_sign_on_is_whole) == found


WHOLE = {"endpoint": "", "access_key_id": "k", "secret_access_key": "s"}
NO_ADDRESS = "{} is neither a path nor an address like s3://bucket/folder."
AT_HOME = "AWS_ENDPOINT_URL should be https://host, unless it is on this machine."


@pytest.mark.parametrize(
    ("place", "source", "s3", "found"),
    [
        ("/srv/audit", "sqlite:///x", {"access_key_id": ""}, []),
        ("s3://trail/site", "s3://logs/day=*/*.parquet", {}, []),
        ("s3://trail", "", {"endpoint": "http://127.0.0.1:9000"}, []),
        ("s3://trail", "", {"endpoint": "http://s3.example"}, [AT_HOME]),
        ("s3://trail", "", {"endpoint": "s3.example"}, [AT_HOME]),
        ("s3:trail", "", {}, [NO_ADDRESS.format("CANDOR_AUDIT_DIR")]),
        ("s3://", "", {}, [NO_ADDRESS.format("CANDOR_AUDIT_DIR")]),
        ("https://trail", "", {}, [NO_ADDRESS.format("CANDOR_AUDIT_DIR")]),
        ("/srv", "s3:logs", {}, [NO_ADDRESS.format("CANDOR_SOURCE_LOGS_URL")]),
        (
            "/srv",
            "s3://logs",
            {"access_key_id": "", "secret_access_key": ""},
            [
                "A bucket is named, and AWS_ACCESS_KEY_ID isn't set.",
                "A bucket is named, and AWS_SECRET_ACCESS_KEY isn't set.",
            ],
        ),
    ],
)
def test_a_bucket_is_named_whole_or_not_at_all(settings, place, source, s3, found):
    settings.AUDIT_DIR, settings.S3 = place, WHOLE | s3
    settings.SOURCE_URLS = {"logs": source}
    said = checks.buckets_can_be_opened(None)
    assert [one.msg for one in said] == found
    assert {one.id for one in said} <= {"compliance.E011"}


def test_a_missing_library_is_a_warning_with_the_line_to_run(monkeypatch):
    assert ids(checks.packets_can_be_rendered) == []
    monkeypatch.setattr(checks, "PANGO", ("pango-1.0", "no-such-library"))
    (warning,) = checks.packets_can_be_rendered(None)
    assert warning.id == "compliance.W001"
    assert "no-such-library" in warning.msg
    assert checks.APT_LINE in warning.hint
