"""Nobody gets past the sign-in without a second factor, and few guesses are free."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from cases import keys
from cases.enums import Role
from cases.keys import Purpose
from compliance import gate, signin
from tests import factories as make
from tests.signing import PASSWORD, SECRET, code, show, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings):
    settings.DEMO = False
    settings.SECOND_FACTOR_REQUIRED = True


def staff(*roles: Role, factor: bool = False) -> User:
    """Somebody of the staff, with a password and perhaps an authenticator app."""
    user = make.person(*(roles or tuple(Role)), is_staff=True, is_superuser=True)
    user.set_password(PASSWORD)
    user.save()
    if factor:
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)
    return user


def log_in(client: Client, user: User, password: str = PASSWORD):
    return client.post(
        reverse("account_login"), {"login": user.username, "password": password}
    )


# ------------------------------------------------------------------ every address


def _token(gap):
    return keys.disguise(1, gap[1])


def addresses(resolver=None, before: str = "", space: str = ""):
    """Each named address with a value for each of its parts."""
    for one in (resolver or get_resolver()).url_patterns:
        text = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from addresses(one, text, inner)
        else:
            path = re.sub(r"\(\?P<app_label>[^)]*\)", "cases", text)
            path = re.sub(r"\(\?P<url>\.\*\)", "no/such/page", path)
            path = re.sub(r"<int:[a-z_]+>|<id>", "1", path)
            path = re.sub(r"<(case|row):[a-z_]+>", _token, path)
            path = re.sub(r"<(?:path:|slug:|)[a-z_]+>", "close", path)
            yield f"{space}{one.name}", "/" + re.sub(r"[\^$]", "", path)


EVERYWHERE = sorted(set(addresses()))
WALLED = [
    (name, path) for name, path in EVERYWHERE if name not in gate.SecondFactor.OPEN
]


def test_the_walk_meets_the_pages_that_matter():
    names = {name for name, _ in EVERYWHERE}
    assert {"admin:index", "admin:cases_case_verb", "admin:login", "mfa_index"} <= names
    assert gate.SecondFactor.OPEN - {"health"} <= names
    assert names >= gate.POLLS
    assert len(WALLED) > 40


@pytest.mark.feature("S3")
def test_every_address_sends_on_whoever_has_shown_no_second_factor():
    bare, older = staff(), staff(factor=True)
    led_on = {}
    for name, path in WALLED:
        nobody = Client().get(path)
        enrol = signed_in(bare).get(path)
        ask = signed_in(older).get(path)
        led_on[name] = (
            nobody.status_code == 302 and nobody.url.startswith("/login/?next="),
            name in gate.SecondFactor.ENROLMENT
            or (enrol.status_code, enrol.url) == (302, reverse("mfa_index")),
            name in gate.SecondFactor.SHOWING
            or (ask.status_code, ask.url.partition("?")[0])
            == (302, reverse("mfa_reauthenticate")),
        )
    assert [
        name for name, all_three in led_on.items() if all_three != (True,) * 3
    ] == []


@pytest.mark.feature("S3")
def test_every_address_refuses_a_post_as_well_and_writes_nothing():
    bare, older = staff(), staff(factor=True)
    clients = (Client(), signed_in(bare), signed_in(older))
    users = list(User.objects.order_by("pk").values())
    paths = [path for name, path in WALLED if name.startswith("admin:")]
    for client in clients:
        assert {client.post(path).status_code for path in paths} == {302}
    assert list(User.objects.order_by("pk").values()) == users


@pytest.mark.feature("S3")
def test_the_admins_own_sign_in_asks_for_the_second_factor():
    user, client = staff(factor=True), Client()
    answer = client.post(
        reverse("admin:login"), {"login": user.username, "password": PASSWORD}
    )
    assert (answer.status_code, answer.url) == (302, reverse("mfa_authenticate"))
    assert client.get("/").url == "/login/?next=/"
    assert (
        client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    )
    assert client.get("/").url == "/login/?next=/"
    answer = client.post(reverse("mfa_authenticate"), {"code": code()})
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/").status_code == 200


@pytest.mark.feature("S3")
@pytest.mark.django_db(transaction=True)
def test_the_first_sign_in_leads_through_enrolment():
    user, client = staff(), Client()
    assert log_in(client, user).url == "/"
    assert client.get("/").url == reverse("mfa_index")
    app = reverse("mfa_activate_totp")
    again = client.get(app).url
    assert client.post(again, {"password": PASSWORD}).url == app
    secret = re.search(r'value="([A-Z2-7]{32})"', client.get(app).content.decode())
    done = client.post(app, {"code": code(secret[1])})
    assert done.url == reverse("mfa_view_recovery_codes")
    assert client.get(done.url).status_code == 200
    assert client.get("/").status_code == 200
    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    assert sorted(kinds) == ["recovery_codes", "totp"]


@pytest.mark.feature("S3")
def test_a_session_from_before_the_enrolment_is_asked():
    user = staff()
    client = signed_in(user)
    TOTP.activate(user, SECRET)
    asked = client.get(reverse("admin:cases_case_changelist"))
    assert asked.url == "/accounts/2fa/reauthenticate/?next=%2Fcases%2Fcase%2F"
    by_password = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert by_password.url.startswith("/accounts/2fa/reauthenticate/")
    assert client.get("/").status_code == 302
    assert client.post(asked.url, {"code": code()}).url == "/cases/case/"
    assert client.get("/cases/case/").status_code == 200


def test_another_persons_factor_in_the_session_counts_for_nothing():
    user, other = staff(factor=True), staff(factor=True)
    client = signed_in(user)
    show(client, other, "mfa", type="totp")
    assert client.get("/").status_code == 302


def test_a_part_of_a_page_is_told_to_load_the_whole():
    client = signed_in(staff(factor=True))
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith(reverse("mfa_reauthenticate"))


def test_who_isnt_staff_is_refused_and_not_sent_in_circles():
    user = make.person(Role.COUNSEL)
    TOTP.activate(user, SECRET)
    client = signed_in(user, "mfa")
    assert client.get("/login/").status_code == 403


# ------------------------------------------------------------------------ guesses


def test_the_sixth_guess_is_refused_though_it_is_right():
    user, client = staff(), Client()
    for _ in range(5):
        assert log_in(client, user, "wrong").status_code == 200
    answer = log_in(client, user)
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()
    assert client.get("/").url == "/login/?next=/"


def test_codes_are_counted_like_passwords():
    user, client = staff(factor=True), Client()
    log_in(client, user)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code()})
    assert "Too many failed login attempts" in answer.content.decode()
    assert client.get("/").url == "/login/?next=/"


def test_guesses_are_counted_where_every_process_sees_them():
    user = staff()
    for _ in range(5):
        log_in(Client(), user, "wrong")
    # What another process opens for itself: a cache of its own on the same table.
    elsewhere = DatabaseCache(settings.CACHE_TABLE, {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM candor_cache")
        keys = [key.split(":", 2)[2] for (key,) in cursor.fetchall()]
    assert 5 in {len(elsewhere.get(key) or ()) for key in keys}
    assert isinstance(caches["default"], DatabaseCache)


def test_a_code_is_good_once():
    user, first, second = staff(factor=True), Client(), Client()
    now = code()
    for client, status in ((first, 302), (second, 200)):
        log_in(client, user)
        answer = client.post(reverse("mfa_authenticate"), {"code": now})
        assert answer.status_code == status


# ------------------------------------------------------------------- what is kept


def test_factors_lie_sealed_in_the_database():
    user = staff(factor=True)
    rows = list(Authenticator.objects.filter(user=user))
    seed = keys.reveal(rows[1].data["seed"], Purpose.FACTOR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = " ".join(str(row) for row in cursor.fetchall())
    assert SECRET not in stored
    assert seed not in stored
    assert keys.reveal(rows[0].data["secret"], Purpose.FACTOR) == SECRET


def test_the_last_factor_stays():
    user = staff(factor=True)
    client = signed_in(user, "mfa")
    show(client, user, "mfa", type="totp", reauthenticated=True)
    page = client.post(reverse("mfa_deactivate_totp"))
    assert "You cannot deactivate two-factor authentication" in page.content.decode()
    assert signin.has_factor(user)


def test_nobody_signs_up():
    assert Client().get("/accounts/signup/").status_code == 302
    before = User.objects.count()
    Client().post("/accounts/signup/", {"username": "eve", "password1": PASSWORD})
    assert User.objects.count() == before
    page = Client().get("/login/").content.decode().lower()
    assert "sign up" not in page
    assert "remember" not in page


def test_the_admin_shows_no_factors_and_no_tokens():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels & {"mfa", "account", "socialaccount", "usersessions"} == set()


# -------------------------------------------------------------------------- limits


def aged(user: User, **seconds: float) -> Client:
    """A session that began and was last used so long ago."""
    client = signed_in(user, "mfa")
    client.get("/")
    session = client.session
    for name, ago in seconds.items():
        session[f"candor_{name}_at"] = time.time() - ago
    session.save()
    return client


@pytest.mark.parametrize(
    ("ages", "status"),
    [
        ({"seen": 29 * 60}, 200),
        ({"seen": 31 * 60}, 302),
        ({"started": 11 * 3600}, 200),
        ({"started": 12 * 3600 + 60}, 302),
    ],
)
def test_a_session_ends_idle_or_old(ages, status):
    client = aged(staff(factor=True), **ages)
    assert client.get("/").status_code == status
    assert ("_auth_user_id" in client.session) == (status == 200)


def test_a_page_keeps_the_session_alive_and_a_poll_does_not():
    client = aged(staff(factor=True), seen=20 * 60)
    before = client.session["candor_seen_at"]
    live = reverse("admin:disclosures_packet_live", args=[1, 1])
    client.get(live, headers={"HX-Request": "true"})
    assert client.session["candor_seen_at"] == before
    client.get("/")
    assert client.session["candor_seen_at"] > before + 19 * 60


def test_a_poll_after_the_end_sends_the_page_to_the_sign_in():
    client = aged(staff(factor=True), seen=31 * 60)
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/login/")


def test_every_page_that_asks_by_itself_is_known_to_the_limits(root: Path):
    asking = re.compile(r"""hx-get="{% url '([\w:]+)'[^>]*hx-trigger="every""")
    found = {
        name
        for app in ("cases", "disclosures", "compliance")
        for page in (root / app).rglob("*.html")
        for name in asking.findall(page.read_text("utf-8"))
    }
    assert found == gate.POLLS


# ------------------------------------------------------------------ single sign-on


def test_single_sign_on_needs_settings_alone(tmp_path):
    show_it = (
        "from compliance.settings import SOCIALACCOUNT_PROVIDERS as p;"
        "print([(a['settings']['server_url'], a['client_id'])"
        " for a in p['openid_connect']['APPS']])"
    )
    given = {
        "CANDOR_VAR_DIR": str(tmp_path),
        "SECRET_KEY": "x" * 64,
        "DJANGO_SETTINGS_MODULE": "compliance.settings",
        "PATH": "/usr/bin",
    }
    with_it = {"CANDOR_OIDC_URL": "https://id.example", "CANDOR_OIDC_CLIENT_ID": "us"}
    for environment, printed in (
        (given, "[]"),
        (given | with_it, "[('https://id.example', 'us')]"),
    ):
        run = subprocess.run(  # noqa: S603 - the test's own command
            [sys.executable, "-c", show_it],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.stdout.strip() == printed, run.stderr
