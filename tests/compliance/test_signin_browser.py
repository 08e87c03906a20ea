"""Signing in at the browser: passkeys, the look, and no word against the policy."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from cases.enums import Role
from compliance.demo_users import DEMO_PASSWORD
from tests.signing import PASSWORD, lasting_code, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(live_server, settings):
    """The server by a name that passkeys accept, with a second factor required."""
    settings.DEMO, settings.SECOND_FACTOR_REQUIRED = False, True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # localhost, without TLS
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def complaints(page):
    found = []
    page.on(
        "console", lambda said: found.append(said.text) if said.type == "error" else 0
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def security_key(page):
    """A passkey that the browser keeps by itself, its person always present."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def is_in(page) -> None:
    expect(page.get_by_role("heading", name=re.compile("Good to see"))).to_be_visible()


# An icon whose font is still to come is text, and too small for its colour.
FONTS = "Promise.all([...document.fonts].map(font => font.load())).then(() => true)"


def faults(page) -> list[str]:
    page.evaluate(FONTS)
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']} {one['nodes'][0]['html'][:90]}" for one in found]


def log_in(page, home, user):
    page.goto(home)
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.feature("S3", part=True)
def test_a_passkey_is_set_up_and_signs_in(page, home, security_key, complaints):
    user = somebody(Role.COUNSEL, factor=False)
    log_in(page, home, user)
    expect(page.get_by_text("Before you go on, set up a second factor")).to_be_visible()
    page.get_by_role("link", name="Add").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(
        page.get_by_role("heading", name=re.compile("Good to see you"))
    ).to_be_visible()
    assert complaints == []


def test_the_pages_of_signing_in_are_accessible(page, home, complaints):
    user = somebody(Role.COUNSEL)
    found = []
    page.goto(home)
    found += faults(page)
    log_in(page, home, user)
    found += faults(page)
    page.get_by_label("Code").fill(lasting_code())
    page.get_by_role("button", name="Sign In").click()
    expect(
        page.get_by_role("heading", name=re.compile("Good to see you"))
    ).to_be_visible()
    for name in ("mfa_index", "usersessions_list", "account_change_password"):
        page.goto(home + reverse(name))
        found += faults(page)
    assert found == []
    assert complaints == []


def test_the_demo_says_so_on_every_page(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    banner = "Invented data, public passwords, no second factor."
    client.force_login(somebody(Role.COUNSEL, factor=False))
    pages = [reverse("admin:index"), "/cases/case/", "/no/such/page", "/accounts/2fa/"]
    shown = {path: client.get(path).content.decode().count(banner) for path in pages}
    client.logout()
    sign_in = client.get(reverse("admin:login")).content.decode()
    assert shown == dict.fromkeys(pages, 1)
    assert (sign_in.count(banner), DEMO_PASSWORD in sign_in) == (1, True)
    settings.DEMO = False
    assert banner not in client.get(reverse("admin:login")).content.decode()
