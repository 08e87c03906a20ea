"""How the settings read the environment: typed, or no with a sentence."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


def env(name: str, default: T, read: Callable[[str], T]) -> T:
    """The variable as ``read`` understands it, ``default`` when unset or empty.

    Raises:
        ImproperlyConfigured: ``read`` can't make sense of it.
    """
    text = os.environ.get(name, "")
    try:
        return read(text) if text else default
    except (KeyError, ValueError) as fault:
        raise ImproperlyConfigured(f"{name} can't be read: {fault}") from fault


def yes_or_no(text: str) -> bool:
    """Only 1 and 0, so that nobody switches the demo on with ``CANDOR_DEMO=no``."""
    return {"1": True, "0": False}[text]


def at_least(least: int) -> Callable[[str], int]:
    """A reader of whole numbers that refuses those under ``least``."""

    def read(text: str) -> int:
        number = int(text)
        if number < least:
            raise ValueError(f"it is at least {least}")
        return number

    return read


def words(text: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's settings of ``postgresql://user:password@host:port/name?sslmode=…``.

    Raises:
        ValueError: the address is for another kind of database, or names none.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ValueError("it should look like postgresql://user:password@host/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def audit_store(place: str) -> dict[str, Any]:
    """Django's settings of the store of checkpoints: ``s3://…`` or a directory."""
    if place.startswith("s3://"):
        return {"BACKEND": "cases.stores.Bucket", "OPTIONS": {"address": place}}
    options = {"location": place, "base_url": None}
    return {"BACKEND": "cases.stores.Folder", "OPTIONS": options}


def site_lines(path: Path) -> dict[str, str]:
    """What a site's file says, by variable; nothing where there is no file."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name.strip(): value.strip() for name, is_set, value in pairs if is_set}


def read_site_file(path: Path) -> None:
    """Add what ``manage.py setup_site`` wrote; the environment itself goes first."""
    for name, value in site_lines(path).items():
        os.environ.setdefault(name, value)
