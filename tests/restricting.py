"""Restricted cases for tests: a letter that only named persons may know of."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from cases import intake, permissions, restricted
from cases.enums import ExposureGround, Instrument, Role
from cases.models import Case, Exposure
from tests import factories as make

LETTER = {
    "instrument": Instrument.NATIONAL_SECURITY_LETTER,
    "statute_cited": "18 U.S.C. 2709",
}


def case(by: User | None = None, counsel: User | None = None, **facts: object) -> Case:
    """A national security letter, open to its clerk and to counsel, both bound."""
    by = by or make.clerk()
    counsel = counsel or make.counsel()
    found = intake.open_case(
        actor=by, named=[counsel], facts=make.facts(**(LETTER | facts)), at=make.AT
    )
    restricted.acknowledge(actor=counsel, at=make.AT)
    return found


def put(found: Case, user: User, *, is_bound: bool = True) -> Case:
    """Let somebody in and into the register without a word in the trail."""
    permissions.grant_to_person(
        found, user, given_by=None, reason="New case", at=make.AT
    )
    Exposure.objects.create(
        case=found,
        person=user,
        name=user.username,
        ground=ExposureGround.COMPLIANCE,
        told_at=make.AT,
        told_by=found.opened_by,
        told_by_name="Somebody",
        bound_at=make.AT if is_bound else None,
    )
    return found


def counsel_of(found: Case) -> User:
    """The counsel whom the clerk named."""
    row = found.exposures.get(person__groups__name=Role.COUNSEL.value)
    assert row.person is not None
    return row.person


def name(found: Case, user: User, *, is_bound: bool = True, **given: object) -> User:
    """Somebody whom that counsel let in, and who has acknowledged it."""
    if user.groups.filter(name=Role.OUTSIDE_COUNSEL.value).exists():
        given.setdefault("ends_at", timezone.now() + timedelta(days=7))
    make.let_in(found, user, actor=counsel_of(found), **given)
    if is_bound:
        restricted.acknowledge(actor=user)
    return user


def register(found: Case) -> list[tuple[str, str, object]]:
    """The register in short: who, on which ground, and when they acknowledged."""
    return [(one.name, one.ground, one.bound_at) for one in found.exposures.all()]
