"""Before a run: whether what is planned can be answered at all.

Asked when a packet is ordered and on the page that orders it, before there is a packet:
the graph of parts has no circle and no missing input, every database can be reached by
a role that only reads, and has the tables and columns that the planned queries name;
files are there, open, and have their columns. No row is fetched. What fails here would
have failed at night.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext as _

from cases import scope, workflow
from cases.enums import IdentifierKind, SignOffDecision
from cases.models import Case, SignOff
from disclosures import breaks, facts, planning
from disclosures.datamap import schema
from disclosures.exceptions import CollectionFailed
from disclosures.models import Packet
from disclosures.sources.base import Limits, SourceUnavailable
from disclosures.sources.run import Run

# Somebody waits for the page.
LIMITS = Limits(connect_seconds=5, statement_seconds=10)


def draft(case: Case, sign_off: SignOff) -> Packet:
    """The packet that an order would make, not saved: for what reads a frozen scope."""
    return Packet(
        case=case,
        revision=case.revisions.get(digest=sign_off.scope_digest),
        sign_off=sign_off,
        is_letter=sign_off.decision == SignOffDecision.REFUSED,
    )


def sign_off(case: Case) -> SignOff | None:
    """Counsel's decision on exactly the scope as it stands now."""
    decided = SignOff.objects.filter(case=case)
    found: SignOff | None = decided.covering(scope.digest(case)).first()
    return found


def refusal(case: Case) -> str:
    """Why no packet can be ordered of the case as it stands; "" where one can."""
    if case.status not in workflow.CASE.steps["order_packet"].sources:
        return _("%(case)s is “%(status)s”: there is nothing to be collected.") % {
            "case": case,
            "status": case.get_status_display(),
        }
    return breaks.bars(case) or workflow.CASE.refusal("order_packet", case)


def open_sources(the_map: schema.DataMap, limits: Limits | None = None) -> Run:
    """The sources of a map, at the site's addresses and by the site's rule on roles."""
    return Run(
        the_map,
        settings.SOURCE_URLS,
        limits,
        may_write=settings.SOURCES_MAY_WRITE,
    )


def require(packet: Packet) -> None:
    """Make sure that each planned part can be answered.

    Raises:
        CollectionFailed: one can't; the sentence names the part or the source.
        PacketBroken: the frozen scope was changed, or the frozen map is gone.
    """
    if not packet.is_letter:
        with asked(packet, facts.data_map(packet)):
            pass


@contextmanager
def asked(packet: Packet, the_map: schema.DataMap) -> Iterator[Run]:
    """The sources of a packet's map, once each has been asked for what is planned.

    Raises:
        CollectionFailed: a part can't be answered, or a source can't be reached later
            on; the sentence names the part or the source.
        PacketBroken: the frozen scope was changed.
    """
    parts = planning.planned_parts(packet, the_map)
    planning.order_of_parts(the_map, [part.code for part in parts])
    planning.require_addresses(the_map, parts)
    planning.require_owners(parts)
    try:
        with open_sources(the_map, LIMITS) as sources:
            if parts:
                for kind in planning.kinds(packet):
                    sources.probe_resolver(IdentifierKind(kind))
            for part in parts:
                sources.probe(part)
            yield sources
    except SourceUnavailable as error:
        raise CollectionFailed(
            _("%(why)s Nothing was ordered; try again once it can be.") % {"why": error}
        ) from None
