"""Every two acts on one case by one person, under both profiles, verb and page alike.

What was done before is an event of the trail: an earlier round counts as this one does.
The next act is then tried for real, where everything else about it is right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import audit, persons, review, scope
from cases.duties import HANDS
from cases.enums import Act, EventKind, Profile, Role
from cases.exceptions import FourEyesViolation
from cases.models import Case, Event, ScopeItem, ScopeRevision, SignOff
from disclosures import assembly, marks, reading
from disclosures.enums import PacketStatus
from disclosures.models import Declaration, Delivery, Examination, Exhibit, Packet
from tests import factories as make
from tests.disclosures import examining, packets
from tests.disclosures.admin.conftest import client_of
from tests.disclosures.admin.test_certify_page import statement
from tests.disclosures.admin.test_release_page import hand_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

EVERYTHING = (
    *(Role.ANALYST, Role.COUNSEL, Role.CUSTODIAN, Role.RELEASE_OFFICER),
    Role.INTAKE_CLERK,
)
SAYS = {
    Act.PREPARE: "prepared the scope",
    Act.APPROVE: "decided on the scope as counsel",
    Act.COLLECT: "ordered the collection",
    Act.EXAMINE: "examined the exhibits",
    Act.CERTIFY: "signed the declaration",
    Act.RELEASE: "released the packet",
}
# The events that say somebody did this, each of them enough.
DID = {
    Act.PREPARE: (EventKind.ITEM_DECIDED, EventKind.SCOPE_SUBMITTED),
    Act.APPROVE: (
        EventKind.SIGN_OFF_APPROVED,
        EventKind.SIGN_OFF_CONDITIONAL,
        EventKind.SIGN_OFF_REFUSED,
    ),
    Act.COLLECT: (EventKind.PACKET_REQUESTED, EventKind.PACKET_RESUMED),
    Act.EXAMINE: (EventKind.EXHIBIT_PASSED, EventKind.EXHIBIT_MARKED),
    Act.CERTIFY: (EventKind.PACKET_CERTIFIED,),
    Act.RELEASE: (EventKind.PACKET_RELEASED,),
}


def all_rounder() -> User:
    """Somebody whose roles alone would let them do everything, a superuser as well."""
    return make.person(
        *EVERYTHING, first_name="Al", last_name="Rounder", is_superuser=True
    )


@dataclass(frozen=True)
class Way:
    """One act: the case ready for it, its verb, its page and what is posted there."""

    ready: Callable[[], Case]
    verb: Callable[[Case, User], object]
    page: str
    data: Callable[[Case, User], dict[str, str]]


def packet_of(case: Case) -> Packet:
    return packets.fresh(case.packets.get())


def undecided() -> Case:
    """A case in review, nothing decided."""
    case = packets.unsigned()
    return review.start(case.pk, actor=make.analyst(), at=make.AT)


def decided() -> Case:
    """A case in review, all decided and not submitted."""
    case = undecided()
    review.decide(case.pk, actor=make.analyst(), choices=make.choices(case), at=make.AT)
    return case


def awaiting() -> Case:
    """A case that waits for counsel."""
    case = decided()
    review.submit(case.pk, actor=make.analyst(), at=make.AT)
    return make.fresh(case)


def grid(case: Case, _who: User) -> dict[str, str]:
    return {
        f"p{item.number}-{target.number}-decision": "produce"
        for item in case.items.all()
        for target in case.targets.all()
    }


def approval(case: Case, _who: User) -> dict[str, str]:
    return {
        "scope_digest": scope.digest(case),
        "decision": "approved",
        "legal_basis": make.BASIS,
    }


def first_of(case: Case) -> Exhibit:
    return packet_of(case).exhibits.to_examine().first()


def verdict(case: Case, who: User) -> dict[str, str]:
    exhibit = first_of(case)
    reading.open_exhibit(exhibit.pk, actor=who)
    return {
        "exhibit": str(exhibit.number),
        "decision": "passed",
        "marks_digest": marks.digest(exhibit),
    }


WAYS = {
    (Act.PREPARE, "decide"): Way(
        undecided,
        lambda case, who: review.decide(
            case.pk, actor=who, choices=make.choices(case), at=make.AT
        ),
        "review",
        grid,
    ),
    (Act.PREPARE, "submit"): Way(
        decided,
        lambda case, who: review.submit(case.pk, actor=who, at=make.AT),
        "submit_scope",
        lambda _case, _who: {},
    ),
    (Act.APPROVE, "sign"): Way(awaiting, make.sign, "sign_off", approval),
    (Act.COLLECT, "order"): Way(
        packets.case,
        lambda case, who: packets.ordered(case, by=who),
        "order_packet",
        lambda _case, _who: {},
    ),
    (Act.COLLECT, "resume"): Way(
        lambda: packets.failed().case,
        lambda case, who: assembly.resume(packet_of(case).pk, actor=who),
        "resume_packet",
        lambda _case, _who: {},
    ),
    (Act.EXAMINE, "pass"): Way(
        lambda: packets.collected().case,
        lambda case, who: examining.pass_exhibit(first_of(case), who),
        "examine_exhibits",
        verdict,
    ),
    (Act.CERTIFY, "sign"): Way(
        lambda: packets.examined().case,
        lambda case, who: packets.certify(packet_of(case), who),
        "certify_packet",
        lambda case, who: statement(packet_of(case), audit.name_of(who)),
    ),
    (Act.RELEASE, "hand_over"): Way(
        lambda: packets.sealed_undrawn().case,
        lambda case, who: packets.release(packet_of(case), who),
        "release_packet",
        lambda case, _who: hand_over(packet_of(case)),
    ),
}
PAIRS = list(product(Profile, WAYS, Act))


def written() -> list[object]:
    """All that any of these acts writes; opening a page is another event."""
    models = (
        *(Case, ScopeItem, ScopeRevision, SignOff, Packet, Examination),
        *(Declaration, Delivery),
    )
    opened = {EventKind.CASE_VIEWED, EventKind.EXHIBIT_OPENED}
    return [
        *(list(model.objects.order_by("pk").values()) for model in models),
        list(Event.objects.exclude(kind__in=opened).order_by("pk").values()),
    ]


def is_refused(profile: Profile, wanted: Act, done: Act) -> bool:
    """As docs/policy.md has it, written down here once more."""
    desk = {Act.PREPARE, Act.COLLECT}
    read = {Act.EXAMINE, Act.CERTIFY}
    if wanted == done or {wanted, done} in (desk, read):
        return False
    if profile == Profile.TWO_PEOPLE:
        return len({wanted, done} & desk) == 1
    return True


def did(case: Case, who: User, act: Act) -> None:
    for kind in DID[act]:
        with transaction.atomic():
            audit.record(case, kind, actor=who, at=make.AT)


def try_verb(way: Way, case: Case, who: User) -> str:
    """The refusal's sentence, or ""."""
    try:
        with transaction.atomic():
            way.verb(case, who)
    except FourEyesViolation as refusal:
        return str(refusal)
    return ""


def try_page(way: Way, case: Case, who: User) -> str:
    """The sentence that the page shows in the place of its form, or ""."""
    client: Client = client_of(who)
    address = reverse("admin:cases_case_verb", args=[case.pk, way.page])
    answer = client.post(address, way.data(case, who))
    if answer.status_code == 302:
        return ""
    assert answer.status_code == 200
    return str(answer.context["refusal"])


@pytest.mark.feature("R2")
@pytest.mark.parametrize("tried", [try_verb, try_page])
@pytest.mark.parametrize(("profile", "way", "done"), PAIRS, ids=str)
def test_every_two_acts_of_one_person_on_one_case(profile, way, done, tried):
    packets.profile(profile)
    wanted, who = way[0], all_rounder()
    case = make.fresh(WAYS[way].ready())
    did(case, who, done)
    before = written()
    said = tried(WAYS[way], case, who)
    if is_refused(profile, wanted, done):
        assert said == f"You {SAYS[done]} of this case: another person does this."
        assert written() == before
    else:
        assert said == ""
        assert written() != before


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(
    ("model", "wanted", "who", "columns"),
    [
        (
            Declaration,
            Act.CERTIFY,
            "custodian",
            {
                Act.PREPARE: "prepared_by",
                Act.COLLECT: "ordered_by",
                Act.APPROVE: "approved_by",
            },
        ),
        (
            Delivery,
            Act.RELEASE,
            "released_by",
            {
                Act.PREPARE: "prepared_by",
                Act.COLLECT: "ordered_by",
                Act.APPROVE: "approved_by",
                Act.CERTIFY: "certified_by",
            },
        ),
    ],
    ids=["declaration", "delivery"],
)
def test_the_database_keeps_apart_whom_one_row_names(
    profile, model, wanted, who, columns
):
    packets.profile(profile)
    packets.released()
    row = model.objects.get()
    assert row.profile == profile
    for done, column in columns.items():
        same = {column: getattr(row, f"{who}_id")}
        if is_refused(profile, wanted, done):
            with pytest.raises(IntegrityError), transaction.atomic():
                model.objects.update(**same)
        else:
            model.objects.update(**same)


def test_the_database_keeps_who_approved_from_ordering():
    packet = packets.ordered()
    with pytest.raises(IntegrityError), transaction.atomic():
        Packet.objects.update(ordered_by=packet.approved_by)


def test_the_rows_name_who_did_what():
    packet = packets.released()
    declared, delivered = Declaration.objects.get(), Delivery.objects.get()
    earlier = (
        packet.revision.prepared_by_id,
        packet.ordered_by_id,
        packet.sign_off.counsel_id,
    )
    assert packet.approved_by_id == packet.sign_off.counsel_id
    for row in (declared, delivered):
        assert (row.prepared_by_id, row.ordered_by_id, row.approved_by_id) == earlier
    assert delivered.certified_by_id == declared.custodian_id


def test_a_hand_is_dealt_every_act_once():
    for hands in HANDS.values():
        assert sorted(act for hand in hands for act in hand) == sorted(Act)


def test_several_acts_are_named_together():
    packets.profile(Profile.STANDARD)
    who = all_rounder()
    packet = packets.collected(packets.ordered(packets.case(by=who), by=who))

    both = {Act.PREPARE, Act.COLLECT}
    assert persons.bars(packet.case, who, Act.RELEASE) == both
    assert persons.bars(packet.case, who, Act.CERTIFY) == both
    assert persons.bars(packet.case, who, Act.COLLECT) == frozenset()
    with pytest.raises(FourEyesViolation) as refused:
        persons.require_other(packet.case, who, Act.RELEASE)
    assert str(refused.value) == (
        "You ordered the collection and prepared the scope of this case: another "
        "person does this."
    )


def test_what_was_done_on_another_case_bars_nothing():
    who = all_rounder()
    other = packets.case(by=who)
    packet = packets.collected(packets.ordered(packets.case()))

    assert persons.bars(packet.case, who, Act.RELEASE) == frozenset()
    assert persons.bars(other, who, Act.RELEASE) == {Act.PREPARE}


def test_two_people_bring_a_request_from_paper_to_hand_over():
    packets.profile(Profile.TWO_PEOPLE)
    first, second = all_rounder(), all_rounder()
    found = packets.unsigned()
    review.start(found.pk, actor=first, at=make.AT)
    make.submit(found, first)
    make.sign(found, second)
    packet = packets.collected(packets.ordered(make.fresh(found), by=first))
    packets.certify(packets.examined(packet, second), second)
    packet = packets.sealed_undrawn(packets.fresh(packet))
    packets.release(packet, second)
    assert packets.fresh(packet).status == PacketStatus.RELEASED
    assert Delivery.objects.get().recorded_at <= timezone.now()
