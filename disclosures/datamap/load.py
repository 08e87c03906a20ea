"""Putting a data map into use: checked, stored as it was written, offered to intake.

A version is never edited: the same bytes are the same version, other bytes are another.
Cases keep the version that their scope was frozen with (features: D4).
"""

from datetime import datetime

from django.db import transaction

from cases import audit, remains
from cases.models import Category
from disclosures.datamap import plan, schema
from disclosures.models import DataMapVersion


@transaction.atomic
def load(text: str, *, actor: audit.Actor, at: datetime) -> DataMapVersion:
    """Check a data map, store it as a version, and make that version the one in use.

    Loading the same text again makes its version the one in use and adds nothing.

    Raises:
        MapError: the map has mistakes, each with its line and place. Nothing is stored.
    """
    found = schema.parse(text)
    digest = schema.digest(text)
    list(DataMapVersion.objects.select_for_update().filter(is_current=True))
    DataMapVersion.objects.exclude(digest=digest).filter(is_current=True).update(
        is_current=False
    )
    version, _ = DataMapVersion.objects.get_or_create(
        digest=digest,
        defaults={
            "service": found.service,
            "title": found.title,
            "version": found.version,
            "text": text,
            "loaded_at": at,
            "loaded_by": None if isinstance(actor, audit.System) else actor,
            "loaded_by_name": audit.name_of(actor),
        },
    )
    DataMapVersion.objects.filter(pk=version.pk).update(is_current=True)
    version.refresh_from_db()
    _offer(found, digest)
    return version


def _offer(found: schema.DataMap, digest: str) -> None:
    """Make the map's categories the ones that intake offers."""
    Category.objects.exclude(map_digest=digest).filter(is_current=True).update(
        is_current=False
    )
    for category in found.categories:
        Category.objects.update_or_create(
            map_digest=digest,
            code=category.code,
            defaults={
                "is_current": True,
                "number": category.number,
                "title": category.title,
                "usual_words": category.usual_words,
                "data_class": category.data_class,
                "held": category.held,
                "keeping": remains.as_data(plan.keeping(found, category.parts)),
            },
        )
