"""Notes of the desk, and the privileged thread with counsel; neither is ever edited.

These are types that no packet, export or report can read: nothing leads here from a
case (no reverse name), ``cases.models`` doesn't hand them out, and the import contracts
let ``cases.notes`` and its pages in and nobody of the other apps. See
docs/decisions/0009-the-privileged-thread.md.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import MessageKind


class _Written(models.Model):
    """Words of one person on one case."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # The name as it stood on the day: an account can be renamed, words can't.
    written_by_name = models.CharField(max_length=150)
    written_at = models.DateTimeField()

    class Meta:
        abstract = True


class Note(_Written):
    """A note of the desk, for whoever sees the case."""

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="note_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write something first."),
            ),
        ]

    def __str__(self) -> str:
        return f"Note {self.pk}"


class PrivilegedQuerySet(models.QuerySet["PrivilegedMessage"]):
    """Questions about the thread."""

    def with_the_desk(self) -> "PrivilegedQuerySet":
        """What the desk asked counsel, and what counsel answered the desk."""
        return self.exclude(kind=MessageKind.AMONG_COUNSEL)


class PrivilegedMessage(_Written):
    """One message of the privileged thread of a case."""

    kind = models.CharField(_("between whom"), max_length=16, choices=MessageKind)

    objects = PrivilegedQuerySet.as_manager()

    class Meta:
        verbose_name = _("privileged message")
        verbose_name_plural = _("privileged messages")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="privileged_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write something first."),
            ),
            models.CheckConstraint(
                name="privileged_kind_known", condition=Q(kind__in=MessageKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"Privileged message {self.pk}"
