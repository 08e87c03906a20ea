"""What can't be answered is found out when the packet is ordered, not at night."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases.enums import CaseStatus, ItemDecision, Role
from cases.models import Event
from disclosures import assembly, facts, preflight
from disclosures.datamap import schema
from disclosures.enums import PacketStatus
from disclosures.exceptions import CollectionFailed
from disclosures.models import Exhibit, Packet
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, verb_url
from tests.disclosures.sources import servers

pytestmark = pytest.mark.django_db

LACKS = (
    "the database can't read its SQL, or lacks a table or column (code SQLITE_ERROR)"
)
AGAIN = "Nothing was ordered; try again once it can be."
NOWHERE = "postgresql://u:p@127.0.0.1:1/x"


def nothing_is_ordered(case, sentence):
    """Neither on the page nor by the verb; both say the same."""
    analyst = make.analyst()
    page = client_of(analyst).get(verb_url(case, "order_packet"))
    assert page.context["problem"] == sentence
    assert "Order this packet" not in page.content.decode()
    before = Event.objects.count()
    with pytest.raises(CollectionFailed) as caught, transaction.atomic():
        assembly.request(case.pk, actor=analyst)
    assert str(caught.value) == sentence
    assert (Packet.objects.count(), Exhibit.objects.count()) == (0, 0)
    assert Event.objects.count() == before
    assert make.fresh(case).status == CaseStatus.APPROVED


@pytest.mark.feature("C1")
@pytest.mark.parametrize(
    ("dead", "sentence"),
    [
        (
            lambda small: small.urls.pop("events"),
            "Part 2a reads from “Event store”, which has no address on this server. An "
            "administrator sets it; then order again.",
        ),
        (
            lambda small: small.events.unlink(),
            "The source “Event store” can't be reached (code SQLITE_CANTOPEN). "
            + AGAIN,
        ),
        (
            lambda small: small.run("DROP TABLE events"),
            f"Part 2a: “Event store” refused the query: {LACKS}.",
        ),
        (
            lambda small: small.run("ALTER TABLE events DROP COLUMN address"),
            f"Part 2a: “Event store” refused the query: {LACKS}.",
        ),
        (
            lambda small: small.run("ALTER TABLE users RENAME COLUMN name TO nick"),
            "The query that resolves accounts: “Service database” refused the query: "
            f"{LACKS}.",
        ),
    ],
)
def test_a_graph_with_a_dead_node_fails_at_plan_time_not_mid_run(
    small, settings, dead, sentence
):
    case = packets.case()
    dead(small)
    if "no address" in sentence:
        settings.SOURCE_URLS = {"service": small.urls["service"]}
    nothing_is_ordered(case, sentence)


@pytest.mark.feature("C1", part=True)
def test_a_server_that_can_t_be_reached_is_named(small, settings):
    case = packets.case()
    settings.SOURCE_URLS = small.urls | {"events": NOWHERE}
    nothing_is_ordered(case, f"The source “Event store” can't be reached. {AGAIN}")


@pytest.mark.feature("C1", part=True)
@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (("3a",), "These parts are derived from each other: 2a, 3a."),
        (("9z",), "Part 2a is derived from “9z”, which isn't there."),
    ],
)
def test_a_circle_and_a_missing_input_are_named(small, monkeypatch, inputs, sentence):
    case = packets.case()
    monkeypatch.setattr(facts, "data_map", lambda packet: with_inputs("2a", inputs))
    nothing_is_ordered(case, sentence)


def with_inputs(code, inputs):
    """The map with other inputs of one part; loading such a file would be refused."""
    the_map = schema.parse(packets.MAP)
    return replace(
        the_map,
        categories=tuple(
            replace(
                category,
                parts=tuple(
                    replace(part, inputs=inputs) if part.code == code else part
                    for part in category.parts
                ),
            )
            for category in the_map.categories
        ),
    )


@pytest.mark.feature("C1", part=True)
def test_what_isn_t_planned_isn_t_asked(small):
    left_out = packets.choice(ItemDecision.OBJECT, reason="Overbroad.")
    decided = {("alice", item): left_out for item in packets.ITEMS[1:]}
    case = packets.case(decided=decided)
    small.events.unlink()
    assert packets.collected(packets.ordered(case)).status == PacketStatus.COLLECTED


def test_nobody_s_source_is_asked_before_the_permission(small, monkeypatch):
    case = packets.case()
    monkeypatch.setattr(preflight, "require", lambda packet: pytest.fail("asked"))
    with pytest.raises(PermissionDenied), transaction.atomic():
        assembly.request(case.pk, actor=make.person(Role.AUDITOR))


@pytest.mark.feature("C1", part=True)
@pytest.mark.postgres
def test_a_role_that_could_write_is_refused_before_there_is_a_packet(small, settings):
    case = packets.case()
    with servers.postgres_reader() as (owner, address):
        owner.execute(
            "CREATE TABLE events"
            " (key text, id text, time timestamp, address text, kind text)"
        )
        owner.execute(f"GRANT SELECT, DELETE ON events TO {servers.READER}")
        settings.SOURCE_URLS = small.urls | {"events": address}
        nothing_is_ordered(
            case,
            "The role that reads “Event store” could write to public.events. Candor "
            "reads by a role that can only read (docs/datamap.md).",
        )
        owner.execute(f"REVOKE DELETE ON events FROM {servers.READER}")
        packet = packets.ordered(case)
        # It may get such a right later: the run asks again.
        owner.execute(f"GRANT DELETE ON events TO {servers.READER}")
        packet = packets.collected(packet)
        assert packet.status == PacketStatus.FAILED
        assert "could write to public.events" in packet.failure
        settings.SOURCES_MAY_WRITE = True
        assembly.resume(packet.pk, actor=make.analyst())
        assert packets.collected(packet).status == PacketStatus.COLLECTED
