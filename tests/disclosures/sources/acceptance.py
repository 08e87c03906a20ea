"""The same questions, put to the service on whatever database it stands."""

import csv
import json
from datetime import datetime

from cases.enums import IdentifierKind
from disclosures.datamap import plan
from disclosures.datamap.demo_service import Shape
from disclosures.datamap.demo_service.people import (
    DELETED_NAME,
    FIVE_ACCOUNTS,
    LOOK_ALIKES,
    TEAM_MATE,
)
from disclosures.datamap.terms import Window
from disclosures.sources.base import Account
from disclosures.sources.run import Run
from tests.disclosures.sources import expected

csv.field_size_limit(2**24)


def read(path):
    """The rows of an exhibit; an empty cell is read as None."""
    with path.open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    return [tuple(cell or None for cell in row) for row in rows]


def collect(run, datamap, account, folder, window=None):
    """Every fetched part of the whole map: its exhibit's path and what was pulled."""
    scope = {category.code: window or Window() for category in datamap.categories}
    paths, pulled = {}, {}
    for step in plan.steps(datamap, scope):
        if step.is_fetched:
            code = step.part.code
            paths[code] = folder / f"{code}.csv"
            pulled[code] = run.pull(
                step.part,
                account=account,
                window=step.window,
                out=paths[code],
                inputs={each: paths[each] for each in step.part.inputs},
            )
    return paths, pulled


def check_exhibits(service, datamap, tmp_path):
    """All nine items of the five accounts equal what the generator put in."""
    with Run(datamap, service.addresses, may_write=True) as run:
        for person in FIVE_ACCOUNTS:
            folder = tmp_path / person.id
            folder.mkdir()
            account = Account(person.id, person.username)
            paths, pulled = collect(run, datamap, account, folder)
            wanted = expected.exhibits(service, person)
            found = {code: read(path) for code, path in paths.items()}
            json_cells = _json_cells(found)
            found["3b"] = [row[:5] for row in found["3b"]]

            assert found == wanted
            assert {c: p.rows for c, p in pulled.items()} == {
                c: len(rows) for c, rows in wanted.items()
            }
            assert json_cells == _details(service, person)
            assert {p.odd_cells for p in pulled.values()} == {0}


def _json_cells(found):
    """What stands in JSON, and beside it: of each event, of each confirmed log-in."""
    events = [
        (_parsed(row[5]), *row[6:8], *map(_parsed, row[8:])) for row in found["3b"]
    ]
    confirmed = [_parsed(row[6]) for row in found.get("3c", ())]
    found |= {"3c": [row[:6] for row in found["3c"]]} if "3c" in found else {}
    return events, confirmed


def _parsed(cell):
    return json.loads(cell) if cell else None


def _details(service, person):
    rows = service.world.rows
    known = {one["id"]: one for one in rows["ip_addresses"]}
    events = [e for e in rows["user_events"] if e["source_id"] == person.id]
    events.sort(key=lambda e: e["id"])
    events.sort(key=lambda e: e["time"], reverse=True)
    is_present = service.shape is Shape.PRESENT
    beside = ("hashed_ip_address", "geoip_info") if is_present else ()
    unique = [u for u in rows["user_unique_logins"] if u["user_id"] == person.id]
    unique.sort(key=lambda u: (u["created"], u["id"]))
    return [
        (
            e["additional"],
            e["ip_address_id"],
            *(known[e["ip_address_id"]][name] for name in beside),
        )
        for e in events
    ], [u["device_information"] for u in unique]


def check_identifiers(service, datamap):
    """Other capitals lead to the account; look-alikes never do."""
    name, key = IdentifierKind.USERNAME, IdentifierKind.ACCOUNT_ID
    with Run(datamap, service.addresses, may_write=True) as run:
        for person in FIVE_ACCOUNTS:
            account = [Account(person.id, person.username)]
            for served in (person.username, person.username.upper()):
                assert run.resolve(name, served) == account
            for served in (person.id, person.id.upper(), person.id.replace("-", "")):
                assert run.resolve(key, served) == account
            assert run.resolve(IdentifierKind.EMAIL, person.email.upper()) == account
        for other in (*LOOK_ALIKES, TEAM_MATE):
            assert run.resolve(name, other.username) == [
                Account(other.id, other.username)
            ]
        for nobody in (
            DELETED_NAME,
            "quill%heron",
            "quill_hero_",
            "quill_heron\x00",
            "quill_héron",
            "' OR '1'='1",
            "quill_heron'--",
            "",
        ):
            assert run.resolve(name, nobody) == []
        for nobody in ("", "not-a-uuid", "quill_heron", "0" * 32, "%"):
            assert run.resolve(key, nobody) == []


def check_windows(service, datamap, tmp_path):
    """A window is half-open: the first instant is in, the last one isn't."""
    person = FIVE_ACCOUNTS[0]
    account = Account(person.id, person.username)
    wanted = expected.exhibits(service, person)
    times = [row[3] for row in wanted["3b"]]  # newest first
    since, until = (datetime.fromisoformat(times[i]) for i in (20, 5))
    with Run(datamap, service.addresses, may_write=True) as run:
        paths, pulled = collect(run, datamap, account, tmp_path, Window(since, until))
    events, journal = read(paths["3b"]), read(paths["3a"])

    assert [row[:5] for row in events] == wanted["3b"][6:21]
    assert journal == [r for r in wanted["3a"] if times[20] <= r[4] < times[5]]
    assert read(paths["4a"]) == [
        r for r in wanted["4a"] if times[20] <= r[0] < times[5]
    ]
    tried = read(paths["3c"]) if "3c" in paths else []
    assert {r[0] for r in read(paths["6a"])} == {r[4] for r in (*events, *tried)} | {
        r[6] for r in journal if len(r) > 6
    }
    assert read(paths["1a"]) == wanted["1a"]
    assert pulled["3b"].parameters == {
        "account": person.id,
        "since": times[20],
        "until": times[5],
    }
    assert pulled["1a"].parameters == {"account": person.id}
