"""Addresses name rows by tokens: they tell no number, and none can be made up."""

import base64

import pytest
from django.test import override_settings
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from cases import keys

ROWS = st.integers(min_value=0, max_value=2**63 - 1)
KEYS = ["newer-key-of-the-site", "older-key-of-the-site"]


def page(pk: int) -> str:
    return reverse("admin:cases_case_change", args=[pk])


@given(ROWS)
def test_a_token_leads_back_to_its_row_and_is_always_the_same(number):
    token = keys.disguise(number, "case")
    assert (keys.undisguise(token, "case"), len(token)) == (number, 32)
    assert keys.disguise(number, "case") == token


@given(ROWS, ROWS)
def test_tokens_of_two_rows_differ_and_so_do_kinds(one, other):
    assert (keys.disguise(one, "case") == keys.disguise(other, "case")) == (
        one == other
    )
    assert keys.disguise(one, "case") != keys.disguise(other, "row")
    with pytest.raises(ValueError, match="No key"):
        keys.undisguise(keys.disguise(one, "row"), "case")


@given(st.integers(0, 23), st.integers(1, 255))
def test_a_token_that_was_touched_is_none(place, change):
    raw = bytearray(base64.urlsafe_b64decode(keys.disguise(7, "case")))
    raw[place] ^= change
    with pytest.raises(ValueError, match="No key"):
        keys.undisguise(base64.urlsafe_b64encode(bytes(raw)).decode(), "case")


@pytest.mark.parametrize("token", ["", "7", "A" * 31, "A" * 32, "é" * 32])
def test_what_is_no_token_is_none(token):
    with pytest.raises(ValueError, match="token"):
        keys.undisguise(token, "case")


@pytest.mark.parametrize(
    "path", ["/cases/case/7/", "/cases/case/-7/", f"/cases/case/{'A' * 32}/"]
)
def test_no_row_is_reached_by_its_number(path):
    assert "case_id" not in resolve(path).kwargs


def test_an_address_says_nothing_of_the_row_before():
    addresses = {page(number) for number in range(50)}
    assert len(addresses) == 50
    assert {resolve(one).kwargs["case_id"] for one in addresses} == set(range(50))


def test_addresses_hold_while_keys_are_rotated():
    with override_settings(SITE_KEYS=KEYS[1:]):
        old = page(7)
    with override_settings(SITE_KEYS=KEYS):
        new = page(7)
        found = [resolve(one).kwargs["case_id"] for one in (old, new)]
    assert (found, old == new) == ([7, 7], False)
