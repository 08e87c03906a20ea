"""Breaks in custody: a file that is no longer what was collected or sealed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CustodyBreakQuerySet(models.QuerySet["CustodyBreak"]):
    """Questions about breaks."""

    def standing(self) -> "CustodyBreakQuerySet":
        """Those that no person has dealt with yet; each stops its case."""
        return self.filter(settled_at=None)


class CustodyBreak(models.Model):
    """One file found changed or lost, until a person says what came of it.

    ``exhibit`` is null where it is the sealed packet itself.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="custody_breaks"
    )
    packet = models.ForeignKey(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="custody_breaks"
    )
    exhibit = models.ForeignKey(
        "disclosures.Exhibit",
        on_delete=models.PROTECT,
        related_name="custody_breaks",
        null=True,
        blank=True,
    )
    sentence = models.TextField(_("what was found"))
    found_at = models.DateTimeField(_("found"))
    finding = models.TextField(_("what came of it"), blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    settled_by_name = models.CharField(max_length=150, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = CustodyBreakQuerySet.as_manager()

    class Meta:
        verbose_name = _("break in custody")
        verbose_name_plural = _("breaks in custody")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["packet", "exhibit"],
                condition=Q(settled_at=None, exhibit__isnull=False),
                name="custody_break_noted_once",
            ),
            models.UniqueConstraint(
                fields=["packet"],
                condition=Q(settled_at=None, exhibit=None),
                name="custody_break_of_packet_noted_once",
            ),
            models.CheckConstraint(
                name="custody_break_says_what",
                condition=~Q(sentence=""),
                violation_error_message=_("Say what was found."),
            ),
            models.CheckConstraint(
                name="custody_break_settled_as_a_whole",
                condition=Q(
                    settled_at=None, settled_by=None, settled_by_name="", finding=""
                )
                | (
                    Q(settled_at__gte=F("found_at"), settled_by__isnull=False)
                    & ~Q(settled_by_name="")
                    & ~Q(finding="")
                ),
                violation_error_message=_("Settling it takes a person and a finding."),
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
