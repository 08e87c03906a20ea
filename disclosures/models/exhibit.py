"""Exhibits: one answer each, "no records" and "withheld" included."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import SealedJSONField
from disclosures.enums import ExhibitStatus, PartKind, ResponseCode
from disclosures.models.examination import Examination


class ExhibitQuerySet(models.QuerySet["Exhibit"]):
    """Questions about exhibits."""

    def outstanding(self) -> "ExhibitQuerySet":
        """Exhibits that the worker has yet to collect, failed ones included."""
        return self.exclude(status=ExhibitStatus.COLLECTED)

    def to_examine(self) -> "ExhibitQuerySet":
        """Exhibits with rows that nobody has passed as they stand now."""
        return self.filter(rows__gt=0).exclude(
            examinations__in=Examination.objects.in_force()
        )


class Exhibit(models.Model):
    """The answer to one target, requested item and part, with where it came from.

    ``path`` is relative to ``settings.FILES_DIR``, empty for an answer without a
    file. The window is half-open, in UTC; null is open.
    """

    packet = models.ForeignKey(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="exhibits"
    )
    number = models.PositiveIntegerField()
    target = models.ForeignKey(
        "cases.Target", on_delete=models.PROTECT, related_name="exhibits"
    )
    item = models.ForeignKey(
        "cases.RequestedItem", on_delete=models.PROTECT, related_name="exhibits"
    )
    part_code = models.CharField(max_length=40)
    part_title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=PartKind)
    status = models.CharField(
        max_length=12, choices=ExhibitStatus, default=ExhibitStatus.PLANNED
    )
    window_since = models.DateTimeField(null=True, blank=True)
    window_until = models.DateTimeField(null=True, blank=True)

    response_code = models.CharField(
        _("response code"), max_length=40, choices=ResponseCode, blank=True
    )
    statement = models.TextField(_("statement"), blank=True)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    # How many records there were in the same snapshot: the map's cap may leave some
    # out. Null without a file, and of what was collected before this was counted.
    total = models.PositiveBigIntegerField(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    sha512 = models.CharField(max_length=128, blank=True)
    # Cells that didn't fit their column and stand there in the source's own words.
    odd_cells = models.PositiveBigIntegerField(default=0)
    # Rows that the source gave and that lie outside the signed scope, by ``LeftOut``.
    left_out: Any = models.JSONField(default=dict, blank=True)
    source_title = models.CharField(max_length=200, blank=True)
    read_as = models.CharField(_("read as"), max_length=400, blank=True)
    query = models.TextField(blank=True)
    parameters: Any = SealedJSONField(default=dict, blank=True)
    snapshot_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)

    objects = ExhibitQuerySet.as_manager()

    class Meta:
        verbose_name = _("exhibit")
        verbose_name_plural = _("exhibits")
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["packet", "number"], name="exhibit_number_once"
            ),
            models.UniqueConstraint(
                fields=["packet", "target", "item", "part_code"],
                name="exhibit_once_per_part",
            ),
            models.CheckConstraint(
                name="exhibit_status_known",
                condition=Q(status__in=ExhibitStatus.values),
            ),
            models.CheckConstraint(
                name="exhibit_collected_answers",
                condition=~Q(status=ExhibitStatus.COLLECTED)
                | (
                    Q(response_code__in=ResponseCode.values, finished_at__isnull=False)
                    & (~Q(statement="") | ~Q(path=""))
                ),
            ),
            models.CheckConstraint(
                name="exhibit_file_is_hashed",
                condition=Q(path="") | (~Q(sha256="") & ~Q(sha512="")),
            ),
            models.CheckConstraint(
                name="exhibit_total_holds_the_rows",
                condition=Q(total=None) | Q(total__gte=F("rows")),
            ),
            models.CheckConstraint(
                name="exhibit_failure_says_why",
                condition=~Q(status=ExhibitStatus.FAILED) | ~Q(failure=""),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def said(self) -> str:
        """The statement as the packet prints it: with the words of a data owner.

        Those may name somebody, so they lie sealed and not in the statement's column.
        """
        words = self.parameters.get("statement", "")
        if self.kind != PartKind.MANUAL or self.path or not words:
            return self.statement
        return f"{self.statement}: “{words}”"

    @property
    def label(self) -> str:
        """The exhibit's name in the packet: ``E001``."""
        return f"E{self.number:03d}"

    @property
    def in_all(self) -> int:
        """How many records there were; more than ``rows`` where the map's cap held."""
        return self.rows if self.total is None else self.total

    @property
    def is_capped(self) -> bool:
        """Whether the exhibit holds the first records only."""
        return self.in_all > self.rows

    @property
    def file_name(self) -> str:
        """The CSV's name in the production; it never holds an identifier."""
        return f"{self.label}_t{self.target.number}_{self.part_code}.csv"
