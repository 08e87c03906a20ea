"""What each verb of ``disclosures`` leaves in the trail, a line a verb."""

import io

from cases.enums import Role
from disclosures import (
    assembly,
    breaks,
    custody,
    delivery,
    dryrun,
    freezing,
    reading,
    redaction,
)
from disclosures.datamap import load
from disclosures.enums import AcknowledgedBy
from tests import factories as make
from tests.architecture.acting import nothing, row
from tests.disclosures import breaking, examining, packets, redacting, stored

ANALYST, COUNSEL, CUSTODIAN = Role.ANALYST, Role.COUNSEL, Role.CUSTODIAN
OFFICER = Role.RELEASE_OFFICER
MOVED, P_MOVED = "case.status.changed", "packet.status.changed"


def _flipped(packet):
    """A packet one of whose exhibits was changed on disk."""
    stored.flip(stored.path(packet.exhibits.get(part_code="2a")))
    return packet


def _events():
    """The exhibit of part 2a of a packet that waits to be examined."""
    return packets.collected().exhibits.get(part_code="2a")


def _flagged():
    """The mark of the data map on a column about other people."""
    packet = packets.collected(packets.ordered(packets.case(text=redacting.FLAGGED)))
    return packet.exhibits.get(part_code="2a").marks.get()


VERBS = {
    "disclosures.custody.write": row(
        Role.AUDITOR,
        packets.collected,
        lambda it, by: custody.write(it.pk, actor=by, out=io.StringIO(), at=make.AT),
        "packet.custody.exported",
    ),
    "disclosures.breaks.settle": row(
        COUNSEL,
        lambda: breaking.standing().case,
        lambda it, by: breaks.settle(it.pk, actor=by, finding="Restored."),
        "packet.custody.settled",
    ),
    "disclosures.datamap.load.load": row(
        ANALYST,
        nothing,
        lambda it, by: load.load(packets.MAP, actor=by, at=make.AT),
    ),
    "disclosures.dryrun.make": row(
        ANALYST,
        packets.case,
        lambda it, by: dryrun.make(it.pk, actor=by),
        "case.collection.tried",
    ),
    "disclosures.assembly.request": row(
        ANALYST,
        packets.case,
        lambda it, by: assembly.request(it.pk, actor=by),
        f"{MOVED} order_packet",
        "packet.requested",
    ),
    "disclosures.assembly.request, again": row(
        ANALYST,
        lambda: packets.demand(packets.collected().case),
        lambda it, by: assembly.request(it.pk, actor=by),
        f"{MOVED} order_packet",
        f"{P_MOVED} supersede",
        "packet.superseded",
        "packet.requested",
    ),
    "disclosures.assembly.assemble, collecting": row(
        None,
        packets.ordered,
        lambda it, by: assembly.assemble(it.pk),
        f"{P_MOVED} start_collecting",
        f"{P_MOVED} finish_collecting",
        "packet.collected",
    ),
    "disclosures.assembly.assemble, finding several accounts": row(
        None,
        lambda: packets.ordered(packets.case(packets.SHARED)),
        lambda it, by: assembly.assemble(it.pk),
        f"{P_MOVED} start_collecting",
        f"{P_MOVED} await_choice",
        "packet.account.ambiguous",
    ),
    "disclosures.choosing.choose": row(
        ANALYST,
        packets.choosing,
        lambda it, by: packets.choose(it, "alice", by),
        "packet.account.chosen",
        f"{P_MOVED} choose_account",
    ),
    "disclosures.assembly.assemble, sealing": row(
        None,
        packets.certified,
        lambda it, by: assembly.assemble(it.pk),
        f"{P_MOVED} start_sealing",
        f"{P_MOVED} finish_sealing",
        "packet.sealed",
    ),
    "disclosures.assembly.assemble, sealing what was changed": row(
        None,
        lambda: _flipped(packets.certified()),
        lambda it, by: assembly.assemble(it.pk),
        f"{P_MOVED} start_sealing",
        "packet.custody.broken",
        f"{P_MOVED} fail",
        "packet.failed",
    ),
    "disclosures.assembly.assemble, failing": row(
        None,
        packets.ordered,
        lambda it, by: packets.failed(it),
        f"{P_MOVED} fail",
        "packet.failed",
    ),
    "disclosures.assembly.resume": row(
        ANALYST,
        packets.failed,
        lambda it, by: assembly.resume(it.pk, actor=by),
        f"{P_MOVED} resume_collecting",
        "packet.resumed",
    ),
    "disclosures.certifying.certify": row(
        CUSTODIAN,
        packets.examined,
        packets.certify,
        f"{P_MOVED} certify",
        "packet.certified",
    ),
    "disclosures.redaction.mark": row(
        COUNSEL,
        _events,
        redacting.mark,
        "exhibit.marked",
    ),
    "disclosures.redaction.lift": row(
        COUNSEL,
        lambda: redacting.mark(_events()),
        lambda it, by: redaction.lift(it.pk, actor=by, because="It is the target's."),
        "exhibit.mark.lifted",
    ),
    "disclosures.redaction.release_column": row(
        COUNSEL,
        _flagged,
        lambda it, by: redaction.release_column(it.pk, actor=by, because="It must."),
        "exhibit.column.released",
    ),
    "disclosures.redaction.pass_exhibit": row(
        COUNSEL,
        _events,
        examining.pass_exhibit,
        "exhibit.opened",
        "exhibit.passed",
    ),
    "disclosures.redaction.return_exhibit": row(
        COUNSEL,
        _events,
        lambda it, by: redaction.return_exhibit(it.pk, actor=by, reason="Wrong."),
        f"{P_MOVED} return_exhibit",
        "exhibit.returned",
    ),
    "disclosures.reading.open_exhibit": row(
        ANALYST,
        lambda: packets.collected().exhibits.get(part_code="2a"),
        lambda it, by: reading.open_exhibit(it.pk, actor=by),
        "exhibit.opened",
    ),
    "disclosures.reading.open_copy": row(
        ANALYST,
        lambda: packets.collected().exhibits.get(part_code="2a"),
        lambda it, by: reading.open_copy(it.pk, actor=by).close(),
        "exhibit.opened",
    ),
    "disclosures.delivery.open_packet": row(
        OFFICER,
        packets.sealed_undrawn,
        lambda it, by: delivery.open_packet(it.pk, actor=by),
        "packet.opened",
    ),
    "disclosures.freezing.throw": row(
        COUNSEL,
        nothing,
        lambda it, by: freezing.throw(actor=by, reason="Forged papers.", at=make.AT),
        "releases.frozen",
    ),
    "disclosures.freezing.lift": row(
        Role.ADMINISTRATOR,
        lambda: freezing.throw(actor=make.counsel(), reason="Why.", at=make.AT),
        lambda it, by: freezing.lift(
            actor=by, reason="All checked.", proof=make.proof(), at=make.AT
        ),
        "releases.thawed",
    ),
    "disclosures.delivery.release": row(
        OFFICER,
        packets.sealed_undrawn,
        packets.release,
        f"{P_MOVED} release",
        f"{MOVED} release_packet",
        "packet.released",
    ),
    "disclosures.delivery.acknowledge": row(
        OFFICER,
        packets.released,
        lambda it, by: delivery.acknowledge(
            it.delivery.pk,
            actor=by,
            receipt=delivery.Receipt(AcknowledgedBy.NONE_CAME, note="Asked twice."),
        ),
        "packet.acknowledged",
    ),
}
