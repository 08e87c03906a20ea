"""What can still exist of a kind of record, in sentences with the dates."""

from datetime import UTC, datetime

import pytest

from cases.remains import Keeping, Kept, as_data, flags, from_data, terms

AT = datetime(2023, 3, 31, 14, 5, tzinfo=UTC)
JUNE = datetime(2022, 6, 1, tzinfo=UTC)
BEGUN = datetime(2002, 11, 1, 17, 11, 36, tzinfo=UTC)
TERM = Kept(words="Access records are deleted after a term.", days=90)


def day(month, number, year=2022):
    return datetime(year, month, number, tzinfo=UTC)


def of(kept):
    return (Keeping("3b", "Events", kept),)


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (TERM, "Kept for 90 days. Access records are deleted after a term."),
        (
            Kept("Removed with it.", with_account=True),
            "Kept while the account exists. Removed with it.",
        ),
        (Kept(since=BEGUN), "Recorded since 1 November 2002, 17:11:36 UTC."),
        (Kept("W.", days=1200, since=JUNE), "Kept for 1,200 days. Recorded since 1"
         " June 2022. W."),
    ],
)  # fmt: skip
def test_how_long_it_is_kept_is_said_part_by_part(kept, words):
    assert terms(of(kept)) == (f"Part 3b, Events: {words}",)


def test_a_part_that_states_nothing_has_no_sentence():
    assert terms(of(Kept())) == ()
    assert terms(of(Kept(until=JUNE))) == ()


@pytest.mark.feature("D3", part=True)
@pytest.mark.parametrize(
    ("kept", "window", "words"),
    [
        # 90 days before 31 March 2023 are 31 December 2022.
        (TERM, (day(12, 31), None), ""),
        (
            TERM,
            (day(12, 30), None),
            "The window begins on 30 December 2022, but nothing before 31 December"
            " 2022 can still exist: records are kept for 90 days.",
        ),
        (
            TERM,
            (None, day(1, 1, 2024)),
            "The window has no beginning, but nothing before 31 December 2022 can"
            " still exist: records are kept for 90 days.",
        ),
        (
            TERM,
            (day(1, 1), day(12, 31)),
            "Nothing of this window (1 January 2022 to 31 December 2022) can still"
            " exist: records are kept for 90 days, the oldest are of 31 December 2022.",
        ),
        (
            TERM,
            (None, day(2, 1)),
            "Nothing of this window (up to 1 February 2022) can still exist: records"
            " are kept for 90 days, the oldest are of 31 December 2022.",
        ),
        (Kept("W.", with_account=True), (None, None), ""),
        (Kept(since=JUNE), (day(6, 1), None), ""),
        (
            Kept(since=JUNE),
            (day(5, 31), None),
            "The window begins on 31 May 2022, but nothing before 1 June 2022 exists:"
            " it is recorded only since then.",
        ),
        (
            Kept(since=BEGUN),
            (day(1, 1, 1999), day(1, 1, 2000)),
            "Nothing of this window (1 January 1999 to 1 January 2000) exists: it is"
            " recorded only since 1 November 2002, 17:11:36 UTC.",
        ),
        # The later of the two bounds is the one that is said.
        (
            Kept("W.", days=9999, since=JUNE),
            (day(1, 1), None),
            "The window begins on 1 January 2022, but nothing before 1 June 2022"
            " exists: it is recorded only since then.",
        ),
        (Kept("W.", days=2**53), (None, None), "The window has no beginning, but"
         " nothing before 1 January 1 can still exist: records are kept for"
         " 9,007,199,254,740,992 days."),
        (Kept(until=day(4, 1, 2023)), (day(1, 1), None), ""),
        (
            Kept(until=AT),
            (day(1, 1), None),
            "Since 31 March 2023, 14:05:00 UTC the source no longer has the shape that"
            " the data map describes; what is asked of it may be missing.",
        ),
    ],
)  # fmt: skip
def test_a_window_older_than_what_can_exist_is_said_with_the_dates(kept, window, words):
    found = flags(of(kept), window, AT)

    assert found == ((f"Part 3b, Events: {words}",) if words else ())


def test_what_is_stated_survives_being_written_down():
    stated = (Keeping("1a", "A", TERM), Keeping("1b", "B", Kept(since=BEGUN)))

    assert from_data(as_data(stated)) == stated
    assert from_data(as_data(())) == ()
