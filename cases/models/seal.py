"""What makes the trail provable: a link per event, and signed checkpoints over links.

Neither table is written by an act: the sealer (``cases.ledger``) adds to them what has
been committed. Triggers refuse every change, and a link that doesn't follow the last.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Trail


class AuditSeal(models.Model):
    """One event's place in the chain; ``hash`` follows the link before it."""

    position = models.PositiveBigIntegerField(primary_key=True)
    trail = models.CharField(max_length=8, choices=Trail)
    event_id = models.PositiveBigIntegerField()
    # The case's id and no foreign key: a link outlives what it is about.
    case_id = models.PositiveBigIntegerField(null=True)
    of_case = models.PositiveBigIntegerField()  # which of its case's events it is
    leaf = models.CharField(max_length=64)
    before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["position"]
        default_permissions = ()
        indexes = [models.Index(fields=["case_id", "position"], name="seal_of_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["trail", "event_id"], name="seal_once_per_event"
            ),
            models.CheckConstraint(
                name="seal_trail_known", condition=Q(trail__in=Trail.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.trail} {self.event_id}"


class AuditCheckpoint(models.Model):
    """A signed document over the links since the one before; see ``cases.chain``."""

    number = models.PositiveBigIntegerField(primary_key=True)
    last = models.PositiveBigIntegerField(unique=True)  # the position it reaches
    document = models.TextField()
    signature = models.CharField(max_length=128)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["number"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Checkpoint {self.number}"
