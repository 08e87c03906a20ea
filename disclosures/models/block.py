"""Blocks of a packet's schedules that any worker may draw."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import WorkOrder
from disclosures.enums import PacketStatus


class BlockOrderQuerySet(models.QuerySet["BlockOrder"]):
    """Questions about blocks."""

    def waiting(self) -> "BlockOrderQuerySet":
        """Blocks of packets that are being sealed, neither drawn nor given up."""
        return self.filter(
            drawn_at=None, failure="", packet__status=PacketStatus.SEALING
        )

    def waiting_packets(self) -> "models.QuerySet[BlockOrder, int]":
        """The keys of the packets that wait for a block."""
        return self.filter(drawn_at=None, failure="").values_list(
            "packet_id", flat=True
        )


class BlockOrder(WorkOrder):
    """One block to draw, and the file that came of it; gone when its packet is sealed.

    ``piece`` is its slice of an exhibit (``plan.Slice``), ``made_with`` the versions of
    what drew it. Both paths are relative to ``settings.FILES_DIR``, both files closed
    by the case's key; the hashes are those of the plain files.
    """

    # It goes with its packet: what happened stands in the trail and in the packet.
    packet = models.ForeignKey(
        "disclosures.Packet", on_delete=models.CASCADE, related_name="blocks"
    )
    number = models.PositiveIntegerField()
    piece = models.JSONField()
    made_with = models.JSONField()
    rows_path = models.CharField(max_length=200)
    rows_sha256 = models.CharField(max_length=64)
    part_path = models.CharField(max_length=200, blank=True)
    part_sha256 = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)

    objects = BlockOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("block to draw")
        verbose_name_plural = _("blocks to draw")
        ordering = ["packet", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["packet", "number"], name="block_number_once"
            ),
            models.CheckConstraint(
                name="block_drawn_is_whole",
                condition=Q(drawn_at=None, part_path="", part_sha256="")
                | (
                    Q(drawn_at__isnull=False, failure="")
                    & ~Q(part_path="")
                    & ~Q(part_sha256="")
                ),
                violation_error_message=_("A drawn block has its file."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packet} block {self.number}"
