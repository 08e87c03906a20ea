"""What waits for whom on the packets, and goes by being done."""

import pytest

from cases import review
from cases.enums import Act, Perm, Role
from cases.worklist import Task
from disclosures import assembly, worklist
from disclosures.enums import PacketStatus
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

S = PacketStatus
RESUME = (
    "Look at the failed packet",
    "A part could not be collected or rendered.",
)
CHOOSE = (
    "Choose the account",
    "Several accounts match a target; nothing is searched until you choose.",
)
EXAMINE = (
    "Examine the exhibits",
    "The records are collected; read them, mark what must not go out.",
)
CERTIFY = (
    "Sign the declaration",
    "The exhibits are examined; read the counts and certify.",
)
RELEASE = (
    "Hand the packet over",
    "It is sealed; see that every gate is open, then hand it over.",
)
ACKNOWLEDGE = (
    "Record the acknowledgement",
    "The packet is handed over; the agency says that it has it.",
)
EXAMINERS = (Role.ANALYST, Role.CUSTODIAN, Role.COUNSEL)
TURNS = {
    S.FAILED: (Role.ANALYST, Perm.ORDER, "resume_packet", RESUME),
    S.CHOOSING: (Role.ANALYST, Perm.ORDER, "choose_account", CHOOSE),
    S.COLLECTED: (EXAMINERS, Perm.EXAMINE, "examine_exhibits", EXAMINE),
    S.SEALED: (Role.RELEASE_OFFICER, Perm.RELEASE, "release_packet", RELEASE),
    S.RELEASED: (Role.RELEASE_OFFICER, Perm.RELEASE, "acknowledge", ACKNOWLEDGE),
}


@pytest.mark.feature("U1", part=True)
@pytest.mark.parametrize("status", S)
def test_a_packet_waits_for_one_role_or_for_nobody(status):
    packet = packets.in_status(status)
    everybody = {role: make.person(role) for role in Role}
    found = {role: worklist.tasks_for(user) for role, user in everybody.items()}

    turn = TURNS.get(status)
    if turn is None:
        # Where a packet was replaced, its successor waits for a worker and no person.
        assert found == {role: [] for role in Role}
        assert (worklist.task_on(packet), worklist.perm_of(packet)) == (None, None)
        return
    roles, perm, verb, (title, detail) = turn
    roles = roles if isinstance(roles, tuple) else (roles,)
    since = packet.case.events.filter(kind="packet.status.changed").last().at
    task = Task(packet.case, verb, title, detail, packet.case.due_on, since)
    assert found == {one: [task] if one in roles else [] for one in Role}
    assert (worklist.task_on(packet), worklist.perm_of(packet)) == (task, perm)
    stranger = make.person(roles[0], at_the_desk=False)
    assert worklist.tasks_for(stranger) == []


@pytest.mark.feature("U1", part=True)
def test_a_task_goes_by_being_done():
    packet = packets.failed()
    analyst, custodian, officer = make.analyst(), packets.custodian(), packets.officer()

    def verbs():
        return [
            [task.verb for task in worklist.tasks_for(user)]
            for user in (analyst, custodian, officer)
        ]

    assert verbs() == [["resume_packet"], [], []]
    assembly.resume(packet.pk, actor=analyst)
    assert verbs() == [[], [], []]
    packets.collected(packet)
    # The analyst resumed the collection, so another person examines.
    assert verbs() == [[], ["examine_exhibits"], []]
    packets.examined(packet, custodian)
    assert verbs() == [[], ["certify_packet"], []]
    packets.certify(packet, custodian)
    assert verbs() == [[], [], []]
    packets.sealed_undrawn(packets.fresh(packet))
    assert verbs() == [[], [], ["release_packet"]]
    packets.release(packets.fresh(packet), officer)
    assert verbs() == [[], [], ["acknowledge"]]


@pytest.mark.feature("U1", part=True)
def test_nothing_waits_for_whom_the_profile_bars():
    who = make.person(*TURNS_ROLES)
    packet = packets.collected(packets.ordered(by=who))

    assert worklist.tasks_for(who) == []
    packets.sealed_undrawn(packets.certified(packet))
    assert worklist.tasks_for(who) == []


TURNS_ROLES = [
    *(Role.ANALYST, Role.CUSTODIAN, Role.COUNSEL, Role.RELEASE_OFFICER),
]


def test_nothing_waits_on_a_packet_whose_scope_was_taken_back():
    packet = packets.collected()
    custodian = packets.custodian()
    assert len(worklist.tasks_for(custodian)) == 1
    review.revise(packet.case_id, actor=make.analyst(), reason="Why.", at=make.AT)

    assert worklist.tasks_for(custodian) == []


def test_the_oldest_clock_comes_first():
    late = packets.case(due_on=make.OWN_FACTS["due_on"].replace(month=5))
    soon = packets.case()
    for found in (late, soon):
        packets.collected(packets.ordered(found))

    assert [task.case for task in worklist.tasks_for(packets.custodian())] == [
        soon,
        late,
    ]


def test_each_turn_asks_about_the_person_too():
    assert {turn[2] for turn in worklist._TURNS.values()} == {
        *(Act.COLLECT, Act.CERTIFY, Act.RELEASE, None)
    }
