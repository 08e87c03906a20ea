"""A file that isn't what was collected stops its case, wherever it is read."""

import io
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.admin.base import case_url
from cases.enums import Role
from cases.exceptions import IllegalTransition
from disclosures import (
    assembly,
    breaks,
    custody,
    delivery,
    gates,
    kept,
    production,
    reading,
    worklist,
)
from disclosures.admin import declaring
from disclosures.enums import PacketStatus
from disclosures.exceptions import CustodyBroken, PacketBroken
from disclosures.models import CustodyBreak
from tests import factories as make
from tests.disclosures import breaking, packets, stored
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

CHANGED = "Exhibit E003 was changed or lost after it was collected."
STOPPED = (
    f"{CHANGED} Nothing more is read, certified, sealed or handed over on this "
    "request until counsel has dealt with it."
)


def file_of(packet, part="2a") -> Path:
    return stored.path(packet.exhibits.get(part_code=part))


def read_on_a_page(packet):
    exhibit = packet.exhibits.get(part_code="2a")
    reading.open_exhibit(exhibit.pk, actor=make.analyst())


def draw_the_declaration(packet):
    declaring.checked_draft(packet, packets.custodian(), {})


def seal_it(packet):
    assembly.assemble(packet.pk)


def export_its_custody(packet):
    custody.write(packet.pk, actor=make.person(Role.AUDITOR), out=io.StringIO())


READINGS = {
    "page": (packets.collected, read_on_a_page),
    "declaration": (packets.collected, draw_the_declaration),
    "certifying": (packets.examined, packets.certify),
    "sealing": (packets.certified, seal_it),
    "custody": (packets.sealed_undrawn, export_its_custody),
}


@pytest.mark.feature("C4")
@pytest.mark.parametrize("place", READINGS)
def test_a_flipped_bit_stops_the_case_at_each_reading(place):
    make_it, read = READINGS[place]
    packet = make_it()
    stored.flip(file_of(packet))
    before = packets.trail(packet.case)[-1]

    if place == "sealing":
        read(packet)
        packet = packets.fresh(packet)
        assert (packet.status, packet.failure) == (PacketStatus.FAILED, CHANGED)
    else:
        with pytest.raises(CustodyBroken, match="Exhibit E003 was changed"):
            read(packet)
        assert packets.fresh(packet).status == packet.status

    one = CustodyBreak.objects.get()
    assert (one.case, one.packet, one.sentence) == (packet.case, packet, CHANGED)
    assert one.exhibit.part_code == "2a"
    events = packets.trail(packet.case)
    assert events[events.index(before) + 1 :].count(("packet.custody.broken", "")) == 1
    assert gates.intact(packet) == STOPPED


@pytest.mark.feature("C4", part=True)
def test_an_input_that_was_changed_is_never_derived_from():
    # What is derived fails first, so that its input lies there when the run goes on.
    text = packets.MAP.replace("= 'login'", "= 'login' AND CAST(part_2a.id AS INT) > 0")
    found = packets.case(items=packets.ITEMS[1:], text=text)
    packet = packets.collected(packets.ordered(found))
    assert (packet.status, packet.failure[:8]) == (PacketStatus.FAILED, "Part 3a:")
    stored.flip(file_of(packet))
    assembly.resume(packet.pk, actor=make.analyst())

    assembly.assemble(packet.pk)

    packet = packets.fresh(packet)
    changed = CHANGED.replace("E003", "E001")
    assert (packet.status, packet.failure) == (PacketStatus.FAILED, changed)
    assert packet.exhibits.get(part_code="3a").path == ""
    assert CustodyBreak.objects.get().sentence == changed


@pytest.mark.feature("C4", part=True)
@pytest.mark.parametrize("status", [PacketStatus.SEALED, PacketStatus.RELEASED])
def test_a_sealed_packet_that_was_changed_stops_the_case(status):
    packet = packets.in_status(status)
    stored.flip(production.folder(packet) / "exhibits" / "E003_t1_2a.csv")

    with pytest.raises(PacketBroken, match="no longer what was sealed"):
        delivery.open_packet(packet.pk, actor=packets.officer())

    one = CustodyBreak.objects.get()
    assert (one.packet, one.exhibit) == (packet, None)
    assert "packet.opened" not in [kind for kind, _ in packets.trail(packet.case)]
    with pytest.raises(IllegalTransition, match="until counsel has dealt with it"):
        read_on_a_page(packet)


@pytest.mark.feature("C4", part=True)
def test_while_a_break_stands_nothing_goes_on():
    packet = breaking.standing()
    since = packet.case.events.last().pk
    for act in (read_on_a_page, packets.certify):
        with pytest.raises(IllegalTransition, match="until counsel has dealt with it"):
            act(packet)
    assert packets.trail(packet.case, since) == []

    sealable = breaking.standing(packets.certified())
    assembly.assemble(sealable.pk)
    sealable = packets.fresh(sealable)
    assert (sealable.status, sealable.failure) == (PacketStatus.FAILED, STOPPED)
    with pytest.raises(IllegalTransition):
        assembly.resume(sealable.pk, actor=make.analyst())

    sealed = breaking.standing(packets.sealed_undrawn())
    with pytest.raises(IllegalTransition, match="until counsel has dealt with it"):
        packets.release(sealed)
    with pytest.raises(IllegalTransition, match="until counsel has dealt with it"):
        delivery.open_packet(sealed.pk, actor=packets.officer())
    assert packets.fresh(sealed).status == PacketStatus.SEALED


def test_a_break_found_twice_is_noted_once():
    packet = packets.collected()
    stored.flip(file_of(packet))
    for _ in range(2):
        with pytest.raises(CustodyBroken):
            facts_of(packet)
    assert CustodyBreak.objects.count() == 1


@breaks.noted()
def facts_of(packet):
    kept.require_intact(packet)


def test_counsel_settle_it_and_the_case_goes_on():
    packet = breaking.standing()
    since = packet.case.events.last().pk
    by = make.counsel()
    at = timezone.now()
    (one,) = breaks.settle(packet.case_id, actor=by, finding=" Restored. ", at=at)

    assert (one.finding, one.settled_by, one.settled_at) == ("Restored.", by, at)
    assert packets.trail(packet.case, since) == [("packet.custody.settled", "")]
    assert breaks.bars(make.fresh(packet.case)) == ""
    assert packets.certified(packets.fresh(packet)).status == PacketStatus.CERTIFIED


def test_a_file_that_is_still_wrong_stops_the_case_again():
    packet = breaking.standing()
    stored.flip(file_of(packet))
    breaks.settle(packet.case_id, actor=make.counsel(), finding="Looked at.")
    with pytest.raises(CustodyBroken):
        packets.certify(packet)
    assert CustodyBreak.objects.standing().count() == 1
    assert CustodyBreak.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "finding", "refusal"),
    [
        (Role.ANALYST, "Why.", PermissionDenied),
        (Role.CUSTODIAN, "Why.", PermissionDenied),
        (Role.COUNSEL, " ", ValidationError),
    ],
)
def test_who_may_not_settle_it_and_a_finding_that_says_nothing(role, finding, refusal):
    packet = breaking.standing()
    since = packet.case.events.last().pk
    with pytest.raises(refusal):
        breaks.settle(packet.case_id, actor=make.person(role), finding=finding)
    assert packets.trail(packet.case, since) == []
    assert CustodyBreak.objects.standing().count() == 1


def test_nothing_is_settled_where_nothing_stands():
    packet = packets.collected()
    since = packet.case.events.last().pk
    with pytest.raises(IllegalTransition):
        breaks.settle(packet.case_id, actor=make.counsel(), finding="Why.")
    assert packets.trail(packet.case, since) == []


@pytest.mark.parametrize(
    "change",
    [{"sentence": ""}, {"finding": "Half."}, {"settled_at": timezone.now()}],
    ids=lambda change: next(iter(change)),
)
def test_the_database_holds_a_break_to_its_form(change):
    breaking.standing()
    with pytest.raises(IntegrityError), transaction.atomic():
        CustodyBreak.objects.update(**change)


def test_the_database_keeps_one_standing_break_a_file():
    breaking.standing()
    one = CustodyBreak.objects.get()
    for exhibit in (one.exhibit, None):
        one.pk, one.exhibit = None, exhibit
        if exhibit is None:
            one.save(force_insert=True)
            one.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            one.save(force_insert=True)


def test_the_pages_and_the_worklist_say_so_and_lead_to_it():
    packet = breaking.standing()
    analyst, counsel = (client_of(make.person(r)) for r in (Role.ANALYST, Role.COUNSEL))
    words = STOPPED.replace("'", "&#x27;")
    for page in (
        page_of(packet),
        page_of(packet, "exhibit", 3),
        case_url(packet.case),
    ):
        text = analyst.get(page, follow=True).content.decode()
        assert words in text, page
    assert "192.0.2.2" not in text

    def turns(client):
        return [one.verb for one in worklist.tasks_for(client.user)]

    assert turns(counsel) == ["settle_custody_break"]
    assert turns(analyst) == []
    assert turns(client_of(packets.custodian())) == []
    url = verb_of(packet, "settle_custody_break")
    assert CHANGED in counsel.get(url).content.decode()
    counsel.post(url, {"finding": "Restored from the copy of the day before."})
    assert CustodyBreak.objects.standing().count() == 0
    assert turns(counsel) == ["examine_exhibits"]  # it goes on where it stood
    none = counsel.get(url).content.decode()
    assert "No break in custody stands on this request." in none
