"""The directory of agencies: who sends us legal process, and where they take delivery.

What holds here: an address is entered by one person and checked by another, against a
source that isn't the request itself; a check holds for the site's number of days; an
address is retired and another entered, never edited.
Source: docs/policy.md, section "Agencies and where they take delivery".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import (
    ContactKind,
    ContactMethod,
    ContactOutcome,
    Perm,
    SiteEventKind,
)
from cases.exceptions import FourEyesViolation, IllegalTransition, require_storable
from cases.models import Agency, AgencyContact, ContactCheck, Organisation

FACTS = ("name", "jurisdiction", "address")


@dataclass(frozen=True)
class Check:
    """What somebody found out about a delivery address, and from where."""

    outcome: str
    method: str
    source: str
    evidence: str


@transaction.atomic
def add_agency(
    *,
    actor: User,
    name: str,
    jurisdiction: str,
    address: str = "",
    at: datetime | None = None,
) -> Agency:
    """Add an agency to the directory, or find it there under the same law.

    Raises:
        PermissionDenied: no role of ``actor`` takes in requests.
        ValidationError: no name, an unknown jurisdiction, or the directory has the
            agency under another one.
    """
    permissions.require_role(actor, Perm.INTAKE)
    name = " ".join(name.split())
    require_storable(new_agency=name, address=address)
    known = Agency.objects.filter(name__iexact=name).first()
    if known is None:
        known = Agency(name=name, jurisdiction=jurisdiction, address=address.strip())
        known.full_clean()
        known.save()
        audit.record_site(
            SiteEventKind.AGENCY_ADDED,
            actor=actor,
            at=at or timezone.now(),
            data={"agency": known.pk, "name": known.name},
        )
    elif known.jurisdiction != jurisdiction:
        raise ValidationError(
            {"new_agency": _("The directory has this agency: choose it from the list.")}
        )
    return known


@transaction.atomic
def change_agency(
    agency_id: int,
    *,
    actor: User,
    facts: Mapping[str, str],
    at: datetime | None = None,
) -> Agency:
    """Correct what the directory says of an agency; sealed packets keep what they say.

    Raises:
        PermissionDenied: no role of ``actor`` takes in requests.
        ValidationError: no name, an unknown jurisdiction, a name that another agency
            has, or nothing that would change.
    """
    permissions.require_role(actor, Perm.INTAKE)
    agency = Agency.objects.select_for_update().get(pk=agency_id)
    require_storable(**facts)
    said = {name: str(facts[name]).strip() for name in FACTS if name in facts}
    changed = {
        name: [getattr(agency, name), value]
        for name, value in said.items()
        if getattr(agency, name) != value
    }
    if not changed:
        raise ValidationError(_("Nothing is different."))
    for name, value in said.items():
        setattr(agency, name, value)
    agency.full_clean()
    agency.save()
    audit.record_site(
        SiteEventKind.AGENCY_CHANGED,
        actor=actor,
        at=at or timezone.now(),
        data={"agency": agency.pk, "changed": changed},
    )
    return agency


@transaction.atomic
def enter_contact(
    agency_id: int,
    *,
    actor: User,
    kind: str,
    recipient: str,
    address: str,
    at: datetime | None = None,
) -> AgencyContact:
    """Enter where an agency takes delivery; nothing goes there until it is checked.

    Raises:
        PermissionDenied: no role of ``actor`` takes in requests.
        ValidationError: no recipient, an address that isn't of its kind, or one that
            the agency has already.
    """
    permissions.require_role(actor, Perm.INTAKE)
    at = at or timezone.now()
    require_storable(recipient=recipient, address=address)
    contact = AgencyContact(
        agency=Agency.objects.get(pk=agency_id),
        kind=kind,
        recipient=" ".join(recipient.split()),
        address=" ".join(address.split()),
        entered_by=actor,
        entered_by_name=audit.name_of(actor),
        entered_at=at,
    )
    contact.full_clean()
    _require_of_its_kind(contact)
    contact.save()
    _record(SiteEventKind.CONTACT_ENTERED, contact, actor, at, of=contact.kind)
    return contact


@transaction.atomic
def check_contact(
    contact_id: int, *, actor: User, check: Check, at: datetime | None = None
) -> ContactCheck:
    """Record what a second person found out about an address; the last check counts.

    Raises:
        PermissionDenied: no role of ``actor`` checks addresses.
        FourEyesViolation: ``actor`` entered it.
        IllegalTransition: it was retired.
        ValidationError: an unknown outcome or way, no source or no evidence.
    """
    permissions.require_role(actor, Perm.CHECK_CONTACT)
    at = at or timezone.now()
    contact = _in_use(contact_id)
    if contact.entered_by_id == actor.pk:
        raise FourEyesViolation(
            _("You entered this address: another person checks it.")
        )
    require_storable(source=check.source, evidence=check.evidence)
    made = ContactCheck(
        contact=contact,
        outcome=check.outcome,
        method=check.method,
        source=check.source.strip(),
        evidence=check.evidence.strip(),
        entered_by_id=contact.entered_by_id,
        checked_by=actor,
        checked_by_name=audit.name_of(actor),
        checked_at=at,
    )
    made.full_clean()
    made.save()
    _record(
        SiteEventKind.CONTACT_CHECKED,
        contact,
        actor,
        at,
        check=made.pk,
        outcome=ContactOutcome(made.outcome).value,
        method=ContactMethod(made.method).value,
    )
    return made


@transaction.atomic
def retire_contact(
    contact_id: int, *, actor: User, reason: str, at: datetime | None = None
) -> AgencyContact:
    """Take an address out of use; what was sent there stays on record.

    Raises:
        PermissionDenied: no role of ``actor`` checks addresses.
        IllegalTransition: it was retired already.
        ValidationError: no reason.
    """
    permissions.require_role(actor, Perm.CHECK_CONTACT)
    at = at or timezone.now()
    contact = _in_use(contact_id)
    require_storable(reason=reason)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is retired.")})
    contact.retired_by, contact.retired_at = actor, at
    contact.retire_reason = reason.strip()
    contact.full_clean()
    contact.save()
    _record(
        SiteEventKind.CONTACT_RETIRED, contact, actor, at, reason=contact.retire_reason
    )
    return contact


def usable(agency: Agency, at: datetime) -> list[AgencyContact]:
    """The addresses that a packet may be sent to at this instant."""
    days = Organisation.objects.get().contact_days
    return list(agency.contacts.current(at, days))


def why_none(agency: Agency, at: datetime) -> str:
    """Why no packet may be sent to this agency now, and who mends it; "" where it may.

    The clock of the gates is that of the moment, so ``at`` is never an older instant.
    """
    if usable(agency, at):
        return ""
    known = agency.contacts.in_use()
    if not known.exists():
        return _(
            "%(agency)s has no delivery address in the directory. A clerk or "
            "analyst enters one, and another person checks it."
        ) % {"agency": agency}
    last = [one.checks.last() for one in known]
    if any(check and check.outcome == ContactOutcome.CONFIRMED for check in last):
        days = Organisation.objects.get().contact_days
        return _(
            "The delivery addresses of %(agency)s were last checked more "
            "than %(days)s days ago. A clerk, analyst or counsel who didn't "
            "enter one does so again."
        ) % {"agency": agency, "days": days}
    return _(
        "No delivery address of %(agency)s has passed a check. A clerk, "
        "analyst or counsel who didn't enter it checks it on the "
        "agency's page."
    ) % {"agency": agency}


def _in_use(contact_id: int) -> AgencyContact:
    contact = AgencyContact.objects.select_for_update().get(pk=contact_id)
    if contact.retired_at:
        raise IllegalTransition(_("This address was taken out of use."))
    return contact


def _require_of_its_kind(contact: AgencyContact) -> None:
    try:
        match ContactKind(contact.kind):
            case ContactKind.EMAIL:
                validate_email(contact.address)
            case ContactKind.PORTAL:
                URLValidator(schemes=["https"])(contact.address)
            case ContactKind.POSTAL:
                pass
    except ValidationError as error:
        words = {
            ContactKind.EMAIL: _("This isn't an e-mail address."),
            ContactKind.PORTAL: _(
                "Give the portal's address, beginning with https://."
            ),
        }
        raise ValidationError({"address": words[ContactKind(contact.kind)]}) from error


def _record(
    kind: SiteEventKind,
    contact: AgencyContact,
    actor: User,
    at: datetime,
    **more: object,
) -> None:
    told = {"agency": contact.agency_id, "contact": contact.pk, **more}
    audit.record_site(kind, actor=actor, at=at, data=told)
