"""Who was told of a restricted case: on which ground, when, and of the gag as well.

Whoever is told of such a request is bound by its secrecy and has to be told of that
too; on demand the house names those it told, attorneys apart (18 U.S.C.
2709(c)(2)(C), (D); law-and-practice 3.4). A row stays when its person's grant ends:
what somebody was told they still know.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import ExposureGround


class Exposure(models.Model):
    """One person who knows, with or without an account here."""

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="exposures"
    )
    # Null: somebody outside the house, known by name alone.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    name = models.CharField(_("who"), max_length=150)
    ground = models.CharField(_("ground"), max_length=12, choices=ExposureGround)
    told_at = models.DateTimeField(_("told on"))
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    told_by_name = models.CharField(max_length=150)
    # Of somebody with an account: when they acknowledged it themselves.
    bound_at = models.DateTimeField(_("told of the secrecy"), null=True, blank=True)

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        ordering = ["told_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="exposure_once_per_person",
                fields=["case", "person"],
                condition=Q(person__isnull=False),
                violation_error_message=_("This person is in the register already."),
            ),
            models.CheckConstraint(
                name="exposure_ground_known",
                condition=Q(ground__in=ExposureGround.values),
            ),
            models.CheckConstraint(
                name="exposure_has_names",
                condition=~Q(name="") & ~Q(told_by_name=""),
                violation_error_message=_("The register names who was told, by whom."),
            ),
            models.CheckConstraint(
                name="exposure_outside_is_bound",
                condition=Q(person__isnull=False) | Q(bound_at__isnull=False),
                violation_error_message=_(
                    "Somebody outside is told of the secrecy with the request."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
