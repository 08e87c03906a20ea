"""DuckDB, shut in: what ``files`` and ``derived`` share.

It may read the files that it was opened with and nothing else: no other path, no
address, no extension, no setting changed afterwards. Every column comes out as text,
so that a cell has one form whatever the file's type was. All of it happens in a child
with a limit of memory and time (``cases.sandbox``): a hostile file ends that one, and
the worker says which part and source it was.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import duckdb

from cases import sandbox
from cases.exceptions import BucketUnavailable
from disclosures.datamap import sqltext
from disclosures.datamap.terms import DataMap, Part
from disclosures.enums import ColumnType
from disclosures.sources import cells
from disclosures.sources.base import (
    Account,
    Limits,
    Pulled,
    QueryFailed,
    SourceTimedOut,
    SourceUnavailable,
    Window,
    shown_parameters,
)
from disclosures.sources.csvfile import CsvFile, discard
from disclosures.sources.guard import Guard

T = TypeVar("T")
J = TypeVar("J", bound="Job")
LONGEST_LINE = 16 * 1024 * 1024
CSV = (
    "header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
    f" allow_quoted_nulls = false, max_line_size = {LONGEST_LINE},"
    f" buffer_size = {2 * LONGEST_LINE}"  # else a packed file takes thirty lines' room
)
_COUNTING = "SELECT count(*)"
_GRACE = 10  # seconds for a child to break a query off by itself and say so
_FIRST, _LAST = "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00"


@dataclass(frozen=True)
class View:
    """One table of the map's SQL: the files that it reads, and the SQL that does.

    ``read`` says how many of a source's files those are, where there are several.
    ``filesystem`` opens those that aren't on this machine.
    """

    paths: tuple[str, ...]
    sql: str
    read: str = ""
    filesystem: Any = None


class Table(Protocol):
    """What a table of the map's SQL is made from, once the window is known."""

    def view(self, window: Window) -> View:
        """The files to be read.

        Raises:
            FileNotFoundError: one isn't there.
            BucketUnavailable: their bucket can't be reached.
            ValueError: they can't be read as anything.
        """


@dataclass(frozen=True)
class ExhibitTable:
    """An exhibit of this run that a part reads, whole."""

    part: Part
    path: Path

    def view(self, window: Window) -> View:
        """The exhibit's file.

        Raises:
            FileNotFoundError: it isn't there.
        """
        if not self.path.is_file():
            raise FileNotFoundError("There is no such exhibit.")
        return View((str(self.path),), exhibit_view(self.part, self.path))


def exhibit_tables(
    datamap: DataMap, part: Part, inputs: Mapping[str, Path]
) -> dict[str, Table]:
    """The exhibits that a part reads, by the names that its SQL calls them."""
    return {
        f"part_{code}": ExhibitTable(datamap.part(code), inputs[code].absolute())
        for code in part.inputs
    }


def quoted(text: str) -> str:
    """A text as an SQL string, for the one place that takes no bound values: a view."""
    return "'" + text.replace("'", "''") + "'"


def exhibit_view(part: Part, path: Path) -> str:
    """The SQL that reads an exhibit's CSV exactly as it was written, all of it text."""
    columns = ", ".join(f"{quoted(c.name)}: 'VARCHAR'" for c in part.columns)
    options = (
        f"{CSV}, auto_detect = false, new_line = '\\r\\n', columns = {{{columns}}}"
    )
    return f"SELECT * FROM read_csv({quoted(str(path))}, {options})"  # noqa: S608 - our own names


@contextmanager
def opened(
    views: Mapping[str, View], zone: str, limits: Limits, spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows these views and can read nothing but their files.

    What has to be sorted and exceeds its memory goes into the folder ``spill``, and is
    gone when the connection is; without one it is refused.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": f"{limits.duckdb_megabytes}MB",
        "temp_directory": str(spill) if spill else "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        for view in views.values():
            if view.filesystem is not None:
                connection.register_filesystem(view.filesystem)
        paths = ", ".join(quoted(path) for one in views.values() for path in one.paths)
        connection.execute(f"SET allowed_paths = [{paths}]")
        connection.execute("SET enable_progress_bar = false")  # on a worker's console
        connection.execute("SET enable_external_access = false")
        connection.execute(f"SET TimeZone = {quoted(zone)}")
        connection.execute("SET lock_configuration = true")
        for name, view in views.items():
            connection.execute(f'CREATE VIEW "{name}" AS {view.sql}')
        yield connection


@dataclass(frozen=True)
class Job:
    """What a child is asked: one part over its tables."""

    part: Part
    tables: Mapping[str, Table]
    title: str
    account: Account
    window: Window
    limits: Limits


@dataclass(frozen=True)
class Pull(Job):
    """The same, written into one file."""

    guard: Guard
    out: Path

    @property
    def spill(self) -> Path:
        """Where a sort goes on that exceeds its memory: beside the file it ends in."""
        return self.out.with_name(f"{self.out.name}.spill")


def make_ready() -> None:
    """Have children of this process find their libraries loaded."""
    sandbox.preload("disclosures.sources.records")


def pull(job: Pull) -> Pulled:
    """Have a child run the part's query and write its exhibit, whole or not at all.

    A child that takes too much memory or time is killed; the worker goes on.

    Raises:
        SourceUnavailable: a file isn't there, or a bucket can't be reached.
        QueryFailed: the query or what it returned is wrong, or it took too much memory.
        SourceTimedOut: it took too long.
    """
    try:
        return _in_child(work, job)
    except (QueryFailed, SourceTimedOut):
        discard(job.out)
        shutil.rmtree(job.spill, ignore_errors=True)
        raise


def count(job: Job) -> int:
    """Have a child count the part's records; none of them leaves it.

    Raises:
        SourceUnavailable, QueryFailed, SourceTimedOut: as ``pull`` does.
    """
    return _in_child(counted, job)


def _in_child(function: Callable[[J], T], job: J) -> T:
    limits = job.limits
    seconds = limits.connect_seconds + limits.statement_seconds + _GRACE
    try:
        megabytes = limits.child_megabytes
        return sandbox.run(function, job, seconds=seconds, megabytes=megabytes)
    except sandbox.ChildTimedOut:
        refusal: Exception = _timed_out(job)
    except sandbox.ChildKilled:
        refusal = QueryFailed(
            f"Part {job.part.code}: “{job.title}” took more memory than a pull may"
            " have, or broke its process, and was stopped."
        )
    raise refusal


def work(job: Pull) -> Pulled:
    """What the child does: find the files, ask DuckDB, write the exhibit.

    Raises:
        SourceUnavailable: a file isn't there, or a bucket can't be reached.
        QueryFailed: the query or what it returned is wrong.
        SourceTimedOut: it took too long.
    """
    part, at, views = job.part, datetime.now(UTC), _views(job)
    file = _asked(job, views, _stream)
    shown = shown_parameters(part, sqltext.binds(part.sql), job.account, job.window)
    return Pulled(
        rows=file.rows,
        total=file.total,
        size=file.size,
        sha256=file.sha256,
        sha512=file.sha512,
        snapshot_at=at,
        source_title=job.title,
        read_as=", ".join(
            [
                "files, opened to read only",
                *(one.read for one in views.values() if one.read),
            ]
        ),
        sql=part.sql.strip(),
        parameters=shown | {f"part_{c}": f"exhibit of part {c}" for c in part.inputs},
        odd_cells=file.cells.odd,
        left_out=job.guard.left_out,
    )


def counted(job: Job) -> int:
    """What the child does: find the files and have DuckDB count, nothing else.

    Raises:
        SourceUnavailable, QueryFailed, SourceTimedOut: as ``work`` does.
    """
    return _asked(job, _views(job), _count)


def _views(job: Job) -> dict[str, View]:
    named = f"Part {job.part.code}: "
    try:
        window = Window() if job.part.timeless else job.window
        return {name: table.view(window) for name, table in job.tables.items()}
    except FileNotFoundError:
        refusal: Exception = SourceUnavailable(
            f"{named}a file of “{job.title}” isn't there."
        )
    except BucketUnavailable:
        refusal = SourceUnavailable(_silent(job))
    except ValueError as error:
        refusal = QueryFailed(f"{named}“{job.title}” can't be read. {error}")
    raise refusal


def _timed_out(job: Job) -> SourceTimedOut:
    return SourceTimedOut(
        f"Part {job.part.code}: “{job.title}” took longer than"
        f" {job.limits.statement_seconds} seconds."
    )


def _silent(job: Job) -> str:
    return f"Part {job.part.code}: the bucket of “{job.title}” is silent."


def _is_silent(error: duckdb.Error, views: Mapping[str, View]) -> bool:
    """Whether a bucket failed in the midst: DuckDB's own errors have kinds."""
    in_bucket = any(one.filesystem is not None for one in views.values())
    return in_bucket and type(error) is duckdb.Error and "MemoryError" not in str(error)


def _asked(
    job: J,
    views: Mapping[str, View],
    ask: Callable[[duckdb.DuckDBPyConnection, J], T],
) -> T:
    """What DuckDB answers within its time; its errors become sentences."""
    part = job.part
    zone = part.column(part.window).zone if part.window else "UTC"
    try:
        with (
            opened(views, zone, job.limits, getattr(job, "spill", None)) as connection,
            _watched(connection, job.limits.statement_seconds),
        ):
            return ask(connection, job)
    except duckdb.InterruptException:
        refusal: Exception = _timed_out(job)
    except cells.MisfitError as error:
        refusal = QueryFailed(
            f"Part {part.code}: {error}. The data map describes it wrongly."
        )
    except duckdb.Error as error:
        if _is_silent(error, views):
            raise SourceUnavailable(_silent(job)) from None
        # DuckDB's message may quote a value; the kind of error can't.
        refusal = QueryFailed(
            f"Part {part.code}: “{job.title}” refused the query"
            f" ({type(error).__name__})."
        )
    raise refusal


@contextmanager
def _watched(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    watch = threading.Timer(seconds, connection.interrupt)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _stream(connection: duckdb.DuckDBPyConnection, job: Pull) -> CsvFile:
    sql, values = wrapped(job.part, job.account, job.window)
    with CsvFile(job.out, job.guard, job.part.most_rows) as file:
        result = connection.execute(sql, values)
        while rows := result.fetchmany(job.limits.rows_at_once):
            file.write(rows)
    return file


def _count(connection: duckdb.DuckDBPyConnection, job: Job) -> int:
    sql, values = wrapped(job.part, job.account, job.window)
    found = connection.execute(" ".join((_COUNTING, "FROM (", sql, ")")), values)
    (number,) = found.fetchone() or (0,)
    return int(number)


def wrapped(part: Part, account: Account, window: Window) -> tuple[str, dict[str, str]]:
    """The part's query, its columns listed, its window bounded, its rows sorted."""
    ends = {
        "since": window.since.isoformat(" ") if window.since else _FIRST,
        "until": window.until.isoformat(" ") if window.until else _LAST,
    }
    known = {"account": account.key, "name": account.name, **ends}
    values = {name: known[name] for name in sqltext.binds(part.sql)}
    bounds = []
    if part.window:
        place = f'CAST("{part.window}" AS TIMESTAMPTZ)'
        if window.since:
            bounds.append(f"{place} >= CAST($part_since AS TIMESTAMPTZ)")
            values["part_since"] = ends["since"]
        if window.until:
            bounds.append(f"{place} < CAST($part_until AS TIMESTAMPTZ)")
            values["part_until"] = ends["until"]
    listed = ", ".join(f'CAST("{c.name}" AS VARCHAR)' for c in part.columns)
    where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
    inner = sqltext.for_duckdb(part.sql)
    # Every piece that isn't the map's own SQL is a checked name or a bound value.
    sql = f"SELECT {listed} FROM ({inner}\n) AS part {where} ORDER BY {_order(part)}"  # noqa: S608 - the part's own SQL
    return sql, values


def _order(part: Part) -> str:
    named = [
        (each.column, " DESC" if each.is_descending else "") for each in part.order_by
    ]
    rest = {c.name for c in part.columns} - {name for name, _ in named}
    named += [(c.name, "") for c in part.columns if c.name in rest]
    return ", ".join(f"{_sortable(part, name)}{way}" for name, way in named)


def _sortable(part: Part, name: str) -> str:
    match part.column(name).type:
        case ColumnType.INTEGER:
            return f'TRY_CAST("{name}" AS HUGEINT)'
        case ColumnType.TIMESTAMP:
            return f'TRY_CAST("{name}" AS TIMESTAMPTZ)'
        case _:
            return f'CAST("{name}" AS VARCHAR)'
