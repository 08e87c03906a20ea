"""What ``benchmarks/collection.py`` measures, and the figures that come of it."""

from collections import defaultdict
from pathlib import Path

from benchmarks import collection_ground as ground
from benchmarks.collection_rounds import Children, Worker, client, driver
from benchmarks.ground import Figure
from disclosures.sources import duck
from disclosures.sources.run import Run

TARGET_RATIO, TARGET_MEGABYTES = 2.0, 80.0
Plan = tuple[tuple[int, int, int], ...]


class Bench:
    """One worker, measured over sizes: rows, rounds by COPY, rounds the general way."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        """Begin with nothing measured."""
        self.note = ""
        self._folder = folder
        self._plan = plan
        self._sizes = [rows for rows, _, _ in plan]
        self._worker = Worker(folder)
        self._best: dict[tuple[str, int], float] = {}
        self._peaks: defaultdict[str, float] = defaultdict(float)
        self._child = 0.0

    def postgres(self, named: str) -> None:
        """By COPY, the general way, and by PostgreSQL's own clients."""
        try:
            with ground.postgres(named, self._sizes) as address:
                self._postgres(address)
        except ground.NoServerError as error:
            self.note += f"{error} "

    def _postgres(self, address: str) -> None:
        worker, faster = self._worker, set()
        with (
            worker.run(address) as by_copy,
            worker.run(address, may_copy=False) as general,
        ):
            for run in (by_copy, general, by_copy):
                worker.pull(run, self._sizes[0])
            worker.rest()
            for size, rounds, general_rounds in self._plan:
                for number in range(rounds):
                    self._pull("postgres_copy", by_copy, size)
                    said = client(self._folder, address, size)
                    self._note("client", size, min(said.values()))
                    faster.add(min(said, key=lambda name: said[name]))
                    if number < general_rounds:
                        self._pull("postgres_general", general, size)
        self.note += f"PostgreSQL's faster client was {' or '.join(sorted(faster))}. "

    def sqlite(self) -> None:
        """The general way, and Python's own driver and CSV writer."""
        path, worker = ground.sqlite(self._folder, self._sizes), self._worker
        with worker.run(f"sqlite:///{path}") as run:
            worker.pull(run, self._sizes[0])
            worker.rest()
            for size, _, rounds in self._plan:
                for _number in range(rounds):
                    self._pull("sqlite", run, size)
                    self._note("driver", size, driver(self._folder, path, size))

    def files(self) -> None:
        """A child with DuckDB, which has memory of its own."""
        size, worker = min(max(self._sizes), 1_000_000), self._worker
        path = ground.parquet(self._folder, size)
        duck.make_ready()
        with worker.run(str(path)) as run, Children() as children:
            self._note("files", size, worker.pull(run, size, "files"))
        self._child = children.peak

    def figures(self) -> list[Figure]:
        """All that was measured, as ratios where there is something to compare with."""
        found = []
        for way, other, target in (
            ("postgres_copy", "client", TARGET_RATIO),
            ("postgres_general", "client", None),
            ("sqlite", "driver", None),
        ):
            for size in self._sizes:
                if (way, size) in self._best:
                    ratio = self._best[way, size] / self._best[other, size]
                    name = f"{way}_to_{other}_{size}"
                    found.append(Figure(name, ratio, "", target))
        for (way, size), seconds in self._best.items():
            found.append(Figure(f"{way}_{size}_rows_a_second", size / seconds, "1/s"))
        for way, peak in self._peaks.items():
            name = f"{way}_peak_above_idle_megabytes"
            found.append(Figure(name, peak, "MB", TARGET_MEGABYTES))
        return [*found, Figure("duckdb_child_peak_megabytes", self._child, "MB")]

    def _pull(self, way: str, run: Run, size: int) -> None:
        seconds, peak = self._worker.peak(lambda: self._worker.pull(run, size))
        self._note(way, size, seconds)
        self._peaks[way] = max(self._peaks[way], peak)

    def _note(self, way: str, size: int, seconds: float) -> None:
        best = self._best.get((way, size))
        self._best[way, size] = seconds if best is None else min(best, seconds)
