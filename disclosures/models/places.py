"""Where the rows of a large exhibit stand in its file: a page opens no more of it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import SealedJSONField


class RowPlaces(models.Model):
    """Made as the whole file is read and hashed; what is read by it is hashed again.

    ``blocks`` are [first row, place, length, SHA-256] of the plain bytes, the header
    being row 0; ``days`` are [day, rows] in UTC, by the exhibit's column of time.
    """

    exhibit = models.OneToOneField(
        "disclosures.Exhibit", on_delete=models.CASCADE, related_name="places"
    )  # cascades: it says nothing that the file doesn't, and is made again from it
    sha256 = models.CharField(max_length=64)
    blocks: Any = SealedJSONField(default=list)
    days: Any = SealedJSONField(default=list)

    class Meta:
        verbose_name = _("places of rows")
        verbose_name_plural = _("places of rows")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="row_places_of_a_file", condition=~Q(sha256=""))
        ]

    def __str__(self) -> str:
        return f"Rows of {self.exhibit}"
