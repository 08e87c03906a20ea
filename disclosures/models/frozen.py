"""What a sealed packet says, frozen with its seal: it can be made again from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import SealedTextField


class FrozenFacts(models.Model):
    """The facts that a packet was drawn from: canonical JSON and its SHA-256.

    Written once with the seal, never edited: letterhead, names and labels may change
    afterwards, and what was sealed then is made again as it was. The files of the
    exhibits lie in the store, with their hashes in here.
    """

    packet = models.OneToOneField(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="frozen"
    )
    document = SealedTextField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    frozen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("frozen facts of a packet")
        verbose_name_plural = _("frozen facts of packets")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="frozen_facts_are_written",
                condition=~models.Q(document="") & ~models.Q(digest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packet} as drawn"
