"""What a source is asked and what it answers; the one vocabulary of all of them.

A refusal here is read by people and kept in logs, so its sentence never carries a
value, an identifier or a database's own message, which may quote either: it names the
part, the source, the kind of error and the database's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from cases.enums import IdentifierKind
from cases.exceptions import CaseError
from disclosures.datamap.terms import Part
from disclosures.exceptions import CollectionFailed


class SourceUnavailable(CaseError):
    """A source can't be reached now; trying again later may help."""


class QueryFailed(CollectionFailed):
    """A source refused a query, or what it returned doesn't fit the data map."""


class SourceTimedOut(CollectionFailed):
    """A query took longer than it may."""


@dataclass(frozen=True)
class Account:
    """An account as the service knows it: its key, and its name as it stands there."""

    key: str
    name: str


@dataclass(frozen=True)
class Window:
    """A half-open stretch of time, ``since`` <= instant < ``until``; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Keep both ends as instants in UTC.

        Raises:
            ValueError: an end without a zone, or an end that doesn't follow the start.
        """
        for name in ("since", "until"):
            end = getattr(self, name)
            if end is not None and end.tzinfo is None:
                raise ValueError("A window is made of instants: give the zone.")
            if end is not None:
                object.__setattr__(self, name, end.astimezone(UTC))
        if self.since and self.until and self.since >= self.until:
            raise ValueError("The window ends before it begins.")

    def covers(self, other: "Window") -> bool:
        """Whether every instant of the other window lies in this one."""
        starts = self.since is None or (
            other.since is not None and self.since <= other.since
        )
        ends = self.until is None or (
            other.until is not None and other.until <= self.until
        )
        return starts and ends


@dataclass(frozen=True)
class Limits:
    """How long a source may take, and how much of it is in memory at once."""

    connect_seconds: int = 10
    statement_seconds: int = 300
    rows_at_once: int = 500
    duckdb_megabytes: int = 256


@dataclass(frozen=True)
class Pulled:
    """One exhibit's file and where it came from.

    ``odd_cells`` counts the cells that didn't fit their column's type, bytes among
    them, and stand there in the source's own words (docs/datamap.md).
    """

    rows: int
    size: int
    sha256: str
    sha512: str
    snapshot_at: datetime
    source_title: str
    read_as: str
    sql: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    odd_cells: int = 0


class Source(Protocol):
    """One system that records are read from, open for one run."""

    def pull(
        self,
        part: Part,
        *,
        account: Account,
        window: Window,
        inputs: Mapping[str, Path],
        out: Path,
    ) -> Pulled:
        """Write the part's records for one account into ``out``, whole or not at all.

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
