"""Persons kept apart by the database: a row that names several says under which rules.

The constraint is read off the one table of ``cases.duties``; a verb asks the trail as
well, which knows what no single row does.
"""

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.duties import clashes
from cases.enums import Act, Profile


def persons_apart(
    prefix: str, wanted: Act, who: str, others: Mapping[Act, str]
) -> models.CheckConstraint:
    """``who`` did ``wanted`` and none of the ``others`` that the row's profile bars."""
    allowed = Q()
    for profile in Profile:
        for act, column in others.items():
            if clashes(profile, wanted, {act}):
                allowed &= ~Q(**{"profile": profile.value, who: F(column)})
    return models.CheckConstraint(
        name=f"{prefix}_persons_apart",
        condition=allowed & Q(profile__in=Profile.values),
        violation_error_message=_(
            "The site's rules about persons want another person for this."
        ),
    )
