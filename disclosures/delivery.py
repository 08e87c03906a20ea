"""Release: the second gate, after certification and sealing, by another person.

What holds here: whoever prepared or collected doesn't release; every gate of ``gates``
is open, at the download and again at the record of the hand-over; the digest confirmed
is that of the packet in hand; and a stop of all releases breaks off a download that is
under way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import agencies, audit, permissions, persons
from cases.enums import (
    Act,
    ContactKind,
    EventKind,
    Perm,
)
from cases.exceptions import CaseError, IllegalTransition, require_storable
from cases.models import AgencyContact, Case, Organisation
from cases.proof import Proof
from cases.workflow import transition as move_case
from disclosures import breaks, gates, produced, production, transmission, workflow
from disclosures.enums import DeliveryMethod, InHand, PacketStatus
from disclosures.models import Acknowledgement, Declaration, Delivery, Packet

CHUNK = 256 * 1024


@dataclass(frozen=True)
class HandOver:
    """What the release officer confirms and records."""

    recipient_name: str
    contact_id: int
    method: str
    handed_over_at: datetime
    expires_at: datetime | None = None  # of a link, or of a medium's pass-phrase
    note: str = ""


@dataclass(frozen=True)
class Receipt:
    """How the agency let us know that it has the packet."""

    method: str
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    note: str = ""


# Which kind of address each way of handing over goes to.
_GOES_TO = {
    DeliveryMethod.AGENCY_PORTAL: ContactKind.PORTAL,
    DeliveryMethod.ENCRYPTED_MAIL: ContactKind.EMAIL,
    DeliveryMethod.COURIER: ContactKind.POSTAL,
    DeliveryMethod.IN_PERSON: ContactKind.POSTAL,
}


@breaks.noted()
@transaction.atomic
def release(
    packet_id: int,
    *,
    actor: User,
    in_hand_sha256: str,
    hand_over: HandOver,
    proof: Proof,
    at: datetime | None = None,
) -> Delivery:
    """Record that a sealed packet was handed over; the case is released with it.

    ``in_hand_sha256`` is the digest of a file that the officer has in hand: the zip as
    it was handed over, or the manifest out of it. The page doesn't show either.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: ``actor`` prepared, collected or approved.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        PacketBroken: a byte of the packet changed since it was sealed.
        CaseError: a gate isn't open; the sentence says which, and who opens it.
        ValidationError: a file in hand that isn't of this packet, no recipient, an
            address that is unchecked or of another kind, or a time of hand-over that
            lies before sealing or ahead.
        IllegalTransition: not sealed.
    """
    at = at or timezone.now()
    # The case first, as in every verb that takes both.
    case = Case.objects.select_for_update().get(packets=packet_id)
    packet = Packet.objects.select_for_update().get(pk=packet_id)
    permissions.require(actor, Perm.RELEASE, case)
    persons.require_other(case, actor, Act.RELEASE)
    proof.require(at)
    if packet.status != PacketStatus.SEALED:
        raise IllegalTransition(
            _("The packet is “%(status)s”, not sealed and waiting.")
            % {"status": packet.get_status_display()}
        )
    in_hand = _shown_by(packet, in_hand_sha256)
    gates.require(packet)
    contact = _contact(case, hand_over)
    _check_time(packet, hand_over.handed_over_at, at)
    require_storable(
        recipient_name=hand_over.recipient_name,
        note=hand_over.note,
    )
    delivery = Delivery(
        packet=packet,
        recipient_name=hand_over.recipient_name.strip(),
        recipient_address=contact.address,
        contact=contact,
        in_hand=in_hand,
        method=hand_over.method,
        handed_over_at=hand_over.handed_over_at,
        expires_at=hand_over.expires_at,
        manifest_sha256=packet.manifest_sha256,
        note=hand_over.note.strip(),
        profile=persons.profile(),
        prepared_by_id=packet.revision.prepared_by_id,
        ordered_by_id=packet.ordered_by_id,
        approved_by_id=packet.approved_by_id,
        certified_by_id=_certified_by(packet),
        released_by=actor,
        released_by_name=audit.name_of(actor),
        recorded_at=at,
        **proof.columns,
    )
    transmission.freeze(delivery)
    delivery.full_clean()
    delivery.save()
    # Whoever stops all releases takes this lock: the step asks under it.
    Organisation.objects.select_for_update().get()
    produced.freeze(packet, at=at)
    workflow.move_packet(packet.pk, "release", actor=actor, at=at)
    move_case(case.pk, "release_packet", actor=actor, at=at)
    audit.record(
        case,
        EventKind.PACKET_RELEASED,
        actor=actor,
        at=at,
        data={
            "packet": packet.pk,
            "delivery": delivery.pk,
            "manifest": packet.manifest_sha256,
            "method": delivery.method,
            "contact": contact.pk,
            "in_hand": in_hand,
            "transmission": delivery.transmission_sha256,
            "proof": delivery.proof_method,
        },
    )
    return delivery


def _certified_by(packet: Packet) -> int | None:
    """The custodian; a letter of objection has none, as no record is certified."""
    signed = Declaration.objects.filter(packet=packet)
    return signed.values_list("custodian", flat=True).first()


@transaction.atomic
def acknowledge(
    delivery_id: int, *, actor: User, receipt: Receipt, at: datetime | None = None
) -> Acknowledgement:
    """Record that the agency has the packet, or that no word came; once.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: it is recorded already.
        ValidationError: nobody named, an unknown way, or a time before the hand-over
            or ahead.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(packets__delivery=delivery_id)
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    permissions.require(actor, Perm.RELEASE, case)
    if Acknowledgement.objects.filter(delivery=delivery).exists():
        raise IllegalTransition(_("The acknowledgement is recorded already."))
    require_storable(acknowledged_by=receipt.acknowledged_by, note=receipt.note)
    when = receipt.acknowledged_at
    # People say when to the minute at most.
    if when and when < delivery.handed_over_at.replace(second=0, microsecond=0):
        raise ValidationError({"acknowledged_at": _("That is before the hand-over.")})
    if when and when > at:
        raise ValidationError({"acknowledged_at": _("This time lies ahead.")})
    made = Acknowledgement(
        delivery=delivery,
        method=receipt.method,
        acknowledged_by=receipt.acknowledged_by.strip(),
        acknowledged_at=when,
        note=receipt.note.strip(),
        recorded_by=actor,
        recorded_by_name=audit.name_of(actor),
        recorded_at=at,
    )
    made.full_clean()
    made.save()
    audit.record(
        case,
        EventKind.PACKET_ACKNOWLEDGED,
        actor=actor,
        at=at,
        data={
            "packet": delivery.packet_id,
            "delivery": delivery.pk,
            "method": made.method,
        },
    )
    return made


@breaks.noted()
def open_packet(
    packet_id: int, *, actor: User, at: datetime | None = None
) -> Iterator[bytes]:
    """The zip of a sealed packet, chunk by chunk; the download is in the trail first.

    A packet that waits to be handed over goes through every gate here already, since
    what is downloaded may be out of the house before anybody records it.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: ``actor`` prepared, collected or approved what is still to
            be handed over.
        IllegalTransition: the packet isn't sealed.
        PacketBroken: a byte of the packet changed since it was sealed.
        CaseError: a gate isn't open; the sentence says which, and who opens it.
    """
    packet = Packet.objects.select_related("case", "revision").get(pk=packet_id)
    permissions.require(actor, Perm.RELEASE, packet.case)
    if packet.status == PacketStatus.SEALED:
        persons.require_other(packet.case, actor, Act.RELEASE)
        gates.require(packet)
    elif packet.status == PacketStatus.RELEASED:
        gates.require(packet, gates.AFTERWARDS)
    else:
        raise IllegalTransition(_("The packet isn't sealed yet."))
    with transaction.atomic():
        audit.record(
            packet.case,
            EventKind.PACKET_OPENED,
            actor=actor,
            at=at or timezone.now(),
            data={"packet": packet.pk, "manifest": packet.manifest_sha256},
        )
    return _stream(packet)


def _stream(packet: Packet) -> Iterator[bytes]:
    """Break off with an error, so that a half can't be taken for the whole."""
    sent = 0
    with production.archive(packet).open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                gates.require(packet, gates.STOPS)
            except CaseError:
                _record_stop(packet, sent)
                raise
            sent += len(chunk)
            yield chunk


def _record_stop(packet: Packet, sent: int) -> None:
    with transaction.atomic():
        audit.record(
            packet.case,
            EventKind.PACKET_DOWNLOAD_STOPPED,
            actor=audit.SYSTEM,
            at=timezone.now(),
            data={"packet": packet.pk, "bytes": sent},
        )


def _shown_by(packet: Packet, in_hand_sha256: str) -> InHand:
    shown = in_hand_sha256.strip().lower()
    known = {
        production.archive_sha256(packet): InHand.ARCHIVE,
        packet.manifest_sha256: InHand.MANIFEST,
    }
    if shown not in known or not shown:
        raise ValidationError(
            {
                "in_hand": _(
                    "This file isn't of the sealed packet. Choose the zip that you "
                    "handed over, or the manifest.json out of it. If another file "
                    "went out, call it back."
                )
            }
        )
    return known[shown]


def _contact(case: Case, hand_over: HandOver) -> AgencyContact:
    current = {one.pk: one for one in agencies.usable(case.agency, timezone.now())}
    if hand_over.contact_id not in current:
        raise ValidationError(
            {"contact_id": _("Choose a checked delivery address of this agency.")}
        )
    if hand_over.method not in DeliveryMethod.values:
        raise ValidationError({"method": _("Say how it was handed over.")})
    contact = current[hand_over.contact_id]
    if _GOES_TO[DeliveryMethod(hand_over.method)] != contact.kind:
        kind = contact.get_kind_display()
        raise ValidationError(
            {
                "method": _("That doesn't go to this address, which is: %(kind)s.")
                % {"kind": kind}
            }
        )
    return contact


def _check_time(packet: Packet, handed_over_at: datetime, at: datetime) -> None:
    # People say when to the second at most.
    sealed_at = packet.sealed_at.replace(microsecond=0) if packet.sealed_at else None
    if sealed_at and handed_over_at < sealed_at:
        raise ValidationError(
            {"handed_over_at": _("That is before the packet was sealed.")}
        )
    if handed_over_at > at:
        raise ValidationError(
            {"handed_over_at": _("The time of hand-over lies ahead.")}
        )
