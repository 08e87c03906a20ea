"""What a data map is made of, once it has been read and found whole.

Pure. Everything here is frozen: a case keeps the version that its scope was made with.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from cases.enums import DataClass, IdentifierKind
from cases.remains import Kept
from disclosures.enums import ColumnType, PartKind, ResponseCode

T = TypeVar("T")


@dataclass(frozen=True)
class Mistake:
    """One mistake in a data-map file: its line, its place, and a sentence."""

    line: int
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class MapError(Exception):
    """A data-map file that can't be used, with every mistake found in it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(
            "\n".join(f"line {m.line}: {m}" for m in mistakes) or "No data map."
        )
        self.mistakes = tuple(mistakes)


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


class SourceKind(StrEnum):
    """What a source is read by."""

    SQL = "sql"
    FILES = "files"


class AccountForm(StrEnum):
    """How the service writes the key of an account; it is bound in this form."""

    TEXT = "text"
    INTEGER = "integer"
    UUID = "uuid"


class Whose(StrEnum):
    """What a column says of whose the row is, and how that is compared."""

    ACCOUNT = "account"  # the key, in the form of the service's keys
    NAME = "name"  # the name, letter by letter
    NAME_ANY_CASE = "name_any_case"  # the name, whatever its capitals


@dataclass(frozen=True)
class Source:
    """One system that records are read from; its address comes from the settings."""

    name: str
    kind: SourceKind
    title: str


@dataclass(frozen=True)
class Resolve:
    """The query that leads from an identifier as served to the accounts it names."""

    kind: IdentifierKind
    source: str
    sql: str
    form: AccountForm


@dataclass(frozen=True)
class Column:
    """One column that may leave the source. What isn't listed never does.

    ``whose`` marks one that says whose the row is: each row is held to it.
    """

    name: str
    title: str
    description: str
    type: ColumnType
    zone: str = ""
    third_party: bool = False
    whose: Whose | None = None


@dataclass(frozen=True)
class Order:
    """One column that an exhibit is sorted by."""

    column: str
    is_descending: bool = False


@dataclass(frozen=True)
class Part:
    """One answer to a category: a query, something derived, a statement, or an order.

    ``response`` is the code when rows are found, or the code of the statement.
    ``statement`` is what a statement part says, and the note printed with any other.
    Bounds of time: ``window`` names the column that the engine bounds; with neither
    ``window`` nor ``timeless`` the query itself binds ``:since`` and ``:until``;
    ``timeless`` says why the part has no dates to be narrowed by. ``kept`` says how
    long its records are kept, and in which time the source had this shape. Where
    ``most_rows`` isn't 0, the exhibit holds no more than the first so many. A part of
    kind ``manual`` goes to the data owners of the group ``owner``, to be answered
    within ``due_days`` days, by the ``instructions``.
    """

    code: str
    title: str
    kind: PartKind
    response: ResponseCode
    source: str = ""
    sql: str = ""
    inputs: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    order_by: tuple[Order, ...] = ()
    window: str = ""
    timeless: str = ""
    statement: str = ""
    empty_statement: str = ""
    limits: tuple[str, ...] = ()
    kept: Kept = field(default_factory=Kept)
    most_rows: int = 0
    owner: str = ""
    instructions: str = ""
    due_days: int = 0

    def column(self, name: str) -> Column:
        """The column of this name.

        Raises:
            KeyError: the part doesn't describe it.
        """
        return _named(self.columns, "name", name)


@dataclass(frozen=True)
class Category:
    """One heading of what requests ask for, and how it is answered."""

    code: str
    number: int
    title: str
    usual_words: str
    data_class: DataClass
    held: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class DataMap:
    """What one service holds and how it is fetched."""

    service: str
    title: str
    version: str
    zone: str
    account_form: AccountForm
    sources: tuple[Source, ...]
    resolve: tuple[Resolve, ...]
    categories: tuple[Category, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part, in the order of the file."""
        return tuple(part for category in self.categories for part in category.parts)

    def source(self, name: str) -> Source:
        """The source of this name.

        Raises:
            KeyError: the map doesn't name it.
        """
        return _named(self.sources, "name", name)

    def category(self, code: str) -> Category:
        """The category of this code.

        Raises:
            KeyError: the map doesn't have it.
        """
        return _named(self.categories, "code", code)

    def part(self, code: str) -> Part:
        """The part of this code.

        Raises:
            KeyError: the map doesn't have it.
        """
        return _named(self.parts, "code", code)

    def category_of(self, part_code: str) -> Category:
        """The category that a part answers.

        Raises:
            KeyError: the map doesn't have the part.
        """
        for category in self.categories:
            if any(part.code == part_code for part in category.parts):
                return category
        raise KeyError(part_code)

    def resolver(self, kind: str) -> Resolve:
        """The query that resolves this kind of identifier.

        Raises:
            KeyError: the map can't resolve it.
        """
        return _named(self.resolve, "kind", kind)


def _named(things: tuple[T, ...], attribute: str, value: str) -> T:
    for thing in things:
        if getattr(thing, attribute) == value:
            return thing
    raise KeyError(value)
