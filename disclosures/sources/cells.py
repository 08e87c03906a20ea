"""The text form of each cell of an exhibit, by the type of its column.

One value has one form, whatever the database and the driver made of it:

* times: UTC, ISO 8601 with offset, microseconds kept; a time without a zone is in the
  column's zone;
* JSON: sorted keys, no blanks, numbers with the digits they had;
* yes or no: ``true`` and ``false``; whole numbers: digits;
* bytes, and text that isn't valid UTF-8: ``\\x`` and the bytes in hexadecimal;
* everything else, control characters included: exactly as it is.

A text that doesn't fit its column's type (``infinity`` as a time, broken JSON) is
evidence all the same: it is kept as it is and counted as odd. A value whose *type* is
wrong means that the map is wrong, and stops the pull.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from disclosures.datamap.terms import Column
from disclosures.enums import ColumnType

_PLAIN = (
    int,
    UUID,
    IPv4Address,
    IPv4Interface,
    IPv6Address,
    IPv6Interface,
)
_WHOLE = re.compile(r"[+-]?\d+")
_FINER = re.compile(r"\.\d{6}0*[1-9]")  # finer than a microsecond
_TRUE = frozenset({"t", "true", "1"})
_FALSE = frozenset({"f", "false", "0"})


class MisfitError(Exception):
    """A value whose type can't be that of its column; carries no value."""


class Cells:
    """The text forms of one exhibit's cells, and how many were odd."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.odd = 0
        self._columns = columns
        self._forms = [self._form(column) for column in columns]

    def row(self, values: Any) -> list[str | None]:
        """The cells of one row; None stands for the database's NULL.

        Raises:
            MisfitError: a value's type doesn't fit its column, which the message names.
        """
        cells: list[str | None] = []
        try:
            for form, value in zip(self._forms, values, strict=True):
                cells.append(None if value is None else form(value))
        except (TypeError, ValueError, ArithmeticError):
            column = self._columns[len(cells)]
            message = f"column “{column.name}” holds a value that isn't of type"
            raise MisfitError(f"{message} “{column.type.value}”") from None
        return cells

    def _form(self, column: Column) -> Callable[[Any], str]:
        match column.type:
            case ColumnType.TIMESTAMP:
                zone = ZoneInfo(column.zone or "UTC")
                return lambda value: self._timestamp(value, zone)
            case ColumnType.INTEGER:
                return _integer
            case ColumnType.BOOLEAN:
                return _boolean
            case ColumnType.JSON:
                return self._json
            case _:
                return self._text

    def _odd(self, text: str) -> str:
        self.odd += 1
        return self._text(text)

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return value if value.isascii() else self._valid(value)
        if isinstance(value, bytes | bytearray | memoryview):
            self.odd += 1
            return f"\\x{bytes(value).hex()}"
        if isinstance(value, bool):
            return "true" if value else "false"
        return _other(value)

    def _valid(self, value: str) -> str:
        try:
            value.encode()
        except UnicodeEncodeError:
            # The SQLite driver hands invalid bytes over as lone surrogates.
            self.odd += 1
            return f"\\x{value.encode('utf-8', 'surrogateescape').hex()}"
        return value

    def _timestamp(self, value: Any, zone: ZoneInfo) -> str:
        if isinstance(value, str):
            found = _instant(value, zone)
            return self._odd(value) if found is None else found
        if isinstance(value, date):
            found = _instant(value.isoformat(), zone)
            return self._odd(str(value)) if found is None else found
        raise TypeError

    def _json(self, value: Any) -> str:
        if isinstance(value, bytes | bytearray | memoryview):
            return self._text(value)
        if not isinstance(value, str):
            return canonical_json(json.dumps(value, ensure_ascii=False))
        try:
            return self._text(canonical_json(value))
        except (ValueError, RecursionError):
            return self._odd(value)


def instant(text: str | None, zone: ZoneInfo) -> str | None:
    """A time's text in its one form, or None where the text isn't a time."""
    return None if text is None else _instant(str(text), zone)


def _instant(text: str, zone: ZoneInfo) -> str | None:
    if _FINER.search(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _integer(value: Any) -> str:
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal | float) and value == int(value):
        return str(int(value))
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return value
    raise TypeError


def _boolean(value: Any) -> str:
    if isinstance(value, bytes):  # MariaDB's BIT(1)
        value = int.from_bytes(value)
    word = str(value).lower()
    if word in _TRUE:
        return "true"
    if word in _FALSE:
        return "false"
    raise TypeError


def _other(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")  # its digits, where str would turn to exponents
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)} microseconds"
    if isinstance(value, list | dict):
        return canonical_json(json.dumps(value, ensure_ascii=False, default=str))
    if isinstance(value, _PLAIN):
        return str(value)
    raise TypeError


class _Literal:
    """A number of a JSON text with the digits that it had."""

    def __init__(self, digits: str) -> None:
        self.digits = digits


def canonical_json(text: str) -> str:
    """JSON with sorted keys and no blanks; every number keeps its digits.

    Raises:
        ValueError: it isn't JSON, or it names a key twice: a reader would lose one.
        RecursionError: it is nested too deeply to be read.
    """
    return _written(opened_json(text))


def opened_json(text: str) -> Any:
    """A JSON text whose numbers keep their digits; ``text_of`` writes each value.

    Raises:
        ValueError: it isn't JSON, or it names a key twice: a reader would lose one.
        RecursionError: it is nested too deeply to be read.
    """
    return json.loads(
        text,
        parse_float=_Literal,
        parse_int=_Literal,
        parse_constant=_refused,
        object_pairs_hook=_pairs,
    )


def text_of(value: Any, column: Column) -> str | None:
    """A value of an opened JSON text as a cell of the column is written; null is None.

    Raises:
        TypeError: a list or an object where the column holds something else.
    """
    if value is None:
        return None
    if column.type == ColumnType.JSON:
        return _written(value)
    if isinstance(value, list | dict):
        raise TypeError
    return value if isinstance(value, str) else _written(value)


def _refused(word: str) -> None:
    raise ValueError(word)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _written(value: Any) -> str:
    if isinstance(value, _Literal):
        return value.digits
    if isinstance(value, dict):
        inside = ",".join(f"{_quoted(k)}:{_written(value[k])}" for k in sorted(value))
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, str):
        return _quoted(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not _is_writable(text))


def _is_writable(text: str) -> bool:
    # JSON can escape half a surrogate pair, which UTF-8 can't write.
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)
