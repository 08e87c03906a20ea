"""How the settings read the environment: typed, or no with a sentence."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

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


def words(text: str) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


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
