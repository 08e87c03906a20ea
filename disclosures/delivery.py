"""Release: the second gate, after certification and sealing, by another person.

What holds here: whoever prepared or collected doesn't release; every gate of ``gates``
is open, at the download and again at the record of the hand-over; the digest confirmed
is that of the packet in hand; and a stop of all releases breaks off a download that is
under way.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases import audit, nondisclosure, permissions, persons, scope
from cases.enums import Act, Audience, Disposition, EventKind, ItemDecision, Perm
from cases.exceptions import CaseError, IllegalTransition, require_storable
from cases.models import Case, Organisation, ScopeItem
from cases.proof import Proof
from cases.workflow import transition as move_case
from disclosures import gates, production, workflow
from disclosures.enums import PacketStatus, ResponseCode
from disclosures.exceptions import PacketBroken, WrongDigest
from disclosures.models import Delivery, Exhibit, Packet

CHUNK = 256 * 1024

_WITH_RECORDS = frozenset(
    {ResponseCode.PRODUCED, ResponseCode.DERIVED, ResponseCode.PRODUCED_PUBLIC}
)
_ANSWERED = _WITH_RECORDS | {ResponseCode.NARRATIVE_ANSWER}
_NOTHING_THERE = frozenset(
    {
        ResponseCode.NO_RESPONSIVE_RECORDS,
        ResponseCode.ACCOUNT_NOT_FOUND,
        ResponseCode.NOT_COLLECTED,
        ResponseCode.NOT_RETAINED,
        ResponseCode.HELD_BY_THIRD_PARTY,
    }
)
_REFUSED = frozenset(
    {
        ResponseCode.OBJECTED,
        ResponseCode.WITHHELD_INSUFFICIENT_PROCESS,
        ResponseCode.OUT_OF_SCOPE_AFTER_NARROWING,
    }
)
_INCOMPLETE = frozenset(
    {ResponseCode.PRODUCED_PARTIAL, ResponseCode.PENDING_SUPPLEMENT}
)


@dataclass(frozen=True)
class HandOver:
    """What the release officer confirms and records."""

    recipient_name: str
    recipient_address: str
    method: str
    handed_over_at: datetime
    note: str = ""


@transaction.atomic
def release(
    packet_id: int,
    *,
    actor: User,
    manifest_sha256: str,
    hand_over: HandOver,
    proof: Proof,
    at: datetime | None = None,
) -> Delivery:
    """Record that a sealed packet was handed over; the case is released with it.

    ``manifest_sha256`` is what the officer read off the packet in hand.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: ``actor`` prepared, collected or approved.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        WrongDigest: the digest confirmed isn't the sealed packet's.
        PacketBroken: a byte of the packet changed since it was sealed.
        CaseError: a gate isn't open; the sentence says which, and who opens it.
        ValidationError: no recipient, or a time of hand-over before sealing or ahead.
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
            f"The packet is “{packet.get_status_display()}”, not sealed and waiting."
        )
    if manifest_sha256.strip().lower() != packet.manifest_sha256:
        raise WrongDigest("This digest isn't that of the sealed packet's manifest.")
    gates.require(packet)
    _require_may_tell(case, hand_over)
    _check_time(packet, hand_over.handed_over_at, at)
    require_storable(
        recipient_name=hand_over.recipient_name,
        recipient_address=hand_over.recipient_address,
        note=hand_over.note,
    )
    delivery = Delivery(
        packet=packet,
        recipient_name=hand_over.recipient_name.strip(),
        recipient_address=hand_over.recipient_address.strip(),
        method=hand_over.method,
        handed_over_at=hand_over.handed_over_at,
        manifest_sha256=packet.manifest_sha256,
        note=hand_over.note.strip(),
        profile=persons.profile(),
        prepared_by_id=packet.revision.prepared_by_id,
        ordered_by_id=packet.ordered_by_id,
        approved_by_id=packet.approved_by_id,
        certified_by_id=packet.declaration.custodian_id,
        released_by=actor,
        released_by_name=audit.name_of(actor),
        recorded_at=at,
        **proof.columns,
    )
    delivery.full_clean()
    delivery.save()
    # Whoever stops all releases takes this lock: the step asks under it.
    Organisation.objects.select_for_update().get()
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
            "proof": delivery.proof_method,
        },
    )
    return delivery


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
        raise IllegalTransition("The packet isn't sealed yet.")
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


def outcomes(packet: Packet) -> dict[int, Disposition]:
    """By scope item, how it ended, read off the packet's exhibits.

    Raises:
        PacketBroken: an item of the scope has no answer in the packet.
    """
    codes: dict[tuple[int, int], list[str]] = {}
    for one in Exhibit.objects.filter(packet=packet):
        codes.setdefault((one.target_id, one.item_id), []).append(one.response_code)
    return {
        row.pk: _outcome(row.decision, codes.get((row.target_id, row.item_id), []))
        for row in scope.decisions(packet.case)
    }


def overall(per_item: dict[int, Disposition]) -> Disposition:
    """How the case ended, from how its items did; without an item it was withdrawn."""
    if not per_item:
        return Disposition.WITHDRAWN
    counts = Counter(per_item.values())
    if len(counts) == 1:
        return next(iter(counts))
    produced = counts[Disposition.FULL] + counts[Disposition.PARTIAL]
    if not produced:
        return (
            Disposition.OBJECTED
            if counts[Disposition.OBJECTED]
            else Disposition.NO_RECORDS
        )
    if counts[Disposition.OBJECTED] or counts[Disposition.PARTIAL]:
        return Disposition.PARTIAL
    return Disposition.FULL


def unproduced_outcomes(case: Case) -> dict[int, Disposition]:
    """The outcomes where no packet went out: refused, or withdrawn before that."""
    refused = case.status == "refused"
    ended = Disposition.OBJECTED if refused else Disposition.WITHDRAWN
    rows = ScopeItem.objects.filter(target__case=case)
    return dict.fromkeys(rows.values_list("pk", flat=True), ended)


def _outcome(decision: str, codes: list[str]) -> Disposition:
    """A narrowed item is never produced in full: the paper asked for more."""
    found = set(codes)
    if not found or not found <= _REFUSED | _INCOMPLETE | _ANSWERED | _NOTHING_THERE:
        raise PacketBroken("An item of the scope has no answer in the packet.")
    if found & _INCOMPLETE:
        return Disposition.PARTIAL
    if found & _REFUSED:
        return Disposition.PARTIAL if found & _ANSWERED else Disposition.OBJECTED
    if not found & _ANSWERED:
        return Disposition.NO_RECORDS
    narrowed = decision == ItemDecision.NARROW
    return Disposition.PARTIAL if narrowed else Disposition.FULL


def _require_may_tell(case: Case, hand_over: HandOver) -> None:
    to_officer = (
        hand_over.recipient_address.strip().casefold() == case.officer_email.casefold()
    )
    to_agency = hand_over.recipient_address.strip() == case.agency.address.strip()
    audience = Audience.REQUESTER if to_officer or to_agency else Audience.THIRD_PARTY
    answer = nondisclosure.may_tell(case, audience)
    if not answer.allowed:
        raise CaseError(
            f"This recipient may not be told of the request. {answer.reason}"
        )


def _check_time(packet: Packet, handed_over_at: datetime, at: datetime) -> None:
    # People say when to the second at most.
    sealed_at = packet.sealed_at.replace(microsecond=0) if packet.sealed_at else None
    if sealed_at and handed_over_at < sealed_at:
        raise ValidationError(
            {"handed_over_at": "That is before the packet was sealed."}
        )
    if handed_over_at > at:
        raise ValidationError({"handed_over_at": "The time of hand-over lies ahead."})
