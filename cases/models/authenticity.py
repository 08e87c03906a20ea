"""Findings on authenticity: who found the paper genuine or not, how, and when."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import CheckMethod, Finding, NumberSource


class AuthenticityFinding(models.Model):
    """What one person found about exactly what was checked. Written once, never edited.

    ``evidence`` is the desk's own: no packet, export, event or log repeats it.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="authenticity_findings"
    )
    checked_digest = models.CharField(max_length=64, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Finding)
    method = models.CharField(
        _("how it was checked"), max_length=20, choices=CheckMethod
    )
    number_source = models.CharField(
        _("where the number was found"), max_length=20, choices=NumberSource, blank=True
    )
    evidence = models.TextField(_("what was found"))
    document = models.ForeignKey(
        "cases.CaseDocument",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("paper that shows it"),
    )
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # The name as it stood on the day: an account can be renamed, a finding can't.
    found_by_name = models.CharField(max_length=150)
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = _("check of the paper")
        verbose_name_plural = _("checks of the paper")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="authenticity_outcome_known",
                condition=Q(outcome__in=Finding.values),
            ),
            models.CheckConstraint(
                name="authenticity_method_known",
                condition=Q(method__in=CheckMethod.values),
            ),
            models.CheckConstraint(
                name="authenticity_has_evidence",
                condition=~Q(evidence=""),
                violation_error_message=_("Say what was found, in a sentence or two."),
            ),
            models.CheckConstraint(
                name="authenticity_call_back_names_its_source",
                condition=Q(
                    method=CheckMethod.CALL_BACK, number_source__in=NumberSource.values
                )
                | (~Q(method=CheckMethod.CALL_BACK) & Q(number_source="")),
                violation_error_message=_(
                    "A call-back, and nothing else, says where its number was found."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} by {self.found_by_name}"
