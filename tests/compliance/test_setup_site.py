"""A real site is set up by one command, and twice is like once."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command

from cases import keys
from cases.enums import Profile, Role
from cases.keys import Purpose
from cases.models import Organisation
from compliance import sitefile
from compliance.environment import site_lines
from tests.signing import SECRET, somebody

FACTS = {
    "name": "Package Index Foundation",
    "address": "200 Harbor Street; Portland, Oregon",
    "contact": "legal@foundation.example",
    "custodian_title": "Director of Infrastructure",
    "time_zone": "America/Los_Angeles",
    "court": "U.S. District Court for the District of Oregon",
    "bates_prefix": "PIF",
    "profile": Profile.TWO_PEOPLE.value,
    "admin": "anna",
    "admin_name": "Anna Lund",
    "admin_email": "anna@foundation.example",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings, tmp_path):
    settings.DEMO = False
    settings.HOSTS = ["candor.example"]
    settings.ALLOWED_HOSTS = ["candor.example"]
    settings.SECOND_FACTOR_REQUIRED = True
    settings.SITE_FILE = tmp_path / "site.env"
    return settings


def set_up(**changed: str) -> str:
    out = StringIO()
    call_command("setup_site", noinput=True, stdout=out, **(FACTS | changed))
    return out.getvalue()


def everything() -> list[object]:
    models = (Organisation, User, Group, Authenticator)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_it_makes_the_organisation_and_an_administrator_with_a_second_factor():
    said = set_up()
    made = Organisation.objects.values().get()
    desk = Group.objects.get(name="Intake desk")
    assert made == {
        "id": 1,
        "name": "Package Index Foundation",
        "address": "200 Harbor Street\nPortland, Oregon",
        "letterhead": "",
        "contact": "legal@foundation.example",
        "custodian_title": "Director of Infrastructure",
        "time_zone": "America/Los_Angeles",
        "court": "U.S. District Court for the District of Oregon",
        "bates_prefix": "PIF",
        "profile": "two_people",
        "counsel_needed": 1,
        "counsel_needed_sensitive": 2,
        "contact_days": 180,
        "intake_group_id": desk.pk,
    }
    user = User.objects.get()
    assert (user.username, user.get_full_name(), user.email, user.is_staff) == (
        "anna",
        "Anna Lund",
        "anna@foundation.example",
        True,
    )
    assert [group.name for group in user.groups.all()] == [Role.ADMINISTRATOR.value]
    secret = re.search(r"otpauth://totp/anna\?secret=([A-Z2-7]{32})&", said)[1]
    factor = Authenticator.objects.get(user=user, type="totp")
    assert keys.reveal(factor.data["secret"], Purpose.FACTOR) == secret
    assert user.check_password(re.search(r"at once: (\S+)", said)[1])
    assert len(re.findall(r"\b\d{8}\b", said)) == 10


def test_a_second_run_changes_nothing():
    set_up()
    before = everything()
    said = set_up(name="Another name")
    assert everything() == before
    assert "otpauth" not in said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"contact": ""}, "Still needed: --contact."),
        (
            {"time_zone": "Mars/Olympus"},
            "This isn't a time zone, such as Europe/Paris.",
        ),
        ({"profile": "one_person"}, "Value 'one_person' is not a valid choice."),
        ({"admin_email": "anna"}, "Enter a valid email address."),
    ],
)
def test_what_is_missing_or_wrong_is_said(changed, said):
    with pytest.raises(CommandError) as caught:
        set_up(**changed)
    assert str(caught.value) == said
    assert not User.objects.exists()


def test_the_demo_is_no_site(settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="This is the demo"):
        set_up()


# --------------------------------------------------------------------------- keys


def test_keys_are_for_the_owners_eyes_and_are_never_replaced(tmp_path):
    path = tmp_path / "keys" / "site.env"
    assert sitefile.complete(path, {"A": "1", "B": "2", "C": ""}) == ["A", "B"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert sitefile.complete(path, {"A": "9", "C": "3"}) == ["C"]
    assert site_lines(path) == {"A": "1", "B": "2", "C": "3"}


def test_a_value_of_two_lines_is_refused(tmp_path):
    with pytest.raises(ValueError, match="A can't be written"):
        sitefile.write(tmp_path / "site.env", {"A": "1\nB=2"})
    assert list(tmp_path.iterdir()) == []


def rotate(**step: bool) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, **step)
    return out.getvalue()


def test_keys_are_rotated_without_locking_anybody_out(settings):
    user = somebody(Role.COUNSEL)
    (old,) = settings.SITE_KEYS
    sitefile.write(settings.SITE_FILE, {"CANDOR_KEYS": old, "SECRET_KEY": "kept"})
    rotate()
    new, *older = site_lines(settings.SITE_FILE)["CANDOR_KEYS"].split(",")
    assert older == [old]
    settings.SITE_KEYS = [new, old]  # as a restart reads them
    with pytest.raises(CommandError, match="2 sealed values need an older key"):
        rotate(forget=True)
    assert rotate(reseal=True) == "Sealed anew by the newest key: 2.\n"
    rotate(forget=True)
    assert site_lines(settings.SITE_FILE) == {
        "CANDOR_KEYS": new,
        "SECRET_KEY": "kept",
    }
    settings.SITE_KEYS = [new]
    factor = Authenticator.objects.get(user=user, type="totp")
    assert keys.reveal(factor.data["secret"], Purpose.FACTOR) == SECRET


def test_keys_of_the_environment_are_not_rotated_in_the_file(settings):
    with pytest.raises(CommandError, match="The keys in use don't come from"):
        rotate()
    assert not settings.SITE_FILE.exists()
