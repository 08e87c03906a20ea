"""The packet: the work order, and the sealed result."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import WorkOrder
from disclosures.enums import PacketStatus
from disclosures.models.block import BlockOrder

# A worker has something to do while the packet stands in one of these.
WORKABLE = (
    PacketStatus.QUEUED,
    PacketStatus.COLLECTING,
    PacketStatus.CERTIFIED,
    PacketStatus.SEALING,
)
SEALED = (PacketStatus.SEALED, PacketStatus.RELEASED)


class PacketQuerySet(models.QuerySet["Packet"]):
    """Questions about packets."""

    def workable(self) -> "PacketQuerySet":
        """Packets on which a worker has something left to do.

        While blocks of its schedules are drawn apart, a packet waits for the last.
        """
        return self.filter(status__in=WORKABLE).exclude(
            status=PacketStatus.SEALING, pk__in=BlockOrder.objects.waiting_packets()
        )

    def in_force(self) -> "PacketQuerySet":
        """Packets that no newer one has replaced."""
        return self.exclude(status=PacketStatus.SUPERSEDED)


class Packet(WorkOrder):
    """One order to collect a signed scope, and what came of it.

    ``folder`` is relative to ``settings.FILES_DIR``; it and every file in it carry
    names that say nothing of the content.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="packets"
    )
    number = models.PositiveIntegerField()
    revision = models.ForeignKey(
        "cases.ScopeRevision", on_delete=models.PROTECT, related_name="packets"
    )
    sign_off = models.ForeignKey(
        "cases.SignOff", on_delete=models.PROTECT, related_name="packets"
    )
    status = models.CharField(
        _("status"), max_length=12, choices=PacketStatus, default=PacketStatus.QUEUED
    )
    # A letter of objection: counsel refused, so nothing is collected or certified.
    is_letter = models.BooleanField(default=False)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_by_name = models.CharField(max_length=150)
    # Who completed the sign-off: here too, so that the row alone keeps them apart.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True, blank=True)
    failed_part = models.CharField(max_length=200, blank=True)
    failure = models.TextField(blank=True)

    bates_prefix = models.CharField(max_length=32)
    bates_first = models.PositiveIntegerField(null=True, blank=True)
    bates_last = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    folder = models.CharField(max_length=200, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    files = models.JSONField(default=list, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    objects = PacketQuerySet.as_manager()

    class Meta:
        verbose_name = _("packet")
        verbose_name_plural = _("packets")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="packet_status_known", condition=Q(status__in=PacketStatus.values)
            ),
            models.UniqueConstraint(
                fields=["case", "number"], name="packet_number_once"
            ),
            models.UniqueConstraint(
                fields=["revision"],
                name="packet_once_per_scope",
                violation_error_message=_(
                    "A packet was ordered for this scope already."
                ),
            ),
            models.CheckConstraint(
                name="packet_not_by_who_approved",
                condition=~Q(ordered_by=F("approved_by")),
                violation_error_message=_("Who approved a scope can't collect it."),
            ),
            models.CheckConstraint(
                name="packet_sealed_is_whole",
                condition=~Q(status__in=SEALED)
                | (
                    Q(
                        pages__gt=0,
                        bates_first__isnull=False,
                        bates_last__isnull=False,
                        sealed_at__isnull=False,
                    )
                    & ~Q(folder="")
                    & ~Q(pdf_sha256="")
                    & ~Q(manifest_sha256="")
                ),
                violation_error_message=_("A sealed packet is whole."),
            ),
            models.CheckConstraint(
                name="packet_bates_in_order",
                condition=Q(bates_first=None) | Q(bates_last__gte=F("bates_first")),
            ),
            models.CheckConstraint(
                name="packet_failure_says_why",
                condition=~Q(status=PacketStatus.FAILED) | ~Q(failure=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.number} packet {self.number}"
