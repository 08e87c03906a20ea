"""Ordering a packet, and taking a failed one up again.

The page of the order shows what the worker will do before anybody orders it: whose
records, which parts from which source, of which days, and how many exhibits come of it,
all read from the scope that counsel signed and the data map it was frozen with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import remains, scope
from cases.admin.base import verb_url
from cases.admin.verbs import Text, VerbPage, register
from cases.enums import Act, CaseStatus, IdentifierKind, ItemDecision, Perm
from cases.exceptions import CaseError
from cases.models import Case, SignOff
from cases.models.target import day_window
from disclosures import assembly, dryrun, facts, planning, preflight
from disclosures.admin import progress
from disclosures.admin.exhibits import packet_url
from disclosures.admin.packet import current, outdated
from disclosures.datamap import plan as graph
from disclosures.datamap import schema
from disclosures.enums import PacketStatus, PartKind


@dataclass(frozen=True)
class Pair:
    """One target under one item: what counsel signed for it."""

    target: dict[str, Any]
    decision: str
    days: str
    since: Any
    until: Any
    reason: str
    gone: tuple[str, ...]  # what of the window can't exist any more, in sentences

    @property
    def is_fetched(self) -> bool:
        """Whether anything of this target is fetched under this item."""
        return ItemDecision(self.decision).produces


@dataclass(frozen=True)
class Planned:
    """One requested item: its parts with their sources, and its targets."""

    number: int
    wording: str
    category: schema.Category
    parts: list[tuple[schema.Part, str, str]]
    pairs: list[Pair]

    @property
    def exhibits(self) -> int:
        """How many exhibits come of this item."""
        return sum(len(self.parts) if one.is_fetched else 1 for one in self.pairs)

    @property
    def gone(self) -> list[tuple[str, tuple[str, ...]]]:
        """What of the windows can't exist any more, after the targets it is said of."""
        said: dict[tuple[str, ...], list[str]] = {}
        for one in self.pairs:
            if one.gone:
                said.setdefault(one.gone, []).append(str(one.target["number"]))
        return [(", ".join(numbers), gone) for gone, numbers in said.items()]

    @property
    def is_whole(self) -> bool:
        """Whether every target is produced for all the days asked about."""
        return all(one.decision == ItemDecision.PRODUCE for one in self.pairs)


def plan(case: Case, sign_off: SignOff) -> tuple[list[Planned], schema.DataMap]:
    """What an order would collect, as the frozen scope and data map say.

    Raises:
        CaseError: the data map can't answer the scope; it says which part.
    """
    draft = preflight.draft(case, sign_off)
    the_map = facts.data_map(draft)
    found: dict[int, Planned] = {}
    for wanted in planning.wanted_pairs(draft, the_map):
        item = wanted.item
        if item["id"] not in found:
            parts = [(part, *_how(part, the_map)) for part in wanted.category.parts]
            found[item["id"]] = Planned(
                item["number"], item["wording"], wanted.category, parts, []
            )
        found[item["id"]].pairs.append(_pair(wanted, the_map))
    codes = [part.code for one in found.values() for part, *_rest in one.parts]
    planning.order_of_parts(the_map, codes)
    return list(found.values()), the_map


def _how(part: schema.Part, the_map: schema.DataMap) -> tuple[str, str]:
    match part.kind:
        case PartKind.QUERY:
            return _("Query"), the_map.source(part.source).title
        case PartKind.DERIVED:
            return _("Derived from %(parts)s") % {"parts": ", ".join(part.inputs)}, ""
        case PartKind.STATEMENT:
            return _("Statement"), ""
        case PartKind.MANUAL:
            return _("Pull order to %(owner)s") % {"owner": part.owner}, ""


def _pair(wanted: planning.Wanted, the_map: schema.DataMap) -> Pair:
    since, until = planning.signed_window(wanted)
    target, decision = wanted.target, wanted.decision
    narrowed = decision["decision"] == ItemDecision.NARROW
    days = {**decision, "time_zone": target["time_zone"]} if narrowed else target
    gone: tuple[str, ...] = ()
    if ItemDecision(decision["decision"]).produces:
        keeping = graph.keeping(the_map, wanted.category.parts)
        gone = remains.flags(keeping, (since, until), timezone.now(), _)
    return Pair(
        target,
        decision["decision"],
        facts.days_label(days),
        since,
        until,
        decision["reason"],
        gone,
    )


@register
class OrderPage(VerbPage):
    """Order the packet of the signed scope."""

    name = "order_packet"
    title = gettext_lazy("Order the packet")
    lead = gettext_lazy(
        "The records below are fetched over a read-only connection, one exhibit for "
        "each target, item and part. Nothing leaves the house by ordering."
    )
    button = gettext_lazy("Order this packet")
    permission = Perm.ORDER
    goes_on = True
    act = Act.COLLECT
    template = "disclosures/order.html"
    icon = "inventory_2"
    status: ClassVar[CaseStatus] = CaseStatus.APPROVED
    too_early: ClassVar[Text] = gettext_lazy(
        "A packet is ordered once counsel has approved: it is “%(status)s”."
    )

    def fits(self, case: Case) -> str:
        """Once counsel decided on exactly this scope, and the paper isn't in doubt."""
        if case.status != self.status:
            return self.too_early % {"status": case.get_status_display()}
        return preflight.refusal(case)

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What will be collected, or why it can't be."""
        return self._shown(case, _problem)

    def shown_again(
        self, case: Case, row: Any, user: User, form: forms.Form
    ) -> dict[str, Any]:
        """The same: the order has just asked the sources, and the form says what."""
        return self._shown(case, lambda _case, _sign_off: "")

    def _shown(
        self, case: Case, problem: Callable[[Case, SignOff], str]
    ) -> dict[str, Any]:
        sign_off = preflight.sign_off(case)
        if sign_off is None:
            return {}
        try:
            items, the_map = plan(case, sign_off)
        except (CaseError, ValueError) as error:
            return {"problem": str(error), "sign_off": sign_off}
        sources = _sources(items, the_map)
        return {
            "problem": problem(case, sign_off),
            "sign_off": sign_off,
            "is_letter": self.status == CaseStatus.REFUSED,
            "items": items,
            "exhibits": sum(one.exhibits for one in items),
            "targets": _targets(case, sign_off),
            "map": the_map,
            "sources": [one.title for one in sources],
        }

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Order it."""
        packet = assembly.request(case.pk, actor=actor)
        return _("Packet %(n)s is ordered. You can leave this page; it goes on.") % {
            "n": packet.number
        }

    def after(self, case: Case, form: forms.Form) -> str:
        """To the packet, where its progress shows."""
        return _to_packet(case, self.back(case))


@register
class OrderLetterPage(OrderPage):
    """Order the letter that answers a request which counsel refused."""

    name = "order_letter"
    title = gettext_lazy("Write the letter of objection")
    lead = gettext_lazy(
        "Counsel refused this request. The letter states each objection with its "
        "ground and provision. Nothing is fetched, nobody signs a declaration, and "
        "nothing leaves the house by ordering."
    )
    button = gettext_lazy("Order this letter")
    icon = "mail"
    status = CaseStatus.REFUSED
    too_early = gettext_lazy(
        "A letter of objection answers what counsel refused: it is “%(status)s”."
    )


class DryRunForm(forms.Form):
    """Nothing to fill in; ``found`` is what the dry run found, for the page to show."""

    found: dryrun.DryRun | None = None


@register
class DryRunPage(VerbPage):
    """Count what the packet would hold, and keep nothing of it."""

    name = "dry_run"
    title = gettext_lazy("Dry run")
    lead = gettext_lazy(
        "The targets are looked up and the records of each part are counted in the "
        "signed days, where they are. Nothing is fetched and nothing is kept but the "
        "entry in the trail that you made it."
    )
    button = gettext_lazy("Count now")
    permission = Perm.ORDER
    goes_on = True
    act = Act.COLLECT
    form_class = DryRunForm
    template = "disclosures/dry_run.html"
    icon = "calculate"
    shows_result = True

    def fits(self, case: Case) -> str:
        """While the packet can be ordered."""
        return OrderPage().fits(case)

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Make it; the page shows what it found."""
        form.found = dryrun.make(case.pk, actor=actor)
        return ""

    def back(self, case: Case) -> str:
        """To the order."""
        return verb_url(case, OrderPage.name)


def _problem(case: Case, sign_off: SignOff) -> str:
    """Why a source can't answer what is planned; "" where all of them can."""
    try:
        preflight.require(preflight.draft(case, sign_off))
    except CaseError as error:
        return str(error)
    return ""


def _sources(items: list[Planned], the_map: schema.DataMap) -> list[schema.Source]:
    used = {
        part.source
        for one in items
        if any(pair.is_fetched for pair in one.pairs)
        for part, *_rest in one.parts
        if part.source
    }
    return [one for one in the_map.sources if one.name in used]


def _targets(case: Case, sign_off: SignOff) -> list[dict[str, Any]]:
    revision = case.revisions.get(digest=sign_off.scope_digest)
    found = []
    for target in scope.frozen(revision)["targets"]:
        first, last = (
            date.fromisoformat(day) if day else None
            for day in (target["first_day"], target["last_day"])
        )
        since, until = day_window(first, last, target["time_zone"])
        found.append(
            {
                "target": target,
                "kind": IdentifierKind(target["kind"]).label,
                "days": facts.days_label(target),
                "since": since,
                "until": until,
            }
        )
    return found


def _to_packet(case: Case, otherwise: str) -> str:
    packet = current(case)
    return packet_url(packet) if packet else otherwise


@register
class ResumePage(VerbPage):
    """Take a failed packet up again."""

    name = "resume_packet"
    title = gettext_lazy("Resume the packet")
    lead = gettext_lazy(
        "The packet goes on where it stopped. What was collected stays as it is; only "
        "what is missing is done again."
    )
    button = gettext_lazy("Resume from here")
    permission = Perm.ORDER
    goes_on = True
    act = Act.COLLECT
    template = "disclosures/resume.html"
    icon = "restart_alt"

    def fits(self, case: Case) -> str:
        """While the case's packet stands failed."""
        packet = current(case)
        if packet and packet.status == PacketStatus.FAILED:
            return outdated(packet)
        return _("No packet of this request has failed.")

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """Why it stopped, and how far it came."""
        packet = current(case)
        if packet is None:
            return {}
        return {"packet": packet, "progress": progress.of(packet)}

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Resume it.

        Raises:
            CaseError: there is no packet, or it can't be resumed.
        """
        packet = current(case)
        if packet is None:
            raise CaseError(self.fits(case))
        assembly.resume(packet.pk, actor=actor)
        return _("The packet goes on from where it stopped.")

    def after(self, case: Case, form: forms.Form) -> str:
        """To the packet, where its progress shows."""
        return _to_packet(case, self.back(case))
