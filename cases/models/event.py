"""The trail: one row per act, appended by ``cases.audit`` and never changed.

An act belongs to a case or to the site. The two have a table each, so that no event of
a case can lack its case, and whoever reads a case's trail reads all of it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import EventKind, SiteEventKind


class Event(models.Model):
    """Who did what, when, to which case.

    ``data`` is canonical JSON with ids, digests and reasons, never a target's
    identifier. Triggers refuse every change of a row, and the foreign key the removal
    of a case that has a trail.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("event"), max_length=40, choices=EventKind)
    # Null is the system, named by ``actor_name``; nobody is never nobody.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    actor_name = models.CharField(_("who"), max_length=150)
    at = models.DateTimeField(_("when"))
    data = models.TextField(default="{}")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="event_kind_known", condition=Q(kind__in=EventKind.values)
            ),
            models.CheckConstraint(
                name="event_has_an_actor", condition=~Q(actor_name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.actor_name}"


class SiteEvent(models.Model):
    """Who did what, when, to the site or its directory; kept as ``Event`` is.

    ``data`` is canonical JSON with ids, the facts changed, and reasons.
    """

    kind = models.CharField(_("event"), max_length=40, choices=SiteEventKind)
    # Null is the system, named by ``actor_name``; nobody is never nobody.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    actor_name = models.CharField(_("who"), max_length=150)
    at = models.DateTimeField(_("when"))
    data = models.TextField(default="{}")

    class Meta:
        verbose_name = _("event of the site")
        verbose_name_plural = _("events of the site")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="site_event_kind_known", condition=Q(kind__in=SiteEventKind.values)
            ),
            models.CheckConstraint(
                name="site_event_has_an_actor", condition=~Q(actor_name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.actor_name}"
