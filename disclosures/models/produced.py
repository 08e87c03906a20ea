"""What was produced, frozen when it left: the last of the three sets of a scope."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import SealedTextField


class ProducedScope(models.Model):
    """The answers of a packet that was handed over: canonical JSON and its SHA-256.

    Written once at the hand-over, never edited: letters and figures that speak of what
    was produced read this and never the live case.
    """

    packet = models.OneToOneField(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="produced"
    )
    document = SealedTextField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    frozen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("scope as produced")
        verbose_name_plural = _("scopes as produced")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="produced_is_written",
                condition=~models.Q(document="") & ~models.Q(digest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packet} as produced"
