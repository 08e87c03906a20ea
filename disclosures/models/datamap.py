"""Versions of the data map: the operator's file, stored as it was loaded."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DataMapVersion(models.Model):
    """One loaded data map: the exact text of the file and its SHA-256.

    Never edited and never deleted: a case names the digest its scope was frozen with.
    """

    digest = models.CharField(max_length=64, unique=True)
    service = models.CharField(_("service"), max_length=100)
    title = models.CharField(_("title"), max_length=200)
    version = models.CharField(_("version"), max_length=40)
    text = models.TextField()
    is_current = models.BooleanField(_("in use"), default=False)
    loaded_at = models.DateTimeField()
    # Null is the system; the name says who it was all the same.
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    loaded_by_name = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("data map version")
        verbose_name_plural = _("data map versions")
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="datamap_one_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"
