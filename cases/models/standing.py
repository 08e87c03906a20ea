"""What became of the instrument after it was served, and objections against it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import ObjectionOutcome, Objector, Standing


class StandingChange(models.Model):
    """One ruling or letter that changed how the instrument stands; the last counts.

    An instrument without a row is in force. Written once, never edited.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="standing_changes"
    )
    standing = models.CharField(_("standing"), max_length=10, choices=Standing)
    dated_on = models.DateField(_("date of the paper"))
    paper = models.ForeignKey(
        "cases.CaseDocument", on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by_name = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of standing")
        verbose_name_plural = _("changes of standing")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="standing_known", condition=Q(standing__in=Standing.values)
            ),
            models.CheckConstraint(
                name="standing_has_a_recorder", condition=~Q(recorded_by_name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_standing_display()}, {self.dated_on}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Questions about objections."""

    def pending(self) -> "ObjectionQuerySet":
        """Objections that nobody has decided yet."""
        return self.filter(outcome="")


class Objection(models.Model):
    """One objection to the instrument, by us or by the person concerned."""

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="objections"
    )
    objector = models.CharField(_("who objects"), max_length=10, choices=Objector)
    lodged_on = models.DateField(_("lodged"))
    forum = models.CharField(
        _("where"),
        max_length=200,
        help_text=_("The court, or the authority itself, and its docket number."),
    )
    paper = models.ForeignKey(
        "cases.CaseDocument", on_delete=models.PROTECT, related_name="+"
    )
    lodged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lodged_by_name = models.CharField(max_length=150)
    lodged_at = models.DateTimeField()
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=ObjectionOutcome, blank=True
    )
    resolved_on = models.DateField(_("decided"), null=True, blank=True)
    outcome_paper = models.ForeignKey(
        "cases.CaseDocument",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    resolved_by_name = models.CharField(max_length=150, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="objection_objector_known",
                condition=Q(objector__in=Objector.values),
            ),
            models.CheckConstraint(
                name="objection_says_where",
                condition=~Q(forum="") & ~Q(lodged_by_name=""),
                violation_error_message=_("Say where the objection was lodged."),
            ),
            models.CheckConstraint(
                name="objection_decided_as_a_whole",
                condition=Q(
                    outcome="",
                    resolved_on=None,
                    outcome_paper=None,
                    resolved_by=None,
                    resolved_by_name="",
                    resolved_at=None,
                )
                | (
                    Q(
                        outcome__in=ObjectionOutcome.values,
                        resolved_on__gte=F("lodged_on"),
                        outcome_paper__isnull=False,
                        resolved_by__isnull=False,
                        resolved_at__isnull=False,
                    )
                    & ~Q(resolved_by_name="")
                ),
                violation_error_message=_(
                    "An objection is decided by a paper, on a day after it was lodged."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Objection of {self.lodged_on}"
