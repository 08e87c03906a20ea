"""Grants: which cases a person or a group may work on; guardian's direct tables."""

from django.conf import settings
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class _Given(models.Model):
    """Why a grant exists, who gave it, and when it ends by itself."""

    reason = models.CharField(max_length=200)
    # Null is the system: a new case goes to the site's intake group by itself.
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class CaseUserPerm(_Given, UserObjectPermissionBase):
    """A case opened to one person."""

    # A grant is nothing without its case; the trail keeps that it was given.
    content_object = models.ForeignKey("cases.Case", on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user} on {self.content_object}"


class CaseGroupPerm(_Given, GroupObjectPermissionBase):
    """A case opened to one group."""

    # A grant is nothing without its case; the trail keeps that it was given.
    content_object = models.ForeignKey("cases.Case", on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.group} on {self.content_object}"
