"""The site's own file of keys and names: made once, for its owner's eyes alone.

``settings.SITE_FILE`` is read at each start, after the environment. It holds what a
copy of the database is worth nothing without, so it is backed up apart from it.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from compliance.environment import site_lines

KEEP = (
    "Keep a copy of {path} where the database's backups are not: without it, nobody\n"
    "signs in with a second factor any more and nothing signs the trail; with it and\n"
    "the database, anybody could do both in your name."
)
_HEAD = (
    "# Written by manage.py setup_site, read at each start after the environment.\n"
    "# Back this up apart from the database. Nobody but the site's own user reads it.\n"
)


def new_key() -> str:
    """A key, as text for a variable."""
    return secrets.token_urlsafe(48)


def write(path: Path, lines: Mapping[str, str]) -> None:
    """Replace the file in one step; at no moment can another user read it.

    Raises:
        ValueError: a value holds a line's end, or a name is none.
    """
    for name, value in lines.items():
        if "\n" in value or "\r" in value or not name.isidentifier():
            raise ValueError(f"{name} can't be written into {path.name}.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_HEAD + "".join(f"{name}={lines[name]}\n" for name in lines))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def complete(path: Path, wanted: Mapping[str, str]) -> list[str]:
    """Add what the file lacks and leave what it says; the names that were added."""
    there = site_lines(path)
    added = [name for name, value in wanted.items() if value and not there.get(name)]
    if added:
        write(path, there | {name: wanted[name] for name in added})
    return added
