"""DuckDB, shut in: what ``files`` and ``derived`` share.

It may read the files that it was opened with and nothing else: no other path, no
address, no extension, no setting changed afterwards. Every column comes out as text,
so that a cell has one form whatever the file's type was.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from disclosures.datamap import sqltext
from disclosures.datamap.terms import Part
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
from disclosures.sources.csvfile import CsvFile
from disclosures.sources.guard import Guard

_FIRST, _LAST = "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00"
_LONGEST_LINE = 16 * 1024 * 1024


def quoted(text: str) -> str:
    """A text as an SQL string, for the one place that takes no bound values: a view."""
    return "'" + text.replace("'", "''") + "'"


def exhibit_view(part: Part, path: Path) -> str:
    """The SQL that reads an exhibit's CSV exactly as it was written, all of it text."""
    columns = ", ".join(f"{quoted(c.name)}: 'VARCHAR'" for c in part.columns)
    options = (
        "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        " new_line = '\\r\\n', nullstr = '', allow_quoted_nulls = false,"
        f" max_line_size = {_LONGEST_LINE}, columns = {{{columns}}}"
    )
    return f"SELECT * FROM read_csv({quoted(str(path))}, {options})"  # noqa: S608 - our own names


@contextmanager
def opened(
    views: Mapping[str, tuple[Path, str]], zone: str, limits: Limits
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows these views and can read nothing but their files."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": f"{limits.duckdb_megabytes}MB",
        "temp_directory": "",  # records are never spilled to disk in the clear
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        paths = ", ".join(quoted(str(path)) for path, _ in views.values())
        connection.execute(f"SET allowed_paths = [{paths}]")
        connection.execute("SET enable_external_access = false")
        connection.execute(f"SET TimeZone = {quoted(zone)}")
        connection.execute("SET lock_configuration = true")
        for name, (_, sql) in views.items():
            connection.execute(f'CREATE VIEW "{name}" AS {sql}')
        yield connection


def pull(
    part: Part,
    views: Mapping[str, tuple[Path, str]],
    *,
    title: str,
    account: Account,
    window: Window,
    limits: Limits,
    guard: Guard,
    out: Path,
) -> Pulled:
    """Run the part's query over the views and write its exhibit, whole or not at all.

    Raises:
        SourceUnavailable: one of the files isn't there.
        QueryFailed: the query or what it returned is wrong.
        SourceTimedOut: it took too long.
    """
    for path, _ in views.values():
        if not path.is_file():
            raise SourceUnavailable(
                f"Part {part.code}: a file of “{title}” isn't there."
            )
    at = datetime.now(UTC)
    sql, values = wrapped(part, account, window)
    zone = part.column(part.window).zone if part.window else "UTC"
    try:
        with opened(views, zone, limits) as connection:
            file = _stream(connection, sql, values, guard, limits, out)
    except duckdb.InterruptException:
        refusal: Exception = SourceTimedOut(
            f"Part {part.code}: “{title}” took longer than"
            f" {limits.statement_seconds} seconds."
        )
    except cells.MisfitError as error:
        refusal = QueryFailed(
            f"Part {part.code}: {error}. The data map describes it wrongly."
        )
    except duckdb.Error as error:
        # DuckDB's message may quote a value; the kind of error can't.
        refusal = QueryFailed(
            f"Part {part.code}: “{title}” refused the query ({type(error).__name__})."
        )
    else:
        return Pulled(
            rows=file.rows,
            size=file.size,
            sha256=file.sha256,
            sha512=file.sha512,
            snapshot_at=at,
            source_title=title,
            read_as="files, opened to read only",
            sql=part.sql.strip(),
            parameters=shown_parameters(part, sqltext.binds(part.sql), account, window)
            | {f"part_{c}": f"exhibit of part {c}" for c in part.inputs},
            odd_cells=file.cells.odd,
            left_out=guard.left_out,
        )
    raise refusal


def _stream(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    values: dict[str, str],
    guard: Guard,
    limits: Limits,
    out: Path,
) -> CsvFile:
    watch = threading.Timer(limits.statement_seconds, connection.interrupt)
    watch.daemon = True
    watch.start()
    try:
        with CsvFile(out, guard) as file:
            result = connection.execute(sql, values)
            while rows := result.fetchmany(limits.rows_at_once):
                file.write(rows)
        return file
    finally:
        watch.cancel()


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
