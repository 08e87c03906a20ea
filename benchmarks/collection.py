"""What it costs to fetch records as evidence, against fetching them into a file.

One process does what a worker does with one part: read an account's records in one
snapshot, hold each row to the signed scope, write canonical CSV, hash it twice and
close it by a key. PostgreSQL by COPY is compared with PostgreSQL's own client, which
puts ``COPY … TO STDOUT`` of the same rows in the map's order into a file: ``psql`` or
psycopg, whichever was faster. The general way, of which SQLite has no other, is
measured beside. Ways alternate in one run; a ratio is of the best of each.

PostgreSQL is the server of ``DATABASE_URL``, else one of our own is started.
"""

import importlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import answer, arguments, fresh_folder, start_django

# Rows, rounds by COPY, and rounds the general way.
QUICK = ((10_000, 5, 2), (100_000, 3, 1))
FULL = ((10_000, 9, 3), (100_000, 5, 2), (1_000_000, 3, 1), (5_000_000, 2, 1))


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__ or "")
    folder = fresh_folder("collection")
    server = os.environ.pop("DATABASE_URL", "")  # the portal needs no database here
    start_django(folder)
    measures = importlib.import_module("benchmarks.collection_measures")  # Django first
    bench = measures.Bench(folder, QUICK if options.quick else FULL)
    bench.postgres(server)
    bench.sqlite()
    bench.files()
    size = " (quick)" if options.quick else ""
    answer(bench.figures(), as_json=options.json, note=f"{bench.note}{size}")


if __name__ == "__main__":
    main()
