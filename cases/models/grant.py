"""Grants: which cases a person or a group may work on; guardian's direct tables.

A row is written once and says why, by whom and until when. It is closed by an act (it
was ended, or another took its place) and then stays as history. Whether it opens its
case today is asked of ``cases.permissions`` alone.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class _Given(models.Model):
    """Why a grant exists, who gave it, and when it ends by itself."""

    reason = models.CharField(_("reason"), max_length=200)
    # Null is the system: a new case goes to the site's intake group by itself.
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def _rules(prefix: str, holder: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(
            name=f"{prefix}_one_open",
            fields=[holder, "content_object"],
            condition=Q(closed_at=None),
            violation_error_message=_("There is an open grant already."),
        ),
        models.CheckConstraint(
            name=f"{prefix}_has_a_reason",
            condition=~Q(reason=""),
            violation_error_message=_("A grant says what it is for."),
        ),
        models.CheckConstraint(
            name=f"{prefix}_closed_has_ended",
            condition=Q(closed_at=None)
            | Q(ends_at__isnull=False, ends_at__lte=F("closed_at")),
            violation_error_message=_("A grant that was closed has ended."),
        ),
    ]


class CaseUserPerm(_Given, UserObjectPermissionBase):
    """A case opened to one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    # A grant is nothing without its case; the trail keeps that it was given.
    content_object = models.ForeignKey("cases.Case", on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        default_permissions = ()
        unique_together = []  # of the open ones, see the constraint
        constraints = _rules("usergrant", "user")

    def __str__(self) -> str:
        return f"{self.user} on {self.content_object}"


class CaseGroupPerm(_Given, GroupObjectPermissionBase):
    """A case opened to one group."""

    group = models.ForeignKey("auth.Group", on_delete=models.PROTECT)
    # A grant is nothing without its case; the trail keeps that it was given.
    content_object = models.ForeignKey("cases.Case", on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        default_permissions = ()
        unique_together = []  # of the open ones, see the constraint
        constraints = _rules("groupgrant", "group")

    def __str__(self) -> str:
        return f"{self.group} on {self.content_object}"
