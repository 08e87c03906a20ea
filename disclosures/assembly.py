"""The packet's verbs: order it, resume it; and what the worker does with it.

The packet's row is the work order. ``assemble`` takes a lease on it, does the step its
status asks for, and writes the result only while the lease's token is still its own:
two workers never seal the same packet, whatever the broker lost or doubled.

* Ordering needs counsel's approval of exactly the scope as it stands now, and somebody
  who didn't give it.
* Collection reads the frozen scope, never the live case.
* Nothing is rendered before the custodian has signed the declaration over exactly
  these exhibits (``certifying``).
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions, persons, queue, sandbox, scope
from cases.enums import Act, EventKind, Perm, SignOffDecision, TaskName
from cases.exceptions import ClaimLost
from cases.models import Case, Organisation, SignOff
from cases.workflow import transition as move_case
from disclosures import (
    attempts,
    breaks,
    collection,
    drawing,
    facts,
    frozen,
    leftovers,
    planning,
    preflight,
    production,
    proving,
    pulls,
    signing,
    workflow,
)
from disclosures.collection import Pause
from disclosures.enums import PacketStatus
from disclosures.exceptions import AuthorityOut, CollectionFailed
from disclosures.models import Declaration, Packet
from disclosures.packet import assemble as pages
from disclosures.packet import objection as letter
from disclosures.packet import seal as sealing
from disclosures.packet.contents import PacketFacts
from disclosures.packet.schedule import plan
from disclosures.sources.base import SourceUnavailable

COLLECT_SECONDS = 3600
SEAL_SECONDS = 1800
RENDER_MEGABYTES = 4096
_log = logging.getLogger(__name__)
# Out of reach for now: tried again a few times before anybody has to look.
_PASSING = (SourceUnavailable, AuthorityOut)
_RETRY_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))


def request(case_id: int, *, actor: User, at: datetime | None = None) -> Packet:
    """Order the packet of the decided scope; an older one of the case is superseded.

    Of a scope that counsel refused it is a letter of objection: nothing is collected.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: ``actor`` approved this scope.
        IllegalTransition: no sign-off covers the scope as it stands now, or a break in
            custody stands on the case.
        CaseError: the data map can't answer the scope, or a source what is planned of
            it; it says which.
    """
    case = Case.objects.get(pk=case_id)
    permissions.require(actor, Perm.ORDER, case)
    persons.require_other(case, actor, Act.COLLECT)
    # The sources are asked before anything is locked. Where the case can't be ordered
    # from, they aren't, and the order itself says why.
    sign_off = preflight.sign_off(case)
    if sign_off and not preflight.refusal(case):
        preflight.require(preflight.draft(case, sign_off))
    return _order(case_id, actor, at or timezone.now())


@transaction.atomic
def _order(case_id: int, actor: User, at: datetime) -> Packet:
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.ORDER, case)
    persons.require_other(case, actor, Act.COLLECT)
    breaks.require_none(case)
    move_case(case.pk, "order_packet", actor=actor, at=at)
    sign_off = SignOff.objects.filter(case=case).covering(scope.digest(case)).get()
    for older in case.packets.in_force().exclude(status=PacketStatus.RELEASED):
        pulls.withdraw_all(older, by=actor, at=at)
        workflow.move_packet(older.pk, "supersede", actor=actor, at=at)
        audit.record(
            case,
            EventKind.PACKET_SUPERSEDED,
            actor=actor,
            at=at,
            data={"packet": older.pk},
        )
    last = case.packets.aggregate(last=Max("number"))["last"] or 0
    site = Organisation.objects.get()
    packet = Packet.objects.create(
        case=case,
        number=last + 1,
        revision=case.revisions.get(digest=sign_off.scope_digest),
        sign_off=sign_off,
        is_letter=sign_off.decision == SignOffDecision.REFUSED,
        ordered_by=actor,
        ordered_by_name=audit.name_of(actor),
        approved_by_id=sign_off.counsel_id,
        ordered_at=at,
        bates_prefix=f"{site.bates_prefix}-{case.number.removeprefix('LR-')}",
    )
    planning.plan_exhibits(packet)
    audit.record(
        case,
        EventKind.PACKET_REQUESTED,
        actor=actor,
        at=at,
        data={
            "packet": packet.pk,
            "scope": packet.revision.digest,
            "exhibits": packet.exhibits.count(),
        },
    )
    queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet.pk)
    return packet


@transaction.atomic
def resume(packet_id: int, *, actor: User, at: datetime | None = None) -> Packet:
    """Take a failed packet up again where it stopped; what was collected stays.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: ``actor`` approved this scope.
        IllegalTransition: the packet hasn't failed, or its scope changed.
    """
    at = at or timezone.now()
    packet = Packet.objects.select_for_update().get(pk=packet_id)
    declared = Declaration.objects.filter(packet=packet).exists()
    step = "resume_sealing" if declared else "resume_collecting"
    workflow.move_packet(packet.pk, step, actor=actor, at=at)
    persons.require_other(packet.case, actor, Act.COLLECT)
    Packet.objects.filter(pk=packet.pk).update(
        failed_part="", failure="", attempts=0, lease_until=None
    )
    audit.record(
        packet.case,
        EventKind.PACKET_RESUMED,
        actor=actor,
        at=at,
        data={"packet": packet.pk},
    )
    queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet.pk)
    packet.refresh_from_db()
    return packet


def assemble(packet_id: int, *, at: datetime | None = None) -> None:
    """Do the step that the packet's status asks for; the worker's entry.

    Running it twice, or on a packet with nothing left to do, is harmless. A step that
    can't succeed leaves the packet failed with the reason; where a source or the
    database is out of reach, it is tried again a few times first.
    """
    at = at or timezone.now()
    packet = Packet.objects.filter(pk=packet_id).first()
    if packet is None:
        return
    collecting = packet.status in {PacketStatus.QUEUED, PacketStatus.COLLECTING}
    seconds = COLLECT_SECONDS if collecting else SEAL_SECONDS
    # As it was read: a packet that moved on since is another step's.
    ready = Packet.objects.workable().filter(status=packet.status)
    held = queue.claim(ready, packet_id, at=at, seconds=seconds)
    if held is None:
        return
    step = _collect if collecting else _seal
    try:
        with queue.heartbeat(held), breaks.noted():
            attempts.require_left(held)
            step(packet_id, held)
    except ClaimLost:
        return
    except (*_PASSING, OperationalError, InterfaceError) as error:
        _again_or_fail(
            packet_id, held, attempts.sentence(error, _log, "A packet's step")
        )
    except Exception as error:  # noqa: BLE001 - its text may hold records: not for logs
        _fail(packet_id, held, attempts.sentence(error, _log, "A packet's step"))
    else:
        queue.done(held)


def _collect(packet_id: int, held: queue.Claim) -> None:
    _start(packet_id, held, "start_collecting", PacketStatus.COLLECTING)
    packet = Packet.objects.select_related("case", "revision").get(pk=packet_id)
    pause = collection.run(packet, held)
    if pause is not None:
        wait = {Pause.CHOICE: _await_choice, Pause.OWNERS: _await_owners}[pause]
        wait(packet, held)
        return
    at = timezone.now()
    with transaction.atomic():
        queue.hold(held)
        Packet.objects.filter(pk=packet_id).update(collected_at=at, failure="")
        workflow.move_packet(packet_id, "finish_collecting", actor=audit.SYSTEM, at=at)
        if packet.is_letter:
            workflow.move_packet(packet_id, "go_on", actor=audit.SYSTEM, at=at)
            queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet_id)
        audit.record(
            packet.case,
            EventKind.PACKET_COLLECTED,
            actor=audit.SYSTEM,
            at=at,
            data={"packet": packet_id, "exhibits": facts.exhibits_digest(packet)},
        )


def _await_choice(packet: Packet, held: queue.Claim) -> None:
    at = timezone.now()
    left = packet.accounts.to_choose()
    with transaction.atomic():
        queue.hold(held)
        Packet.objects.filter(pk=packet.pk).update(failure="")
        workflow.move_packet(packet.pk, "await_choice", actor=audit.SYSTEM, at=at)
        audit.record(
            packet.case,
            EventKind.ACCOUNTS_AMBIGUOUS,
            actor=audit.SYSTEM,
            at=at,
            data={
                "packet": packet.pk,
                "targets": list(left.values_list("target", flat=True)),
            },
        )


def _await_owners(packet: Packet, held: queue.Claim) -> None:
    at = timezone.now()
    with transaction.atomic():
        queue.hold(held)
        Packet.objects.filter(pk=packet.pk).update(failure="")
        moved = workflow.move_packet(
            packet.pk, "await_owners", actor=audit.SYSTEM, at=at
        )
        pulls.go_on(moved, at=at)  # they may have answered while the run was at it


def _seal(packet_id: int, held: queue.Claim) -> None:
    _start(packet_id, held, "start_sealing", PacketStatus.SEALING)
    packet = Packet.objects.select_related("case", "revision").get(pk=packet_id)
    signer = signing.site_signer()
    root, folder = Path(settings.FILES_DIR), leftovers.place(leftovers.PACKETS, held)
    with leftovers.private(held) as work:
        packet_facts = facts.packet_facts(packet, work)
        pdf = work / "packet.pdf"
        planned = plan.blocks(packet_facts)
        apart = drawing.parts(packet, packet_facts, planned, work, held)
        if apart is None:
            return  # until the last of them is drawn
        seconds = (held.deadline_at - timezone.now()).total_seconds()
        try:
            rendered = sandbox.run(
                *(
                    (letter.render, packet_facts, pdf)
                    if packet.is_letter
                    else (pages.render, packet_facts, pdf, planned, apart)
                ),
                seconds=seconds,
                megabytes=RENDER_MEGABYTES,
            )
        except (sandbox.ChildTimedOut, sandbox.ChildKilled) as error:
            raise CollectionFailed(
                _("Rendering took too much time or memory and was stopped.")
            ) from error
        files = {one.file_name: one.path for one in packet_facts.exhibits if one.path}
        sealed = sealing.seal(
            packet_facts,
            rendered,
            pdf,
            files,
            root / folder,
            signer,
            prove=partial(proving.prove, packet, packet_facts),
        )
        made = production.sealed_row(folder, packet_facts, rendered, sealed)
        _write_seal(packet, held, made, packet_facts)
    drawing.forget(packet)


def _write_seal(
    packet: Packet, held: queue.Claim, made: dict[str, Any], said: PacketFacts
) -> None:
    at = timezone.now()
    with transaction.atomic():
        queue.hold(held)
        frozen.keep(packet, said, at=at)
        Packet.objects.filter(pk=packet.pk).update(sealed_at=at, failure="", **made)
        workflow.move_packet(packet.pk, "finish_sealing", actor=audit.SYSTEM, at=at)
        audit.record(
            packet.case,
            EventKind.PACKET_SEALED,
            actor=audit.SYSTEM,
            at=at,
            data={
                "packet": packet.pk,
                "pdf": made["pdf_sha256"],
                "manifest": made["manifest_sha256"],
                "pages": made["pages"],
            },
        )


def _start(packet_id: int, held: queue.Claim, step: str, status: PacketStatus) -> None:
    with transaction.atomic():
        queue.hold(held)
        if Packet.objects.get(pk=packet_id).status != status:
            workflow.move_packet(packet_id, step, actor=audit.SYSTEM, at=timezone.now())


def _again_or_fail(packet_id: int, held: queue.Claim, sentence: str) -> None:
    if held.attempt > len(_RETRY_AFTER):
        _fail(packet_id, held, sentence)
        return
    # Kept until the step is done, so that the page says what is being waited for.
    Packet.objects.filter(pk=packet_id, token=held.token).update(failure=sentence)
    queue.release(held, retry_at=timezone.now() + _RETRY_AFTER[held.attempt - 1])


def _fail(packet_id: int, held: queue.Claim, sentence: str) -> None:
    at = timezone.now()
    try:
        with transaction.atomic():
            queue.hold(held)
            packet = Packet.objects.select_related("case").get(pk=packet_id)
            if packet.status == PacketStatus.SUPERSEDED:
                return
            broken = packet.exhibits.filter(failure__gt="").outstanding().first()
            Packet.objects.filter(pk=packet_id).update(
                failed_part=collection.part_name(broken) if broken else "",
                failure=sentence,
                lease_until=None,
            )
            workflow.move_packet(packet_id, "fail", actor=audit.SYSTEM, at=at)
            audit.record(
                packet.case,
                EventKind.PACKET_FAILED,
                actor=audit.SYSTEM,
                at=at,
                data={
                    "packet": packet_id,
                    "exhibit": broken.number if broken else None,
                },
            )
    except ClaimLost:
        return
