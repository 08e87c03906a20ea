"""The small service of tests: made once, and copied for each test that reads it.

It keeps two people. ``alice`` has three events, one of them a log-in outside the window
that ``packets.case`` asks about by default; ``bob`` has none. Two share an e-mail
address.
"""

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Days of New York: the first event lies in the window by its zone alone.
EVENTS = (
    ("e1", "2022-01-01 05:00:00", "192.0.2.1", "login"),
    ("e2", "2022-06-01 12:00:00", "192.0.2.2", "upload"),
    ("e3", "2023-03-01 05:00:00", "192.0.2.3", "login"),
)
SHARED = "both@example.org"


@dataclass(frozen=True)
class Service:
    """Where the small service's two databases lie."""

    main: Path
    events: Path

    @property
    def urls(self) -> dict[str, str]:
        """Its addresses, by the name the map gives each."""
        return {
            "service": f"sqlite:///{self.main}",
            "events": f"sqlite:///{self.events}",
        }

    def run(self, sql: str) -> None:
        """Change something at the service: in its main database, or its events."""
        place = self.events if "events" in sql else self.main
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute(sql)


def small_service(folder: Path) -> Service:
    """Make the service; its addresses still have to be set."""
    made = Service(folder / "main.sqlite3", folder / "events.sqlite3")
    for place, content in zip((made.main, made.events), _databases(), strict=True):
        place.write_bytes(content)
    return made


@cache
def _databases() -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        main, events = Path(folder) / "main", Path(folder) / "events"
        with closing(sqlite3.connect(main)) as connection, connection:
            connection.execute("CREATE TABLE users (key TEXT, name TEXT, email TEXT)")
            for name in ("alice", "bob"):
                row = (f"acct-{name}", name, SHARED)
                connection.execute("INSERT INTO users VALUES (?, ?, ?)", row)
        with closing(sqlite3.connect(events)) as connection, connection:
            columns = "key TEXT, id TEXT, time TEXT, address TEXT, kind TEXT"
            connection.execute(f"CREATE TABLE events ({columns})")
            rows = [("acct-alice", *row) for row in EVENTS]
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
        return main.read_bytes(), events.read_bytes()
