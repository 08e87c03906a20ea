"""PostgreSQL's fast way: rows come by COPY, as the lines that an exhibit has.

One rule decides whether a part goes this way (``prepared``): each value that it binds
and each column that it returns has a type of the closed lists below, for which the text
that the server makes is the cell's one form (``cells``) to the byte. Whatever isn't in
them goes the general way: JSON, arrays, bytes, floats, times in another zone than UTC.

COPY takes no values beside its statement. They are set for the transaction by
``set_config``, whose values are bound, and the statement reads them with
``current_setting``, cast to the type that the server itself finds for the value where
it stands: the statement's text holds names and never a value.

Behind a row's cells stands how many of them are odd; nothing where none is and the row
has, in the very columns that are written, exactly what the guard expects. All others
are judged here, one by one (``CsvFile.write_copied``).
"""

import select
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
    true,
)
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import NullType

from disclosures.datamap.terms import Column, Part
from disclosures.enums import ColumnType
from disclosures.sources.guard import Guard
from disclosures.sources.queries import Bind, Value, beside

Place = tuple[ColumnElement[Any], Column, int]
Build = Callable[[Bind], Select[Any]]
_POSITIONAL = PGDialect(paramstyle="numeric_dollar")
_BYTES = 1 << 17  # of rows that are in memory at once

_BOOLEAN, _BIGINT, _SMALLINT, _INTEGER, _OID = 16, 20, 21, 23, 26
_NAME, _TEXT, _CIDR, _INET, _BPCHAR, _VARCHAR = 19, 25, 650, 869, 1042, 1043
_DATE, _TIMESTAMP, _TIMESTAMPTZ, _INTERVAL = 1082, 1114, 1184, 1186
_NUMERIC, _UUID = 1700, 2950
_WHOLE = {_BIGINT, _SMALLINT, _INTEGER, _OID}
# As the server writes them, in a session that ``engines.begin`` has set up.
_WORDS = {
    *{_NAME, _TEXT, _BPCHAR, _VARCHAR, _UUID, _NUMERIC, _CIDR, _INET, _INTERVAL},
    *{_DATE, _TIMESTAMP, _TIMESTAMPTZ},
}
_TYPES = {  # that a value may be cast to; names without a length, which would cut
    _BIGINT: "int8",
    _SMALLINT: "int2",
    _INTEGER: "int4",
    _NUMERIC: "numeric",
    _NAME: "name",
    _TEXT: "text",
    _BPCHAR: "bpchar",
    _VARCHAR: "varchar",
    _UUID: "uuid",
    _INET: "inet",
    _DATE: "date",
    _TIMESTAMP: "timestamp",
    _TIMESTAMPTZ: "timestamptz",
}
# A type that an extension or the service made is read as its text, so these two are.
_MADE = (
    "SELECT oid, oid::regtype::text FROM pg_catalog.pg_type"
    " WHERE oid = ANY(%s) AND (typtype = 'e' OR typname = 'citext')"
)
_PADDED = {_BPCHAR, _NUMERIC, _BOOLEAN, _CIDR, _INET}  # cast to text, they may differ
_SHAPES = {
    _DATE: 'YYYY-MM-DD"T00:00:00+00:00"',
    _TIMESTAMP: 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"',
    _TIMESTAMPTZ: 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"',
}
_UTC = {"", "UTC", "Etc/UTC"}
_MARKED = "candor."


class _Setting(BindParameter[Any]):
    """A value that the statement reads from the transaction's settings."""

    inherit_cache = False

    def __init__(self, name: str, value: Value, kind: str) -> None:
        super().__init__(name, value, type_=NullType())
        self.kind = kind


@compiles(_Setting)
def _read(element: _Setting, _compiler: Any, **_options: Any) -> str:
    return f"CAST(current_setting('{_MARKED}{element.key}') AS {element.kind})"


@dataclass(frozen=True)
class _Described:
    """What the server makes of a query: the types of its values and its columns."""

    values: dict[str, Value]
    kinds: dict[str, int]
    columns: list[int]


def prepared(
    connection: Connection, part: Part, guard: Guard, build: Build
) -> Select[Any] | None:
    """The part's query for ``rows``, its values set; None if it goes the general way.

    ``build`` makes the query with its values standing as they are told to.

    Raises:
        DBAPIError: the source refuses the query, as it would the general way.
    """
    raw = _raw(connection)
    if raw.info.parameter_status("server_encoding") == "SQL_ASCII":
        return None  # the server would hand over any bytes as text
    with _as_sqlalchemy_says(raw):
        asked = _described(raw, build(beside))
        made = _made(raw, [*asked.kinds.values(), *asked.columns])
        types = _TYPES | made
        found = zip(part.columns, asked.columns, strict=True)
        if not all(kind in types for kind in asked.kinds.values()) or not all(
            _has_form(column, kind, made) for column, kind in found
        ):
            return None
        for name, value in asked.values.items():
            _set(raw, name, str(value))
    query = build(lambda name, value: _Setting(name, value, types[asked.kinds[name]]))
    places: list[Place] = list(
        zip(query.selected_columns, part.columns, asked.columns, strict=True)
    )
    with _as_sqlalchemy_says(raw):
        expected = _expected(raw, places, guard)
    forms = [_form(*place) for place in places]
    return query.with_only_columns(
        *forms, _mark(places, expected), maintain_column_froms=True
    )


def rows(
    connection: Connection, query: Select[Any]
) -> Generator[list[bytes], None, None]:
    """The rows of such a query, some at once: CSV, each with its line feed.

    Raises:
        DBAPIError: the source broke off.
    """
    compiled = query.compile(
        dialect=_POSITIONAL, compile_kwargs={"literal_binds": True}
    )
    statement = f"COPY ({compiled}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')"
    raw = _raw(connection)
    with _as_sqlalchemy_says(raw), _copying(raw, statement) as arriving:
        get, some, total = raw.pgconn.get_copy_data, list[bytes](), 0
        while (sent := get(1))[0] >= 0:
            if not sent[0]:
                arriving.poll()
                raw.pgconn.consume_input()
                continue
            some.append(bytes(sent[1]))
            total += sent[0]
            if total >= _BYTES:
                yield some
                some, total = [], 0
        yield some


@contextmanager
def _copying(raw: psycopg.Connection[Any], statement: str) -> Iterator[select.poll]:
    """A COPY that is read to its end; a connection that is left in one is closed.

    Gives what waits until more of it arrives.
    """
    # The driver's own COPY passes each row through a generator: half of all the time.
    _checked(raw.pgconn.exec_(statement.encode()), raw, ExecStatus.COPY_OUT)
    arriving = select.poll()
    arriving.register(raw.pgconn.socket, select.POLLIN)
    try:
        yield arriving
    except BaseException:
        raw.close()
        raise
    while (result := raw.pgconn.get_result()) is not None:
        _checked(result, raw)


def _mark(
    places: list[Place], expected: ColumnElement[bool] | None
) -> ColumnElement[Any]:
    """How many cells of a row are odd; NULL if none is and the row is as expected."""
    ordinary = [
        place.is_(None) | _is_ordinary(place, kind)
        for place, column, kind in places
        if column.type is ColumnType.TIMESTAMP
    ]
    odd: ColumnElement[Any] = literal_column("0")
    for one in ordinary:
        odd += case((one, 0), else_=1)
    if expected is None:
        return odd
    return case((and_(expected, *ordinary), null()), else_=odd)


def _expected(
    raw: psycopg.Connection[Any], places: list[Place], guard: Guard
) -> ColumnElement[bool] | None:
    """That a row has what the guard expects; None where that can't be said here."""
    certain = guard.certain
    if certain is None:
        return None
    texts, times = certain
    found: list[ColumnElement[bool]] = []
    for position, text in texts.items():
        place, _column, kind = places[position]
        if kind in _PADDED:
            return None
        wanted = _once(raw, f"guard_{position}", text, "text")
        found.append(cast(place, Text).collate("C") == wanted)
    for position, (since, until) in times.items():
        place, _column, kind = places[position]
        if kind not in _SHAPES:
            return None
        of_kind = _TYPES[kind if kind == _TIMESTAMPTZ else _TIMESTAMP]
        if since:
            name = f"guard_{position}_since"
            found.append(place >= _once(raw, name, since.isoformat(" "), of_kind))
        if until:
            name = f"guard_{position}_until"
            found.append(place < _once(raw, name, until.isoformat(" "), of_kind))
    return and_(true(), *found)


def _once(
    raw: psycopg.Connection[Any], name: str, value: str, kind: str
) -> ColumnElement[Any]:
    """A value that is set, and read once for all the rows."""
    _set(raw, name, value)
    setting = f"current_setting('{_MARKED}{name}')"
    return literal_column(" ".join(("(SELECT CAST(", setting, "AS", kind, "))")))


def _set(raw: psycopg.Connection[Any], name: str, value: str) -> None:
    raw.execute("SELECT set_config(%s, %s, true)", [f"{_MARKED}{name}", value])


def _has_form(column: Column, kind: int, made: Collection[int]) -> bool:
    """Whether what the server writes for a type is the cell's one form."""
    match column.type:
        case ColumnType.INTEGER:
            return kind in _WHOLE
        case ColumnType.BOOLEAN:
            return kind == _BOOLEAN
        case ColumnType.TIMESTAMP:
            is_instant = kind == _TIMESTAMPTZ
            return is_instant or (kind in _SHAPES and column.zone in _UTC)
        case ColumnType.JSON:
            return False
        case _:
            return kind in _WORDS | _WHOLE | {_BOOLEAN} or kind in made


def _form(place: ColumnElement[Any], column: Column, kind: int) -> ColumnElement[Any]:
    if kind == _BOOLEAN:
        return cast(place, Text)
    if column.type is not ColumnType.TIMESTAMP:
        return place
    written = func.replace(
        func.to_char(place, literal_column(f"'{_SHAPES[kind]}'")),
        literal_column("'.000000'"),
        literal_column("''"),
    )
    return case((_is_ordinary(place, kind), written), else_=cast(place, Text))


def _is_ordinary(place: ColumnElement[Any], kind: int) -> ColumnElement[bool]:
    """Whether a time lies in the years that have a form; infinity doesn't."""
    start: list[ColumnElement[Any]] = [
        literal_column(f"CAST('{year}-01-01 00:00:00+00' AS {_TYPES[kind]})")
        for year in ("0001", "10000")
    ]
    return and_(place >= start[0], place < start[1])


def _described(raw: psycopg.Connection[Any], query: Select[Any]) -> _Described:
    compiled = query.compile(dialect=_POSITIONAL)
    values = {name: compiled.params[name] for name in compiled.positiontup or ()}
    transformer = Transformer(raw)
    sent = [transformer.get_dumper(v, PyFormat.AUTO).oid for v in values.values()]
    _checked(raw.pgconn.prepare(b"", str(compiled).encode(), sent), raw)
    found = _checked(raw.pgconn.describe_prepared(b""), raw)
    kinds = [found.param_type(n) for n in range(found.nparams)]
    return _Described(
        values,
        dict(zip(values, kinds, strict=True)),
        [found.ftype(n) for n in range(found.nfields)],
    )


def _made(raw: psycopg.Connection[Any], kinds: Collection[int]) -> dict[int, str]:
    own = [kind for kind in set(kinds) if kind >= 1 << 14]  # below are the server's
    return dict(raw.execute(_MADE, [own]).fetchall()) if own else {}


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    found: Any = connection.connection.driver_connection
    raw: psycopg.Connection[Any] = found
    return raw


def _checked(
    result: PGresult,
    raw: psycopg.Connection[Any],
    wanted: ExecStatus = ExecStatus.COMMAND_OK,
) -> PGresult:
    if result.status != wanted:
        raise psycopg.errors.error_from_result(result, raw.info.encoding)
    return result


@contextmanager
def _as_sqlalchemy_says(raw: psycopg.Connection[Any]) -> Iterator[None]:
    """The driver's errors as those of the general way."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError(
            None, None, error, hide_parameters=True, connection_invalidated=raw.broken
        ) from None
