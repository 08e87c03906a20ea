"""A target's window: whole days of a zone, as instants that lose and add nothing."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Target
from cases.models.target import day_window


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Worked out by hand from each zone's rules; the comment says what the day is.
EDGES = [
    # New York: five hours behind in winter, four in summer.
    ("America/New_York", "2023-01-01", "2023-01-01", "2023-01-01T05", "2023-01-02T05"),
    ("America/New_York", "2023-07-01", "2023-07-01", "2023-07-01T04", "2023-07-02T04"),
    # ... 23 hours on the day the clocks go forward, 25 on the day they go back.
    ("America/New_York", "2023-03-12", "2023-03-12", "2023-03-12T05", "2023-03-13T04"),
    ("America/New_York", "2023-11-05", "2023-11-05", "2023-11-05T04", "2023-11-06T05"),
    # ... a window over both changes.
    ("America/New_York", "2023-03-12", "2023-11-05", "2023-03-12T05", "2023-11-06T05"),
    # Paris: one hour ahead in winter, two in summer.
    ("Europe/Paris", "2023-03-26", "2023-03-26", "2023-03-25T23", "2023-03-26T22"),
    ("Europe/Paris", "2023-10-29", "2023-10-29", "2023-10-28T22", "2023-10-29T23"),
    # São Paulo in 2018: midnight of 4 November was skipped, the day began at one; on
    # 18 February the clocks had gone back at midnight.
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04", "2018-11-04T03", "2018-11-05T02"),
    ("America/Sao_Paulo", "2018-11-03", "2018-11-03", "2018-11-03T03", "2018-11-04T03"),
    ("America/Sao_Paulo", "2018-02-17", "2018-02-17", "2018-02-17T02", "2018-02-18T03"),
    # Havana: midnight of 5 November 2023 came twice; the day begins with the first.
    ("America/Havana", "2023-11-05", "2023-11-05", "2023-11-05T04", "2023-11-06T05"),
    # Apia skipped the whole of 30 December 2011: no instant belongs to it.
    ("Pacific/Apia", "2011-12-30", "2011-12-30", "2011-12-30T10", "2011-12-30T10"),
    ("Pacific/Apia", "2011-12-29", "2011-12-31", "2011-12-29T10", "2011-12-31T10"),
    ("UTC", "2024-02-29", "2024-02-29", "2024-02-29T00", "2024-03-01T00"),
]


@pytest.mark.feature("T1")
@pytest.mark.parametrize(("zone", "first", "last", "since", "until"), EDGES)
def test_a_window_begins_and_ends_with_the_days_of_its_zone(
    zone, first, last, since, until
):
    target = Target(
        first_day=date.fromisoformat(first),
        last_day=date.fromisoformat(last),
        time_zone=zone,
    )
    assert target.window == (utc(since), utc(until))


@pytest.mark.feature("T1")
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Paris", "Asia/Tokyo"])
def test_an_open_end_stays_open(zone):
    day = date(2023, 7, 1)
    since, until = day_window(day, day, zone)
    assert day_window(day, None, zone) == (since, None)
    assert day_window(None, day, zone) == (None, until)
    assert day_window(None, None, zone) == (None, None)


@pytest.mark.feature("T1")
@given(
    zone=st.sampled_from(
        ["America/New_York", "Europe/Paris", "America/Sao_Paulo", "America/Havana"]
    ),
    day=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    minutes=st.integers(-3 * 24 * 60, 3 * 24 * 60),
)
def test_an_instant_is_inside_exactly_when_its_local_date_is(zone, day, minutes):
    since, until = day_window(day, day, zone)
    instant = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    instant += timedelta(minutes=minutes)
    inside = since <= instant < until
    assert inside == (instant.astimezone(ZoneInfo(zone)).date() == day)


@given(
    zone=st.sampled_from(["America/New_York", "Europe/Paris", "America/Sao_Paulo"]),
    day=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
)
def test_one_day_ends_where_the_next_begins(zone, day):
    next_day = day + timedelta(days=1)
    assert day_window(day, day, zone)[1] == day_window(next_day, next_day, zone)[0]
