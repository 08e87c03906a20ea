"""Somebody at a browser: a client signed in as a person of the desk."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cases.enums import Role
from tests import factories as make
from tests.signing import signed_in


def client_of(user: User) -> Client:
    """A client signed in as this person."""
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return signed_in(user)


@pytest.fixture
def at_desk(db) -> Callable[..., Client]:
    """Sign somebody in who has these roles and sits at the desk."""

    def sign_in(*roles: Role, **fields: object) -> Client:
        client = client_of(make.person(*roles, **fields))
        client.user = User.objects.latest("pk")
        return client

    return sign_in
