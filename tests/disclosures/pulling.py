"""Pull orders for tests: the small service's map with a part that people fetch."""

import io
from collections.abc import Sequence

from django.contrib.auth.models import Group, User

from cases.enums import Role
from cases.models import Case
from disclosures import answering
from disclosures.enums import OwnersAnswer, PacketStatus
from disclosures.models import Packet, PullAnswer, PullOrder
from tests import factories as make
from tests.disclosures import packets

DESK = "Support desk"
WHOSE = 'description = "Whose."'
PART = f"""
[[categories]]
code = "tickets"
number = 5
title = "Support tickets"
usual_words = "All correspondence"
data_class = "identifying"
held = "Tickets, kept in the ticket system."

[[categories.parts]]
code = "5a"
title = "Tickets of the account"
kind = "manual"
owner = "{DESK}"
due_days = 5
instructions = "Search the ticket system by account ID. Leave out notes of colleagues."
response = "PRODUCED"
window = "opened"
order_by = ["opened", "id"]
columns = [
  {{ name = "id", title = "Ticket", type = "integer", description = "Number." }},
  {{ name = "account", title = "Account", type = "text", whose = "account", {WHOSE} }},
  {{ name = "opened", title = "Opened", type = "timestamp", description = "When." }},
  {{ name = "address", title = "Address", type = "address", description = "Where." }},
  {{ name = "tags", title = "Tags", type = "json", description = "About what." }},
  {{ name = "closed", title = "Closed", type = "boolean", description = "Whether." }},
]
statement = "Tickets are kept by the desk."
empty_statement = "Searched: no ticket in the period."
"""
MAP = packets.MAP + PART
ITEMS = ("names", "tickets")
WORDS = "I searched the ticket system by account ID."
HEADER = "id,account,opened,address,tags,closed"
# Out of order, one of another account, one after the window (of New York).
ROWS = (
    '12,acct-alice,2022-06-01T14:00:00+02:00,192.0.2.9,"{""b"": 1, ""a"": 2.50}",true',
    "9,acct-alice,2022-05-30 08:00:00,,,false",
    "13,acct-bob,2022-06-02T12:00:00Z,192.0.2.9,,false",
    "14,acct-alice,2023-03-01T05:00:00Z,192.0.2.9,,false",
)
CANONICAL = (
    f"{HEADER}\r\n"
    "9,acct-alice,2022-05-30T08:00:00+00:00,,,false\r\n"
    '12,acct-alice,2022-06-01T12:00:00+00:00,192.0.2.9,"{""a"":2.50,""b"":1}",true\r\n'
)


def owner(**fields: object) -> User:
    """A data owner of the support desk, who is at no other desk."""
    fields = {"first_name": "Dora", "last_name": "Okafor", "is_staff": True, **fields}
    person = make.person(Role.DATA_OWNER, at_the_desk=False, **fields)
    person.groups.add(Group.objects.get_or_create(name=DESK)[0])
    return person


def case(*targets: str, items: Sequence[str] = ITEMS, **more: object) -> Case:
    """An approved case that asks for tickets; somebody can fetch them."""
    if not User.objects.filter(groups__name=DESK).exists():
        owner()
    return packets.case(*targets, items=items, text=MAP, **more)


def awaiting(found: Case | None = None) -> Packet:
    """A packet whose order waits for a data owner; all else is collected."""
    return packets.collected(packets.ordered(found or case()))


def order_of(packet: Packet) -> PullOrder:
    """The one order of a packet."""
    return PullOrder.objects.get(exhibit__packet=packet)


def csv(*rows: str, header: str = HEADER) -> bytes:
    """An upload as a spreadsheet saves it."""
    return "".join(f"{line}\n" for line in (header, *(rows or ROWS))).encode()


def file(content: bytes | None = None) -> io.BytesIO:
    """An upload as the portal gets it."""
    return io.BytesIO(csv() if content is None else content)


def answer(
    packet: Packet,
    by: User | None = None,
    *,
    kind: str = OwnersAnswer.RECORDS,
    content: bytes | None = None,
    name: str = "tickets.csv",
    words: str = WORDS,
) -> PullAnswer:
    """The data owner's answer to the one order of a packet."""
    has_file = kind == OwnersAnswer.RECORDS
    given = answering.Given(kind, words, file(content) if has_file else None, name)
    return answering.answer(
        order_of(packet).pk,
        actor=by or User.objects.filter(groups__name=DESK).earliest("pk"),
        given=given,
    )


packets.MADE[PacketStatus.AWAITING] = awaiting
