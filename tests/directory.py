"""Delivery addresses: entered, and checked by another person."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from cases import agencies
from cases.enums import ContactKind, ContactMethod, ContactOutcome
from cases.models import Agency, AgencyContact
from tests import factories as make


def entered(
    *,
    of: Agency | None = None,
    by: User | None = None,
    at: datetime = make.AT,
    **changed: str,
) -> AgencyContact:
    """A delivery address of the agency that nobody has checked yet."""
    wanted = {
        "kind": ContactKind.EMAIL,
        "recipient": "Special Agent Dana Whitlock",
        "address": "dana.whitlock@agency.example",
    }
    return agencies.enter_contact(
        (of or make.agency()).pk, actor=by or make.clerk(), at=at, **(wanted | changed)
    )


def check(**changed: str) -> agencies.Check:
    """A call-back that confirmed an address."""
    said = {
        "outcome": ContactOutcome.CONFIRMED,
        "method": ContactMethod.CALL_BACK,
        "source": "The switchboard on the department's website",
        "evidence": "The records desk spelled it out.",
    }
    return agencies.Check(**(said | changed))


def contact(
    *, of: Agency | None = None, at: datetime | None = None, **changed: str
) -> AgencyContact:
    """A delivery address that another person has just confirmed."""
    at = at or timezone.now()
    made = entered(of=of, at=at, **changed)
    agencies.check_contact(made.pk, actor=make.counsel(), check=check(), at=at)
    return made
