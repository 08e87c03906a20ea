"""Which rows of docs/features.md hold: ``make features`` runs the tests that name one.

A row is proved when at least one test proves its whole check (no ``part=True``) and all
tests that name it pass. A test of an unknown row is an error: somebody mistyped it.
"""

import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TABLE = Path(__file__).resolve().parent.parent / "docs" / "features.md"
ROW = re.compile(r"^\| (?P<row>[A-Z]+\d+) \| (?P<title>[^|]+) \|", re.MULTILINE)


@dataclass
class Proof:
    """One test function as the proof of a row, all its parameters taken together."""

    part: bool
    outcomes: set[str] = field(default_factory=set)

    @property
    def passes(self) -> bool:
        """Whether it ran and nothing of it failed or was skipped."""
        return self.outcomes == {"passed"}

    @property
    def line(self) -> str:
        """What the list says of it."""
        state = "passes" if self.passes else "FAILS" if self.outcomes else "didn't run"
        return f"{state}{', part' if self.part else ''}"


Proofs = dict[str, dict[str, Proof]]  # by row, then by test


class Recorder:
    """The pytest plugin that notes which test names which row, and how it ended."""

    def __init__(self) -> None:
        self.proofs: Proofs = defaultdict(dict)
        self.rows_of: dict[str, list[Proof]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Read the markers."""
        for item in items:
            proofs = []
            for marker in item.iter_markers("feature"):
                (row,) = marker.args
                test = item.nodeid.partition("[")[0]
                fresh = Proof(part=bool(marker.kwargs.get("part")))
                proofs.append(self.proofs[row].setdefault(test, fresh))
            self.rows_of[item.nodeid] = proofs

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome: of the test itself, and of what around it went wrong."""
        if report.when == "call" or report.outcome != "passed":
            for proof in self.rows_of.get(report.nodeid, []):
                proof.outcomes.add(report.outcome)


def rows(table: str) -> dict[str, str]:
    """The rows of the table, each with its title."""
    return {found["row"]: found["title"].strip() for found in ROW.finditer(table)}


def is_proved(proofs: dict[str, Proof]) -> bool:
    """Whether these tests together prove a row."""
    whole = any(not proof.part for proof in proofs.values())
    return whole and all(proof.passes for proof in proofs.values())


def listing(known: dict[str, str], proofs: Proofs) -> list[str]:
    """What ``make features`` prints."""
    lines = []
    for row, title in known.items():
        tests = proofs.get(row, {})
        mark = "proved" if is_proved(tests) else "in part" if tests else "-"
        lines.append(f"{row:<4}{mark:<9}{title}")
        lines += [f"        {test}: {proof.line}" for test, proof in tests.items()]
    lines += [
        f"Unknown row {row}: {', '.join(proofs[row])}"
        for row in _unknown(known, proofs)
    ]
    proved = sum(is_proved(proofs.get(row, {})) for row in known)
    return [*lines, f"{proved} of {len(known)} proved"]


def _unknown(known: dict[str, str], proofs: Proofs) -> list[str]:
    return sorted(set(proofs) - set(known))


def main() -> int:
    """Run the tests, print the list; 1 when a test failed or names an unknown row."""
    recorder = Recorder()
    servers = {"DATABASE_URL", "CANDOR_TEST_POSTGRES_URL", "CANDOR_TEST_MARIADB_URL"}
    without = "feature and not (postgres or mariadb or redis)"
    chosen = "feature" if servers <= set(os.environ) else without
    ended = pytest.main(["-q", "-m", chosen, *sys.argv[1:]], plugins=[recorder])
    known = rows(TABLE.read_text(encoding="utf-8"))
    sys.stdout.write("\n" + "\n".join(listing(known, recorder.proofs)) + "\n")
    return int(ended != pytest.ExitCode.OK or bool(_unknown(known, recorder.proofs)))


if __name__ == "__main__":
    sys.exit(main())
