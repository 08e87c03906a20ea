"""The gates of release: what must hold before a packet leaves, each in one place.

The page shows them before the officer types anything, the verbs and the table of steps
refuse by them, and a download asks the stops again between any two chunks. A gate that
isn't met answers with a sentence that says what is missing and who can do it.

What a grant opens is no gate of this list: ``permissions`` asks for the officer's own,
at each page and in each verb. The grant of counsel who approved may have ended since:
the approval is of its day, and stands for the scope that was signed.
Source: docs/policy.md, section "Release".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import agencies, authenticity, nondisclosure, scope, standing
from cases.enums import Audience, Perm
from cases.exceptions import IllegalTransition
from disclosures import breaks, marks, production
from disclosures.exceptions import CustodyBroken
from disclosures.models import Declaration, Freeze, Packet


@dataclass(frozen=True)
class Gate:
    """One thing that must hold; ``question`` answers "" where it does."""

    name: str
    question: Callable[[Packet], str]
    mended_by: Perm  # whose step opens it
    is_stop: bool = False  # whether it breaks off even what is under way
    reads_files: bool = False  # hashes the whole packet: once, and outside the lock


def is_covered(packet: Packet) -> bool:
    """Whether counsel's decision covers this packet and the case as it stands now."""
    now = scope.digest(packet.case)
    covered = packet.case.sign_offs.covering(now).exists()
    return covered and now == packet.revision.digest


def covered(packet: Packet) -> str:
    """The scope that was signed is the packet's, and the case's as it stands now."""
    if is_covered(packet):
        return ""
    return _("The scope changed after this packet was ordered; order another.")


def not_over(packet: Packet) -> str:
    """The instrument was neither quashed nor taken back."""
    return standing.over(packet.case)


def in_force(packet: Packet) -> str:
    """The instrument is neither stayed nor over."""
    return standing.bars_release(packet.case)


def no_objection(packet: Packet) -> str:
    """No objection is pending, and none was sustained against this scope."""
    return standing.objection_bars(packet.case, packet.revision.submitted_at)


def genuine(packet: Packet) -> str:
    """The served paper is found authentic, as it stands now."""
    return authenticity.refusal(packet.case, is_letter=packet.is_letter)


def examined(packet: Packet) -> str:
    """A second person passed each exhibit with rows, as it stands with its marks."""
    rows = packet.exhibits.filter(rows__gt=0).prefetch_related("marks", "examinations")
    left = [one.label for one in rows if not marks.passed(one)]
    if not left:
        return ""
    return _("Not examined yet: %(labels)s.") % {"labels": ", ".join(left)}


def declared(packet: Packet) -> str:
    """The custodian has signed; a letter of objection certifies no record."""
    if packet.is_letter:
        return ""
    made = Declaration.objects.filter(packet=packet).exists()
    return "" if made else _("The custodian's declaration isn't signed.")


def not_frozen(_packet: Packet) -> str:
    """Nobody has stopped all releases."""
    thrown = Freeze.objects.standing()
    if thrown is None:
        return ""
    return _(
        "%(who)s has stopped all releases. Another counsel or "
        "administrator can lift it."
    ) % {"who": thrown.thrown_by_name}


def secrecy_known(packet: Packet) -> str:
    """The paper's secrecy is recorded, and lets the agency know."""
    answer = nondisclosure.may_tell(packet.case, Audience.REQUESTER)
    if answer.allowed:
        return ""
    return _("The agency may not be told of the request. %(reason)s") % {
        "reason": answer.reason
    }


def recipient_checked(packet: Packet) -> str:
    """The agency has an address that a second person has checked lately.

    The time is now and not handed in, so that no caller can bring an old check back.
    """
    return agencies.why_none(packet.case.agency, timezone.now())


def intact(packet: Packet) -> str:
    """No break in custody stands on the case."""
    return breaks.bars(packet.case)


def whole(packet: Packet) -> str:
    """Every byte on disk is as it was sealed."""
    found = production.findings(packet)
    if not found:
        return ""
    return _("The packet is no longer what was sealed: ") + " ".join(found[:3])


GATES = (
    Gate("frozen", not_frozen, Perm.FREEZE, is_stop=True),
    Gate("custody", intact, Perm.SIGN_OFF, is_stop=True),
    Gate("standing", in_force, Perm.SIGN_OFF, is_stop=True),
    Gate("objection", no_objection, Perm.SIGN_OFF, is_stop=True),
    Gate("genuine", genuine, Perm.AUTHENTICATE, is_stop=True),
    Gate("covered", covered, Perm.REVIEW),
    Gate("examined", examined, Perm.EXAMINE),
    Gate("declared", declared, Perm.CERTIFY),
    Gate("secrecy", secrecy_known, Perm.INTAKE),
    Gate("recipient", recipient_checked, Perm.CHECK_CONTACT),
    Gate("whole", whole, Perm.ORDER, reads_files=True),
)
STOPS = tuple(gate for gate in GATES if gate.is_stop)
# What a copy of a packet that has gone out still has to pass.
AFTERWARDS = tuple(gate for gate in GATES if gate.is_stop or gate.reads_files)
# What the table of steps asks under the lock; files are hashed before.
GUARDS = tuple(gate.question for gate in GATES if not gate.reads_files)


def require(packet: Packet, gates: Iterable[Gate] = GATES) -> None:
    """Let a packet through every gate, or say all that stands in its way.

    Raises:
        IllegalTransition: a gate isn't met; the words are those of all.
        CustodyBroken: a byte of the packet changed, whichever gates are shut besides;
            the words are of that alone, as they are noted with the break.
    """
    refused = {gate: words for gate in gates if (words := gate.question(packet))}
    if broken := [words for gate, words in refused.items() if gate.reads_files]:
        raise CustodyBroken(" ".join(broken), packet_id=packet.pk)
    if refused:
        raise IllegalTransition(" ".join(refused.values()))
