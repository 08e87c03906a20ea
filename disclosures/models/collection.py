"""What a target of the order is in our data."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import SealedTextField
from disclosures.enums import Resolution


class TargetAccount(models.Model):
    """The account that a packet's run found for one target, or that there is none."""

    packet = models.ForeignKey(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="accounts"
    )
    target = models.ForeignKey(
        "cases.Target", on_delete=models.PROTECT, related_name="accounts"
    )
    resolution = models.CharField(max_length=12, choices=Resolution)
    account_key = SealedTextField(_("account as resolved"), longest=200, blank=True)
    account_name = SealedTextField(longest=320, blank=True)
    resolved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("resolved account")
        verbose_name_plural = _("resolved accounts")
        ordering = ["target__number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["packet", "target"], name="account_once_per_target"
            ),
            models.CheckConstraint(
                name="account_resolution_known",
                condition=Q(resolution__in=Resolution.values),
            ),
            models.CheckConstraint(
                name="account_found_has_key",
                condition=(Q(resolution=Resolution.FOUND) & ~Q(account_key=""))
                | (~Q(resolution=Resolution.FOUND) & Q(account_key="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.get_resolution_display()}"
