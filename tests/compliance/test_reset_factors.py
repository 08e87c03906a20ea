"""Who has lost every factor enrols afresh, by a new password and in no old session."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from cases.enums import Role
from tests.signing import PASSWORD, signed_in, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings):
    settings.DEMO = False
    settings.SECOND_FACTOR_REQUIRED = True


def state() -> list[object]:
    """Everybody's factors and passwords."""
    factors = Authenticator.objects.order_by("pk").values_list("user", "type", "data")
    return [*factors, *User.objects.order_by("pk").values_list("pk", "password")]


def test_the_person_enrols_afresh_and_others_are_left_alone(caplog):
    lost, other = somebody(Role.COUNSEL), somebody(Role.ANALYST)
    theirs = list(Authenticator.objects.filter(user=other).values())
    running = signed_in(lost, "mfa")
    assert running.get("/").status_code == 200
    out = StringIO()
    call_command("reset_factors", lost.get_username(), stdout=out)

    password = out.getvalue().strip().rsplit(" ", 1)[1]
    assert not Authenticator.objects.filter(user=lost).exists()
    assert list(Authenticator.objects.filter(user=other).values()) == theirs
    assert running.get("/").url == "/login/?next=/"
    assert caplog.messages == [
        f"The second factors of user {lost.pk} were reset on the server."
    ]
    name = {"login": lost.get_username()}
    client = Client()
    client.post("/login/", name | {"password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post("/login/", name | {"password": password})
    assert client.get("/").url == "/accounts/2fa/"


@pytest.mark.parametrize(("demo", "name"), [(True, None), (False, "nobody")])
def test_it_refuses_and_changes_nothing(settings, demo, name):
    settings.DEMO = demo
    user = somebody(Role.COUNSEL)
    before = state()
    with pytest.raises(CommandError):
        call_command("reset_factors", name or user.get_username(), stdout=StringIO())
    assert state() == before
