"""The sizes of ``benchmarks/packet.py``: each engine in a process of its own.

What is compared is CPU time within one run, engines by turns. Ours draws the schedules
alone, as the others do; ``sealed`` is the whole packet up to its zip, signing apart.
"""

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ground import ROOT, Figure

# Rows of each engine: (quick, full). The others only up to where they finish.
_OURS = (
    (100, 1_000, 10_000, 100_000),
    (100, 1_000, 10_000, 100_000, 1_000_000, 5_000_000),
)
_OTHERS = {
    "weasyprint": ((500,), (100, 1_000, 10_000)),
    "weasyprint_chunks": ((), (10_000,)),
    "reportlab": ((1_000,), (100, 1_000, 10_000)),
    "typst": ((1_000,), (100, 1_000, 10_000)),
}
_LIMIT_TIMES, _LEAST_TIMES_TABLE, _LEAST_TIMES_ROW = 4.5, 100.0, 300.0
_MOST_MEGABYTES, _MOST_SECONDS = 80.0, 25.0
_TURNS = 3


@dataclass(frozen=True)
class Drawn:
    """CPU seconds, megabytes above the idle process, pages and bytes of one run."""

    cpu: float
    grown: float
    pages: int
    bytes: int
    deflate: float  # of schedules, CPU seconds of compressing them alone


class Sizes:
    """The runs, and the figures made of them."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self._folder, self._quick = folder, quick
        self._drawn: dict[tuple[str, int], Drawn] = {}
        self.absent = [name for name in _OTHERS if not _is_here(name)]

    def figures(self) -> list[Figure]:
        """Run everything; the figures with their targets."""
        made: list[Figure] = []
        for rows in _OURS[not self._quick]:
            made += self._ours(rows)
        for name, sizes in _OTHERS.items():
            if name not in self.absent:
                for rows in sizes[not self._quick]:
                    ours = self._run("schedule", rows)
                    theirs = self._run(name, rows)
                    made += self._beside(name, rows, ours, theirs)
        made += self._targets()
        return made

    def _ours(self, rows: int) -> list[Figure]:
        turns = _TURNS if rows <= 100_000 and not self._quick else 1
        ratios = []
        for _ in range(turns):
            drawn = self._run("schedule", rows)
            ratios.append(drawn.cpu / drawn.deflate)
        ratio = sorted(ratios)[len(ratios) // 2]
        most = _LIMIT_TIMES if rows == self._largest(1_000_000) else None
        return [
            _us_a_row("schedule", rows, drawn),
            Figure(f"schedule_{rows}_bytes_a_row", drawn.bytes / rows, "bytes"),
            Figure(f"schedule_{rows}_pages", drawn.pages, "pages"),
            Figure(f"schedule_{rows}_megabytes", drawn.grown, "MB", _MOST_MEGABYTES),
            Figure(f"schedule_{rows}_times_deflate", ratio, "times", most),
        ]

    def _beside(self, name: str, rows: int, ours: Drawn, theirs: Drawn) -> list[Figure]:
        times = theirs.cpu / ours.cpu
        is_judged = (name, rows) == ("weasyprint", 10_000)
        least = _LEAST_TIMES_TABLE if is_judged else None
        return [
            _us_a_row(name, rows, theirs),
            Figure(f"{name}_{rows}_megabytes", theirs.grown, "MB"),
            Figure(f"{name}_{rows}_times_ours", times, "times", least, is_least=True),
        ]

    def _targets(self) -> list[Figure]:
        """A row of many against a row of WeasyPrint's; and the whole packet."""
        made = []
        theirs = [
            (one.cpu / rows, rows)
            for (name, rows), one in self._drawn.items()
            if name.startswith("weasyprint")
        ]
        ours = self._drawn["schedule", 100_000].cpu / 100_000
        # The fewest seconds a row that WeasyPrint needed for some hundred rows or more.
        least = min((cost for cost, rows in theirs if rows >= 500), default=0)
        if least:
            made.append(
                Figure(
                    "a_row_of_100000_times_weasyprint",
                    *(least / ours, "times", _LEAST_TIMES_ROW),
                    is_least=True,
                )
            )
        rows = self._largest(1_000_000)
        sealed = self._run("sealed", rows)
        most = None if self._quick else _MOST_SECONDS
        made.append(Figure(f"sealed_{rows}_cpu_seconds", sealed.cpu, "s", most))
        return made

    def _largest(self, most: int) -> int:
        return max(rows for rows in _OURS[not self._quick] if rows <= most)

    def _run(self, engine: str, rows: int) -> Drawn:
        code = "from benchmarks import packet_one; packet_one.main()"
        command = [sys.executable, "-c", code, engine, str(rows)]
        done = subprocess.run(
            [*command, str(self._folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        told: dict[str, Any] = json.loads(done.stdout)
        self._drawn[engine, rows] = Drawn(
            cpu=told["cpu"],
            grown=told["peak"] - told["idle"],
            pages=told.get("pages", 0),
            bytes=told.get("bytes", 0),
            deflate=told.get("deflate", 0.0),
        )
        return self._drawn[engine, rows]


def _us_a_row(name: str, rows: int, drawn: Drawn) -> Figure:
    return Figure(f"{name}_{rows}_us_a_row", 1e6 * drawn.cpu / rows, "us")


def _is_here(name: str) -> bool:
    return importlib.util.find_spec(name.partition("_")[0]) is not None
