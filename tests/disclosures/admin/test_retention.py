"""A window older than what can still exist is flagged, and never bars anything."""

from datetime import date

import pytest
from django.utils import timezone

from cases import review
from cases.enums import CaseStatus, ItemDecision, Role
from cases.models import Category
from disclosures import facts
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import page_of, verb_url

pytestmark = pytest.mark.django_db

BOUND = 'response = "PRODUCED"\nwindow = "time"'
# So many days that the oldest record which can exist today is of 30 June 2022.
DAYS = (timezone.now().date() - date(2022, 6, 30)).days
KEPT = f'retention = {{ days = {DAYS}, words = "Deleted by the week." }}'
MAP = packets.MAP.replace(BOUND, f"{BOUND}\n{KEPT}", 1)
TERM = f"Part 2a, Account events: Kept for {DAYS:,} days. Deleted by the week."
GONE = (
    "Part 2a, Account events: The window begins on 1 January 2022, 05:00:00 UTC, but "
    "nothing before 30 June 2022 can still exist: records are kept for "
    f"{DAYS:,} days."
)


def shown(page):
    """Of each item of a page, how long it is kept; of each pair, what is gone."""
    blocks = page.context["blocks"]
    return {
        one.item.category_code: (one.kept, [line.gone for line in one.lines])
        for one in blocks
    }


def unsigned():
    found = packets.unsigned("alice", "bob", text=MAP)
    return review.start(found.pk, actor=make.analyst(), at=make.AT)


# What is derived from a part is bounded by that part's retention too.
EVERYWHERE = {
    "names": ((), [(), ()]),
    "connections": ((TERM,), [(GONE,), (GONE,)]),
    "sessions": ((TERM,), [(GONE,), (GONE,)]),
}


@pytest.mark.feature("D3")
def test_a_window_older_than_retention_is_flagged_before_the_pull(at_desk, small):
    case = unsigned()
    analyst = at_desk(Role.ANALYST)
    page = analyst.get(verb_url(case, "review"))
    scoping = {
        one.block.item.category_code: (one.block.kept, [p.line.gone for p in one.pairs])
        for one in page.context["form"].blocks
    }
    assert scoping == EVERYWHERE
    assert page.content.decode().count(GONE) == 4

    make.submit(case, analyst.user)
    page = at_desk(Role.COUNSEL).get(verb_url(case, "sign_off"))
    assert shown(page) == EVERYWHERE
    assert (page.content.decode().count(TERM), page.content.decode().count(GONE)) == (
        2,
        4,
    )

    make.sign(make.fresh(case))
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    assert {
        one.category.code: [pair.gone for pair in one.pairs]
        for one in page.context["items"]
    } == {code: gone for code, (_kept, gone) in EVERYWHERE.items()}
    assert page.content.decode().count(GONE) == 2  # once for both targets
    assert page.content.decode().count("May not exist any more, for target 1, 2") == 2

    packet = packets.collected(packets.ordered(make.fresh(case)))  # and no bar
    said = {
        (one.part_code, one.target_number): one.limits
        for one in facts.packet_facts(packets.certified(packet)).exhibits
    }
    limits = ("An address may be shared.", TERM, GONE)
    assert said == {
        **{(code, n): () for code in ("1a", "1b", "3b") for n in (1, 2)},
        **{("2a", n): limits for n in (1, 2)},
        **{("3a", n): (TERM, GONE) for n in (1, 2)},
    }
    number = packet.exhibits.get(part_code="2a", target__number=1).number
    page = at_desk(Role.CUSTODIAN).get(page_of(packet, "exhibit", number))
    assert page.context["limits"] == limits
    assert page.content.decode().count(GONE) == 1


@pytest.mark.feature("D3", part=True)
def test_what_is_narrowed_to_what_exists_or_not_produced_is_not_flagged(at_desk):
    left_out = packets.choice(ItemDecision.OBJECT, reason="Overbroad.")
    newer = packets.choice(
        ItemDecision.NARROW, reason="Older ones are gone.", first_day=date(2022, 6, 30)
    )
    decided = {("alice", "connections"): newer, ("alice", "sessions"): left_out}
    case = packets.case(text=MAP, decided=decided)

    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))

    gone = [pair.gone for one in page.context["items"] for pair in one.pairs]
    assert gone == [(), (), ()]
    assert "May not exist any more" not in page.content.decode()


@pytest.mark.feature("D3", part=True)
def test_a_case_is_judged_by_the_retention_of_its_own_map(at_desk):
    case = packets.case(text=MAP)
    packets.unsigned(text=packets.MAP)

    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))

    assert GONE in page.content.decode()
    assert make.fresh(case).status == CaseStatus.APPROVED


def test_a_map_without_retention_says_nothing(small):
    packet = packets.certified()

    assert [one.keeping for one in Category.objects.current()] == [[], [], [], []]
    assert [one.limits for one in facts.packet_facts(packet).exhibits] == [
        *((), ()),
        ("An address may be shared.",),
        *((), ()),
    ]
