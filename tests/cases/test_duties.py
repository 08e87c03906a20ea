"""Which two acts on one case want two persons, profile by profile."""

from itertools import product

import pytest

from cases.duties import clashes
from cases.enums import Act, Profile

A = Act
FLOOR = {
    frozenset({desk, other})
    for desk in (A.PREPARE, A.COLLECT)
    for other in (A.APPROVE, A.EXAMINE, A.CERTIFY, A.RELEASE)
}
APART = {
    Profile.TWO_PEOPLE: FLOOR,
    Profile.STANDARD: FLOOR
    | {
        frozenset({A.APPROVE, A.EXAMINE}),
        frozenset({A.EXAMINE, A.RELEASE}),
        frozenset({A.APPROVE, A.CERTIFY}),
        frozenset({A.APPROVE, A.RELEASE}),
        frozenset({A.CERTIFY, A.RELEASE}),
    },
}


@pytest.mark.parametrize(
    ("profile", "wanted", "done"), list(product(Profile, Act, Act))
)
def test_every_pair_of_acts(profile, wanted, done):
    apart = frozenset({wanted, done}) in APART[profile]
    assert clashes(profile, wanted, {done}) == (frozenset({done}) if apart else set())


def test_all_acts_that_bar_are_named():
    done = {A.PREPARE, A.COLLECT, A.CERTIFY}
    assert clashes(Profile.STANDARD, A.APPROVE, done) == done


def test_nothing_done_bars_nothing():
    assert clashes(Profile.STANDARD, A.RELEASE, ()) == set()


def test_an_unknown_profile_is_an_error():
    with pytest.raises(ValueError, match="is not a valid Profile"):
        clashes("lenient", A.RELEASE, ())
