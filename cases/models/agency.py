"""Agencies: who sends us legal process."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Jurisdiction


class Agency(models.Model):
    """One requesting agency, as the directory names it."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, choices=Jurisdiction
    )
    address = models.TextField(_("address"), blank=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="agency_jurisdiction_known",
                condition=Q(jurisdiction__in=Jurisdiction.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name
