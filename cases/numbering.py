"""The numbers of cases: a row without gaps for who sees them, a name for the rest.

A restricted case takes no number of the row, so that nobody can tell from a gap that
there is one. A number that it gives back (``Case.former_number``) goes to the next
request. Call ``next_number`` with the organisation's row locked: openings queue there.
"""

import secrets

from django.db.models import QuerySet
from django.db.models.functions import Length, Substr

from cases.models import Case

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another
_LENGTH = 8


def next_number(year: int) -> str:
    """The next number of a year of the organisation's zone: LR-2026-00042."""
    prefix = f"LR-{year}-"
    freed = Case.objects.filter(former_number__startswith=prefix).exclude(
        former_number__in=Case.objects.values("number")
    )
    if given_back := freed.order_by("former_number").first():
        return given_back.former_number
    last = in_order(Case.objects.filter(number__startswith=prefix)).first()
    serial = int(last.number.rsplit("-", 1)[1]) + 1 if last else 1
    return f"{prefix}{serial:05d}"


def in_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Ordinary cases by number, the last first: not by age, a number may be given back.

    The text order of the numbers breaks at the hundred thousandth of a year.
    """
    year = Substr("number", 1, len("LR-2026"))
    return cases.order_by(year.desc(), Length("number").desc(), "-number")


def restricted_number() -> str:
    """A number that tells neither when the case came in nor how many there are."""
    while True:
        number = random_name("R")
        if not Case.objects.filter(number=number).exists():
            return number


def random_name(prefix: str) -> str:
    """A name that tells nothing, such as ``R-7K3QXH2M``; it may be taken already."""
    return f"{prefix}-" + "".join(
        secrets.choice(_LETTERS) for _letter in range(_LENGTH)
    )
