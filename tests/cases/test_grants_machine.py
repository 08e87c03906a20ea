"""Grants given, changed and ended in any order while time passes, against a model.

The model knows each holder's last end and nothing of rows or queries.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases import grants, permissions
from cases.enums import Perm, Role
from cases.exceptions import CaseError
from cases.models import CaseGroupPerm
from tests import factories as make

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
PEOPLE = {
    "ana": (Role.ANALYST,),
    "olga": (Role.OUTSIDE_COUNSEL,),
    "both": (Role.OUTSIDE_COUNSEL, Role.CUSTODIAN),
    "emil": (Role.REPORT_EDITOR,),
}
MEMBERS = {"team": {"ana", "olga", "emil"}, "firm": {"olga"}, "desk": {"both"}}
BY_NAME_ONLY = {"olga"}
BLIND = {"emil"}
REFUSED = (CaseError, ValidationError)


@dataclass
class Model:
    """When each holder's grant on each case ends; nothing: there is none."""

    now: datetime = START
    ends: dict[tuple[int, str], datetime] = field(default_factory=dict)

    def is_open(self, case: int, holder: str) -> bool:
        return self.now < self.ends.get((case, holder), self.now)

    def may_give(self, holder: str, days: int | None) -> bool:
        if holder in MEMBERS:
            return bool(MEMBERS[holder] - BY_NAME_ONLY - BLIND)
        return holder not in BLIND and (days is not None or holder not in BY_NAME_ONLY)

    def sees(self, case: int, person: str) -> bool:
        if person in BLIND:
            return False
        if self.is_open(case, person):
            return True
        groups = {name for name, members in MEMBERS.items() if person in members}
        in_one = any(self.is_open(case, name) for name in groups)
        return in_one and person not in BY_NAME_ONLY


HOLDERS = st.sampled_from([*PEOPLE, *MEMBERS])
CASES = st.sampled_from([0, 1])


class Grants(RuleBasedStateMachine):
    """Two cases, four people and three groups."""

    def __init__(self):
        super().__init__()
        self.model = Model()
        self.save = transaction.atomic()
        self.save.__enter__()
        self.clock = patch("django.utils.timezone.now", lambda: self.model.now)
        self.clock.start()
        self.cora = make.counsel()
        self.people = {
            name: make.person(*roles, at_the_desk=False)
            for name, roles in PEOPLE.items()
        }
        self.groups = {name: Group.objects.create(name=name) for name in MEMBERS}
        for name, members in MEMBERS.items():
            self.groups[name].user_set.set([self.people[one] for one in members])
        self.cases = [make.opened(), make.opened()]
        self.given = {}
        self.count = 0

    def teardown(self):
        self.clock.stop()
        transaction.set_rollback(True)
        self.save.__exit__(None, None, None)

    def holder(self, name):
        return self.people.get(name) or self.groups[name]

    @rule(case=CASES, name=HOLDERS, days=st.none() | st.integers(1, 4))
    def give(self, case, name, days):
        now, self.count = self.model.now, self.count + 1
        ends_at = now + timedelta(days=days) if days else None
        wanted = {"reason": f"Reason {self.count}", "ends_at": ends_at}
        try:
            row = grants.give(
                self.cases[case].pk,
                to=self.holder(name),
                actor=self.cora,
                proof=make.proof(now),
                at=now,
                **wanted,
            )
        except REFUSED:
            assert not self.model.may_give(name, days)
            return
        assert self.model.may_give(name, days)
        self.model.ends[case, name] = ends_at or FOREVER
        self.given[case, name] = row

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def end(self, data):
        case, name = key = data.draw(st.sampled_from(sorted(self.given)))
        now, was_open = self.model.now, self.model.is_open(case, name)
        try:
            row = self.given[key]
            grants.end(row, actor=self.cora, proof=make.proof(now), at=now)
        except REFUSED:
            assert not was_open
            return
        assert was_open
        self.model.ends[key] = now

    @rule(hours=st.integers(1, 50))
    def wait(self, hours):
        self.model.now += timedelta(hours=hours)

    @invariant()
    def everybody_is_told_the_same(self):
        for number, case in enumerate(self.cases):
            seeing = {name for name in PEOPLE if self.model.sees(number, name)}
            people = self.people.items()
            allowed = {
                name
                for name, one in people
                if permissions.allowed(one, Perm.VIEW, case)
            }
            visible = {
                name for name, one in people if case in permissions.visible_cases(one)
            }
            told = set(permissions.who_may(Perm.VIEW, case))
            told_of = {name for name, one in people if one in told}
            shown = {
                one for opening in permissions.openings(case) for one in opening.people
            }
            on_page = {name for name, one in people if one in shown}
            assert allowed == visible == told_of == on_page == seeing

    @invariant()
    def nothing_given_is_lost(self):
        rows = CaseGroupPerm.objects.filter(content_object__in=self.cases)
        open_rows = rows.filter(closed_at=None).values_list("content_object", "group")
        assert len(open_rows) == len(set(open_rows))
        for case in self.cases:
            kinds = list(case.events.values_list("kind", flat=True))
            now = len(permissions.openings(case)) + len(permissions.past_grants(case))
            # One more than was given: the desk's own, which comes with the case.
            assert now == kinds.count("case.grant.given") + 1


@pytest.mark.feature("R4", part=True)
class TestGrants(TestCase):
    """The machine above, each run in a transaction that is rolled back."""

    def test_whoever_is_asked_says_the_same_in_whatever_order(self):
        run_state_machine_as_test(
            Grants,
            settings=settings(
                max_examples=20,
                stateful_step_count=15,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
