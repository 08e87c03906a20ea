"""What proof of the trail costs: eight writers, with and without events and a sealer.

Each writer does the same transaction: one UPDATE of a row of its own, and the event of
it. In one run, rounds alternate between three ways: no event at all, events that nobody
seals, and events with the sealer running beside the writers. Then: how fast the
verifier walks the chain, and how long an event waits for its link.

PostgreSQL where ``DATABASE_URL`` names one, else SQLite, which has a single writer.
"""

import importlib
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import Figure, answer, arguments, fresh_folder, start_django

TARGET_RATIO = 0.9


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__ or "")
    start_django(fresh_folder("audit"))
    rounds_of = importlib.import_module("benchmarks.audit_rounds")  # Django first

    seconds, count = (1.0, 3) if options.quick else (4.0, 7)
    ground = rounds_of.Ground(seconds)
    rounds = [ground.round() for _ in range(count)]
    walk = ground.verify()

    def ratio(one: str, other: str) -> float:
        return statistics.median(r[one] / r[other] for r in rounds)

    wanted = TARGET_RATIO if ground.vendor == "postgresql" else None
    figures = [
        Figure(
            "sealed_to_unchained",
            ratio("sealed", "unchained"),
            "",
            wanted,
            is_least=True,
        ),
        Figure("unchained_to_no_event", ratio("unchained", "none"), ""),
        Figure(
            "events_per_second",
            statistics.median(r["sealed"] for r in rounds),
            "1/s",
        ),
        Figure("rows_verified_per_second", walk.rows / walk.seconds, "1/s"),
        Figure("rows_verified", float(walk.rows), "rows"),
        Figure("sealer_lag_p50_seconds", ground.lag(50), "s"),
        Figure("sealer_lag_p99_seconds", ground.lag(99), "s"),
    ]
    size = " (quick)" if options.quick else ""
    note = (
        f"{ground.vendor}, {rounds_of.WRITERS} writers, {count} rounds of "
        f"{seconds:g} s each way{size}; a fault of the chain: {walk.faults or 'none'}."
    )
    answer(figures, as_json=options.json, note=note)


if __name__ == "__main__":
    main()
