"""Records from a database: by SQLAlchemy Core, over a connection that can only read.

Three rules hold. Values are bound, never formatted in, and bound without a type, so
that the column decides how they are compared and no row is lost to a driver's guess.
The map's query is wrapped: the outer SELECT lists the described columns, bounds the
window and sorts, with every other column as the tiebreak. Rows pass in small
partitions from the driver to the file; a result is never in memory whole.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, bindparam, column, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.types import NullType

from cases.enums import IdentifierKind
from disclosures.datamap import sqltext
from disclosures.datamap.terms import AccountForm, Column, DataMap, Part
from disclosures.datamap.terms import Source as Described
from disclosures.enums import ColumnType
from disclosures.sources import cells, engines, rights
from disclosures.sources.base import (
    Account,
    Limits,
    Pulled,
    QueryFailed,
    RoleCanWrite,
    SourceTimedOut,
    SourceUnavailable,
    Window,
    bound_form,
    shown_parameters,
)
from disclosures.sources.csvfile import CsvFile
from disclosures.sources.guard import Guard

T = TypeVar("T")
_FIRST, _LAST = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"
_MOST_ACCOUNTS = 100
_RESOLVING = "The query that resolves accounts"


class SqlSource:
    """One database, open for one run: one connection, one read-only snapshot."""

    def __init__(
        self, datamap: DataMap, described: Described, address: str, limits: Limits
    ) -> None:
        self._map = datamap
        self._described = described
        self._limits = limits
        self._deadline = engines.Deadline()
        self._engine = engines.open_engine(address, limits, self._deadline)
        self._connection: Connection | None = None
        self._snapshot_at = ""
        self._read_as = ""

    def resolve(self, kind: IdentifierKind, identifier: str) -> list[Account]:
        """The accounts that an identifier names, as the service compares names.

        An identifier that can't be a key of the service (not a UUID, say) names nobody.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the query is wrong.
            SourceTimedOut: it took too long.
        """
        resolver = self._map.resolver(kind)
        value = bound_form(identifier, resolver.form)
        if value is None:
            return []
        query = _accounts(resolver.sql, value).limit(_MOST_ACCOUNTS + 1)
        what = _RESOLVING

        def fetch() -> list[Account]:
            rows = self._open().execute(query).all()
            if any(key is None for key, _name in rows):
                raise QueryFailed(f"{what} gives an account without a key.")
            named = ((key, "" if name is None else name) for key, name in rows)
            return [Account(str(key), str(name)) for key, name in named]

        found = self._guarded(what, fetch)
        if len(found) > _MOST_ACCOUNTS:
            raise QueryFailed(
                f"{what} finds more than {_MOST_ACCOUNTS} accounts for one identifier."
            )
        return found

    def probe_resolver(self, kind: IdentifierKind) -> None:
        """Ask whether identifiers of this kind can be resolved, without reading a row.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: they can't; a table or column may be missing.
            SourceTimedOut: it took too long.
        """
        resolver = self._map.resolver(kind)
        query = _accounts(resolver.sql, _nobody(resolver.form)).limit(0)
        self._guarded(_RESOLVING, lambda: self._open().execute(query).all())

    def pull(
        self,
        part: Part,
        *,
        account: Account,
        window: Window,
        inputs: Mapping[str, Path],
        guard: Guard,
        out: Path,
    ) -> Pulled:
        """Write one part's records of one account into ``out``, whole or not at all.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the query or what it returned is wrong.
            SourceTimedOut: it took too long.
        """
        if inputs:
            raise QueryFailed(f"Part {part.code}: a database can't read exhibits.")

        def stream() -> tuple[CsvFile, int]:
            query, most = self._query(part, account, window), part.most_rows
            file = self._written(query.limit(most) if most else query, guard, out, most)
            left_out = sum(guard.left_out.values())
            if not most or file.total + left_out < most:
                return file, file.total
            if left_out:  # the limit counted what doesn't belong: read to the end
                file = self._written(query, guard, out, most)
                return file, file.total
            # There may be more, in the same snapshot; counting reads none of it.
            return file, self._open().execute(_count(query)).scalar_one()

        file, total = self._guarded(f"Part {part.code}", stream)
        return Pulled(
            rows=file.rows,
            total=total,
            size=file.size,
            sha256=file.sha256,
            sha512=file.sha512,
            snapshot_at=datetime.fromisoformat(self._snapshot_at),
            source_title=self._described.title,
            read_as=self._read_as,
            sql=part.sql.strip(),
            parameters=shown_parameters(part, sqltext.binds(part.sql), account, window),
            odd_cells=file.cells.odd,
            left_out=guard.left_out,
        )

    def _written(self, query: Any, guard: Guard, out: Path, most_rows: int) -> CsvFile:
        with CsvFile(out, guard, most_rows) as file:
            options = {"yield_per": self._limits.rows_at_once}
            with self._open().execute(query, execution_options=options) as result:
                for rows in result.partitions():
                    file.write(rows)
                    self._check_time()
        return file

    def probe(self, part: Part) -> None:
        """Ask the source whether it can answer the part, without reading a row.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: it can't; a described column may be missing.
            SourceTimedOut: it took too long.
        """
        nobody = Account(str(_nobody(self._map.account_form)), "")
        query = self._query(part, nobody, Window())
        self._guarded(
            f"Part {part.code}", lambda: self._open().execute(query.limit(0)).all()
        )

    def count(self, part: Part, account: Account, window: Window) -> int:
        """How many records the part has of one account; none of them is read.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the query is wrong.
            SourceTimedOut: it took too long.
        """
        rows = self._query(part, account, window).order_by(None).subquery("counted")
        query = select(func.count()).select_from(rows)
        return self._guarded(
            f"Part {part.code}", lambda: int(self._open().execute(query).scalar_one())
        )

    def require_reader(self, queries: Iterable[str]) -> None:
        """Make sure that the role can't write to any table that the queries name.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: the catalogue doesn't say.
            RoleCanWrite: it could; the sentence names the tables.
            SourceTimedOut: it took too long.
        """
        words = frozenset(word for sql in queries for word in sqltext.names(sql))
        found = self._guarded(
            "What the role may do", lambda: rights.writable(self._open(), words)
        )
        if not found:
            return
        what = "everything" if found.everything else ", ".join(found.tables)
        raise RoleCanWrite(
            f"The role that reads “{self._described.title}” could write to {what}."
            " Candor reads by a role that can only read (docs/datamap.md)."
        )

    def close(self) -> None:
        """Let go of the connection; its snapshot ends."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
            except SQLAlchemyError:
                connection.invalidate()
        self._engine.dispose()

    def _open(self) -> Connection:
        self._deadline.start(self._limits.statement_seconds)
        if self._connection is None:
            connection = self._engine.connect()
            try:
                engines.begin(connection, self._limits)
                now = connection.exec_driver_sql(
                    "SELECT CURRENT_TIMESTAMP"
                ).scalar_one()
                self._snapshot_at = cells.instant(str(now), ZoneInfo("UTC")) or ""
                self._read_as = engines.reader(connection)
            except BaseException:
                connection.invalidate()
                raise
            self._connection = connection
        return self._connection

    def _check_time(self) -> None:
        if self._deadline.has_passed():
            raise TimeoutError

    def _query(self, part: Part, account: Account, window: Window) -> Select[Any]:
        dialect = self._engine.dialect.name
        key = bound_form(account.key, self._map.account_form)
        zone = part.column(part.window).zone if part.window else self._map.zone
        values = {
            "account": "" if key is None else key,
            "name": account.name,
            "since": bound_time(window.since, zone, dialect) or _FIRST,
            "until": bound_time(window.until, zone, dialect) or _LAST,
        }
        used = {name: values[name] for name in sqltext.binds(part.sql)}
        inner = _inner(part.sql, [each.name for each in part.columns], used)
        query = select(*inner.c)
        if part.window:
            query = _within(query, inner.c[part.window], zone, window, dialect)
        return query.order_by(*_order(part, inner))

    def _guarded(self, what: str, work: Callable[[], T]) -> T:
        """Run the work; turn what the database says into a sentence without values."""
        try:
            return work()
        except DBAPIError as error:
            refusal = self._refusal(what, error)
        except TimeoutError:
            refusal = SourceTimedOut(f"{what}: {self._too_long()}")
        except cells.MisfitError as error:
            refusal = QueryFailed(
                f"{what}: {error}. The data map describes it wrongly."
            )
        except (SQLAlchemyError, UnicodeError) as error:
            refusal = QueryFailed(f"{what} can't be run: {type(error).__name__}.")
        # Raised outside the except blocks: the error with its values isn't chained.
        self._drop()
        raise refusal

    def _refusal(
        self, what: str, error: DBAPIError
    ) -> SourceUnavailable | QueryFailed | SourceTimedOut:
        code = engines.code_of(error)
        title = self._described.title
        if engines.is_timed_out(code) or self._deadline.has_passed():
            return SourceTimedOut(f"{what}: {self._too_long()}")
        where = f" (code {code})" if code else ""
        if engines.is_unavailable(error, code):
            return SourceUnavailable(f"The source “{title}” can't be reached{where}.")
        words = engines.words_of(code) or type(error.orig).__name__
        return QueryFailed(f"{what}: “{title}” refused the query: {words}{where}.")

    def _too_long(self) -> str:
        seconds = self._limits.statement_seconds
        return f"“{self._described.title}” took longer than {seconds} seconds."

    def _drop(self) -> None:
        # A failed transaction can't go on. Whatever is pulled next sees a new snapshot.
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _nobody(form: AccountForm) -> str | int:
    """A key in the service's form that is nobody's."""
    match form:
        case AccountForm.UUID:
            return str(UUID(int=0))
        case AccountForm.INTEGER:
            return 0
        case AccountForm.TEXT:
            return ""


def bound_time(moment: datetime | None, zone: str, dialect: str) -> str | None:
    """An end of the window as text, in the zone of the column it is compared with."""
    if moment is None:
        return None
    local = moment.astimezone(ZoneInfo(zone))
    # PostgreSQL takes the offset where the column has one, and drops it where not.
    kept = local if dialect == "postgresql" else local.replace(tzinfo=None)
    return kept.isoformat(" ")


def _inner(sql: str, names: list[str], values: Mapping[str, str | int]) -> Any:
    bound = [bindparam(name, value, type_=NullType()) for name, value in values.items()]
    query = text(sqltext.for_sqlalchemy(sql)).bindparams(*bound)
    return query.columns(*[column(name) for name in names]).subquery("part")


def _accounts(sql: str, identifier: str | int) -> Select[Any]:
    inner = _inner(sql, ["account_key", "account_name"], {"identifier": identifier})
    query = select(inner.c.account_key, inner.c.account_name).distinct()
    return query.order_by(inner.c.account_name, inner.c.account_key)


def _within(
    query: Select[Any], place: Any, zone: str, window: Window, dialect: str
) -> Select[Any]:
    """Half-open: an instant equal to ``until`` is outside."""
    if dialect == "sqlite":
        # SQLite keeps times as text of any shape; ours is the one that sorts by time.
        place = func.candor_instant(place, zone)
        since, until = (e and e.isoformat() for e in (window.since, window.until))
    else:
        since = bound_time(window.since, zone, dialect)
        until = bound_time(window.until, zone, dialect)
    if since is not None:
        query = query.where(place >= bindparam("part_since", since, type_=NullType()))
    if until is not None:
        query = query.where(place < bindparam("part_until", until, type_=NullType()))
    return query


def _count(query: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(query.order_by(None).subquery("counted"))


def _order(part: Part, inner: Any) -> list[Any]:
    order = [
        inner.c[each.column].desc()
        if each.is_descending
        else inner.c[each.column].asc()
        for each in part.order_by
    ]
    named = {each.column for each in part.order_by}
    return order + [
        inner.c[each.name].asc() for each in part.columns if _breaks_ties(each, named)
    ]


def _breaks_ties(each: Column, named: set[str]) -> bool:
    # PostgreSQL can't sort by its type json.
    return each.name not in named and each.type is not ColumnType.JSON
