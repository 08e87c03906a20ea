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

from cases import audit, intake, review, scope, signoff, transitions, workflow
from cases.enums import CaseStatus, Disposition, ItemDecision, Perm, Role
from cases.exceptions import CaseError
from cases.models import Case, CaseDocument, Event, ScopeItem, SignOff
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
        return SignOff.objects.approving(scope.digest(self.now())).exists()

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
            list(SignOff.objects.order_by("pk").values()),
            Event.objects.count(),
        )

    who = st.integers(0, 3)

    # -------------------------------------------------------------------- verbs

    @initialize(steps=st.sampled_from([2, 3, 0, 4, 1]))
    def have_come_some_way(self, steps):
        self.go_on(steps)

    @rule(steps=st.integers(1, 3))
    def go_on_as_one_should(self, steps):
        self.go_on(steps)

    def go_on(self, steps):
        for _ in range(steps):
            self.attempt(self.next_act)

    def next_act(self):
        analyst, _both, counsel, releaser = self.people
        case = self.now()
        match case.status:
            case S.RECEIVED:
                review.start(case.pk, actor=analyst, at=make.AT)
            case S.IN_REVIEW:
                review.decide(
                    case.pk, actor=analyst, choices=self.sound_choices(), at=make.AT
                )
                review.submit(case.pk, actor=analyst, at=make.AT)
            case S.AWAITING_SIGN_OFF:
                make.sign(case, counsel)
            case S.APPROVED:
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
            )
            for item in self.case.items.all()
            for target in self.case.targets.all()
        ]

    @rule(who=who, decision=st.sampled_from(ItemDecision.values), day=DAYS)
    def decide(self, who, decision, day):
        narrowed = {"first_day": day} if decision == ItemDecision.NARROW else {}
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
    @rule(who=who)
    def submit(self, who):
        self.attempt(
            lambda: review.submit(self.case.pk, actor=self.people[who], at=make.AT)
        )

    @precondition(lambda self: self.now().status == S.AWAITING_SIGN_OFF)
    @rule(
        who=st.sampled_from([2, 3, 1, 0]),
        decision=st.sampled_from(["returned", "refused", "approved"]),
        seen=st.sampled_from(["now", "now", "an older page"]),
    )
    def decide_as_counsel(self, who, decision, seen):
        revisions = self.case.revisions.order_by("number")
        shown = scope.digest(self.now())
        if seen != "now" and revisions:
            shown = revisions[0].digest
        self.attempt(
            lambda: signoff.record_sign_off(
                self.case.pk,
                counsel=self.people[who],
                decision=decision,
                scope_digest=shown,
                proof=make.proof(),
                legal_basis=make.BASIS,
                note="Read.",
                at=make.AT,
            )
        )

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
                and intake.correct_target(
                    target.pk, actor=self.people[who], facts=facts, at=make.AT
                )
            )
        )

    @rule(who=who, name=st.sampled_from(["carol", "dave"]))
    def add_a_target(self, who, name):
        self.attempt(
            lambda: intake.add_target(
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
                and intake.remove_target(target.pk, actor=self.people[who], at=make.AT)
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
            lambda: review.close(
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
        changed = self.case.targets.exclude(identifier=name).first()
        if changed and not self.case.targets.filter(identifier=name).exists():
            self.case.targets.filter(pk=changed.pk).update(identifier=name)
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
    def beyond_counsel_there_is_an_approval_by_counsel(self):
        case = self.now()
        if case.status in BEYOND_COUNSEL:
            frozen = case.revisions.get(number=case.scope_revision)
            assert SignOff.objects.approving(frozen.digest).exists()

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
        assert set(TAKEN) >= {"approve_scope", "order_packet", "revise_scope"}


@pytest.mark.feature("R1")
def test_no_walk_through_the_table_reaches_release_past_counsel():
    """From the table alone: without the step that asks for it, no way leads on."""
    steps = workflow.CASE.steps.values()
    reached, ways = {S.RECEIVED}, [s for s in steps if s.name != "approve_scope"]
    while True:
        more = {s.target for s in ways if s.sources & reached} - reached
        if not more:
            break
        reached |= more
    assert reached & BEYOND_COUNSEL == set()
    asked = {s.name for s in steps if workflow._scope_is_signed in s.guards}
    assert asked == {s.name for s in steps if s.target in BEYOND_COUNSEL}


@pytest.mark.django_db
def test_a_document_row_alone_starts_no_review():
    case = make.opened()
    CaseDocument.objects.filter(case=case).delete()
    with pytest.raises(CaseError):
        review.start(case.pk, actor=make.analyst(), at=make.AT)
    assert make.fresh(case).status == S.RECEIVED


@pytest.mark.django_db
def test_the_system_takes_a_step_that_is_its_own_and_a_machine_may_leave_no_event():
    case = make.opened()
    machine = transitions.Machine(
        model=Case,
        event=None,
        case_of=lambda row: row,
        steps=transitions.table(
            transitions.Transition(
                "rest",
                transitions.sources(S.RECEIVED),
                S.IN_REVIEW,
                Perm.REVIEW,
                by_system=True,
            )
        ),
    )
    events = Event.objects.count()
    machine.take(case.pk, "rest", actor=audit.SYSTEM, at=make.AT)
    assert (make.fresh(case).status, Event.objects.count()) == (S.IN_REVIEW, events)
