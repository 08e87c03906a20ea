"""What a data-map file may say, and the reading of it.

Pure. The map is the list of what may leave a service's database: a column that isn't
described here is never asked for (docs/datamap.md). Every mistake is named with its
line and place, and a file with a mistake isn't a map.
"""

import hashlib
import re
from typing import Any

from cases.enums import DataClass, IdentifierKind
from cases.remains import Kept
from disclosures.datamap import wholeness
from disclosures.datamap.reading import Book, Table
from disclosures.datamap.terms import (
    AccountForm,
    Category,
    Column,
    DataMap,
    MapError,
    Mistake,
    Order,
    Part,
    Resolve,
    Source,
    SourceKind,
    Whose,
)
from disclosures.enums import ColumnType, PartKind, ResponseCode

__all__ = [
    "AccountForm",
    "Category",
    "Column",
    "DataMap",
    "MapError",
    "Mistake",
    "Order",
    "Part",
    "Resolve",
    "Source",
    "SourceKind",
    "Whose",
    "digest",
    "parse",
]

_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_PART_CODE = re.compile(r"[0-9a-z][0-9a-z_]{0,11}")
_COLUMN = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_ORDER = re.compile(r"([a-z_][a-z0-9_]*)(?: (asc|desc))?")


def digest(text: str) -> str:
    """SHA-256 of the file's exact bytes in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str) -> DataMap:
    """Read a data map.

    Raises:
        MapError: with every mistake found, each with line, place and sentence.
    """
    book = Book(text)
    top = book.top
    zone = top.text("zone", needed=False) or "UTC"
    found = DataMap(
        service=top.text("service", longest=100),
        title=top.text("title", longest=200),
        version=top.text("version", longest=40),
        zone=zone,
        account_form=top.choice("account_form", AccountForm),
        sources=tuple(_source(n, t) for n, t in top.children("sources").items()),
        resolve=_resolve(top.children("resolve"), top),
        categories=tuple(
            _category(table, zone)
            for table in top.tables("categories", _by_code("category"))
        ),
    )
    top.close()
    if book.is_shapely:
        wholeness.check(found, book)
    if book.mistakes:
        raise MapError(sorted(set(book.mistakes), key=lambda m: (m.line, m.place)))
    return found


def _by_code(word: str, key: str = "code") -> Any:
    return lambda values: f"{word} “{values.get(key, '?')}”"


def _code(table: Table, key: str, pattern: re.Pattern[str], words: str) -> str:
    value = table.text(key)
    if value and not pattern.fullmatch(value):
        table.wrong(key, f"“{value}” can't be used: {words}.")
    return value


def _source(name: str, table: Table) -> Source:
    if not _CODE.fullmatch(name):
        table.wrong("", "A source's name is small letters, digits and low lines.")
    source = Source(
        name, table.choice("kind", SourceKind), table.text("title", longest=200)
    )
    table.close()
    return source


def _resolve(tables: dict[str, Table], top: Table) -> tuple[Resolve, ...]:
    found = []
    for name, table in tables.items():
        if name not in IdentifierKind.values:
            known = ", ".join(IdentifierKind.values)
            table.wrong("", f"“{name}” isn't a kind of identifier: {known}.")
            continue
        found.append(
            Resolve(
                kind=IdentifierKind(name),
                source=table.text("source"),
                sql=table.raw("sql"),
                form=table.choice("form", AccountForm, AccountForm.TEXT),
            )
        )
        table.close()
    if "resolve" in top.values and not tables:
        top.wrong(
            "resolve", "Say for at least one kind of identifier how it is resolved."
        )
    return tuple(found)


def _category(table: Table, zone: str) -> Category:
    category = Category(
        code=_code(table, "code", _CODE, "small letters, digits and low lines"),
        number=table.number("number"),
        title=table.text("title", longest=200),
        usual_words=table.text("usual_words"),
        data_class=table.choice("data_class", DataClass),
        held=table.text("held"),
        parts=tuple(
            _part(each, zone) for each in table.tables("parts", _by_code("part"))
        ),
    )
    table.close()
    return category


def _part(table: Table, zone: str) -> Part:
    kind = table.choice("kind", PartKind)
    shared: dict[str, Any] = {
        "code": _code(table, "code", _PART_CODE, "up to 12 small letters and digits"),
        "title": table.text("title", longest=200),
        "kind": kind,
        "response": table.choice("response", ResponseCode),
        "limits": table.texts("limits"),
        "statement": table.text("statement", needed=kind is PartKind.STATEMENT),
    }
    if kind is PartKind.MANUAL:
        shared |= _ordered(table, zone)
    elif kind is not PartKind.STATEMENT:
        shared |= _fetched(table, kind, zone)
    table.close()
    return Part(**shared)


def _ordered(table: Table, zone: str) -> dict[str, Any]:
    return {
        "owner": table.text("owner", longest=150),
        "instructions": table.text("instructions", longest=4_000),
        "due_days": table.number("due_days"),
        **_records(table, zone),
    }


def _fetched(table: Table, kind: PartKind, zone: str) -> dict[str, Any]:
    is_query = kind is PartKind.QUERY
    return {
        "source": table.text("source") if is_query else "",
        "inputs": table.texts("inputs", needed=not is_query),
        "sql": table.raw("sql"),
        "most_rows": table.number("most_rows", needed=False),
        **_records(table, zone),
    }


def _records(table: Table, zone: str) -> dict[str, Any]:
    """What is said of records, however they come."""
    return {
        "columns": tuple(
            _column(each, zone)
            for each in table.tables("columns", _by_code("column", "name"))
        ),
        "order_by": _order(table),
        "window": table.text("window", needed=False),
        "timeless": table.text("timeless", needed=False),
        "empty_statement": table.text("empty_statement"),
        "kept": _kept(table),
    }


def _kept(table: Table) -> Kept:
    retention, valid = table.child("retention"), table.child("valid")
    said: dict[str, Any] = {}
    if retention:
        said = {
            "words": retention.text("words"),
            "days": retention.number("days", needed=False),
            "with_account": retention.flag("while_account_exists"),
        }
        if ("days" in retention.values) == said["with_account"]:
            retention.wrong("", "Say either “days” or “while_account_exists = true”.")
        retention.close()
    if valid:
        said |= {"since": valid.moment("from"), "until": valid.moment("until")}
        since, until = said["since"], said["until"]
        if not valid.values:
            valid.wrong("", "Say “from”, “until” or both.")
        if since and until and since >= until:
            valid.wrong("until", "This ends before it begins.")
        valid.close()
    return Kept(**said)


def _column(table: Table, zone: str) -> Column:
    kind = table.choice("type", ColumnType)
    own = table.text("zone", needed=False)
    if own and kind is not ColumnType.TIMESTAMP:
        table.wrong("zone", "Only a column of times has a time zone.")
    column = Column(
        name=_code(table, "name", _COLUMN, "small letters, digits and low lines"),
        title=table.text("title", longest=200),
        description=table.text("description"),
        type=kind,
        zone=(own or zone) if kind is ColumnType.TIMESTAMP else "",
        third_party=table.flag("third_party"),
        whose=table.choice("whose", Whose, Whose.ACCOUNT)
        if "whose" in table.values
        else None,
    )
    table.close()
    return column


def _order(table: Table) -> tuple[Order, ...]:
    orders = []
    for words in table.texts("order_by", needed=True):
        match = _ORDER.fullmatch(words)
        if match:
            orders.append(Order(match[1], match[2] == "desc"))
        else:
            table.wrong(
                "order_by",
                f"“{words}” isn't “column” or “column desc”.",
            )
    return tuple(orders)
