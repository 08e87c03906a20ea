"""A dry run: what a packet would hold, counted, before there is one.

It resolves the targets and counts the records of each part in the signed window, where
they are. Nothing is fetched and nothing is kept: no packet, no exhibit, no file, not
even the counts. A part that is derived from others isn't counted, since that would be
collecting those. Only that somebody made it stands in the trail, before the first
source is asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases import audit, permissions, persons, scope
from cases.enums import Act, EventKind, IdentifierKind, Perm
from cases.exceptions import IllegalTransition
from cases.models import Case, SignOff
from disclosures import facts, planning, preflight
from disclosures.datamap import schema
from disclosures.enums import PartKind, Resolution, ResponseCode
from disclosures.models import Exhibit, Packet
from disclosures.sources.base import (
    Account,
    SourceTimedOut,
    Window,
)
from disclosures.sources.run import Run


@dataclass(frozen=True)
class Counted:
    """One answer that an order would give; without ``rows``, ``words`` say why.

    Where the part's cap leaves some out, ``total`` says how many there are.
    """

    target: int
    item: int
    part: str
    title: str
    rows: int | None = None
    words: str = ""
    total: int | None = None


@dataclass(frozen=True)
class Looked:
    """One target: what its identifier leads to, and the account that is searched."""

    number: int
    words: str
    account: Account | None = None


@dataclass(frozen=True)
class DryRun:
    """What a dry run found; it is handed over and never stored."""

    targets: tuple[Looked, ...]
    lines: tuple[Counted, ...]

    @property
    def rows(self) -> int:
        """All records that the packet would hold, of those that were counted."""
        return sum(line.rows or 0 for line in self.lines)


def make(case_id: int, *, actor: User, at: datetime | None = None) -> DryRun:
    """Resolve the targets of the signed scope and count what each part would give.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: no packet can be ordered of the case as it stands.
        CollectionFailed: something can't be answered; it says what.
        PacketBroken: the frozen scope was changed, or the frozen map is gone.
    """
    case = Case.objects.get(pk=case_id)
    permissions.require(actor, Perm.ORDER, case)
    persons.require_other(case, actor, Act.COLLECT)
    packet = preflight.draft(case, _sign_off(case))
    if packet.is_letter:
        raise IllegalTransition(_("A letter of objection fetches nothing."))
    targets = planning.targets(packet)
    audit.record_reading(
        case,
        EventKind.COLLECTION_TRIED,
        actor=actor,
        at=at,
        data={
            "scope": packet.revision.digest,
            "targets": [one["id"] for one in targets],
        },
    )
    return _counted(packet)


def _sign_off(case: Case) -> SignOff:
    if refusal := preflight.refusal(case):
        raise IllegalTransition(refusal)
    signed = SignOff.objects.filter(case=case).covering(scope.digest(case))
    found: SignOff = signed.get()
    return found


def _counted(packet: Packet) -> DryRun:
    the_map, unnamed = facts.data_map(packet), planning.unnamed(packet)
    items = {one["id"]: one["number"] for one in facts.frozen_scope(packet)["items"]}
    looked: dict[int, Looked] = {}
    lines = []
    with preflight.asked(packet, the_map) as sources:
        for one in planning.targets(packet):
            is_named = one["id"] not in unnamed
            looked[one["id"]] = _look(one, sources, is_named=is_named)
        for exhibit in planning.drafted(packet, the_map):
            target = looked[exhibit.target_id]
            rows, words, total = _line(exhibit, target, the_map, sources)
            what = exhibit.part_code, exhibit.part_title, rows, words, total
            lines.append(Counted(target.number, items[exhibit.item_id], *what))
    return DryRun(tuple(looked.values()), tuple(lines))


def _look(target: dict[str, Any], sources: Run, *, is_named: bool) -> Looked:
    number = target["number"]
    kind = IdentifierKind(target["kind"])
    found = sources.resolve(kind, target["identifier"])
    if len(found) > 1:
        words = _("Several accounts: %(n)s") % {"n": len(found)}
        return Looked(number, words)
    label = Resolution.FOUND.label if found else Resolution.NOT_FOUND.label
    account = found[0] if found and is_named else None
    return Looked(number, str(label), account)


Answer = tuple[int | None, str, int | None]


def _line(
    exhibit: Exhibit, target: Looked, the_map: schema.DataMap, sources: Run
) -> Answer:
    """The rows of one answer, or why they aren't counted; what a cap leaves out."""
    if exhibit.response_code:
        return None, str(ResponseCode(exhibit.response_code).label), None
    if target.account is None:
        return None, target.words, None
    part = the_map.part(exhibit.part_code)
    if part.kind == PartKind.STATEMENT:
        return None, str(ResponseCode(part.response).label), None
    if part.kind == PartKind.MANUAL:
        words = _("Asked of %(owner)s by a pull order") % {"owner": part.owner}
        return None, words, None
    if not sources.can_count(part):
        named = {"parts": ", ".join(part.inputs)}
        words = _("Worked out from %(parts)s when it is collected") % named
        return None, words, None
    return _count(part, target.account, exhibit, sources)


def _count(
    part: schema.Part, account: Account, exhibit: Exhibit, sources: Run
) -> Answer:
    window = Window(
        planning.in_utc(exhibit.window_since), planning.in_utc(exhibit.window_until)
    )
    try:
        total = sources.count(part, account, window)
    except SourceTimedOut as error:
        return None, str(error), None
    if 0 < part.most_rows < total:
        return part.most_rows, "", total
    return total, "", None
