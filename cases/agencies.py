"""The directory of agencies: who sends us legal process."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from cases import permissions
from cases.enums import Perm
from cases.exceptions import require_storable
from cases.models import Agency


@transaction.atomic
def add_agency(*, actor: User, name: str, jurisdiction: str) -> Agency:
    """Add an agency to the directory, or find it there under the same law.

    Raises:
        PermissionDenied: no role of ``actor`` takes in requests.
        ValidationError: no name, an unknown jurisdiction, or the directory has the
            agency under another one.
    """
    if not permissions.has_role_for(actor, Perm.INTAKE):
        raise PermissionDenied(f"User {actor.pk} may not take in requests.")
    name = " ".join(name.split())
    require_storable(new_agency=name)
    known = Agency.objects.filter(name__iexact=name).first()
    if known is None:
        known = Agency(name=name, jurisdiction=jurisdiction)
        known.full_clean()
        known.save()
    elif known.jurisdiction != jurisdiction:
        raise ValidationError(
            {"new_agency": "The directory has this agency: choose it from the list."}
        )
    return known
