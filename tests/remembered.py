"""States that verbs made once, put back row by row for the tests that come after.

Half of the suite's time went into bringing the same case to the same status through the
same verbs. A factory that is ``remembered`` does that once a worker; the rows it added,
its files and what waits for the commit are then put back, byte for byte, wherever it is
called with the same arguments upon the same rows. Otherwise it is called as ever: where

* a request is there already, or the test commits;
* an argument isn't plain, or the test has patched anything;
* a setting or a source differs from those the state was made under.

So nothing here can hide what a verb does: its own tests call it. What was made under
the clock of the day is made anew after some minutes.
"""

import functools
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, models

from cases.models import Case
from tests import rows

Row = TypeVar("Row", bound=models.Model)
PATCHES = 2  # that each test is under: tests/conftest.py, the network
SECONDS = 240
MOST = 200
# Other folders each time: what is in them is looked at instead.
OWN = {"FILES_DIR", "WORK_DIR", "STORAGES", "SOURCE_URLS"}


# By number of the folder and name in it, its mode and content; of a folder no content.
Files = dict[tuple[int, str], tuple[int, bytes | None]]


@dataclass(frozen=True)
class State:
    """What a factory added, and the row it gave."""

    made_at: float
    model: type[models.Model]
    pk: Any
    added: rows.Held
    files: Files
    waiting: list[tuple[Any, bool]]  # for the commit: what to do, and whether robust


class Unknown(Exception):
    """An argument whose value can't be told from another's."""


_kept: dict[Any, State | None] = {}
_patches: list[pytest.MonkeyPatch] = []


@pytest.fixture(autouse=True)
def whose_patches(monkeypatch) -> Iterator[None]:
    """Let a factory see whether the test has patched anything."""
    _patches[:] = [monkeypatch]
    yield
    _patches.clear()


def remembered(factory: Callable[..., Row]) -> Callable[..., Row]:
    """Have the factory, which gives a row, make each state once."""

    @functools.wraps(factory)
    def made(*args: Any, **named: Any) -> Row:
        if not _may_be():
            return factory(*args, **named)
        before = rows.held()
        try:
            key = (factory, _plain((args, named)), _around(), rows.key(before))
        except Unknown:
            return factory(*args, **named)
        if key in _kept and _kept[key] is None:
            return factory(*args, **named)
        state = _kept.get(key)
        if state is None or time.monotonic() - state.made_at > SECONDS:
            waiting = len(connection.run_on_commit)
            row = factory(*args, **named)
            _keep(key, _state(row, before, waiting))
            return _fresh(type(row), row.pk)
        return _put_back(state)

    return made


def _may_be() -> bool:
    """Whether nothing stands in the way that can be seen at once."""
    return bool(
        connection.in_atomic_block
        and _patches
        and len(_patches[0]._setattr) == PATCHES
        and not _patches[0]._setitem
        and "location" in settings.STORAGES["audit"]["OPTIONS"]
        and not Case.objects.exists()
        and not _files()
    )


def _state(row: models.Model, before: rows.Held, waiting: int) -> State | None:
    """What was added since; None where anything else was changed."""
    added = rows.added(before, rows.held())
    if added is None:
        return None
    late = [(act, robust) for _, act, robust in connection.run_on_commit[waiting:]]
    return State(time.monotonic(), type(row), row.pk, added, _files(), late)


def _keep(key: Any, state: State | None) -> None:
    _kept[key] = state
    if len(_kept) > MOST:
        del _kept[next(iter(_kept))]


def _put_back(state: State) -> Any:
    rows.add(state.added)
    folders = _folders()
    for (place, name), (mode, content) in state.files.items():
        path = folders[place] / name
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.write_bytes(content)
        path.chmod(mode)
    for act, robust in state.waiting:
        open_ = set(connection.savepoint_ids)
        connection.run_on_commit.append((open_, act, robust))
    return _fresh(state.model, state.pk)


def _fresh(model: type[models.Model], pk: Any) -> Any:
    """The row as the database has it, as the factories read one again."""
    near = () if model is Case else ("case", "revision", "sign_off")
    return model._default_manager.select_related(*near).get(pk=pk)


# --------------------------------------------------------- what a state stands upon


def _folders() -> tuple[Path, Path, Path]:
    audit = settings.STORAGES["audit"]["OPTIONS"]["location"]
    return Path(settings.FILES_DIR), Path(settings.WORK_DIR), Path(audit)


def _files() -> Files:
    """The test's folders and what they hold; what stands higher comes first."""
    return {
        (place, str(one.relative_to(folder))): (
            one.stat().st_mode & 0o7777,
            None if one.is_dir() else one.read_bytes(),
        )
        for place, folder in enumerate(_folders())
        if folder.is_dir()
        for one in (folder, *sorted(folder.rglob("*")))
    }


def _around() -> Any:
    """The settings that the test changed, and what its sources hold."""
    changed: dict[str, str] = {}
    layer = settings._wrapped
    while hasattr(layer, "default_settings"):
        for name, value in vars(layer).items():
            if name.isupper() and name not in OWN:
                changed.setdefault(name, repr(value))
        layer = layer.default_settings
    sources = [
        (name, _content(url)) for name, url in sorted(settings.SOURCE_URLS.items())
    ]
    return tuple(sorted(changed.items())), tuple(sources)


def _content(url: str) -> str:
    """What is at a source's address, where a file or nothing is.

    Raises:
        Unknown: it is a server, or a folder.
    """
    parts = urlsplit(url)
    path = Path(parts.path)
    if parts.scheme not in {"sqlite", "file"} or path.is_dir():
        raise Unknown
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else url


def _plain(value: Any) -> Any:
    """The value as something to compare by.

    Raises:
        Unknown: it has none.
    """
    if isinstance(value, (str, int, float, bytes, date, timedelta, Enum, type(None))):
        return type(value).__name__, value
    if isinstance(value, models.Model) and value.pk is not None:
        return value._meta.label, value.pk
    if isinstance(value, dict):
        return tuple((_plain(name), _plain(one)) for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return type(value).__name__, tuple(_plain(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        said = [(one.name, _plain(getattr(value, one.name))) for one in fields(value)]
        return type(value).__name__, tuple(said)
    raise Unknown
