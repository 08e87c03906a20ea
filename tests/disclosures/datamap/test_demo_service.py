"""The stand-in service: invented, the same each time, and never over something else."""

import ipaddress
import re

import pytest

from disclosures.datamap.demo_service import FIVE_ACCOUNTS, Shape, make_service
from disclosures.datamap.demo_service.activity import Story
from disclosures.datamap.demo_service.people import (
    DELETED_NAME,
    LOOK_ALIKES,
    TEAM_MATE,
    everybody,
)

DOCUMENTATION = [
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


def test_the_same_seed_tells_the_same_story():
    assert Story(7).tell() == Story(7).tell()
    assert Story(7).tell() != Story(8).tell()


def test_the_present_shape_tells_the_same_story_and_goes_on():
    then, now = Story(7).tell(), Story(7, Shape.PRESENT).tell()
    assert now == Story(7, Shape.PRESENT).tell()
    later = {"user_events", "ip_addresses", "user_unique_logins"}
    for table in {*now.rows} - later - {"users"}:
        assert now.rows[table] == then.rows[table]
    for table in later:
        before = then.rows[table]
        assert now.rows[table][: len(before)] == before
        assert len(now.rows[table]) > len(before)
    joined = [[u["date_joined"] for u in w.rows["users"]] for w in (then, now)]
    assert joined[0] == joined[1]
    tried = [u["created"].year for u in now.rows["user_unique_logins"]]
    used = [e["time"].year for e in now.rows["user_events"]]
    assert (min(tried), min(used), max(used)) == (2025, 2019, 2026)


def test_three_subpoenas_name_five_accounts():
    assert [p.subpoena for p in FIVE_ACCOUNTS] == [1, 1, 2, 2, 3]
    assert len({p.id for p in everybody()}) == len(everybody()) == 318


def test_each_of_the_five_has_between_40_and_90_rows_over_the_years(service):
    rows = service.world.rows
    for person in FIVE_ACCOUNTS:
        times = [e["time"] for e in rows["user_events"] if e["source_id"] == person.id]
        times += [
            j["submitted_date"]
            for j in rows["journals"]
            if j["submitted_by"].lower() == person.username
        ]
        assert 40 <= len(times) <= 90
        assert (min(times).year, max(times).year) == (2019, 2023)


@pytest.mark.parametrize("made", ["service", "present"])
def test_everything_is_invented(request, made):
    rows = request.getfixturevalue(made).world.rows
    for row in rows["ip_addresses"]:
        address = ipaddress.ip_address(row["ip_address"])
        assert any(address in network for network in DOCUMENTATION)
    for row in rows["user_emails"]:
        assert re.fullmatch(r"[\w.-]+@example\.(org|net)", row["email"])


def test_there_are_several_thousand_rows_and_hostile_ones_among_the_fives(service):
    rows = service.world.rows
    assert sum(map(len, rows.values())) > 3_000
    moth = FIVE_ACCOUNTS[2]
    assert '<img src="file:///etc/passwd">' in moth.name
    assert "\u202e" in moth.name
    details = [
        str(e["additional"]) for e in rows["user_events"] if e["source_id"] == moth.id
    ]
    assert any("rel=attachment" in text and "http://" in text for text in details)


def test_the_traps_are_set(service):
    rows = service.world.rows
    names = {u["username"] for u in rows["users"]}
    journal = {j["submitted_by"] for j in rows["journals"]}
    assert {p.username for p in (*LOOK_ALIKES, TEAM_MATE)} <= names
    assert DELETED_NAME not in names
    assert {DELETED_NAME, "Quill_Heron", TEAM_MATE.username} <= journal
    assert {
        j["submitted_by"] for j in rows["journals"] if j["name"] == "heron-nest"
    } >= {"quill_heron", "tern_mate"}


def test_nothing_that_exists_is_touched(tmp_path):
    database, parquet = tmp_path / "s.sqlite3", tmp_path / "d.parquet"
    make_service(f"sqlite:///{database}", parquet)
    before = database.read_bytes(), parquet.read_bytes()

    for where in (database, f"sqlite:///{database}"):
        with pytest.raises(FileExistsError):
            make_service(where, tmp_path / "other.parquet")
    with pytest.raises(FileExistsError):
        make_service(tmp_path / "other.sqlite3", parquet)

    assert (database.read_bytes(), parquet.read_bytes()) == before


def test_a_database_with_a_services_tables_is_refused(tmp_path):
    database, parquet = tmp_path / "s.sqlite3", tmp_path / "d.parquet"
    make_service(database, parquet)

    with pytest.raises(FileExistsError, match="tables of a service already"):
        make_service(f"sqlite+pysqlite:///{database}", tmp_path / "e.parquet")
