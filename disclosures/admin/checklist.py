"""The gates of a release as the officer sees them: open or not, and who opens which."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import permissions
from cases.admin.base import verb_url
from cases.enums import Perm
from disclosures import breaks, gates
from disclosures.exceptions import CustodyBroken
from disclosures.models import Packet

_OF_THE_SITE = frozenset({Perm.FREEZE, Perm.CHECK_CONTACT})
_VERBS = {
    "custody": "settle_custody_break",
    "standing": "record_ruling",
    "objection": "decide_objection",
    "genuine": "check_paper",
    "covered": "review",
    "secrecy": "record_secrecy",
}


@dataclass(frozen=True)
class Shown:
    """One gate: what has to hold, why it doesn't, who mends it, and where."""

    title: str
    refusal: str
    names: list[str]
    url: str = ""  # where this person mends it; "" where another does

    @property
    def is_open(self) -> bool:
        """Whether it holds."""
        return not self.refusal


def of(packet: Packet, user: User) -> list[Shown]:
    """Every gate of this packet's release, asked now; a break found is noted."""
    titles = _titles()
    # Files first: what is wrong with one shuts the gate of custody as well.
    in_turn = sorted(gates.GATES, key=lambda gate: not gate.reads_files)
    said = {gate: _asked(gate, packet) for gate in in_turn}
    return [
        _shown(gate, titles[gate.name], said[gate], packet, user)
        for gate in gates.GATES
    ]


def _asked(gate: gates.Gate, packet: Packet) -> str:
    if not gate.reads_files:
        return gate.question(packet)
    try:
        with breaks.noted():
            gates.require(packet, [gate])
    except CustodyBroken as broken:
        return str(broken)
    return ""


def _shown(
    gate: gates.Gate, title: str, refusal: str, packet: Packet, user: User
) -> Shown:
    if not refusal:
        return Shown(title, "", [])
    perm, case = gate.mended_by, packet.case
    people = (
        permissions.who_has_role(perm)
        if perm in _OF_THE_SITE
        else permissions.who_may(perm, case)
    )
    url = _place(gate.name, packet) if user in people else ""
    return Shown(title, refusal, permissions.names(people), url)


def _place(name: str, packet: Packet) -> str:
    if name in _VERBS:
        return verb_url(packet.case, _VERBS[name])
    if name == "recipient":
        return reverse("admin:cases_agency_change", args=[packet.case.agency_id])
    if name == "frozen":
        return reverse("admin:disclosures_freeze_changelist")
    return ""


def _titles() -> dict[str, str]:
    return {
        "frozen": _("Releases are open"),
        "custody": _("No break in custody stands on the request"),
        "standing": _("The instrument is in force"),
        "objection": _("No objection stands against it"),
        "genuine": _("The paper is found authentic"),
        "covered": _("Counsel's approval covers the scope as it is now"),
        "examined": _("A second person has examined each exhibit"),
        "declared": _("The custodian has signed the declaration"),
        "secrecy": _("Secrecy is recorded, and the agency may know"),
        "recipient": _("The agency has a checked delivery address"),
        "whole": _("Every byte of the packet is as it was sealed"),
    }
