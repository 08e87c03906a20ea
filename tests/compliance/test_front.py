"""The front page: what needs whom, and nothing that doesn't."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cases.enums import Role
from compliance.demo_users import DEMO_PASSWORD
from tests import factories as make

pytestmark = pytest.mark.django_db


def front(*roles: Role, user: User | None = None):
    user = user or make.person(*roles)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(user)
    return client.get(reverse("admin:index"))


def tasks(page) -> list[tuple[str, str]]:
    return [(one.verb, one.case.number) for one in page.context["tasks"]]


@pytest.mark.feature("U1")
def test_each_role_has_its_own_queue_and_a_task_goes_by_being_done():
    fresh, received, reviewed = make.opened(), make.received(), make.in_review()
    waiting = make.awaiting()
    assert tasks(front(Role.INTAKE_CLERK)) == [("intake", fresh.number)]
    assert tasks(front(Role.ANALYST)) == [
        ("intake", fresh.number),
        ("start_review", received.number),
        ("review", reviewed.number),
    ]
    counsel = make.counsel()
    assert tasks(front(user=counsel)) == [("sign_off", waiting.number)]
    make.sign(waiting, by=counsel)
    assert tasks(front(user=counsel)) == []


def test_an_empty_queue_says_so_kindly():
    page = front(Role.AUDITOR)
    assert b"All done here" in page.content
    nobody = front(Role.REPORT_EDITOR)
    assert b"Your role has no steps on requests." in nobody.content


@pytest.mark.feature("U1", part=True)
@pytest.mark.parametrize(
    ("role", "is_superuser", "words"),
    [
        (Role.ANALYST, False, "When a request reaches your step"),
        (Role.OUTSIDE_COUNSEL, False, "When a request reaches your step"),
        (Role.AUDITOR, False, "Your role reads and takes no step."),
        (Role.ADMINISTRATOR, True, "You keep the site going"),
        (Role.REPORT_EDITOR, False, "Your role has no steps on requests."),
    ],
)
def test_an_empty_front_page_says_what_this_role_is_here_for(role, is_superuser, words):
    page = front(user=make.person(role, is_superuser=is_superuser))
    assert words in page.content.decode()


def test_the_menu_shows_what_this_person_may_open():
    def menu(*roles: Role) -> list[str]:
        groups = front(*roles).context["sidebar_navigation"]
        return [entry["title"] for group in groups for entry in group["items"]]

    desk = ["What needs me", "Legal requests", "Find an account", "Trail"]
    desk += ["Agencies", "Organisation"]
    assert menu(Role.ANALYST) == desk
    assert menu(Role.REPORT_EDITOR) == ["What needs me"]


def test_the_demos_people_stand_on_the_sign_in_of_the_demo_only(settings):
    settings.DEMO = False
    assert DEMO_PASSWORD not in Client().get(reverse("admin:login")).content.decode()
    settings.DEMO = True
    assert DEMO_PASSWORD in Client().get(reverse("admin:login")).content.decode()
