"""Who we are: the one row that letters, declarations and the rules of persons read."""

import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import Perm, SiteEventKind
from cases.exceptions import require_storable
from cases.models import Organisation
from cases.proof import Proof

FACTS = (
    "name",
    "address",
    "letterhead",
    "contact",
    "custodian_title",
    "time_zone",
    "court",
    "bates_prefix",
    "profile",
    "counsel_needed",
    "counsel_needed_sensitive",
    "contact_days",
    "intake_group",
)


@transaction.atomic
def change_organisation(
    *,
    actor: User,
    facts: Mapping[str, Any],
    proof: Proof,
    at: datetime | None = None,
) -> Organisation:
    """Change what the site says of itself; what was sealed or signed stays as it is.

    Raises:
        PermissionDenied: no role of ``actor`` changes the site.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        ValidationError: by field what won't do, or nothing that would change.
    """
    at = at or timezone.now()
    permissions.require_role(actor, Perm.EDIT_SITE)
    proof.require(at)
    site = Organisation.objects.select_for_update().get()
    said = {name: facts[name] for name in FACTS if name in facts}
    require_storable(
        **{name: value for name, value in said.items() if isinstance(value, str)}
    )
    if said.get("time_zone", "UTC") not in zoneinfo.available_timezones():
        raise ValidationError(
            {"time_zone": _("This isn't a time zone, such as Europe/Paris.")}
        )
    before = {name: _shown(getattr(site, name)) for name in said}
    for name, value in said.items():
        setattr(site, name, value)
    site.full_clean()
    after = {name: _shown(getattr(site, name)) for name in said}
    changed = {
        name: [before[name], after[name]]
        for name in said
        if before[name] != after[name]
    }
    if not changed:
        raise ValidationError(_("Nothing is different."))
    site.save()
    audit.record_site(
        SiteEventKind.ORGANISATION_CHANGED,
        actor=actor,
        at=at,
        data={"changed": changed, "proof": proof.method},
    )
    return site


def _shown(value: object) -> str:
    return value.name if isinstance(value, Group) else str(value)
