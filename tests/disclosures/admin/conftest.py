"""Somebody at a browser of their own, and the addresses of a packet's pages."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cases.models import Case
from disclosures.models import Packet
from tests import factories as make
from tests.signing import client_of as client_of  # the tests' own name for it


@pytest.fixture
def at_desk(db, small) -> Callable[..., Client]:
    """Sign somebody in who has these roles and sits at the desk."""
    return lambda *roles, **fields: client_of(make.person(*roles, **fields))


@pytest.fixture
def in_browser(live_server, context) -> Callable[[User], None]:
    """Sign a person in at the browser, without the form."""

    def sign_in(user: User) -> None:
        value = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])

    return sign_in


def page_of(packet: Packet, name: str = "packet", *more: object) -> str:
    """The address of a page of a packet: packet, packet_live, exhibit, production."""
    return reverse(f"admin:disclosures_{name}", args=[packet.case_id, packet.pk, *more])


def verb_of(packet: Packet, verb: str) -> str:
    """The address of a verb's page on a packet's case."""
    return reverse("admin:cases_case_verb", args=[packet.case_id, verb])


def verb_url(case: Case, verb: str) -> str:
    """The address of a verb's page on a case without a packet."""
    return verb_of(Packet(case=case), verb)
