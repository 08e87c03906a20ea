"""What a source is asked and what it answers; the one vocabulary of all of them.

A refusal here is read by people and kept in logs, so its sentence never carries a
value, an identifier or a database's own message, which may quote either: it names the
part, the source, the kind of error and the database's code.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self
from uuid import UUID

from cases.enums import IdentifierKind
from cases.exceptions import CaseError
from disclosures.datamap.terms import AccountForm, Part, Window
from disclosures.exceptions import CollectionFailed

if TYPE_CHECKING:
    from disclosures.sources.guard import Guard

__all__ = [
    "Account",
    "Limits",
    "Pulled",
    "QueryFailed",
    "Resolver",
    "RoleCanWrite",
    "Source",
    "SourceTimedOut",
    "SourceUnavailable",
    "Window",
    "bound_form",
    "shown_parameters",
]


class SourceUnavailable(CaseError):
    """A source can't be reached now; trying again later may help."""


class QueryFailed(CollectionFailed):
    """A source refused a query, or what it returned doesn't fit the data map."""


class RoleCanWrite(CollectionFailed):
    """The role that reads a source could also write there."""


class SourceTimedOut(CollectionFailed):
    """A query took longer than it may."""


@dataclass(frozen=True)
class Account:
    """An account as the service knows it: its key, and its name as it stands there."""

    key: str
    name: str


@dataclass(frozen=True)
class Limits:
    """How long a source may take, and how much of it is in memory at once."""

    connect_seconds: int = 10
    statement_seconds: int = 300
    rows_at_once: int = 500
    duckdb_megabytes: int = 256
    # Of address space beyond what a child begins with. DuckDB and the reader of buckets
    # reserve 800 to 900 of it and touch a hundred.
    child_megabytes: int = 1536
    may_copy: bool = True  # False: PostgreSQL too goes the way of all databases


@dataclass(frozen=True)
class Pulled:
    """One exhibit's file and where it came from.

    ``total`` is how many records there were in the same snapshot; where the part's cap
    left some out, more than ``rows``. ``odd_cells`` counts the cells that didn't fit
    their column's type, bytes among them, and stand there in the source's own words
    (docs/datamap.md). ``left_out`` counts the rows that the source gave and the guard
    didn't keep, by reason; they are no part of either.
    """

    rows: int
    total: int
    size: int
    sha256: str
    sha512: str
    snapshot_at: datetime
    source_title: str
    read_as: str
    sql: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    odd_cells: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


def shown_parameters(
    part: Part, bound: Collection[str], account: Account, window: Window
) -> dict[str, str]:
    """The values bound for a part, as its provenance prints them; open ends aren't."""
    shown = {}
    if "account" in bound:
        shown["account"] = account.key
    if "name" in bound:
        shown["name"] = account.name
    if not part.timeless:
        ends = (("since", window.since), ("until", window.until))
        shown |= {name: end.isoformat() for name, end in ends if end is not None}
    return shown


# Python reads more than these as a number or a UUID: other scripts' digits, blanks,
# underscores. Those look like another's key and are nobody's.
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-?)(?:[0-9A-Fa-f]{4}\1){3}[0-9A-Fa-f]{12}")
_LONGEST_INTEGER = 40


def bound_form(value: str, form: AccountForm) -> str | int | None:
    """A key or identifier in the service's own form; None if it can't be one."""
    match form:
        case AccountForm.UUID:
            return str(UUID(value)) if _UUID.fullmatch(value) else None
        case AccountForm.INTEGER:
            # Python refuses to read thousands of digits; no key has as many.
            is_key = _INTEGER.fullmatch(value) and len(value) <= _LONGEST_INTEGER
            return int(value) if is_key else None
        case AccountForm.TEXT:
            return value if _is_storable(value) else None


def _is_storable(value: str) -> bool:
    """Whether a database could hold the text at all."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value


class Out(Protocol):
    """Where an exhibit's file goes: whole, or nothing is left of it.

    Each time that it is entered the file begins anew.
    """

    def __enter__(self) -> Self:
        """Begin the file."""

    def write(self, data: bytes, /) -> int:
        """Take a piece."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the whole file its name, or leave nothing."""


class Source(Protocol):
    """One system that records are read from, open for one run."""

    def pull(
        self,
        part: Part,
        *,
        account: Account,
        window: Window,
        inputs: Mapping[str, Path],
        guard: "Guard",
        out: Path,
    ) -> Pulled:
        """Write the part's records for one account into ``out``, whole or not at all.

        Every row passes ``guard`` before it is kept.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the query or what it returned is wrong.
            SourceTimedOut: it took too long.
        """

    def close(self) -> None:
        """Let go of the source. Closing twice is harmless."""


class Resolver(Protocol):
    """A source that can say which accounts an identifier names."""

    def resolve(self, kind: IdentifierKind, identifier: str) -> list[Account]:
        """The accounts that an identifier names, by the service's own rule.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the query is wrong.
            SourceTimedOut: it took too long.
        """
