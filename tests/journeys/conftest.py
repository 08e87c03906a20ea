"""The portal as it runs, and people who sign in to it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.people import Person
from tests.journeys.portal import ROOT, Portal

PICTURES = ROOT / "var" / "journeys"

SignIn = Callable[..., Person]


@pytest.fixture(scope="session")
def portal(tmp_path_factory) -> Iterator[Portal]:
    """What ``make run`` starts, over a fresh folder: one for all journeys."""
    running = Portal(tmp_path_factory.mktemp("portal"))
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def album(request) -> Path:
    """Where this journey's pictures go, for people to look at."""
    folder = PICTURES / request.node.originalname.removeprefix("test_")
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def sign_in(portal: Portal, browser: Browser, album: Path) -> Iterator[SignIn]:
    """A function that signs somebody in, in a window of their own.

    No journey may end with an error in a browser's console, nor with anything that the
    content security policy had to stop.
    """
    people: list[Person] = []

    def signed_in(name: str, kind: type[Person] = Person) -> Person:
        people.append(kind(browser, portal.address, name, album))
        return people[-1].sign_in()

    yield signed_in
    for person in people:
        person.close()
    assert [one for person in people for one in person.complaints] == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add the end of the portal's log to what a failure shows, and a last picture."""
    report = yield
    portal = item.funcargs.get("portal") if hasattr(item, "funcargs") else None
    if report.failed and portal is not None:
        report.sections.append(("the portal's log", portal.last_words()))
    return report
