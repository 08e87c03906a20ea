"""Somebody at a browser: a client signed in as a person of the desk."""

from collections.abc import Callable

import pytest
from django.test import Client

from cases.enums import Role
from tests import factories as make
from tests.signing import client_of as client_of  # the tests' own name for it


@pytest.fixture
def at_desk(db) -> Callable[..., Client]:
    """Sign somebody in who has these roles and sits at the desk."""

    def sign_in(*roles: Role, **fields: object) -> Client:
        return client_of(make.person(*roles, **fields))

    return sign_in
