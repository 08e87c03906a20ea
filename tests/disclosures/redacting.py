"""Exhibits with marks, for tests: a service with rows enough, and a map that flags."""

from disclosures import redaction
from disclosures.enums import Redaction
from disclosures.models import Exhibit, Mark, Packet
from tests.disclosures import packets

# A column about other people, as a map says it.
FLAGGED = packets.MAP.replace(
    'name = "kind", title = "Kind",',
    'name = "kind", title = "Kind", third_party = true,',
)
# In the window that a case asks about by default, after those of the service itself.
_INSERT = "INSERT INTO events VALUES %s"  # our own rows
_KINDS = ("login", "invited by Mallory", "login", "upload")
MORE = tuple(
    (f"more-{n}", f"2022-07-{n:02d} 10:00:00", f"198.51.100.{n}", kind)
    for n, kind in enumerate(
        ["login", "invited by Mallory", "login", "upload"], start=1
    )
)


def collected(small: packets.Service, text: str = packets.MAP) -> Packet:
    """A packet whose part 2a has six rows, and 3a three of them."""
    for row in MORE:
        small.run(_INSERT % str(("acct-alice", *row)))
    return packets.collected(packets.ordered(packets.case(text=text)))


def events(packet: Packet) -> Exhibit:
    """The exhibit of part 2a."""
    return packet.exhibits.get(part_code="2a")


def mark(exhibit: Exhibit, by: object = None, **changed: str) -> Mark:
    """A mark by a custodian, of the second row unless something else is said."""
    said = {"reason": Redaction.THIRD_PARTY, "rows": "2"} | changed
    return redaction.mark(exhibit.pk, actor=by or packets.custodian(), **said)
