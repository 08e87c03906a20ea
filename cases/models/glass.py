"""Who broke the glass to a case, why, and what another person made of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class BrokenGlass(models.Model):
    """A short look at a case that somebody took without having been let in.

    The grant that opens it is a row of its own, ends by itself and is history like any
    other. Until another person has looked at this row, whoever broke the glass can't
    break it again.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="broken_glass"
    )
    grant = models.OneToOneField(
        "cases.CaseUserPerm", on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    person_name = models.CharField(_("who"), max_length=150)
    reason = models.TextField(_("reason"))
    broken_at = models.DateTimeField(_("when"))
    ends_at = models.DateTimeField(_("until"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    reviewed_by_name = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    was_right = models.BooleanField(_("it was right"), null=True, blank=True)
    finding = models.TextField(_("what was found"), blank=True)

    class Meta:
        verbose_name = _("broken glass")
        verbose_name_plural = _("broken glass")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="glass_has_a_reason",
                condition=~Q(reason="") & ~Q(person_name=""),
                violation_error_message=_("Say why it couldn't wait for a grant."),
            ),
            models.CheckConstraint(
                name="glass_ends", condition=Q(ends_at__gt=F("broken_at"))
            ),
            models.CheckConstraint(
                name="glass_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("person")),
                violation_error_message=_("Another person reviews it."),
            ),
            models.CheckConstraint(
                name="glass_review_is_whole",
                condition=Q(
                    reviewed_by=None,
                    reviewed_by_name="",
                    reviewed_at=None,
                    was_right=None,
                    finding="",
                )
                | (
                    Q(
                        reviewed_by__isnull=False,
                        reviewed_at__isnull=False,
                        was_right__isnull=False,
                    )
                    & ~Q(reviewed_by_name="")
                    & ~Q(finding="")
                ),
                violation_error_message=_("A review says what was found."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name}, {self.broken_at:%Y-%m-%d %H:%M}"
