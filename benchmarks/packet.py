"""From the order to the sealed packet, and schedules of any size.

First the demo's signed request. One warm process does what a worker does: collect all
exhibits of two accounts and nine items, then, once the declaration is signed, render,
seal and verify. The clock runs only while a worker would work; the custodian's reading
is not in it. Each round makes a new revision of the same scope, so nothing is served
from an earlier round.

Then schedules of 100 to 5,000,000 rows (``--quick``: to 100,000), against WeasyPrint,
ReportLab and Typst as far as they are installed (``benchmarks/requirements.txt``) and
finish, and against compressing the same content streams and nothing else.
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import Figure, answer, arguments, fresh_folder, start_django

TARGET_SECONDS, TARGET_SEAL_SECONDS = 3.0, 2.0


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__ or "")
    folder = fresh_folder("packet")
    start_django(folder)
    from benchmarks import packet_rounds, packet_sizes  # noqa: PLC0415  Django first

    rounds = packet_rounds.Rounds()
    warm = rounds.once()
    count = 1 if options.quick else 9
    measured = [rounds.once() for _ in range(count)]
    work = [one.collect + one.seal for one in measured]
    figures = [
        Figure("order_to_sealed_seconds", statistics.median(work), "s", TARGET_SECONDS),
        Figure("collect_seconds", statistics.median(o.collect for o in measured), "s"),
        Figure(
            "certified_to_sealed_seconds",
            *(statistics.median(o.seal for o in measured), "s", TARGET_SEAL_SECONDS),
        ),
        Figure("first_cold_round_seconds", warm.collect + warm.seal, "s"),
        Figure("rows", float(measured[0].rows), "rows"),
        Figure("pages", float(measured[0].pages), "pages"),
    ]
    sizes = packet_sizes.Sizes(folder, quick=options.quick)
    figures += sizes.figures()
    size = " (quick)" if options.quick else ""
    note = f"Demo request, median of {count} warm rounds{size}; schedules, CPU time."
    if sizes.absent:
        note += f" Not installed: {', '.join(sizes.absent)}."
    answer(figures, as_json=options.json, note=note)


if __name__ == "__main__":
    main()
