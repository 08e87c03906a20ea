"""Targets: whom the paper names, and for which days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases import keys
from cases.enums import IdentifierKind, TargetRole
from cases.models.sealed import SealedTextField


class Target(models.Model):
    """One identifier as served, with the window of days the paper asks about.

    The window is whole days in ``time_zone``, first and last included, as papers say
    it; an open end is null.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="targets"
    )
    number = models.PositiveIntegerField(editable=False)
    kind = models.CharField(
        _("type of identifier"), max_length=12, choices=IdentifierKind
    )
    identifier = SealedTextField(
        _("identifier as served"),
        longest=320,
        help_text=_("Exactly as the paper spells it."),
    )
    # What the sealed column can't answer: whether it is there already, and where else.
    exact = models.CharField(max_length=64, editable=False)
    findable = models.CharField(max_length=64, editable=False, db_index=True)
    role = models.CharField(
        _("role"), max_length=12, choices=TargetRole, default=TargetRole.NOT_STATED
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number"], name="target_number_once"
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "exact"],
                name="target_once_per_case",
                violation_error_message=_("This target is on the case already."),
            ),
            models.CheckConstraint(
                name="target_kind_known", condition=Q(kind__in=IdentifierKind.values)
            ),
            models.CheckConstraint(
                name="target_role_known", condition=Q(role__in=TargetRole.values)
            ),
            models.CheckConstraint(
                name="target_identifier_given", condition=~Q(identifier="")
            ),
            models.CheckConstraint(
                name="target_window_ends_after_it_begins",
                condition=Q(first_day=None)
                | Q(last_day=None)
                | Q(last_day__gte=F("first_day")),
                violation_error_message=_("The window ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"Target {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With the fingerprints of what is stored."""
        self.set_fingerprints()
        super().save(*args, **kwargs)

    def set_fingerprints(self) -> None:
        """Bring both fingerprints up to the identifier, under the newest key."""
        wanted = keys.Purpose.TARGET
        self.exact = keys.fingerprint(self.identifier, wanted)
        self.findable = keys.fingerprint(keys.normalised(self.identifier), wanted)

    def clean_fields(self, exclude: Any = None) -> None:
        """Check the fields with the fingerprints that belong to them."""
        self.set_fingerprints()
        super().clean_fields(exclude=exclude)

    @property
    def window(self) -> tuple[datetime | None, datetime | None]:
        """The half-open window ``[since, until)`` as UTC instants; None is open."""
        return day_window(self.first_day, self.last_day, self.time_zone)


def day_window(
    first_day: date | None, last_day: date | None, zone: str
) -> tuple[datetime | None, datetime | None]:
    """Turn whole days of a zone into the half-open UTC window ``[since, until)``.

    A day begins at its first instant in the zone; where a clock change skips
    midnight that is the first instant that exists.
    """
    tz = ZoneInfo(zone)
    since = until = None
    if first_day:
        since = datetime.combine(first_day, time.min, tzinfo=tz).astimezone(UTC)
    if last_day:
        next_day = last_day + timedelta(days=1)
        until = datetime.combine(next_day, time.min, tzinfo=tz).astimezone(UTC)
    return since, until
