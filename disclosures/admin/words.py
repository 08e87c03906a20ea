"""The words of a packet's pages: what each answer means, so that none is mistaken.

"Not collected", "not retained" and "no responsive records" are legally different
statements (law-and-practice 6.1): each has its own words, sign and tone, and the words
alone tell them apart.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disclosures.datamap import schema
from disclosures.enums import ExhibitStatus, PacketStatus, ResponseCode
from disclosures.models import Exhibit, Packet


@dataclass(frozen=True)
class Meaning:
    """How an answer is shown and what it says to somebody who didn't write the code."""

    tone: str
    icon: str
    words: Promise


MEANINGS: dict[str, Meaning] = {
    ResponseCode.PRODUCED: Meaning(
        "ok", "description", _("Records were found; they are in the packet.")
    ),
    ResponseCode.PRODUCED_PARTIAL: Meaning(
        "warn", "rule", _("Some records are in the packet, others are held back.")
    ),
    ResponseCode.DERIVED: Meaning(
        "info", "account_tree", _("Worked out from other exhibits; no new record.")
    ),
    ResponseCode.PRODUCED_PUBLIC: Meaning(
        "info", "public", _("From a public source, not from our own records.")
    ),
    ResponseCode.NO_RESPONSIVE_RECORDS: Meaning(
        "info",
        "search",
        _("We keep such records. We searched them for this account: there are none."),
    ),
    ResponseCode.ACCOUNT_NOT_FOUND: Meaning(
        "warn",
        "person_off",
        _("The identifier leads to no account that is meant; nothing was searched."),
    ),
    ResponseCode.NOT_COLLECTED: Meaning(
        "calm",
        "block",
        _("We never record this, for any account. Nothing was searched."),
    ),
    ResponseCode.NOT_RETAINED: Meaning(
        "warn",
        "auto_delete",
        _("It existed once but wasn't kept. Nothing is left to search."),
    ),
    ResponseCode.HELD_BY_THIRD_PARTY: Meaning(
        "calm", "apartment", _("Another company may hold it; we don't.")
    ),
    ResponseCode.NOT_NAMED: Meaning(
        "stop",
        "person_alert",
        _("The order doesn't name this target. Nothing was searched for it."),
    ),
    ResponseCode.OBJECTED: Meaning(
        "stop", "front_hand", _("Not produced: we object, for the reason stated.")
    ),
    ResponseCode.WITHHELD_INSUFFICIENT_PROCESS: Meaning(
        "stop", "lock", _("Not produced: the instrument doesn't compel it.")
    ),
    ResponseCode.OUT_OF_SCOPE_AFTER_NARROWING: Meaning(
        "calm",
        "filter_alt",
        _("Not searched: the approved scope leaves out what would answer it."),
    ),
    ResponseCode.PENDING_SUPPLEMENT: Meaning(
        "warn", "schedule", _("Not in this packet; a supplement will bring it.")
    ),
    ResponseCode.NARRATIVE_ANSWER: Meaning(
        "info", "chat", _("Answered in words, from what we know of our system.")
    ),
}

TONES: dict[str, str] = {
    PacketStatus.QUEUED: "info",
    PacketStatus.COLLECTING: "info",
    PacketStatus.CHOOSING: "warn",
    PacketStatus.AWAITING: "info",
    PacketStatus.COLLECTED: "warn",
    PacketStatus.CERTIFIED: "info",
    PacketStatus.SEALING: "info",
    PacketStatus.SEALED: "ok",
    PacketStatus.RELEASED: "ok",
    PacketStatus.FAILED: "stop",
    PacketStatus.SUPERSEDED: "calm",
}


def sign(text: object, tone: str, icon: str) -> SafeString:
    """A word in a pill, with a sign that only repeats it."""
    return format_html(
        '<span class="cd-badge cd-badge--{}">'
        '<span class="material-symbols-outlined" aria-hidden="true">{}</span>{}</span>',
        tone,
        icon,
        text,
    )


def code_badge(code: str) -> SafeString:
    """A response code as a badge."""
    meaning = MEANINGS[code]
    return sign(ResponseCode(code).label, meaning.tone, meaning.icon)


def packet_badge(packet: Packet) -> SafeString:
    """Where a packet stands, as a badge."""
    return format_html(
        '<span class="cd-badge cd-badge--{}">{}</span>',
        TONES[packet.status],
        packet.get_status_display(),
    )


def packet_title(packet: Packet) -> str:
    """How a packet is called on its case's pages."""
    if packet.is_letter:
        return gettext("Letter of objection (packet %(n)s)") % {"n": packet.number}
    return gettext("Packet %(n)s") % {"n": packet.number}


def exhibit_badge(exhibit: Exhibit) -> SafeString:
    """What an exhibit answers; before that, where its collection stands."""
    if exhibit.status == ExhibitStatus.FAILED:
        return sign(exhibit.get_status_display(), "stop", "error")
    if exhibit.failure:
        return sign(_("Will be tried again"), "warn", "sync_problem")
    if not exhibit.response_code:
        return sign(_("Still to be fetched"), "calm", "hourglass_empty")
    return code_badge(exhibit.response_code)


def meaning(exhibit: Exhibit) -> Promise | str:
    """What an exhibit without records says; "" where the badge says enough."""
    has_none = (
        not exhibit.rows and exhibit.response_code != ResponseCode.NARRATIVE_ANSWER
    )
    if exhibit.failure or not exhibit.response_code or not has_none:
        return ""
    return MEANINGS[exhibit.response_code].words


def size_words(size: int) -> str:
    """An amount of bytes as people say it."""
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_each:
            return f"{size / bytes_each:,.1f} {unit}"
    return f"{size:,} B"


def held_by(part: schema.Part) -> list[str]:
    """By which of a part's columns each row is held to the signed scope, in words."""
    found = [
        gettext("account, by “%(column)s”") % {"column": column.name}
        for column in part.columns
        if column.whose
    ]
    if part.window:
        found.append(gettext("period, by “%(column)s”") % {"column": part.window})
    return found
