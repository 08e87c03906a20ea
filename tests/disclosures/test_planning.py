"""A packet's plan: one exhibit for each answer, from the frozen scope alone."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from cases.enums import Instrument, ItemDecision, Jurisdiction
from cases.exceptions import CaseError
from cases.models import Case, Event, RequestedItem, ScopeItem, ScopeRevision, Target
from disclosures import facts, planning
from disclosures.datamap import schema
from disclosures.enums import PartKind, ResponseCode
from disclosures.exceptions import CollectionFailed, PacketBroken
from disclosures.models import DataMapVersion, Exhibit, Packet
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

# Whole days of New York: midnight there is five o'clock in UTC, in winter.
SINCE = datetime(2022, 1, 1, 5, tzinfo=UTC)
UNTIL = datetime(2023, 3, 1, 5, tzinfo=UTC)


def plan(packet):
    """The plan as rows: number, target, item, part, kind, code, statement."""
    rows = packet.exhibits.select_related("target", "item")
    return [
        (
            one.label,
            one.target.number,
            one.item.number,
            one.part_code,
            one.kind,
            one.response_code,
            one.statement,
        )
        for one in rows
    ]


@pytest.mark.feature("D5", part=True)
def test_plan_has_one_exhibit_per_item_target_and_part_in_that_order():
    packet = packets.ordered(packets.case("alice", "bob"))

    query, derived, said = PartKind.QUERY, PartKind.DERIVED, PartKind.STATEMENT
    assert plan(packet) == [
        ("E001", 1, 1, "1a", query, "", ""),
        ("E002", 1, 1, "1b", said, "", ""),
        ("E003", 2, 1, "1a", query, "", ""),
        ("E004", 2, 1, "1b", said, "", ""),
        ("E005", 1, 2, "2a", query, "", ""),
        ("E006", 2, 2, "2a", query, "", ""),
        ("E007", 1, 3, "3a", derived, "", ""),
        ("E008", 1, 3, "3b", said, "", ""),
        ("E009", 2, 3, "3a", derived, "", ""),
        ("E010", 2, 3, "3b", said, "", ""),
    ]


def test_refused_items_are_answered_in_the_plan_with_their_exact_words():
    found = packets.case(
        items=("names", "connections", "messages"),
        decided={
            ("alice", "names"): packets.choice(
                ItemDecision.NOT_COLLECTED, "Nothing is kept."
            ),
            ("alice", "connections"): packets.choice(
                ItemDecision.OBJECT, "Unduly burdensome."
            ),
            ("alice", "messages"): packets.choice(
                ItemDecision.OBJECT, "Content needs a warrant."
            ),
        },
    )
    packet = packets.ordered(found)

    said = PartKind.STATEMENT
    assert plan(packet) == [
        (
            *("E001", 1, 1, "item_1", said),
            *(ResponseCode.NOT_COLLECTED, "Nothing is kept."),
        ),
        (
            *("E002", 1, 2, "item_2", said),
            ResponseCode.OBJECTED,
            "Overbroad (Fed. R. Crim. P. 17(c)(2)). The request reaches further than "
            "its stated purpose carries; compliance would be unreasonable. Unduly "
            "burdensome.",
        ),
        (
            *("E003", 1, 3, "item_3", said),
            ResponseCode.WITHHELD_INSUFFICIENT_PROCESS,
            "Content needs a warrant. The instrument doesn't compel this class of "
            "data (18 U.S.C. 2703(a), (b)).",
        ),
    ]


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (ItemDecision.NOT_COLLECTED, ResponseCode.NOT_COLLECTED),
        (ItemDecision.NOT_RETAINED, ResponseCode.NOT_RETAINED),
        (ItemDecision.HELD_BY_THIRD_PARTY, ResponseCode.HELD_BY_THIRD_PARTY),
    ],
)
def test_what_isnt_held_is_answered_with_the_one_statement_that_was_decided(
    decision, code
):
    found = packets.case(
        items=("names",),
        decided={("alice", "names"): packets.choice(decision, "It is so.")},
    )

    assert [one[5:] for one in plan(packets.ordered(found))] == [(code, "It is so.")]


def test_a_class_that_the_table_says_nothing_of_is_withheld_without_a_citation():
    others = {
        ("alice", item): packets.choice(ItemDecision.NOT_COLLECTED, "None is kept.")
        for item in packets.ITEMS[1:]
    }
    found = packets.case(
        decided={("alice", "names"): packets.choice(ItemDecision.OBJECT, "No.")}
        | others,
        jurisdiction=Jurisdiction.EUROPEAN_UNION,
    )

    assert plan(packets.ordered(found))[0][5:] == (
        ResponseCode.WITHHELD_INSUFFICIENT_PROCESS,
        "No. The instrument doesn't compel this class of data.",
    )


def test_windows_are_half_open_utc_and_narrowed_where_counsel_narrowed():
    found = packets.case(
        "alice",
        "bob",
        decided={
            ("alice", "connections"): packets.choice(
                ItemDecision.NARROW, "Too wide.", first_day=date(2022, 7, 1)
            ),
            ("bob", "connections"): packets.choice(
                ItemDecision.NARROW,
                "Too wide.",
                first_day=date(2022, 3, 13),
                last_day=date(2022, 3, 13),
            ),
        },
    )
    packet = packets.ordered(found)

    windows = {
        (one.part_code, one.target.number): (one.window_since, one.window_until)
        for one in packet.exhibits.select_related("target")
    }
    assert windows == {
        ("1a", 1): (None, None),  # timeless
        ("1b", 1): (None, None),  # a statement
        ("1a", 2): (None, None),
        ("1b", 2): (None, None),
        ("2a", 1): (datetime(2022, 7, 1, 4, tzinfo=UTC), UNTIL),
        # The day the clocks went forward: 23 hours.
        ("2a", 2): (
            datetime(2022, 3, 13, 5, tzinfo=UTC),
            datetime(2022, 3, 14, 4, tzinfo=UTC),
        ),
        ("3a", 1): (SINCE, UNTIL),
        ("3b", 1): (None, None),
        ("3a", 2): (SINCE, UNTIL),
        ("3b", 2): (None, None),
    }


def test_an_open_end_of_the_paper_stays_open():
    found = packets.case(
        items=("connections",), window={"first_day": None, "last_day": None}
    )
    packet = packets.ordered(found)

    (one,) = packet.exhibits.all()
    assert (one.window_since, one.window_until) == (None, None)


def test_the_frozen_scope_is_planned_and_never_the_live_case():
    found = packets.case(
        items=("names", "messages"),
        decided={("alice", "messages"): packets.choice(ItemDecision.OBJECT, "Why.")},
    )
    packet = packets.ordered(found)
    before = plan(packet)
    Exhibit.objects.all().delete()
    # Everything that could move the plan, changed behind the verbs' backs.
    Case.objects.update(
        instrument=Instrument.SEARCH_WARRANT,
        issuing_court="Elsewhere",
        issued_on=date(1999, 1, 1),
        map_digest="0" * 64,
    )
    Target.objects.update(identifier="mallory", first_day=None, time_zone="Asia/Tokyo")
    RequestedItem.objects.filter(number=1).update(category_code="connections")
    ScopeItem.objects.update(decision=ItemDecision.PRODUCE, ground="")

    packet = packets.fresh(packet)
    planning.plan_exhibits(packet)

    assert plan(packet) == before
    assert planning.targets(packet)[0] == {
        "id": found.targets.get().pk,
        "number": 1,
        "kind": "username",
        "identifier": "alice",
        "role": "not_stated",
        "first_day": "2022-01-01",
        "last_day": "2023-02-28",
        "time_zone": "America/New_York",
    }


def test_a_frozen_scope_that_was_changed_is_not_planned():
    packet = packets.ordered()
    Exhibit.objects.all().delete()
    revision = packet.revision
    ScopeRevision.objects.update(
        document=revision.document.replace('"alice"', '"mallory"')
    )
    packet = packets.fresh(packet)

    for ask in (planning.plan_exhibits, planning.targets):
        with pytest.raises(PacketBroken, match="was changed after it was frozen"):
            ask(packet)
    assert not Exhibit.objects.exists()


@pytest.mark.parametrize("text", ["", "# another\n" + packets.MAP])
def test_a_frozen_map_that_is_gone_or_changed_is_not_planned(text):
    found = packets.case()
    before = rows()
    if text:
        DataMapVersion.objects.update(text=text)
    else:
        DataMapVersion.objects.all().delete()

    with (
        pytest.raises(PacketBroken, match="data map that this scope was frozen with"),
        transaction.atomic(),
    ):
        packets.ordered(found)

    assert rows() == before


def test_a_map_without_the_category_is_refused_by_name_and_nothing_is_ordered():
    found = packets.case()
    text = packets.MAP.replace('code = "sessions"', 'code = "visits"')
    digest = schema.digest(text)
    DataMapVersion.objects.update(text=text, digest=digest)
    ScopeRevision.objects.update(map_digest=digest)
    before = rows()

    with (
        pytest.raises(CollectionFailed) as refused,
        transaction.atomic(),
    ):
        packets.ordered(found)

    assert str(refused.value) == "Item 3: the data map has no category “sessions”."
    assert isinstance(refused.value, CaseError)
    assert rows() == before


@pytest.mark.feature("C1", part=True)
def test_parts_that_can_t_be_ordered_fail_when_the_packet_is_ordered():
    the_map = schema.parse(packets.MAP)

    assert planning.order_of_parts(the_map, ["3a", "item_4", "2a", "3a"]) == {
        "2a": 0,
        "3a": 1,
    }
    circle = schema.DataMap(
        **vars(the_map) | {"categories": tuple(map(_circular, the_map.categories))}
    )
    with pytest.raises(CollectionFailed) as refused:
        planning.order_of_parts(circle, ["2a", "3a"])
    assert str(refused.value) == "These parts are derived from each other: 2a, 3a."


@pytest.mark.feature("C1")
@pytest.mark.parametrize(
    ("dead", "words"),
    [
        ("circle", "These parts are derived from each other: 2a, 3a."),
        ("input", "Part 3a is derived from “9z”, which isn't there."),
        (
            "address",
            "Part 2a reads from “Event store”, which has no address on this server. "
            "An administrator sets it; then order again.",
        ),
    ],
)
def test_a_dead_node_stops_the_order_by_its_name_and_nothing_is_written(
    dead, words, settings, monkeypatch
):
    found = packets.case()
    the_map = schema.parse(packets.MAP)
    if dead == "address":
        del settings.SOURCE_URLS["events"]
    else:
        change = _circular if dead == "circle" else _orphaned
        broken = vars(the_map) | {"categories": tuple(map(change, the_map.categories))}
        # The map's own check refuses such a file: a plan doesn't take its word for it.
        monkeypatch.setattr(facts, "data_map", lambda _packet: schema.DataMap(**broken))
    before = rows()
    with pytest.raises(CollectionFailed) as refused, transaction.atomic():
        packets.ordered(found)
    assert str(refused.value) == words
    assert rows() == before


def _orphaned(category):
    parts = tuple(
        schema.Part(**vars(part) | {"inputs": ("9z",)}) if part.code == "3a" else part
        for part in category.parts
    )
    return schema.Category(**vars(category) | {"parts": parts})


def _circular(category):
    parts = tuple(
        schema.Part(**vars(part) | {"inputs": ("3a",)}) if part.code == "2a" else part
        for part in category.parts
    )
    return schema.Category(**vars(category) | {"parts": parts})


def rows():
    """What a refused order must leave as it was."""
    return (
        Packet.objects.count(),
        Exhibit.objects.count(),
        Event.objects.count(),
        [(one.pk, one.status) for one in Case.objects.all()],
    )


def test_rows_come_back_in_utc():
    there = datetime(2022, 1, 1, tzinfo=make.AT.tzinfo)

    assert planning.in_utc(there) == there
    assert planning.in_utc(None) is None
