"""The switch that stops every release: who threw it and why, who lifted it and why."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import ProofMethod


class FreezeQuerySet(models.QuerySet["Freeze"]):
    """Questions about the switch."""

    def standing(self) -> "Freeze | None":
        """The stop that holds now; None: releases are open."""
        return self.filter(lifted_at=None).first()


class Freeze(models.Model):
    """One stop of all releases, from being thrown to being lifted.

    The reason is read by everybody at work, so it names no person and no case.
    """

    reason = models.TextField(_("reason"))
    thrown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    thrown_by_name = models.CharField(max_length=150)
    thrown_at = models.DateTimeField(_("stopped"))
    lift_reason = models.TextField(_("why it was lifted"), blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    lifted_by_name = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    proof_method = models.CharField(max_length=16, choices=ProofMethod, blank=True)
    proof_at = models.DateTimeField(null=True, blank=True)

    objects = FreezeQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop of all releases")
        verbose_name_plural = _("stops of all releases")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                ExpressionWrapper(
                    Q(lifted_at__isnull=True), output_field=models.BooleanField()
                ),
                condition=Q(lifted_at__isnull=True),
                name="freeze_one_at_a_time",
                violation_error_message=_("All releases are stopped already."),
            ),
            models.CheckConstraint(
                name="freeze_says_why",
                condition=~Q(reason="") & ~Q(thrown_by_name=""),
                violation_error_message=_("Say why all releases are stopped."),
            ),
            models.CheckConstraint(
                name="freeze_lifted_as_a_whole",
                condition=Q(
                    lifted_at=None,
                    lifted_by=None,
                    lifted_by_name="",
                    lift_reason="",
                    proof_method="",
                    proof_at=None,
                )
                | (
                    Q(
                        lifted_at__gte=F("thrown_at"),
                        lifted_by__isnull=False,
                        proof_method__in=ProofMethod.values,
                        proof_at__lte=F("lifted_at"),
                    )
                    & ~Q(lifted_by_name="")
                    & ~Q(lift_reason="")
                ),
                violation_error_message=_("Lifting it takes a person and a reason."),
            ),
            models.CheckConstraint(
                name="freeze_lifted_by_another",
                condition=Q(lifted_by=None) | ~Q(lifted_by=F("thrown_by")),
                violation_error_message=_("Who stopped all releases can't lift it."),
            ),
        ]

    def __str__(self) -> str:
        since: datetime = self.thrown_at
        return f"Stop of all releases since {since:%Y-%m-%d %H:%M}"
