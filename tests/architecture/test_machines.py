"""Every pair of step and status of each machine is tried; one without a line fails.

A machine is a table of steps. Its line names the test that takes every step from every
status and compares where it lands, or that it was refused and nothing was written.
"""

import importlib
import pkgutil

import cases
import disclosures
from cases.transitions import Machine
from tests.cases import test_workflow as of_cases
from tests.disclosures import test_workflow as of_packets

TRIED_BY = {
    "cases.workflow.CASE": of_cases.test_every_transition_and_status_pair,
    "disclosures.workflow.PACKET": of_packets.test_every_transition_and_status_pair,
    "disclosures.workflow.EXHIBIT": of_packets.test_each_step_of_an_exhibit,
    "disclosures.workflow.PULL": of_packets.test_each_step_of_a_pull_order,
}


def machines() -> dict[str, Machine]:
    """Every machine of both apps, by its name."""
    found = {}
    for app in (cases, disclosures):
        for module in pkgutil.iter_modules(app.__path__, f"{app.__name__}."):
            told = vars(importlib.import_module(module.name))
            found |= {
                f"{module.name}.{name}": value
                for name, value in told.items()
                if isinstance(value, Machine)
            }
    return found


def test_every_machine_is_tried_pair_by_pair():
    assert set(machines()) == set(TRIED_BY)
    for test in TRIED_BY.values():
        assert [mark for mark in test.pytestmark if mark.name == "parametrize"]


def test_every_status_is_a_source_or_a_target_of_a_step():
    for machine in machines().values():
        steps = machine.steps.values()
        reached = {step.target for step in steps}.union(*(s.sources for s in steps))
        choices = machine.model._meta.get_field("status").choices
        assert reached == {value for value, _ in choices}
