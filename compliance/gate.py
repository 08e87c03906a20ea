"""What stands before every page: the session's limits, then the second factor.

* A session ends after half an hour without a person, and after twelve hours whatever
  happens. A page that asks by itself, each second, is no person.
* Everybody shows a second factor, in this very session, before any page but those that
  ask for it (docs/policy.md, section "Signing in"). The demo alone runs without.
"""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from compliance import signin

Answer = HttpResponseBase | None

# Pages that htmx asks for by itself, each second; a test finds one that isn't listed.
POLLS = frozenset({"admin:disclosures_packet_live"})
_STARTED, _SEEN = "candor_started_at", "candor_seen_at"
_NOTE_SECONDS = 60  # how exact the note of the last activity is; saves a write per page


class SessionLimits:
    """Ends a session that nobody used for a while, and any that is too old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the limits are looked at once the address is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> Answer:
        """Sign out whoever is over a limit, else note that somebody is there."""
        if not request.user.is_authenticated:
            return None
        now, session = time.time(), request.session
        started = session.setdefault(_STARTED, now)
        seen = session.setdefault(_SEEN, now)
        idle, old = now - seen, now - started
        if idle > settings.IDLE_SECONDS or old > settings.ABSOLUTE_SECONDS:
            return _signed_out(request)
        if idle > _NOTE_SECONDS and _view_name(request) not in POLLS:
            session[_SEEN] = now
            UserSession.objects.create_from_request(request)
        return None


def _signed_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    words = _("The session was idle or old, so it has ended. Sign in again.")
    messages.info(request, words)
    if request.headers.get("HX-Request"):
        # A part of a page can't show the sign-in: have htmx load it whole.
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("admin:login")})
    return _to_sign_in(request)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else ""
    return redirect_to_login(back or reverse("admin:index"), reverse("admin:login"))


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


class SecondFactor:
    """Lets nobody further who hasn't shown a second factor in this session.

    Who has none is led to enrolment; a session that never showed it, such as one from
    before the enrolment, is asked. No view is exempt but those that these ways need.
    """

    OPEN = frozenset(
        {
            "admin:login",  # the same page as account_login
            "account_login",
            "account_inactive",
            "mfa_authenticate",
            "mfa_login_webauthn",
            "openid_connect_login",
            "openid_connect_callback",
            "socialaccount_login_cancelled",
            "socialaccount_login_error",
            "socialaccount_signup",  # closed, and says so
            "account_logout",
            "health",
        }
    )
    ENROLMENT = frozenset(
        {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
    )
    SHOWING = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the gate stands before the view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> Answer:
        """Where to instead; nothing lets pass."""
        name = _view_name(request)
        if not settings.SECOND_FACTOR_REQUIRED or name in self.OPEN:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if not signin.has_factor(request.user):
            return None if name in self.ENROLMENT else _lead_to(request, "mfa_index")
        if signin.showed_factor(request) or name in self.SHOWING:
            return None
        ways = signin.ClosedAdapter(request).get_reauthentication_methods(request.user)
        return _lead_to(request, ways[0]["url"])


def _lead_to(request: HttpRequest, place: str) -> HttpResponse:
    target = place if place.startswith("/") else reverse(place)
    if request.method == "GET" and target != reverse("mfa_index"):
        target += "?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
