"""Each file of a packet walks back to one pull, and forward to its hand-over."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from cases.enums import Role
from cases.models import Event
from disclosures import custody, reading
from disclosures.exceptions import PacketBroken
from tests import factories as make
from tests.disclosures import packets, stored
from tests.disclosures.admin.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


@pytest.fixture
def released():
    packet = packets.sealed_undrawn()
    exhibit = packet.exhibits.exclude(path="").first()
    reader = make.person(Role.COUNSEL, first_name="Cora")
    reading.open_exhibit(exhibit.pk, actor=reader)
    packets.release(packet)
    return packets.fresh(packet), exhibit


@pytest.mark.feature("A4")
def test_every_file_walks_back_to_one_pull(released):
    packet, read = released
    files = custody.ledger(packet)
    assert [(one.name, one.size, one.sha256) for one in files] == [
        tuple(one) for one in packet.files
    ]
    pulled = packet.exhibits.exclude(path="")
    assert {one.exhibit for one in files if one.exhibit} == set(pulled)
    for one in files:
        steps = [step.what for step in one.steps]
        first = "Pulled" if one.exhibit else "Collected"
        assert steps.count(first) == 1
        assert set(steps) >= {first, "Ordered", "Certified", "Sealed", "Handed over"}
        examined = bool(one.exhibit and one.exhibit.rows)
        assert steps.count("Examined and passed") == examined
        assert steps.count("Read") == examined + (one.exhibit == read)
        assert [step.at for step in one.steps] == sorted(step.at for step in one.steps)
        if one.exhibit:
            assert one.sha256 == one.exhibit.sha256
            (pull,) = [step for step in one.steps if step.what == "Pulled"]
            assert pull.at == one.exhibit.finished_at
            assert f"part {one.exhibit.part_code}; " in pull.detail
            assert f"{one.exhibit.rows} rows" in pull.detail


def test_every_later_step_names_its_event(released):
    packet, _read = released
    for one in custody.ledger(packet):
        for step in one.steps:
            if step.what not in {"Pulled", "Collected"}:
                event = Event.objects.get(pk=step.event)
                assert (event.at, event.actor_name) == (step.at, step.who)


def test_a_file_that_no_pull_made_is_said_and_not_passed_over(released):
    packet, read = released
    stored.rewrite(read, b"id\r\nanother\r\n")
    with pytest.raises(PacketBroken, match="comes from no pull"):
        custody.ledger(packet)
    desk = client_of(make.person(Role.AUDITOR))
    url = reverse("admin:disclosures_custody", args=[packet.case_id, packet.pk])
    assert "comes from no pull" in desk.get(url).content.decode()


def test_a_packet_that_isn_t_sealed_has_no_ledger():
    packet = packets.collected()
    assert custody.ledger(packet) == []
    desk = client_of(make.person(Role.AUDITOR))
    for name in ("disclosures_custody", "disclosures_custody_file"):
        url = reverse(f"admin:{name}", args=[packet.case_id, packet.pk])
        assert desk.get(url).status_code == 404


@pytest.mark.feature("A4", part=True)
def test_the_ledger_is_exported_and_the_trail_tells_of_it(released):
    packet, _read = released
    desk = client_of(make.person(Role.AUDITOR))
    args = [packet.case_id, packet.pk]
    page = desk.get(reverse("admin:disclosures_packet", args=args)).content.decode()
    assert reverse("admin:disclosures_custody", args=args) in page
    answer = desk.get(reverse("admin:disclosures_custody_file", args=args))
    header, *rows = csv.reader(io.StringIO(answer.content.decode()))
    assert tuple(header) == custody.COLUMNS
    assert [row[0] for row in rows] == [
        one.name for one in custody.ledger(packet) for _step in one.steps
    ]
    told = Event.objects.filter(kind="packet.custody.exported")
    assert [(one.case_id, one.data) for one in told] == [
        (packet.case_id, f'{{"files":{len(packet.files)},"packet":{packet.pk}}}')
    ]


def test_who_may_not_read_the_trail_gets_none(released):
    packet, _read = released
    out, before = io.StringIO(), Event.objects.count()
    with pytest.raises(PermissionDenied):
        custody.write(packet.pk, actor=make.person(Role.ADMINISTRATOR), out=out)
    assert (out.getvalue(), Event.objects.count()) == ("", before)
