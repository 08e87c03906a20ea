"""DuckDB works in a child: whatever becomes of it, the worker goes on."""

import os
import signal
import threading
import time
from dataclasses import replace
from datetime import datetime

import pytest

from cases import sandbox
from disclosures.datamap.terms import Whose, Window
from disclosures.sources import duck
from disclosures.sources.base import Limits, QueryFailed, SourceTimedOut
from disclosures.sources.run import Run
from tests.disclosures.sources.asking import WHO, assert_quiet
from tests.disclosures.sources.maps import column, datamap, guard, part

SQL = "SELECT who FROM downloads WHERE who <> :account"
TOO_MUCH = (
    "Part 1a: “Test files” took more memory than a pull may have, or broke its process,"
    " and was stopped."
)


@pytest.fixture
def address(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_bytes(b"who,t\r\nprivate,2023-01-01\r\n")
    return str(path)


def pull(
    address, out, sql="SELECT who FROM downloads WHERE who <> :account", limits=None
):
    one = part(sql, column("who"), source="downloads")
    with Run(datamap(one), {"downloads": address}, limits) as run:
        return run.pull(one, account=WHO, window=Window(), out=out)


def work_that(kind):
    """What a child does in place of its work; it has to be found by name there."""
    return {"dies": dies, "eats": eats, "hangs": hangs}[kind]


def begin(job):
    """Half an exhibit, as a child leaves it that was killed."""
    growing = job.out.with_name(f"{job.out.name}.part")
    growing.write_bytes(b"who\r\nprivate")


def dies(job):
    begin(job)
    os.kill(os.getpid(), signal.SIGKILL)


def eats(job):
    begin(job)
    return bytearray(64 * 1024**3)


def hangs(job):
    begin(job)
    time.sleep(60)


@pytest.mark.parametrize("kind", ["dies", "eats"])
def test_a_child_that_is_killed_is_a_refusal_with_part_and_source(
    address, tmp_path, monkeypatch, kind
):
    monkeypatch.setattr(duck, "work", work_that(kind))
    out = tmp_path / "x.csv"
    with pytest.raises(QueryFailed) as caught:
        pull(address, out)
    assert str(caught.value) == TOO_MUCH
    assert_quiet(caught.value, out)
    assert pull_with_the_real_one(address, out, monkeypatch).rows == 1


def test_a_child_that_hangs_is_killed_at_its_time(address, tmp_path, monkeypatch):
    monkeypatch.setattr(duck, "work", hangs)
    monkeypatch.setattr(duck, "_GRACE", 0)
    out = tmp_path / "x.csv"
    began = time.monotonic()
    with pytest.raises(SourceTimedOut) as caught:
        pull(address, out, limits=Limits(statement_seconds=1, connect_seconds=1))
    assert time.monotonic() - began < 10
    assert str(caught.value) == "Part 1a: “Test files” took longer than 1 seconds."
    assert_quiet(caught.value, out)
    assert pull_with_the_real_one(address, out, monkeypatch).rows == 1


def pull_with_the_real_one(address, out, monkeypatch):
    monkeypatch.undo()
    return pull(address, out)


def test_memory_that_duckdb_doesn_t_count_is_bounded_by_the_child(address, tmp_path):
    """The limit of the child holds where DuckDB's own would let everything pass."""
    limits = Limits(duckdb_megabytes=1_000_000, child_megabytes=1536)
    eager = (
        "SELECT list(i::text || repeat('x', 1000)) AS who"
        " FROM downloads, range(10000000) r(i) WHERE who <> :account"
    )
    with pytest.raises(QueryFailed) as caught:
        pull(address, tmp_path / "x.csv", eager, limits)
    assert str(caught.value) in {
        TOO_MUCH,
        "Part 1a: “Test files” refused the query (OutOfMemoryException).",
    }
    assert_quiet(caught.value, tmp_path / "x.csv")
    assert pull(address, tmp_path / "x.csv").rows == 1


def test_the_worker_holds_no_record_and_no_file_of_its_own(address, tmp_path):
    """DuckDB is never opened where the worker runs."""
    threads = threading.active_count()
    here = duck.duckdb.connect

    def nowhere(*_args, **_named):
        raise AssertionError("DuckDB was opened in the worker.")

    duck.duckdb.connect = nowhere
    try:
        assert pull(address, tmp_path / "x.csv").rows == 1
    finally:
        duck.duckdb.connect = here
    assert threading.active_count() == threads


def test_two_workers_threads_pull_at_once(address, tmp_path):
    found = []

    def one(number):
        found.append(pull(address, tmp_path / f"{number}.csv").sha256)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_job_survives_the_way_into_a_child(tmp_path):
    """Whatever a source is asked is handed over as it is, instants included."""
    window = Window(since=datetime.fromisoformat("2023-01-01T00:00:00+02:00"))
    one = part("SELECT who FROM downloads", column("who", whose=Whose.ACCOUNT))
    job = duck.Pull(
        one,
        {},
        title="Title",
        account=WHO,
        window=window,
        limits=Limits(),
        guard=guard(one, WHO, window),
        out=tmp_path / "x.csv",
    )
    back = sandbox.run(as_it_is, job, seconds=30, megabytes=512)
    assert replace(back, guard=job.guard) == job
    rows = [(WHO.key,), ("another",), (None,)]
    assert back.guard.belonging(rows) == job.guard.belonging(rows)
    assert back.guard.left_out == job.guard.left_out


def as_it_is(job):
    return job
