"""The over-production guard: whatever a source gives, what is kept was signed for."""

import csv
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosures.datamap.terms import AccountForm, Whose, Window
from disclosures.enums import LeftOut
from disclosures.sources.base import Account
from disclosures.sources.csvfile import CsvFile
from tests.disclosures.sources.maps import column, guard, part

SINCE = datetime(2022, 1, 1, 5, tzinfo=UTC)
UNTIL = datetime(2023, 3, 1, 5, tzinfo=UTC)
ALICE = Account("acct-alice", "Alice")
EVENTS = part(
    "SELECT owner, time FROM events WHERE owner = :account",
    column("owner", whose=Whose.ACCOUNT),
    column("time", "timestamp"),
    column("note"),
    window="time",
)
OWNERS = ("acct-alice", "ACCT-ALICE", "acct-alice ", "acct-bob", "", None)
TIMES = (
    *(SINCE, SINCE - timedelta(microseconds=1), UNTIL),
    *(UNTIL - timedelta(microseconds=1), "2022-06-01 12:00:00", "infinity", None),
    *("2022-06-01T12:00:00.123456789", "10000-01-01 00:00:00", "2022-13-01"),
)


def kept(given_rows, checks, folder, columns=EVENTS.columns):
    """The rows of the file that a source wrote these into, batch by batch."""
    out = Path(folder) / "x.csv"
    with CsvFile(out, checks) as file:
        for batch in given_rows:
            file.write(batch)
    with out.open(newline="", encoding="utf-8") as written:
        header, *rows = csv.reader(written)
    assert header == [one.name for one in columns]
    assert file.rows == len(rows)
    return rows, file


def is_signed(owner, time):
    """The same rule in plain words: hers, and at a known instant of the window."""
    if isinstance(time, str):
        try:
            time = datetime.fromisoformat(time)
        except ValueError:
            return False
    if owner != "acct-alice" or time is None:
        return False
    return SINCE <= time.replace(tzinfo=time.tzinfo or UTC) < UNTIL


@pytest.mark.feature("C6")
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(OWNERS) | st.text("ab-\x00é", max_size=3),
                st.sampled_from(TIMES) | st.datetimes(timezones=st.just(UTC)),
                st.just(b"\xff") | st.just("x"),
            ),
            max_size=8,
        ),
        max_size=4,
    )
)
def test_whatever_a_lying_source_gives_is_kept_only_if_it_was_signed_for(batches):
    checks = guard(EVENTS, ALICE, Window(SINCE, UNTIL))
    with tempfile.TemporaryDirectory() as folder:
        rows, file = kept(batches, checks, folder)

    everything = [row for batch in batches for row in batch]
    signed = [row for row in everything if is_signed(*row[:2])]
    assert [(row[0], row[2]) for row in rows] == [
        (owner, "\\xff" if note == b"\xff" else note) for owner, _, note in signed
    ]
    assert all(is_signed(owner, time) for owner, time, _ in rows)
    assert file.rows + sum(checks.left_out.values()) == len(everything)
    # Odd cells are counted of what is in the file alone.
    bytes_kept = sum(note == b"\xff" for _, _, note in signed)
    odd_times = sum(isinstance(t, str) and len(t) > 26 for _, t, _ in signed)
    assert file.cells.odd == bytes_kept + odd_times


def test_each_reason_is_counted(tmp_path):
    checks = guard(EVENTS, ALICE, Window(SINCE, UNTIL))
    rows, _ = kept(
        [
            [("acct-alice", SINCE, "1"), ("acct-bob", SINCE, "2")],
            [("acct-alice", UNTIL, "3"), ("acct-alice", None, "4")],
            [("acct-alice", "infinity", "5"), (None, SINCE, "6")],
            [("acct-alice", UNTIL - timedelta(microseconds=1), "7")],
        ],
        checks,
        tmp_path,
    )
    assert [row[2] for row in rows] == ["1", "7"]
    assert checks.left_out == Counter(
        {LeftOut.ACCOUNT: 2, LeftOut.WINDOW: 1, LeftOut.NO_TIME: 2}
    )


@pytest.mark.parametrize(
    ("window", "wanted"),
    [
        (Window(), ["early", "late", "never", "infinity"]),
        (Window(since=SINCE), ["late"]),
        (Window(until=SINCE), ["early"]),
    ],
    ids=["open", "since", "until"],
)
def test_an_open_end_lets_every_instant_pass_and_no_other_text(
    window, wanted, tmp_path
):
    checks = guard(EVENTS, ALICE, window)
    given_rows = [
        ("acct-alice", SINCE - timedelta(days=400), "early"),
        ("acct-alice", datetime.max.replace(tzinfo=UTC), "late"),
        ("acct-alice", None, "never"),
        ("acct-alice", "infinity", "infinity"),
    ]
    rows, _ = kept([given_rows], checks, tmp_path)
    assert [row[2] for row in rows] == wanted


def test_a_time_without_a_zone_that_is_too_fine_is_in_its_columns_zone(tmp_path):
    berlin = part(
        "SELECT a, time FROM t WHERE a = :account",
        column("time", "timestamp", zone="Europe/Berlin"),
        window="time",
    )
    checks = guard(berlin, ALICE, Window(until=SINCE))
    fine = ["2022-01-01T05:59:59.1234567", "2022-01-01T06:00:00.1234567"]
    rows, _ = kept([[(one,) for one in fine]], checks, tmp_path, berlin.columns)
    assert rows == [fine[:1]]
    assert checks.left_out == {LeftOut.WINDOW: 1}


KEY = "0b7c9a52-4b3e-4d5f-8a11-0c9a52b7c9a5"


@pytest.mark.parametrize(
    ("whose", "account", "form", "cells", "wanted"),
    [
        (
            *(Whose.ACCOUNT, Account(KEY, "n"), AccountForm.UUID),
            [KEY.upper(), UUID(KEY).hex, UUID(int=0), "no key", None],
            [KEY.upper(), UUID(KEY).hex],
        ),
        (
            *(Whose.ACCOUNT, Account("41", "n"), AccountForm.INTEGER),
            ["41", 41, "041", 4, "4 1", None],
            ["41", "41"],
        ),
        (
            *(Whose.ACCOUNT, Account("no number", "n"), AccountForm.INTEGER),
            ["no number", "41", None],
            [],
        ),
        (
            *(Whose.NAME, Account("k", "Alice"), AccountForm.TEXT),
            ["Alice", "alice", "Alice ", None],
            ["Alice"],
        ),
        (
            *(Whose.NAME_ANY_CASE, Account("k", "Alice"), AccountForm.TEXT),
            ["Alice", "aLICE", "al\u0131ce", "alice_", None],
            ["Alice", "aLICE"],
        ),
    ],
    ids=["uuid", "integer", "no-integer", "name", "name-any-case"],
)
def test_an_owner_is_compared_as_the_service_compares(
    whose, account, form, cells, wanted, tmp_path
):
    one = part("SELECT a FROM t WHERE a = :account", column("a", whose=whose))
    checks = guard(one, account, form=form)
    rows, _ = kept([[(cell,) for cell in cells]], checks, tmp_path, one.columns)
    assert [row[0] for row in rows] == wanted
    assert checks.left_out == {LeftOut.ACCOUNT: len(cells) - len(wanted)}
