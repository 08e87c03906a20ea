"""No sequence of steps reaches production without a sign-off on the scope as it is."""

import json
from collections import Counter
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
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

from cases import closing, intake, review, scope, signoff, targeting, workflow
from cases.enums import (
    CaseStatus,
    Disposition,
    ItemDecision,
    Role,
)
from cases.exceptions import CaseError
from cases.grounds import ItemObjection
from cases.models import (
    Case,
    Event,
    Organisation,
    Reply,
    ScopeItem,
    ScopeRevision,
    SignOff,
)
from tests import factories as make

S = CaseStatus
REFUSALS = (CaseError, PermissionDenied, ValidationError)
BEYOND_COUNSEL = {S.APPROVED, S.IN_PRODUCTION, S.RELEASED}
DAYS = st.dates(date(2021, 6, 1), date(2023, 6, 30))


class Odyssey(RuleBasedStateMachine):
    """People with every role call every verb in any order, and somebody edits rows."""

    def __init__(self):
        super().__init__()
        self.save = transaction.atomic()
        self.save.__enter__()
        make.categories()
        self.people = [
            make.person(Role.ANALYST),
            make.person(Role.ANALYST, Role.COUNSEL),
            make.person(Role.COUNSEL),
            make.person(Role.RELEASE_OFFICER, Role.COUNSEL),
        ]
        self.case = make.received(by=self.people[0])
        # What was true when the case last came to stand beyond counsel.
        self.entered_signed = True

    def teardown(self):
        moves = Event.objects.filter(kind="case.status.changed")
        TAKEN.update(json.loads(move.data)["step"] for move in moves)
        transaction.set_rollback(True)
        self.save.__exit__(None, None, None)

    # ------------------------------------------------------------------ helpers

    def now(self):
        return make.fresh(self.case)

    def is_signed(self):
        return SignOff.objects.covering(scope.digest(self.now())).exists()

    def attempt(self, act):
        """Do it, or leave no trace of having tried."""
        before = self.everything()
        status, signed = self.now().status, self.is_signed()
        try:
            act()
        except REFUSALS:
            assert self.everything() == before
            return
        after = self.now().status
        if after in BEYOND_COUNSEL and after != status:
            # A step may only arrive with a signature on exactly what stands there.
            assert self.is_signed()
            assert signed or after == S.APPROVED

    def everything(self):
        return (
            Case.objects.filter(pk=self.case.pk).values().get(),
            list(self.case.targets.values()),
            list(self.case.items.values()),
            list(ScopeItem.objects.order_by("pk").values()),
            list(ScopeRevision.objects.order_by("pk").values()),
            list(SignOff.objects.order_by("pk").values()),
            list(Reply.objects.order_by("pk").values()),
            Event.objects.count(),
        )

    who = st.integers(0, 3)

    # -------------------------------------------------------------------- verbs

    @initialize(steps=st.sampled_from([2, 3, 0, 4, 1]))
    def have_come_some_way(self, steps):
        self.go_on(steps)

    @rule(
        steps=st.integers(1, 3),
        says=st.sampled_from(["asked", "refused", "approved", "conditional"]),
    )
    def go_on_as_one_should(self, steps, says):
        self.go_on(steps, says)

    def go_on(self, steps, says="approved"):
        for _ in range(steps):
            self.attempt(lambda: self.next_act(says))

    def next_act(self, says):
        analyst, _both, counsel, releaser = self.people
        case = self.now()
        match case.status:
            case S.RECEIVED:
                review.start(case.pk, actor=analyst, at=make.AT)
            case S.IN_REVIEW:
                review.decide(
                    case.pk, actor=analyst, choices=self.sound_choices(), at=make.AT
                )
                review.submit(case.pk, actor=analyst, answer="Yes.", at=make.AT)
            case S.AWAITING_SIGN_OFF:
                make.sign(case, counsel, says)
            case S.APPROVED | S.REFUSED:
                for one in case.sign_offs.unacknowledged(scope.digest(case)):
                    signoff.acknowledge(one.pk, actor=analyst, at=make.AT)
                workflow.transition(case.pk, "order_packet", actor=analyst, at=make.AT)
            case S.IN_PRODUCTION:
                workflow.transition(
                    case.pk, "release_packet", actor=releaser, at=make.AT
                )

    def sound_choices(self):
        content = set(self.case.items.filter(category_code="messages"))
        return [
            review.Choice(
                target.pk,
                item.pk,
                ItemDecision.OBJECT if item in content else ItemDecision.PRODUCE,
                reason="As read.",
                ground="insufficient_process" if item in content else "",
            )
            for item in self.case.items.all()
            for target in self.case.targets.all()
        ]

    @rule(who=who, decision=st.sampled_from(ItemDecision.values), day=DAYS)
    def decide(self, who, decision, day):
        narrowed = {"first_day": day} if decision == ItemDecision.NARROW else {}
        if decision == ItemDecision.OBJECT:
            narrowed = {"ground": "vague"}
        choices = [
            review.Choice(target.pk, item.pk, decision, reason="As read.", **narrowed)
            for item in self.case.items.all()
            for target in self.case.targets.all()
        ]
        self.attempt(
            lambda: review.decide(
                self.case.pk, actor=self.people[who], choices=choices, at=make.AT
            )
        )

    @precondition(lambda self: self.now().status == S.IN_REVIEW)
    @rule(who=who, answer=st.sampled_from(["Yes.", ""]))
    def submit(self, who, answer):
        self.attempt(
            lambda: review.submit(
                self.case.pk, actor=self.people[who], answer=answer, at=make.AT
            )
        )

    @rule(needed=st.sampled_from([1, 2]))
    def change_the_policy(self, needed):
        Organisation.objects.update(counsel_needed=needed)

    @precondition(lambda self: self.now().status == S.AWAITING_SIGN_OFF)
    @rule(
        who=st.sampled_from([2, 3, 1, 0]),
        decision=st.sampled_from(
            ["asked", "refused", "approved", "conditional", "returned"]
        ),
        objects=st.sampled_from(["as one should", "the first", "everything"]),
        seen=st.sampled_from(["now", "now", "an older page"]),
    )
    def decide_as_counsel(self, who, decision, objects, seen):
        pair = scope.decisions(self.now())[0]
        whole = [ItemObjection("defective", "Not signed.")]
        objections = {
            "as one should": whole if decision == "refused" else [],
            "the first": [ItemObjection("vague", "Why?", pair.target_id, pair.item_id)],
            "everything": whole,
        }[objects]
        revisions = self.case.revisions.order_by("number")
        shown = scope.digest(self.now())
        if seen != "now" and revisions:
            shown = revisions[0].digest
        self.attempt(
            lambda: signoff.record_sign_off(
                self.case.pk,
                counsel=self.people[who],
                decision=signoff.Decision(decision, make.BASIS, "Read.", objections),
                scope_digest=shown,
                proof=make.proof(),
                at=make.AT,
            )
        )

    @precondition(lambda self: self.now().status == S.AWAITING_SIGN_OFF)
    @rule(decision=st.sampled_from(["refused", "asked"]))
    def turn_it_down(self, decision):
        counsel = self.people[2]
        self.attempt(lambda: make.sign(self.now(), counsel, decision))

    @precondition(lambda self: self.now().status not in {S.RECEIVED, S.IN_REVIEW})
    @rule(who=who)
    def revise(self, who):
        self.attempt(
            lambda: review.revise(
                self.case.pk, actor=self.people[who], reason="Again.", at=make.AT
            )
        )

    @rule(who=who, name=st.sampled_from(["alice", "bob"]), last=DAYS)
    def correct_a_target(self, who, name, last):
        target = self.case.targets.first()
        facts = make.target_facts(name, first_day=None, last_day=last)
        self.attempt(
            lambda: (
                target
                and targeting.correct_target(
                    target.pk, actor=self.people[who], facts=facts, at=make.AT
                )
            )
        )

    @rule(who=who, name=st.sampled_from(["carol", "dave"]))
    def add_a_target(self, who, name):
        self.attempt(
            lambda: targeting.add_target(
                self.case.pk,
                actor=self.people[who],
                facts=make.target_facts(name),
                at=make.AT,
            )
        )

    @rule(who=who)
    def remove_a_target(self, who):
        target = self.case.targets.last()
        self.attempt(
            lambda: (
                target
                and targeting.remove_target(
                    target.pk, actor=self.people[who], at=make.AT
                )
            )
        )

    @rule(
        who=who,
        codes=st.lists(st.sampled_from(["names", "sessions", "messages"]), max_size=3),
    )
    def set_items(self, who, codes):
        wordings = [(code, f"All {code}") for code in codes]
        self.attempt(
            lambda: intake.set_items(
                self.case.pk, actor=self.people[who], wordings=wordings, at=make.AT
            )
        )

    @rule(who=who, step=st.sampled_from(sorted(workflow.CASE.steps)))
    def take_a_bare_step(self, who, step):
        self.attempt(
            lambda: workflow.transition(
                self.case.pk, step, actor=self.people[who], at=make.AT
            )
        )

    @precondition(lambda self: self.now().status in {S.REFUSED, S.RELEASED})
    @rule(who=who, outcome=st.sampled_from(Disposition.values))
    def close(self, who, outcome):
        outcomes = dict.fromkeys(
            (row.pk for row in scope.decisions(self.case)), outcome
        )
        self.attempt(
            lambda: closing.close(
                self.case.pk,
                actor=self.people[who],
                disposition=outcome,
                outcomes=outcomes,
                at=make.AT,
            )
        )

    @precondition(lambda self: self.now().status in BEYOND_COUNSEL)
    @rule(name=st.sampled_from(["eve", "mallory"]))
    def edit_a_row_behind_everybody_s_back(self, name):
        rows = self.case.targets.all()
        if rows and name not in {one.identifier for one in rows}:
            self.case.targets.filter(pk=rows[0].pk).update(identifier=name)
            assert not self.is_signed()

    # --------------------------------------------------------------- invariants

    @invariant()
    def nobody_signed_their_own_work(self):
        events = Event.objects.filter(case=self.case)
        preparers = set(
            events.filter(
                kind__in=["case.item.decided", "case.scope.submitted"]
            ).values_list("actor", flat=True)
        )
        signers = set(SignOff.objects.values_list("counsel", flat=True))
        # Who signed an early round may prepare a later one, but never the reverse.
        for signer in preparers & signers:
            first_signed = events.filter(
                actor=signer, kind__startswith="case.sign_off"
            ).last()
            prepared = events.filter(
                actor=signer, kind__in=["case.item.decided", "case.scope.submitted"]
            ).first()
            assert first_signed.pk < prepared.pk

    @invariant()
    def beyond_counsel_there_is_a_decision_by_counsel(self):
        case = self.now()
        if case.status in BEYOND_COUNSEL:
            frozen = case.revisions.get(number=case.scope_revision)
            assert SignOff.objects.covering(frozen.digest).exists()
            approved = SignOff.objects.approving(frozen.digest).exists()
            # A refusal lets nothing out but what it objects to.
            assert approved or not scope.holds_something(case)

    @invariant()
    def what_waits_for_counsel_is_frozen(self):
        case = self.now()
        if case.status == S.AWAITING_SIGN_OFF:
            frozen = case.revisions.get(number=case.scope_revision)
            assert frozen.digest == scope.digest(case)
            assert scope.frozen(frozen)["decisions"]

    @invariant()
    def nothing_ends_as_produced_that_was_not_handed_over(self):
        case = self.now()
        handed_over = Event.objects.filter(data__contains='"to":"released"').exists()
        if case.disposition in {Disposition.FULL, Disposition.PARTIAL}:
            assert handed_over


TAKEN: Counter[str] = Counter()


@pytest.mark.feature("R1")
class TestEveryPath(TestCase):
    """The machine above, each run in a transaction that is rolled back."""

    def test_no_path_leads_round_counsel(self):
        run_state_machine_as_test(
            Odyssey,
            settings=settings(
                max_examples=30,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
        # A machine that never gets anywhere would prove nothing.
        assert set(TAKEN) >= {
            *("approve_scope", "order_packet", "revise_scope"),
            *("ask_back", "refuse_scope"),
        }
