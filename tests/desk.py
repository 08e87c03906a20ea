"""The site of the tests and the people who work on it; a role is all they differ by."""

from django.contrib.auth.models import Group, User

from cases.enums import Jurisdiction, Role
from cases.models import Agency, Organisation

DESK = "Desk"


def organisation(**fields: object) -> Organisation:
    """The site, with its desk; the one row there is."""
    found = Organisation.objects.first()
    if found is not None:
        return found
    desk, _ = Group.objects.get_or_create(name=DESK)
    defaults: dict[str, object] = {
        "pk": 1,
        "name": "Package Index Foundation",
        "address": "200 Harbor Street, Portland, Oregon",
        "contact": "legal@foundation.example",
        "custodian_title": "Director of Infrastructure",
        "time_zone": "America/Los_Angeles",
        "bates_prefix": "PIF",
        "intake_group": desk,
    }
    return Organisation.objects.create(**(defaults | fields))


def agency() -> Agency:
    """An agency of the directory."""
    return Agency.objects.get_or_create(
        name="Department of Justice",
        defaults={"jurisdiction": Jurisdiction.UNITED_STATES},
    )[0]


def person(*roles: Role, at_the_desk: bool = True, **fields: object) -> User:
    """Somebody with these roles, whom each new case is granted to by the desk."""
    site = organisation()
    number = User.objects.count() + 1
    user = User.objects.create(username=f"person{number}", **fields)
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    if at_the_desk:
        user.groups.add(site.intake_group)
    return user


def clerk() -> User:
    """An intake clerk at the desk."""
    return person(Role.INTAKE_CLERK)


def analyst() -> User:
    """An analyst at the desk."""
    return person(Role.ANALYST)


def counsel() -> User:
    """Counsel at the desk."""
    return person(Role.COUNSEL)
