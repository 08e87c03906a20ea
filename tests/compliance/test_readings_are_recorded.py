"""What can't be recorded isn't shown: every page of a case, with a trail that fails.

A part of a page that was recorded already (its live progress, a preview) leaves no
event of its own; it is listed here, so that a new page can't join them unseen.
"""

import pytest
from django.urls import reverse

from cases import audit
from cases.enums import Role
from cases.models import Event
from tests import factories as make
from tests import restricting
from tests.compliance import test_who_may, who_may
from tests.compliance.test_who_may import addresses, client_of
from tests.disclosures import conftest as of_disclosures
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

small = of_disclosures.small  # the fixtures
world = test_who_may.world

PARTS = {
    "admin:disclosures_packet_live",
    "admin:disclosures_declaration",
}
REGISTER = "admin:cases_register_file"  # an ordinary request has none
TRANSMISSION = "admin:disclosures_transmission"  # of what was handed over
READINGS = sorted(set(who_may.PAGES) - PARTS - {REGISTER, TRANSMISSION})


class BrokenError(Exception):
    """The trail can't be written."""


def reader():
    return client_of(make.person(*(one for one in Role if one != Role.ADMINISTRATOR)))


@pytest.mark.feature("A3")
@pytest.mark.parametrize("name", READINGS)
def test_what_can_t_be_recorded_isn_t_shown(world, name, monkeypatch):
    client, url = reader(), world.page(name, addresses()[name])

    def fails(*_args, **_named):
        raise BrokenError

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(BrokenError):
        client.get(url)


@pytest.mark.feature("A3", part=True)
@pytest.mark.parametrize("name", READINGS)
def test_the_event_is_committed_before_the_first_byte(world, name):
    client, url = reader(), world.page(name, addresses()[name])
    before = Event.objects.count()
    answer = client.get(url)
    # Before anything is read off a stream, the event is there.
    assert Event.objects.count() == before + 1
    if answer.streaming:
        b"".join(answer.streaming_content)


def register():
    letter = restricting.case()
    url = reverse(REGISTER, args=[letter.pk])
    return client_of(restricting.counsel_of(letter)), url


def transmission():
    packet = packets.released()
    url = reverse(TRANSMISSION, args=[packet.case_id, packet.pk])
    return client_of(make.working_on(packet.case, Role.RELEASE_OFFICER)), url


@pytest.mark.feature("A3", part=True)
@pytest.mark.parametrize("page", [register, transmission])
def test_what_not_every_request_has_isn_t_shown_unrecorded_either(page, monkeypatch):
    client, url = page()
    before = Event.objects.count()
    assert client.get(url).status_code == 200
    assert Event.objects.count() == before + 1

    def fails(*_args, **_named):
        raise BrokenError

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(BrokenError):
        client.get(url)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_a_part_of_a_page_leaves_no_event_of_its_own(world, name):
    client, url = reader(), world.page(name, addresses()[name])
    before = Event.objects.count()
    assert client.get(url).status_code in {200, 286}
    assert Event.objects.count() == before
