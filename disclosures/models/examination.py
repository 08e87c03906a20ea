"""Examination: what of an exhibit isn't produced, and who found the rest fit to go out.

The collected file stays as it is, exact and closed. What isn't produced is a row here,
a decision with its reason; the file that goes out is derived from both.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Act, Profile
from cases.models.apart import persons_apart
from disclosures.enums import Examined, Redaction


class MarkQuerySet(models.QuerySet["Mark"]):
    """Questions about marks."""

    def standing(self) -> "MarkQuerySet":
        """Those that nobody lifted."""
        return self.filter(lifted_at=None)


class Mark(models.Model):
    """One decision that something collected isn't produced.

    ``rows`` are numbers of collected rows, from 1, as runs: ``3-7,12``; empty: every
    row. With a ``column``, the cells there are replaced by a visible mark; without one,
    the rows are withheld. A mark of the data map stands on a column about other people
    from the collection on, and has no person who made it.
    """

    exhibit = models.ForeignKey(
        "disclosures.Exhibit", on_delete=models.PROTECT, related_name="marks"
    )
    number = models.PositiveIntegerField()
    rows = models.TextField(_("rows"), blank=True)
    column = models.CharField(_("column"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=24, choices=Redaction)
    is_of_map = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    made_by_name = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    lifted_by_name = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.TextField(_("why it was lifted"), blank=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("redaction mark")
        verbose_name_plural = _("redaction marks")
        ordering = ["exhibit", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["exhibit", "number"], name="mark_number_once"
            ),
            models.CheckConstraint(
                name="mark_says_what",
                condition=~Q(rows="") | ~Q(column=""),
                violation_error_message=_("Name rows, a column, or both."),
            ),
            models.CheckConstraint(
                name="mark_reason_known", condition=Q(reason__in=Redaction.values)
            ),
            models.CheckConstraint(
                name="mark_made_by_map_or_person",
                condition=~Q(made_by_name="")
                & (
                    Q(is_of_map=True, made_by=None, rows="")
                    | Q(is_of_map=False, made_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="mark_lifted_as_a_whole",
                condition=Q(
                    lifted_at=None, lifted_by=None, lifted_by_name="", lifted_because=""
                )
                | (
                    Q(lifted_at__gte=F("made_at"), lifted_by__isnull=False)
                    & ~Q(lifted_by_name="")
                    & ~Q(lifted_because="")
                ),
                violation_error_message=_("Lifting it takes a person and a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exhibit} M{self.number}"


class ExaminationQuerySet(models.QuerySet["Examination"]):
    """Questions about examinations."""

    def in_force(self) -> "ExaminationQuerySet":
        """Those by which an exhibit is passed as it stands."""
        return self.filter(decision=Examined.PASSED, voided_at=None)


class Examination(models.Model):
    """What one person found of one exhibit, its marks included. Never edited.

    ``sha256`` is that of the collected file; ``marks_digest`` covers its marks. What
    was passed is exactly the produced file: its rows, bytes, hash, and the lines of the
    log. A mark made or lifted afterwards voids it.
    """

    exhibit = models.ForeignKey(
        "disclosures.Exhibit", on_delete=models.PROTECT, related_name="examinations"
    )
    decision = models.CharField(max_length=12, choices=Examined)
    reason = models.TextField(_("reason"), blank=True)
    sha256 = models.CharField(max_length=64)
    marks_digest = models.CharField(max_length=64)
    produced_rows = models.PositiveBigIntegerField(default=0)
    produced_size = models.PositiveBigIntegerField(default=0)
    produced_sha256 = models.CharField(max_length=64, blank=True)
    log: Any = models.JSONField(default=list, blank=True)
    examined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    examined_by_name = models.CharField(max_length=150)
    examined_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    # Who did what before, and the rules of the day: the row alone keeps them apart.
    profile = models.CharField(max_length=16, choices=Profile)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = ExaminationQuerySet.as_manager()

    class Meta:
        verbose_name = _("examination")
        verbose_name_plural = _("examinations")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            persons_apart(
                "examination",
                Act.EXAMINE,
                "examined_by",
                {
                    Act.PREPARE: "prepared_by",
                    Act.COLLECT: "ordered_by",
                    Act.APPROVE: "approved_by",
                },
            ),
            models.UniqueConstraint(
                fields=["exhibit"],
                condition=Q(decision=Examined.PASSED, voided_at=None),
                name="examination_passed_once",
            ),
            models.CheckConstraint(
                name="examination_decision_known",
                condition=Q(decision__in=Examined.values),
            ),
            models.CheckConstraint(
                name="examination_passes_a_file_or_says_why",
                condition=(
                    Q(decision=Examined.PASSED, reason="") & ~Q(produced_sha256="")
                )
                | (Q(decision=Examined.RETURNED, voided_at=None) & ~Q(reason="")),
                violation_error_message=_("Say why it goes back."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exhibit}: {self.get_decision_display()}"
