"""The organisation that answers: one row, read by intake, letters and the rules."""

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Profile


class Organisation(models.Model):
    """Who we are, as letters and declarations print it."""

    name = models.CharField(_("name"), max_length=200)
    address = models.TextField(_("address"), help_text=_("As printed on letters."))
    letterhead = models.TextField(
        _("letterhead"),
        blank=True,
        help_text=_("Lines under the name on letters, such as a registered number."),
    )
    contact = models.CharField(_("contact for requesters"), max_length=200)
    custodian_title = models.CharField(_("custodian's title"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    court = models.CharField(
        _("court of our district"),
        max_length=200,
        blank=True,
        help_text=_("Where a motion to quash or modify is filed."),
    )
    bates_prefix = models.CharField(_("Bates prefix"), max_length=12)
    profile = models.CharField(
        _("rules about persons"),
        max_length=16,
        choices=Profile,
        default=Profile.STANDARD,
    )
    contact_days = models.PositiveSmallIntegerField(
        _("days that a checked address stays good"),
        default=180,
        help_text=_("Then somebody checks it again before anything is sent there."),
    )
    counsel_needed = models.PositiveSmallIntegerField(
        _("counsel who must approve"), default=1
    )
    counsel_needed_sensitive = models.PositiveSmallIntegerField(
        _("counsel who must approve what is sensitive"),
        default=2,
        help_text=_("Content of messages, and national security instruments."),
    )
    intake_group = models.ForeignKey(
        Group,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("group that every new case is granted to"),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="organisation_is_one",
                condition=Q(pk=1),
                violation_error_message=_("There is one organisation."),
            ),
            models.CheckConstraint(
                name="organisation_counsel_needed",
                condition=Q(
                    counsel_needed__gte=1,
                    counsel_needed_sensitive__gte=F("counsel_needed"),
                ),
                violation_error_message=_(
                    "At least one counsel approves, and no fewer what is sensitive."
                ),
            ),
            models.CheckConstraint(
                name="organisation_profile_known",
                condition=Q(profile__in=Profile.values),
            ),
            models.CheckConstraint(
                name="organisation_contacts_go_stale",
                condition=Q(contact_days__gte=1, contact_days__lte=730),
                violation_error_message=_("A check holds from one day to two years."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
