"""Release: the second gate, after certification and sealing, by another person.

What holds here: whoever prepared or collected doesn't release; the digest confirmed is
that of the sealed manifest, recomputed from the files on disk at that moment; counsel's
approval still covers the scope; and ``nondisclosure`` lets the recipient know.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases import audit, nondisclosure, permissions, scope
from cases.enums import Act, Audience, Disposition, EventKind, ItemDecision, Perm
from cases.exceptions import CaseError, IllegalTransition, require_storable
from cases.models import Case, ScopeItem
from cases.proof import Proof
from cases.workflow import transition as move_case
from disclosures import persons, workflow
from disclosures.enums import PacketStatus, ResponseCode
from disclosures.exceptions import PacketBroken, WrongDigest
from disclosures.models import Delivery, Exhibit, Packet
from disclosures.packet import verify

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
        CaseError: secrecy bars it, or isn't recorded yet.
        ValidationError: no recipient, or a time of hand-over before sealing or ahead.
        IllegalTransition: not sealed, or the scope changed since.
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
    _require_whole(packet)
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
        ordered_by_id=packet.ordered_by_id,
        released_by=actor,
        released_by_name=audit.name_of(actor),
        recorded_at=at,
        **proof.columns,
    )
    delivery.full_clean()
    delivery.save()
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


def open_packet(packet_id: int, *, actor: User, at: datetime | None = None) -> Path:
    """The sealed production as one zip file, with the download in the trail first.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the packet isn't sealed.
        PacketBroken: a byte of the packet changed since it was sealed.
    """
    packet = Packet.objects.select_related("case").get(pk=packet_id)
    permissions.require(actor, Perm.RELEASE, packet.case)
    if packet.status not in {PacketStatus.SEALED, PacketStatus.RELEASED}:
        raise IllegalTransition("The packet isn't sealed yet.")
    _require_whole(packet)
    with transaction.atomic():
        audit.record(
            packet.case,
            EventKind.PACKET_OPENED,
            actor=actor,
            at=at or timezone.now(),
            data={"packet": packet.pk, "manifest": packet.manifest_sha256},
        )
    return production_zip(packet)


def production_folder(packet: Packet) -> Path:
    """Where the unpacked production of a sealed packet lies."""
    return Path(settings.FILES_DIR) / packet.folder / production_name(packet)


def production_zip(packet: Packet) -> Path:
    """Where the zip of a sealed packet lies."""
    return Path(settings.FILES_DIR) / packet.folder / f"{production_name(packet)}.zip"


def production_name(packet: Packet) -> str:
    """The production's name outside: it shows nothing of the inside."""
    return f"production-{packet.number:04d}"


def findings(packet: Packet) -> list[str]:
    """What the verifier has against a packet as it lies on disk; empty: nothing."""
    found = [str(one) for one in verify.verify(production_folder(packet))]
    archive = production_zip(packet)
    wanted = {name: digest for name, _size, digest in packet.files}
    sealed = {
        production_folder(packet) / verify.MANIFEST: packet.manifest_sha256,
        archive: wanted.get(archive.name, ""),
    }
    found += [
        f"{path.name}: not the one that was sealed."
        for path, digest in sealed.items()
        if _sha256(path) != digest
    ]
    return found


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


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _require_whole(packet: Packet) -> None:
    if found := findings(packet):
        raise PacketBroken(
            "The packet is no longer what was sealed: " + " ".join(found[:3])
        )


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
