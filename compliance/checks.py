"""Refuse to start unsafe: contradictions in the settings are errors with an id.

``manage.py`` runs these before each command, ``wsgi.py`` before it serves anything.
"""

import ctypes.util
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from cases import stores
from disclosures import signing
from disclosures.exceptions import SigningRefused

PANGO = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
KEY_LENGTH = 32
APT_LINE = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def secret_is_set(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E001: sessions and sign-ins stand on the secret."""
    try:
        settings.SECRET_KEY  # noqa: B018 - Django answers an empty one with an exception
    except ImproperlyConfigured:
        hint = "Set SECRET_KEY to a long random text, or CANDOR_DEMO=1 for a trial."
        return [Error("There is no secret.", hint=hint, id="compliance.E001")]
    return []


def debug_is_off(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E002: a debug page prints local variables, and those are people's data."""
    if not settings.DEBUG:
        return []
    return [
        Error("DEBUG is on: its pages print what it handles.", id="compliance.E002")
    ]


def demo_stays_at_home(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E003: the demo's passwords are public, so it answers to localhost alone."""
    abroad = sorted(
        set(settings.ALLOWED_HOSTS) - {"127.0.0.1", "localhost", "testserver"}
    )
    if not (settings.DEMO and abroad):
        return []
    return [
        Error(
            f"The demo's sign-ins are public, yet it answers to {', '.join(abroad)}.",
            hint="Unset CANDOR_DEMO, or unset CANDOR_HOSTS.",
            id="compliance.E003",
        )
    ]


def hosts_are_named(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E004: a site that answers to no name, or to any name, is a mistake."""
    if settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "The site must know its own names.",
            hint="Set CANDOR_HOSTS to the host names it is reached by.",
            id="compliance.E004",
        )
    ]


def files_are_private(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E005: what lies below the static folder is served to anybody."""
    static, files = settings.STATIC_ROOT.resolve(), settings.FILES_DIR.resolve()
    if not (files.is_relative_to(static) or static.is_relative_to(files)):
        return []
    return [
        Error(
            "Stored papers and public files share a folder.",
            hint="Point CANDOR_FILES_DIR elsewhere.",
            id="compliance.E005",
        )
    ]


def second_factor_is_asked(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E006: only the demo, whose sign-ins are public, runs without a second factor."""
    gate = {"compliance.gate.SessionLimits", "compliance.gate.SecondFactor"}
    asked = settings.SECOND_FACTOR_REQUIRED and gate <= set(settings.MIDDLEWARE)
    if settings.DEMO or asked:
        return []
    return [
        Error(
            "Nobody is asked for a second factor.",
            hint="SECOND_FACTOR_REQUIRED and both parts of compliance.gate stay on.",
            id="compliance.E006",
        )
    ]


def factors_are_sealed(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E007: a second factor in clear in the database is none."""
    ours = settings.MFA_ADAPTER == "compliance.signin.SealingAdapter"
    if ours and settings.SITE_KEYS and min(map(len, settings.SITE_KEYS)) >= KEY_LENGTH:
        return []
    return [
        Error(
            "There is no key to seal second factors with, or too short a one.",
            hint="Run manage.py setup_site, or set CANDOR_KEYS.",
            id="compliance.E007",
        )
    ]


def trail_is_signed(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E010: a trail that nobody signs is one that a database's keeper rewrites."""
    if settings.AUDIT_KEYS and min(map(len, settings.AUDIT_KEYS)) >= KEY_LENGTH:
        return []
    return [
        Error(
            "There is no key to sign the trail with, or too short a one.",
            hint="Run manage.py setup_site, or set CANDOR_AUDIT_KEYS.",
            id="compliance.E010",
        )
    ]


def lockouts_are_shared(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E008: wrong guesses counted by each process alone are counted too seldom."""
    shared = ("DatabaseCache", "RedisCache")
    if settings.CACHES["default"]["BACKEND"].endswith(shared):
        return []
    return [
        Error(
            "The cache isn't shared by the site's processes: lock-outs would leak.",
            hint="Leave CACHES as it is; REDIS_URL moves it to Redis.",
            id="compliance.E008",
        )
    ]


def single_sign_on_is_whole(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E009: half a single sign-on lets nobody in, or trusts an open line."""
    app = settings.OIDC_APP
    if not settings.OIDC_URL:
        return []
    if settings.OIDC_URL.startswith("https://") and app["client_id"] and app["secret"]:
        return []
    return [
        Error(
            "Single sign-on is set up in part, or over plain HTTP.",
            hint="CANDOR_OIDC_URL (https), CANDOR_OIDC_CLIENT_ID and _SECRET belong"
            " together.",
            id="compliance.E009",
        )
    ]


def buckets_can_be_opened(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E011: a bucket that can't be opened keeps no checkpoint and gives no record."""
    settings_of = {f"CANDOR_SOURCE_{n.upper()}_URL": u for n, u in _file_sources()}
    places = {"CANDOR_AUDIT_DIR": settings.AUDIT_DIR, **settings_of}
    faults = [_misspelt(*one) for one in places.items()]
    if any(map(stores.is_bucket, places.values())):
        keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        faults += [
            f"A bucket is named, and {name} isn't set."
            for name, key in zip(keys, stores.KEYS, strict=True)
            if not settings.S3[key]
        ]
        faults.append(_endpoint_fault(settings.S3["endpoint"]))
    return [Error(fault, id="compliance.E011") for fault in faults if fault]


def _file_sources() -> list[tuple[str, str]]:
    return [one for one in settings.SOURCE_URLS.items() if one[1].startswith("s3:")]


def _misspelt(name: str, place: str) -> str:
    """Why an address is neither a path nor a bucket's; never the address itself."""
    if "://" not in place and not place.startswith("s3:"):
        return ""
    try:
        stores.split(place)
    except ValueError:
        return f"{name} is neither a path nor an address like s3://bucket/folder."
    return ""


def _endpoint_fault(endpoint: str) -> str:
    found = urlsplit(endpoint)
    at_home = found.hostname in {"127.0.0.1", "localhost", "::1"}
    if not endpoint or (found.hostname and found.scheme == "https") or at_home:
        return ""
    return "AWS_ENDPOINT_URL should be https://host, unless it is on this machine."


def signing_is_whole(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E012: half a signing desk could only fail at the seal, or trust just anybody."""
    said = settings.SIGNING
    if not any(said.values()):
        return []
    fault = "" if all(said.values()) else "Signing is set up in part."
    if said["authority"] and not said["authority"].startswith(("https://", "http://")):
        fault = "CANDOR_TIMESTAMP_URL is no address."
    hint = "CANDOR_SIGNING_KEY, _PASSPHRASE and _ROOTS, and CANDOR_TIMESTAMP_URL, "
    hint += "belong together."
    return [Error(fault, hint=hint, id="compliance.E012")] if fault else []


def signing_key_is_fit(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """W002: nothing is sealed until the key is mended; all else goes on."""
    desk, at = signing.desk(), timezone.now()
    if desk is None or not all(settings.SIGNING.values()):
        return []
    try:
        ends = signing.certificate(desk, at).not_valid_after_utc
    except SigningRefused as refusal:
        return [Warning(f"No packet can be sealed: {refusal}", id="compliance.W002")]
    if ends - at > signing.SOON:
        return []
    said = f"The certificate of the signing key ends on {ends:%Y-%m-%d}."
    return [Warning(said, id="compliance.W002")]


def packets_can_be_rendered(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """W001: WeasyPrint needs three system libraries; the rest of the site doesn't."""
    missing = [name for name in PANGO if not ctypes.util.find_library(name)]
    if not missing:
        return []
    return [
        Warning(
            f"No packet can be rendered here: {', '.join(missing)} missing.",
            hint=f"On Debian and Ubuntu: {APT_LINE}",
            id="compliance.W001",
        )
    ]


ALL = (
    trail_is_signed,
    secret_is_set,
    debug_is_off,
    demo_stays_at_home,
    hosts_are_named,
    files_are_private,
    second_factor_is_asked,
    factors_are_sealed,
    lockouts_are_shared,
    single_sign_on_is_whole,
    buckets_can_be_opened,
    signing_is_whole,
    signing_key_is_fit,
    packets_can_be_rendered,
)
