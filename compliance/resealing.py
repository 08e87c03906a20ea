"""Everything that lies sealed, sealed anew by the newest key; for ``rotate_keys``."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models, transaction

from cases import keys
from cases.keys import Purpose
from cases.models import Target
from cases.models.sealed import SealedTextField

_FACTORS = ("secret", "seed")  # by kind: an authenticator app's, recovery codes'
_BATCH = 500
_NOT_EMPTY = "SELECT value FROM place WHERE value <> ''"


def columns() -> list[tuple[type[models.Model], SealedTextField]]:
    """Every sealed column of every model."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    ]


@transaction.atomic
def reseal() -> int:
    """Seal every value by the newest key, with the fingerprints; how many there were.

    Raises:
        ImproperlyConfigured: one of them opens by no key that the site has.
    """
    return _factors() + sum(_column(model, field.name) for model, field in columns())


def needing_an_older_key() -> int:
    """How many values the newest key doesn't open."""
    factors = [
        data[name]
        for data in Authenticator.objects.values_list("data", flat=True)
        for name in _FACTORS
        if name in data
    ]
    older = sum(not keys.is_newest(one, Purpose.FACTOR) for one in factors)
    return older + sum(
        not keys.is_newest(one, field.purpose)
        for model, field in columns()
        for one in _stored(model, field.name)
    )


def _factors() -> int:
    changed = 0
    for one in Authenticator.objects.select_for_update():
        for name in _FACTORS:
            if name in one.data:
                changed += 1
                value = keys.reveal(one.data[name], Purpose.FACTOR)
                one.data[name] = keys.close(value, Purpose.FACTOR)
        one.save(update_fields=["data"])
    return changed


def _column(model: type[models.Model], name: str) -> int:
    rows = model._base_manager.select_for_update().order_by("pk")
    changed = 0
    for row in rows.only(name).iterator(chunk_size=_BATCH):
        value = getattr(row, name)
        if not value and value != {}:
            continue
        wanted: dict[str, Any] = {name: value}
        if isinstance(row, Target):
            row.set_fingerprints()
            wanted |= {"exact": row.exact, "findable": row.findable}
        model._base_manager.filter(pk=row.pk).update(**wanted)
        changed += 1
    return changed


def _stored(model: type[models.Model], name: str) -> Iterator[str]:
    """The values as they lie in the database, sealed."""
    quote = connection.ops.quote_name
    field: Any = model._meta.get_field(name)
    table, column = quote(model._meta.db_table), quote(str(field.column))
    with connection.cursor() as cursor:
        cursor.execute(_NOT_EMPTY.replace("value", column).replace("place", table))
        for (value,) in cursor:
            yield value
