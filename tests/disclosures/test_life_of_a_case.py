"""The life of a case as a machine: whatever the order of acts, what must hold holds.

Five people act: two who prepare, two counsel and a release officer, each of them with
every role, so that only the rules about persons and the digest stand in the way. What
is refused must be refused whole; what is released must have been signed, on that very
digest, by somebody who never prepared the case. A letter of objection, which hands no
record over, goes out only where counsel refused that digest.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases import audit, closing, review, scope, signoff
from cases.enums import (
    Act,
    CaseStatus,
    Finding,
    ItemDecision,
    ObjectionGround,
    Profile,
    Role,
)
from cases.enums import SignOffDecision as D
from cases.exceptions import CaseError
from cases.grounds import ItemObjection
from cases.models import Case, Event
from cases.models.signoff import APPROVALS
from disclosures import assembly
from disclosures.enums import PacketStatus
from disclosures.models import Delivery, Packet
from tests import factories as make
from tests.disclosures import packets

REFUSALS = (CaseError, PermissionDenied, ValidationError)
WHO = st.integers(0, 4)
MOSTLY_YES = [D.APPROVED, D.CONDITIONAL, D.APPROVED, D.REFUSED, D.ASKED, D.REFUSED]
TAKEN: set[str] = set()  # the steps that any run took


class Life(RuleBasedStateMachine):
    """One case, five people, and a model of who did what to which digest."""

    def __init__(self) -> None:
        super().__init__()
        self.save = transaction.atomic()
        self.save.__enter__()
        self.folder = tempfile.TemporaryDirectory()  # ids come back, files mustn't
        self.site = override_settings(FILES_DIR=Path(self.folder.name))
        self.site.enable()
        self.prepared: set[int] = set()
        self.decided: dict[tuple[bool, str], set[int]] = {}  # (yes?, digest): by whom
        self.released: list[tuple[int, str]] = []

    def teardown(self) -> None:
        moves = Event.objects.filter(kind__endswith=".status.changed")
        TAKEN.update(json.loads(move.data)["step"] for move in moves)
        transaction.set_rollback(True)
        self.save.__exit__(None, None, None)
        self.site.disable()
        self.folder.cleanup()

    @initialize(profile=st.sampled_from(Profile))
    def begin(self, profile: Profile) -> None:
        packets.profile(profile)
        self.profile = profile
        self.case_id = packets.unsigned("alice", items=("names",)).pk
        self.people = [make.person(*Role) for _ in range(5)]

    # --- what people try ----------------------------------------------------------

    def tries(self, act: Any, *args: Any, **named: Any) -> Any:
        """Do it; None where it was refused."""
        try:
            return act(*args, **named) or True
        except REFUSALS:
            return None

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.case_id)

    @property
    def packet(self) -> Packet | None:
        return Packet.objects.filter(case=self.case_id).order_by("pk").last()

    @rule(who=WHO, steps=st.integers(3, 9), counsel_says=st.sampled_from(MOSTLY_YES))
    def goes_on(self, who: int, steps: int, counsel_says: str) -> None:
        """What the case waits for, done by whoever may, so that runs get somewhere."""
        for step in range(steps):
            for other in range(5):
                before = self._stands()
                self._does_what_comes_next((who + step + other) % 5, counsel_says)
                if self._stands() != before:
                    break

    def _stands(self) -> tuple[str, str]:
        return self.case.status, self.packet.status if self.packet else ""

    def _does_what_comes_next(self, who: int, counsel_says: str) -> None:
        status, packet = self.case.status, self.packet
        in_hand = status == CaseStatus.IN_PRODUCTION and packet is not None
        match packet.status if in_hand else status:
            case CaseStatus.RECEIVED:
                self.starts_the_review(who)
            case CaseStatus.IN_REVIEW:
                self.decides_the_item(who, ItemDecision.PRODUCE)
                self.submits(who)
            case CaseStatus.AWAITING_SIGN_OFF:
                self.decides_as_counsel(who, counsel_says, stale=False)
            case CaseStatus.APPROVED | CaseStatus.REFUSED:
                self.reads_the_conditions(who)
                self.orders(who)
            case PacketStatus.COLLECTED:
                self.certifies(who)
            case PacketStatus.SEALED:
                self.releases(who, wrong=False)
            case _ if packet is not None:
                self.the_worker_works()

    @rule(who=WHO)
    def starts_the_review(self, who: int) -> None:
        self.tries(review.start, self.case_id, actor=self.people[who])

    @rule(
        who=WHO, decision=st.sampled_from([ItemDecision.PRODUCE, ItemDecision.OBJECT])
    )
    def decides_the_item(self, who: int, decision: str) -> None:
        target, item = self.case.targets.get(), self.case.items.get()
        choice = review.Choice(
            target.pk,
            item.pk,
            decision,
            reason="As we see it.",
            ground=ObjectionGround.OVERBROAD if decision == ItemDecision.OBJECT else "",
        )
        actor = self.people[who]
        if self.tries(review.decide, self.case_id, actor=actor, choices=[choice]):
            self.prepared.add(actor.pk)

    @rule(who=WHO)
    def submits(self, who: int) -> None:
        actor = self.people[who]
        if self.tries(review.submit, self.case_id, actor=actor, answer="It is."):
            self.prepared.add(actor.pk)

    @rule(who=WHO)
    def takes_it_back(self, who: int) -> None:
        actor = self.people[who]
        self.tries(review.revise, self.case_id, actor=actor, reason="Once more.")

    @rule(who=WHO, decision=st.sampled_from(D), stale=st.booleans())
    def decides_as_counsel(self, who: int, decision: str, stale: bool) -> None:
        actor, case = self.people[who], self.case
        objections = [ItemObjection(ObjectionGround.DEFECTIVE, "It isn't signed.")]
        made = self.tries(
            signoff.record_sign_off,
            self.case_id,
            counsel=actor,
            decision=signoff.Decision(
                decision,
                legal_basis=make.BASIS if decision in APPROVALS else "",
                note="A word.",
                objections=objections if decision == D.REFUSED else (),
            ),
            scope_digest="0" * 64 if stale else scope.digest(case),
            proof=make.proof(timezone.now()),
        )
        if made and decision in {*APPROVALS, D.REFUSED}:
            assert not stale
            assert actor.pk not in self.prepared
            which = (decision in APPROVALS, made.scope_digest)
            self.decided.setdefault(which, set()).add(actor.pk)

    @rule(who=WHO)
    def reads_the_conditions(self, who: int) -> None:
        now = scope.digest(self.case)
        for one in self.case.sign_offs.unacknowledged(now):
            self.tries(signoff.acknowledge, one.pk, actor=self.people[who])

    @rule(who=WHO, outcome=st.sampled_from(Finding))
    def finds_the_paper(self, who: int, outcome: str) -> None:
        self.tries(make.check, self.case, self.people[who], outcome)

    @rule(who=WHO)
    def orders(self, who: int) -> None:
        self.tries(assembly.request, self.case_id, actor=self.people[who])

    @precondition(lambda self: self.packet is not None)
    @rule()
    def the_worker_works(self) -> None:
        if self.packet.status == PacketStatus.QUEUED:
            assembly.assemble(self.packet.pk)
        elif self.packet.status == PacketStatus.CERTIFIED:
            self.tries(packets.sealed_undrawn, self.packet)

    @precondition(lambda self: self.packet is not None)
    @rule(who=WHO)
    def certifies(self, who: int) -> None:
        self.tries(packets.certify, self.packet, self.people[who])

    @precondition(lambda self: self.packet is not None)
    @rule(who=WHO, wrong=st.booleans())
    def releases(self, who: int, wrong: bool) -> None:
        packet, actor = packets.fresh(self.packet), self.people[who]
        if wrong:
            packet.manifest_sha256 = "0" * 64
        if self.tries(packets.release, packet, actor):
            assert not wrong
            self.released.append((actor.pk, scope.digest(self.case)))

    @rule(who=WHO)
    def closes(self, who: int) -> None:
        outcomes = {one.pk: "withdrawn" for one in scope.decisions(self.case)}
        self.tries(
            closing.close,
            self.case_id,
            actor=self.people[who],
            disposition="withdrawn",
            outcomes=outcomes,
        )

    # --- what must hold -----------------------------------------------------------

    @precondition(lambda self: hasattr(self, "case_id"))
    @invariant()
    def what_is_released_was_signed_by_another(self) -> None:
        deliveries = list(Delivery.objects.filter(packet__case=self.case_id))
        assert len(deliveries) == len(self.released)
        for delivery, (by, digest) in zip(deliveries, self.released, strict=True):
            packet = packets.fresh(delivery.packet)
            assert packet.revision.digest == digest
            signers = self.decided.get((not packet.is_letter, digest), set())
            assert signers, "released without a sign-off on the released digest"
            assert packet.is_letter == (packet.sign_off.decision == D.REFUSED)
            records = packet.exhibits.filter(Q(rows__gt=0) | ~Q(path=""))
            assert not (packet.is_letter and records.exists())
            assert not signers & self.prepared
            assert by not in self.prepared
            if self.profile == Profile.STANDARD:
                assert by not in signers
            assert delivery.manifest_sha256 == packet.manifest_sha256

    @precondition(lambda self: hasattr(self, "case_id"))
    @invariant()
    def the_case_says_what_happened(self) -> None:
        case = self.case
        if case.status == CaseStatus.RELEASED:
            assert self.released
        if case.status in {CaseStatus.APPROVED, CaseStatus.IN_PRODUCTION}:
            assert case.sign_offs.covering(scope.digest(case)).exists()
        for person in self.people:
            acts = audit.acts_of(case, person)
            assert (Act.PREPARE in acts) == (person.pk in self.prepared)


@pytest.mark.usefixtures("small")
class TestEveryLife(TestCase):
    """The machine above, each run in a transaction that is rolled back."""

    @pytest.mark.feature("O2")
    @pytest.mark.feature("R1")
    def test_no_life_reaches_release_past_another_persons_sign_off(self) -> None:
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=60,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        # A machine that never gets anywhere would prove nothing.
        wanted = {
            "approve_scope",
            "refuse_scope",
            "ask_back",
            "revise_scope",
            "release_packet",
        }
        assert wanted <= TAKEN, sorted(TAKEN)
