"""One verb of the house, as its test calls it; the lines stand in ``verbs_of_*``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.enums import Role


@dataclass(frozen=True)
class Row:
    """One verb: who acts (None is the system), on what, how, and what trail is left."""

    role: Role | None
    given: Callable[[], Any]
    act: Callable[[Any, Any], Any]
    events: tuple[str, ...]


def row(role: Role | None, given: Any, act: Any, *events: str) -> Row:
    return Row(role, given, act, events)


def nothing() -> None:
    """No row to act on."""
