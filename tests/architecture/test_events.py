"""Every verb of both apps leaves exactly its events, each by whoever did it.

A new verb adds one line to ``verbs_of_*``: who acts, a case or packet to act on, the
act, its events in order. One that moved a status is followed by the step it took.
"""

import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

import cases
import disclosures
from cases import audit
from cases.enums import EventKind, SiteEventKind
from cases.models import Event, SiteEvent
from tests import factories as make
from tests.architecture import (
    verbs_of_cases,
    verbs_of_disclosures,
    verbs_of_pulls,
    verbs_of_restriction,
    verbs_of_site,
)

# Who acts is handed in under one of these names, by keyword; the worker has none.
ACTORS = ("actor", "counsel", "custodian")
WORKERS = {"disclosures.assembly.assemble", "disclosures.chasing.remind"}
# What verbs stand on: it writes the events, and is never called by itself.
STANDS_BELOW = {
    "cases.audit.record",
    "cases.audit.record_reading",
    "cases.audit.record_site",
    "cases.workflow.transition",
    "disclosures.workflow.move_packet",
    "disclosures.workflow.move_pull",
}
NOT_VERBS = (".admin", ".migrations", ".management", ".models", ".packet")
VERBS = (
    verbs_of_site.VERBS
    | verbs_of_cases.VERBS
    | verbs_of_restriction.VERBS
    | verbs_of_disclosures.VERBS
    | verbs_of_pulls.VERBS
)


def verbs() -> dict[str, Any]:
    """Every function of both apps that acts for somebody, by its full name."""
    found = {}
    for app in (cases, disclosures):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if not any(part in f"{module.name}." for part in NOT_VERBS):
                found |= _acts_of(importlib.import_module(module.name))
    return {name: act for name, act in found.items() if name not in STANDS_BELOW}


def _acts_of(module: Any) -> dict[str, Any]:
    found = {}
    for name, wrapped in inspect.getmembers(module, inspect.isfunction):
        act = inspect.unwrap(wrapped)
        full = f"{module.__name__}.{name}"
        if act.__module__ != module.__name__ or name.startswith("_"):
            continue
        parameters = inspect.signature(act).parameters.values()
        acts = any(p.name in ACTORS and p.kind is p.KEYWORD_ONLY for p in parameters)
        if acts or full in WORKERS:
            found[full] = act
    return found


def verb_of(line: str) -> str:
    """The verb that a line is about; what follows the comma tells lines apart."""
    return line.partition(",")[0]


def test_every_verb_has_its_line():
    assert {verb_of(line) for line in VERBS} == set(verbs())
    assert {name for name in STANDS_BELOW if name in verbs()} == set()


# The reading of a page is the admin's, and a broken stream speaks after its verb.
BESIDE_THE_VERBS = {
    EventKind.CASE_VIEWED.value,
    EventKind.PACKET_DOWNLOAD_STOPPED.value,
}


def test_every_event_is_left_by_some_verb():
    left = {told.split()[0] for line in VERBS.values() for told in line.events}
    every = {one.value for kinds in (EventKind, SiteEventKind) for one in kinds}
    assert every - left == BESIDE_THE_VERBS


def told_since(last: int, last_of_site: int) -> list[Any]:
    """The events of cases, and of the site, after these."""
    return [
        *Event.objects.filter(pk__gt=last).order_by("pk"),
        *SiteEvent.objects.filter(pk__gt=last_of_site).order_by("pk"),
    ]


def last_of(model: Any) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def called_by(act: Callable[[], Any]) -> set[Any]:
    """The code of every function that runs while it acts."""
    found = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: found.add(frame.f_code))
    try:
        act()
    finally:
        sys.setprofile(before)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("line", VERBS)
def test_every_verb_leaves_exactly_its_events(line, small):
    verb = VERBS[line]
    given = verb.given()
    by: User | None = make.person(verb.role, first_name="Ada") if verb.role else None
    before = last_of(Event), last_of(SiteEvent)

    codes = called_by(lambda: verb.act(given, by))

    assert verbs()[verb_of(line)].__code__ in codes
    left = told_since(*before)
    steps = [json.loads(one.data).get("step", "") for one in left]
    told = [f"{one.kind} {step}".strip() for one, step in zip(left, steps, strict=True)]
    assert told == list(verb.events)
    name = audit.name_of(by or audit.SYSTEM)
    # What follows by itself from a person's act is the system's: a step of a packet.
    own = [one for one, step in zip(left, steps, strict=True) if one.actor or not step]
    assert {(one.actor, one.actor_name) for one in own} <= {(by, name)}
    assert len({getattr(one, "case_id", None) for one in left}) <= 1
