"""The rounds of ``benchmarks/collection.py``: one account's records, way by way."""

import csv
import gc
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import pyrage

from cases import vault
from cases.enums import DataClass
from disclosures.datamap.terms import (
    AccountForm,
    Category,
    Column,
    DataMap,
    Order,
    Part,
    Source,
    SourceKind,
    Whose,
    Window,
)
from disclosures.enums import ColumnType, PartKind, ResponseCode
from disclosures.sources.base import Account, Limits
from disclosures.sources.run import Run

_MEGABYTE = 1 << 20
_LISTED = 'id, account, "at", address, agent, action'  # DuckDB has a word AT
_ENDS = "2023-03-01T00:00:00+00:00", "2024-01-01T00:00:00+00:00"
_WINDOW = Window(*map(datetime.fromisoformat, _ENDS))
_COLUMNS = (
    Column("id", "Number", "Its number.", ColumnType.INTEGER),
    Column("account", "Account", "Whose.", ColumnType.TEXT, whose=Whose.ACCOUNT),
    Column("at", "Time", "When.", ColumnType.TIMESTAMP, zone="UTC"),
    Column("address", "Address", "From where.", ColumnType.ADDRESS),
    Column("agent", "Program", "By which program.", ColumnType.TEXT),
    Column("action", "Act", "What.", ColumnType.TEXT),
)


def _part(code: str, source: str, table: str) -> Part:
    return Part(
        code=code,
        title="Journal",
        kind=PartKind.QUERY,
        response=ResponseCode.PRODUCED,
        source=source,
        sql=" ".join(
            ("SELECT", _LISTED, "FROM", table, "WHERE account = :account"),
        ),
        columns=_COLUMNS,
        order_by=(Order("at"), Order("id")),
        window="at",
    )


_PARTS = {
    "service": _part("1a", "service", "journal"),
    "files": _part("1b", "files", "files"),
}
_MAP = DataMap(
    service="Benchmark",
    title="Benchmark",
    version="1",
    zone="UTC",
    account_form=AccountForm.TEXT,
    sources=(
        Source("service", SourceKind.SQL, "Database"),
        Source("files", SourceKind.FILES, "Files"),
    ),
    resolve=(),
    categories=(
        Category("c", 1, "C", "C;", DataClass.TRAFFIC, "C.", tuple(_PARTS.values())),
    ),
)


class Worker:
    """The process as a worker: it pulls as a run does, closed for a key of its own."""

    def __init__(self, folder: Path) -> None:
        """Begin with a key that nobody keeps."""
        self._folder = folder
        self._key = str(pyrage.x25519.Identity.generate().to_public())
        self._idle = 0.0

    def run(self, address: str, *, may_copy: bool = True) -> Run:
        """The sources, of which each reads from this one address."""
        limits = Limits(statement_seconds=3_600, may_copy=may_copy)
        named = dict.fromkeys(_PARTS, address)
        return Run(_MAP, named, limits, may_write=True)  # the data is our own

    def pull(self, run: Run, size: int, source: str = "service") -> float:
        """Seconds for one account's exhibit: read, judged, hashed and closed.

        Raises:
            RuntimeError: not every record arrived.
        """
        out = vault.Closing(self._folder / "pulled.age", self._key)
        account = Account(f"k-{size}", "")
        began = time.perf_counter()
        pulled = run.pull(
            _PARTS[source],
            account=account,
            window=_WINDOW,
            out=out,
            work=self._folder,
        )
        seconds = time.perf_counter() - began
        if (pulled.rows, pulled.odd_cells, dict(pulled.left_out)) != (size, 0, {}):
            raise RuntimeError(f"{pulled.rows} of {size} rows; {pulled.left_out}")
        return seconds

    def rest(self) -> None:
        """Remember how much a warm worker has while it does nothing."""
        gc.collect()
        self._idle = _memory("self", "VmRSS")

    def peak(self, work: Callable[[], float]) -> tuple[float, float]:
        """What the work says, and how many MB beyond rest this process had at most."""
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts anew
        found = work()
        return found, _memory("self", "VmHWM") - self._idle


def client(folder: Path, address: str, size: int) -> dict[str, float]:
    """Seconds of PostgreSQL's own clients for the same records into a file."""
    query = (
        " ".join(("SELECT", _LISTED, "FROM journal WHERE account ="))
        + f" 'k-{size}' AND at >= '{_ENDS[0]}' AND at < '{_ENDS[1]}' ORDER BY at, id"
    )
    statement, out = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)", folder / "c.csv"
    found = {}
    with psycopg.connect(address) as connection:
        began = time.perf_counter()
        with connection.cursor().copy(statement.encode()) as copy, out.open("wb") as f:
            for line in copy:
                f.write(line)
        found["psycopg"] = time.perf_counter() - began
    if program := shutil.which("psql"):
        arguments = [program, "-qX", "-o", str(out), "-c", statement, address]
        began = time.perf_counter()
        subprocess.run(arguments, check=True)
        found["psql"] = time.perf_counter() - began
    return found


def driver(folder: Path, path: Path, size: int) -> float:
    """Seconds of Python's SQLite driver and CSV writer for the same into a file."""
    query = " ".join(
        (
            *("SELECT", _LISTED, "FROM journal WHERE account = ? AND at >= ?"),
            *("AND at < ? ORDER BY at, id",),
        )
    )
    began = time.perf_counter()
    with (
        closing(sqlite3.connect(path)) as connection,
        (folder / "c.csv").open("w", newline="", encoding="utf-8") as file,
    ):
        csv.writer(file).writerows(connection.execute(query, [f"k-{size}", *_ENDS]))
    return time.perf_counter() - began


class Children:
    """The most memory that a child's child of this process had; a context manager."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.peak = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Children":
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            for server in _children(str(os.getpid())):
                for child in _children(server):
                    self.peak = max(self.peak, _memory(child, "VmHWM"))


def _children(pid: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def _memory(pid: str, what: str) -> float:
    """A figure of a process's memory in MB; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in lines if line.startswith(f"{what}:")]
    return int(found[0]) * 1024 / _MEGABYTE if found else 0.0
