"""The text form of each cell."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosures.datamap.terms import Column
from disclosures.enums import ColumnType
from disclosures.sources.cells import Cells, MisfitError, canonical_json

NOON = datetime.fromisoformat("2023-03-01T12:00:00")  # without a zone


def form(value, kind, zone="UTC"):
    """The cell's text and whether it was odd."""
    cells = Cells((Column("c", "C", "A column.", ColumnType(kind), zone=zone),))
    return cells.row([value])[0], cells.odd


@pytest.mark.parametrize(
    ("value", "kind", "zone", "text", "odd"),
    [
        ("", "text", "", "", 0),
        ("a\x00b\x1b\u202e\U0001f98b", "text", "", "a\x00b\x1b\u202e\U0001f98b", 0),
        (b"\xff\x00", "text", "", "\\xff00", 1),
        (memoryview(b"ab"), "text", "", "\\x6162", 1),
        ("caf\udce9", "text", "", "\\x636166e9", 1),
        (True, "text", "", "true", 0),
        (False, "text", "", "false", 0),
        (1.5, "text", "", "1.5", 0),
        (Decimal("1.50"), "text", "", "1.50", 0),
        (Decimal("1E-7"), "text", "", "0.0000001", 0),
        (Decimal("-Infinity"), "text", "", "-Infinity", 0),
        (date(1969, 1, 2), "text", "", "1969-01-02", 0),
        (NOON, "text", "", "2023-03-01T12:00:00", 0),
        (timedelta(seconds=2), "text", "", "2000000 microseconds", 0),
        ([1, "a"], "text", "", '[1,"a"]', 0),
        (UUID(int=1), "text", "", "00000000-0000-0000-0000-000000000001", 0),
        (ip_address("2001:db8::1"), "address", "", "2001:db8::1", 0),
        (7, "integer", "", "7", 0),
        (True, "integer", "", "1", 0),
        (Decimal("12"), "integer", "", "12", 0),
        (3.0, "integer", "", "3", 0),
        ("-12", "integer", "", "-12", 0),
        (1, "boolean", "", "true", 0),
        (b"\x00", "boolean", "", "false", 0),
        ("t", "boolean", "", "true", 0),
        (NOON, "timestamp", "UTC", "2023-03-01T12:00:00+00:00", 0),
        (
            NOON.replace(microsecond=5),
            "timestamp",
            "Europe/Berlin",
            "2023-03-01T11:00:00.000005+00:00",
            0,
        ),
        (
            datetime(2023, 7, 1, 12, tzinfo=timezone(timedelta(hours=2))),
            "timestamp",
            "UTC",
            "2023-07-01T10:00:00+00:00",
            0,
        ),
        (date(1960, 1, 1), "timestamp", "UTC", "1960-01-01T00:00:00+00:00", 0),
        (
            "2023-03-01 12:00:00.5",
            "timestamp",
            "UTC",
            "2023-03-01T12:00:00.500000+00:00",
            0,
        ),
        ("2023-03-01T12:00:00Z", "timestamp", "UTC", "2023-03-01T12:00:00+00:00", 0),
        ("2023-03-01 12:00:00+00", "timestamp", "UTC", "2023-03-01T12:00:00+00:00", 0),
        ("infinity", "timestamp", "UTC", "infinity", 1),
        ("10000-01-01 00:00:00+00", "timestamp", "UTC", "10000-01-01 00:00:00+00", 1),
        (
            "0044-03-15 00:00:00+00 BC",
            "timestamp",
            "UTC",
            "0044-03-15 00:00:00+00 BC",
            1,
        ),
        (
            "2023-03-01 12:00:00.123456789",
            "timestamp",
            "UTC",
            "2023-03-01 12:00:00.123456789",
            1,
        ),
        ("0001-01-01 00:00:00", "timestamp", "Asia/Tokyo", "0001-01-01 00:00:00", 1),
        (date.min, "timestamp", "Asia/Tokyo", "0001-01-01", 1),
        ('{"b": 1.10, "a": [null, true]}', "json", "", '{"a":[null,true],"b":1.10}', 0),
        ("null", "json", "", "null", 0),
        ({"b": 1, "a": "é"}, "json", "", '{"a":"é","b":1}', 0),
        ([], "json", "", "[]", 0),
        ('{"a": 1, "a": 2}', "json", "", '{"a": 1, "a": 2}', 1),
        ("{broken", "json", "", "{broken", 1),
        ("NaN", "json", "", "NaN", 1),
        ("[" * 100_000, "json", "", "[" * 100_000, 1),
        (b"\x01", "json", "", "\\x01", 1),
        (r'"\ud800"', "json", "", r'"\ud800"', 0),
        ("9" * 5000, "json", "", "9" * 5000, 0),
    ],
)
def test_a_value_has_one_form(value, kind, zone, text, odd):
    assert form(value, kind, zone or "UTC") == (text, odd)


@pytest.mark.parametrize("kind", [each.value for each in ColumnType])
def test_null_is_null_in_every_column(kind):
    assert form(None, kind) == (None, 0)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("secret", "integer"),
        (1.5, "integer"),
        (float("inf"), "integer"),
        (float("nan"), "integer"),
        (Decimal("sNaN"), "integer"),
        (b"1", "integer"),
        ("secret", "boolean"),
        (2, "boolean"),
        (1677628800, "timestamp"),
        (object(), "text"),
    ],
)
def test_a_value_of_the_wrong_type_stops_without_being_quoted(value, kind):
    with pytest.raises(MisfitError) as caught:
        form(value, kind)
    assert str(caught.value) == f"column “c” holds a value that isn't of type “{kind}”"


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_sort_as_text_as_they_sort_as_times(moment):
    later = moment + timedelta(microseconds=1) if moment.year < 9999 else moment

    assert form(moment, "timestamp")[0] <= form(later, "timestamp")[0]
    assert datetime.fromisoformat(form(moment, "timestamp")[0]) == moment


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_keeps_the_value_and_is_its_own_form(value):
    text = canonical_json(json.dumps(value))

    assert json.loads(text) == value
    assert canonical_json(text) == text
    text.encode()
