"""Single sign-on: a round trip to an identity provider, and who it lets in."""

from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialToken
from django.contrib.auth.models import User
from django.test import Client

from cases.enums import Role
from tests.compliance.identity import CLIENT, Provider, provider
from tests.signing import code, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def sso(settings) -> Iterator[Provider]:
    """A site that demands a second factor, and its identity provider."""
    with provider() as made:
        settings.SECOND_FACTOR_REQUIRED = True
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [made.app]}}
        yield made


def cora(**changed: object) -> User:
    """Counsel, entered before by an administrator."""
    user = somebody(Role.COUNSEL)
    User.objects.filter(pk=user.pk).update(email="cora@example.org", **changed)
    return User.objects.get(pk=user.pk)


def claims(**changed: object) -> dict[str, object]:
    """What the provider says of her."""
    said = {"sub": "c-1", "email": "cora@example.org", "email_verified": True}
    return said | changed


def who(client: Client) -> str | None:
    """The id of who is signed in; None: nobody."""
    return client.session.get("_auth_user_id")


@pytest.mark.feature("S3", part=True)
def test_somebody_known_comes_in_and_still_shows_the_second_factor(sso):
    user, client = cora(), Client()
    sso.person = claims()
    sso.consents(client)
    assert sso.asked["client_id"] == CLIENT
    assert sso.asked["code_challenge_method"] == "S256"
    assert who(client) is None
    assert client.get("/").status_code == 302
    answer = client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert (answer.status_code, answer.url) == (302, "/")
    assert who(client) == str(user.pk)
    assert client.get("/").status_code == 200


def test_a_stranger_makes_no_account(sso):
    cora()
    before = list(User.objects.values_list("pk", "email"))
    client, sso.person = Client(), claims(sub="m-1", email="mallory@example.org")
    sso.consents(client)
    assert who(client) is None
    client.post("/accounts/sso/signup/", {"username": "mallory"})
    assert list(User.objects.values_list("pk", "email")) == before
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("person", "changed"),
    [
        (claims(email_verified=False), {}),
        ({"sub": "c-1", "email": "cora@example.org"}, {}),
        (claims(), {"is_active": False}),
    ],
    ids=["not verified", "nothing said of it", "inactive"],
)
def test_an_address_alone_opens_nothing(sso, person, changed):
    cora(**changed)
    client, sso.person = Client(), person
    sso.consents(client)
    assert who(client) is None
    assert client.get("/").status_code == 302


def test_an_address_that_two_people_have_opens_nothing(sso):
    cora()
    User.objects.create_user("twin", email="Cora@example.org")
    client, sso.person = Client(), claims()
    sso.consents(client)
    assert who(client) is None


def test_a_code_of_somebody_elses_sign_in_is_refused(sso):
    cora()
    sso.person = claims()
    mine, theirs = Client(), Client()
    sso.consents(theirs)
    sso.codes["stolen"] = sso.asked["code_challenge"]
    mine.get(
        "/accounts/oidc/sso/login/callback/",
        {"code": "stolen", "state": sso.asked["state"]},
    )
    assert "stolen" in sso.codes  # the provider wasn't even asked
    assert who(mine) is None


def test_no_token_of_the_provider_is_kept(sso):
    cora()
    client, sso.person = Client(), claims()
    sso.consents(client)
    assert not SocialToken.objects.exists()


def test_the_sign_in_offers_it_where_it_is_set_up(sso):
    page = Client().get("/login/").content.decode()
    assert "Single sign-on" in page
    assert "/accounts/oidc/sso/login/" in page
