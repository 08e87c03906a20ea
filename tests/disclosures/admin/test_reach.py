"""What the instrument doesn't reach can't be ordered, whatever way somebody takes."""

import pytest
from django.utils import timezone

from cases import review, scope, workflow
from cases.enums import CaseStatus, ItemDecision, ObjectionGround, Role
from cases.exceptions import CaseError, InsufficientProcess
from cases.models import Case, Event, ScopeItem
from disclosures import assembly
from disclosures.models import Exhibit, Packet
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import verb_url

pytestmark = pytest.mark.django_db

ITEMS = ("names", "messages")
REFUSED = (
    "Item 2: a grand jury subpoena doesn't reach this data (18 U.S.C. 2703(a), (b))."
)


def in_review():
    return review.start(
        packets.unsigned(items=ITEMS).pk, actor=make.analyst(), at=make.AT
    )


def forged(case: Case, analyst) -> Case:
    """Content approved on a subpoena, past review: written by hand, then signed."""
    item, target = case.items.get(category_code="messages"), case.targets.get()
    ScopeItem.objects.create(
        item=item,
        target=target,
        decision=ItemDecision.PRODUCE,
        decided_by=analyst,
        decided_at=make.AT,
    )
    scope.freeze(case, prepared_by=analyst, at=make.AT)
    workflow.transition(case.pk, "submit_scope", actor=analyst, at=make.AT)
    make.sign(case)
    make.sign(case)
    return make.fresh(case)


@pytest.mark.feature("D2")
def test_a_subpoena_case_cannot_order_a_content_category(at_desk):
    case = in_review()
    analyst = at_desk(Role.ANALYST)
    offered = {
        one.block.item.category_code: {
            code for code, _ in one["decision"].field.choices
        }
        for one in analyst.get(verb_url(case, "review")).context["form"].pairs()
    }
    assert offered == {
        "names": set(ItemDecision.values),
        "messages": set(ItemDecision.values) - {"produce", "narrow"},
    }
    with pytest.raises(InsufficientProcess, match="doesn't reach this data"):
        review.decide(
            case.pk, actor=analyst.user, choices=make.choices(case), at=make.AT
        )
    assert not ScopeItem.objects.exists()

    case = forged(case, analyst.user)
    assert case.status == CaseStatus.APPROVED
    before = Event.objects.count()
    page = at_desk(Role.ANALYST).get(verb_url(case, "order_packet"))
    assert (
        page.context["problem"] == f"{REFUSED} Take the scope back and object instead."
    )
    assert "<form method" not in page.content.decode().split("cd-main")[1]
    answer = at_desk(Role.ANALYST).post(verb_url(case, "order_packet"))
    assert answer.status_code == 200
    with pytest.raises(InsufficientProcess) as caught:
        assembly.request(case.pk, actor=make.analyst(), at=timezone.now())
    assert str(caught.value) == f"{REFUSED} Take the scope back and object instead."

    assert make.fresh(case).status == CaseStatus.APPROVED
    assert not Packet.objects.exists()
    assert not Exhibit.objects.exists()
    kinds = Event.objects.order_by("pk")[before:].values_list("kind", flat=True)
    assert "packet.requested" not in kinds


@pytest.mark.feature("D2", part=True)
def test_a_scope_beyond_the_instrument_is_not_submitted(small):
    case, analyst = in_review(), make.analyst()
    ScopeItem.objects.create(
        item=case.items.get(category_code="messages"),
        target=case.targets.get(),
        decision=ItemDecision.PRODUCE,
        decided_by=analyst,
        decided_at=make.AT,
    )
    with pytest.raises(CaseError) as caught:
        review.submit(case.pk, actor=analyst, at=make.AT)

    assert str(caught.value) == (
        f"Item 1, target 1: not decided yet. {REFUSED} Object instead."
    )
    assert make.fresh(case).status == CaseStatus.IN_REVIEW
    assert not case.revisions.exists()


@pytest.mark.feature("D2", part=True)
def test_what_is_objected_to_is_ordered_without_it(small):
    beyond = packets.choice(
        ItemDecision.OBJECT, "Beyond it.", ground=ObjectionGround.INSUFFICIENT_PROCESS
    )
    case = packets.case(items=ITEMS, decided={("alice", "messages"): beyond})

    packet = packets.collected(packets.ordered(case))

    assert [(part, code) for part, _, code, *_ in packets.answers(packet)] == [
        ("1a", "PRODUCED"),
        ("1b", "NOT_COLLECTED"),
        ("item_2", "WITHHELD_INSUFFICIENT_PROCESS"),
    ]
