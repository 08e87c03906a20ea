"""Records from a database: by SQLAlchemy Core, over a connection that can only read.

Three rules hold. Values are bound, never formatted in, and bound without a type, so
that the column decides how they are compared and no row is lost to a driver's guess.
The map's query is wrapped: the outer SELECT lists the described columns, bounds the
window and sorts, with every other column as the tiebreak (``queries``). Rows pass in
small partitions from the driver to the file; a result is never in memory whole.

PostgreSQL's rows come by COPY where that certainly gives the same file (``pgcopy``).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cases.enums import IdentifierKind
from disclosures.datamap import sqltext
from disclosures.datamap.terms import DataMap, Part
from disclosures.datamap.terms import Source as Described
from disclosures.sources import cells, engines, pgcopy, queries, rights
from disclosures.sources.base import (
    Account,
    Limits,
    Out,
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
Write = Callable[[Select[Any], CsvFile], None]
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
        query = queries.of_accounts(resolver.sql, value).limit(_MOST_ACCOUNTS + 1)
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
        nobody = queries.nobody(resolver.form)
        query = queries.of_accounts(resolver.sql, nobody).limit(0)
        self._guarded(_RESOLVING, lambda: self._open().execute(query).all())

    def pull(
        self,
        part: Part,
        *,
        account: Account,
        window: Window,
        inputs: Mapping[str, Path],
        guard: Guard,
        out: Out | Path,
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
            query, write = self._asked(part, account, window, guard)
            most = part.most_rows
            first = query.limit(most) if most else query
            file = self._written(first, write, CsvFile(out, guard, most))
            left_out = sum(guard.left_out.values())
            if not most or file.total + left_out < most:
                return file, file.total
            if left_out:  # the limit counted what doesn't belong: read to the end
                file = self._written(query, write, CsvFile(out, guard, most))
                return file, file.total
            # There may be more, in the same snapshot; counting reads none of it.
            return file, self._counted(self._query(part, account, window))

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

    def _asked(
        self, part: Part, account: Account, window: Window, guard: Guard
    ) -> tuple[Select[Any], Write]:
        """The query, and the way that its rows go into a file."""
        if self._engine.dialect.name == "postgresql" and self._limits.may_copy:
            by_copy = pgcopy.prepared(
                self._open(), part, guard, partial(self._query, part, account, window)
            )
            if by_copy is not None:
                return by_copy, self._copy
        return self._query(part, account, window), self._fetch

    def _written(self, query: Select[Any], write: Write, file: CsvFile) -> CsvFile:
        with file:
            write(query, file)
        return file

    def _copy(self, query: Select[Any], file: CsvFile) -> None:
        with closing(pgcopy.rows(self._open(), query)) as found:
            for rows in found:
                file.write_copied(rows)
                self._check_time()

    def _fetch(self, query: Select[Any], file: CsvFile) -> None:
        options = {"yield_per": self._limits.rows_at_once}
        with self._open().execute(query, execution_options=options) as result:
            for rows in result.partitions():
                file.write(rows)
                self._check_time()

    def probe(self, part: Part) -> None:
        """Ask the source whether it can answer the part, without reading a row.

        Raises:
            SourceUnavailable: the source can't be reached; worth another try.
            QueryFailed: it can't; a described column may be missing.
            SourceTimedOut: it took too long.
        """
        nobody = Account(str(queries.nobody(self._map.account_form)), "")
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
        query = self._query(part, account, window)
        return self._guarded(f"Part {part.code}", lambda: self._counted(query))

    def _counted(self, query: Select[Any]) -> int:
        return int(self._open().execute(queries.counting(query)).scalar_one())

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

    def _query(
        self,
        part: Part,
        account: Account,
        window: Window,
        bind: queries.Bind = queries.beside,
    ) -> Select[Any]:
        dialect = self._engine.dialect.name
        return queries.of_part(
            self._map, part, account, window, dialect=dialect, bind=bind
        )

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
        except BaseException:
            self._drop()
            raise
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
