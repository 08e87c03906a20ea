"""What lies sealed shows nothing, and is found all the same."""

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from cases import keys, targeting
from cases.enums import IdentifierKind
from cases.models import Target
from compliance import resealing
from tests import factories as make

TARGET = keys.Purpose.TARGET


@given(st.text())
def test_what_is_sealed_opens_as_it_was_and_never_twice_the_same(text):
    sealed = keys.close(text, TARGET)
    assert keys.reveal(sealed, TARGET) == text
    assert keys.close(text, TARGET) != sealed


def test_a_value_of_one_purpose_opens_as_no_other():
    sealed = keys.close("alice", TARGET)
    with pytest.raises(ImproperlyConfigured, match="No key"):
        keys.reveal(sealed, keys.Purpose.FACTOR)
    other = keys.fingerprint("alice", keys.Purpose.FACTOR)
    assert keys.fingerprint("alice", TARGET) != other


def test_without_a_key_nothing_is_sealed(settings):
    settings.SITE_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="no key"):
        keys.close("alice", TARGET)


@pytest.mark.feature("T4", part=True)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "aLICE"),
        ("alice", "  alice "),
        ("\uff21lice", "alice"),  # full-width
        ("cafe\u0301", "caf\u00e9"),  # composed or not
        ("stra\u00dfe", "STRASSE"),
        ("ana@example.org", "Ana+lists@Example.ORG"),
        ("ana+a+b@example.org", "ana@example.org"),
    ],
)
def test_variants_are_looked_for_alike(one, other):
    assert keys.normalised(one) == keys.normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "alice2"),
        ("ali_ce", "ali-ce"),
        ("c++", "c"),
        ("ana@example.org", "ana@example.com"),
        ("ana", "ana@example.org"),
    ],
)
def test_others_are_not(one, other):
    assert keys.normalised(one) != keys.normalised(other)


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(text):
    once = keys.normalised(text)
    assert keys.normalised(once).partition("+")[0] == once.partition("+")[0]


@pytest.mark.django_db
def test_a_sealed_column_is_written_sealed_and_read_plain():
    case = make.opened()
    made = make.target(case, "Canary-Alice")
    with connection.cursor() as cursor:
        cursor.execute("SELECT identifier, exact, findable FROM cases_target")
        stored = cursor.fetchone()
    assert not [one for one in stored if "canary" in one.lower()]
    assert Target.objects.get().identifier == "Canary-Alice"
    assert Target.objects.values_list("identifier", flat=True).get() == "Canary-Alice"
    assert made.findable == keys.fingerprint("canary-alice", TARGET)


@pytest.mark.django_db
def test_a_sealed_column_can_t_be_compared():
    for wanted in ({"identifier": "alice"}, {"identifier__icontains": "a"}):
        with pytest.raises(FieldError):
            Target.objects.filter(**wanted).exists()
    assert not Target.objects.filter(identifier="").exists()


@pytest.mark.django_db
def test_the_same_target_twice_and_one_too_long_are_refused_in_words():
    case = make.opened()
    make.target(case, "alice")
    with pytest.raises(ValidationError, match="on the case already"):
        make.target(case, "alice")
    make.target(case, "Alice")  # as the paper spells it: another one
    with pytest.raises(ValidationError, match="at most 320 characters"):
        make.target(case, "a" * 321)
    assert Target.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.feature("T4", part=True)
def test_a_rotation_seals_every_target_anew_and_finds_it_before_and_after(settings):
    case, old = make.opened(), list(settings.SITE_KEYS)
    make.target(case, "alice@example.org", kind=IdentifierKind.EMAIL)
    clerk = case.opened_by
    settings.SITE_KEYS = ["a newer key, as long as the older one was", *old]
    assert len(targeting.find(actor=clerk, identifier="ALICE@example.org")) == 1
    assert resealing.needing_an_older_key() == 1
    call_command("rotate_keys", "--reseal")
    assert resealing.needing_an_older_key() == 0
    settings.SITE_KEYS = settings.SITE_KEYS[:1]
    assert len(targeting.find(actor=clerk, identifier="alice@example.org")) == 1
    assert Target.objects.get().identifier == "alice@example.org"
