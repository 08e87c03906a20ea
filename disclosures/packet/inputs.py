"""What a packet says, as a text that can be kept and read back: its frozen inputs.

Equal facts give an equal text (canonical JSON), so its SHA-256 names them. Where the
files of the exhibits lie isn't part of it: whoever reads the text says so anew. A field
that was added since has its default; one that is unknown here, or missing without a
default, is refused: the text isn't of this version, and nothing is guessed.
"""

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from disclosures.packet.contents import PacketFacts


def document(facts: PacketFacts) -> str:
    """The facts as text, without the places of files."""
    return json.dumps(
        _plain(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def digest(text: str) -> str:
    """The SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str, paths: Mapping[str, Path]) -> PacketFacts:
    """The facts that a text holds; ``paths`` says where each exhibit's file lies.

    Raises:
        ValueError: the text isn't the facts of a packet as this version knows them.
    """
    try:
        facts: PacketFacts = _made(PacketFacts, json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("These aren't the facts of a packet of this version.") from (
            error
        )
    exhibits = tuple(
        dataclasses.replace(one, path=paths.get(one.file_name))
        for one in facts.exhibits
    )
    return dataclasses.replace(facts, exhibits=exhibits)


def differing(before: Any, after: Any, name: str = "") -> list[str]:
    """The names of the fields in which two facts differ, and never a value of them."""
    if dataclasses.is_dataclass(before) and type(before) is type(after):
        found = []
        for field in dataclasses.fields(before):
            if field.type == (Path | None):
                continue
            inner = f"{name}.{field.name}".lstrip(".")
            values = getattr(before, field.name), getattr(after, field.name)
            found += differing(*values, inner)
        return found
    if _are_lists(before, after):
        pairs = enumerate(zip(before, after, strict=True), start=1)
        return [
            one for n, (old, new) in pairs for one in differing(old, new, f"{name} {n}")
        ]
    return [] if before == after else [name]


def _are_lists(before: Any, after: Any) -> bool:
    """Whether they can be told apart one by one: as many facts in each."""
    both = isinstance(before, tuple) and isinstance(after, tuple)
    of_facts = both and all(map(dataclasses.is_dataclass, (*before, *after)))
    return of_facts and len(before) == len(after)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.type != (Path | None)
        }
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _made(kind: Any, value: Any) -> Any:
    """A value of the type ``kind``, from its plain form."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        if unknown := set(value) - set(hints):
            raise KeyError(*unknown)
        return kind(**_with_no_path(kind, hints, value))
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple and inner[-1] is Ellipsis:
        return tuple(_made(inner[0], one) for one in value)
    if origin is tuple:
        return tuple(_made(*pair) for pair in zip(inner, value, strict=True))
    if origin in {types.UnionType, typing.Union}:
        [one] = [part for part in inner if part is not type(None)]
        return None if value is None else _made(one, value)
    if kind is date:
        return date.fromisoformat(value)
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value


def _with_no_path(
    kind: type, hints: Mapping[str, Any], value: Mapping[str, Any]
) -> dict[str, Any]:
    made = {name: _made(hints[name], one) for name, one in value.items()}
    nowhere = {name: None for name, hint in hints.items() if hint == (Path | None)}
    return nowhere | made


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
