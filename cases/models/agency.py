"""Agencies: who sends us legal process, and where they take delivery."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from cases.enums import ContactKind, ContactMethod, ContactOutcome, Jurisdiction


class Agency(models.Model):
    """One requesting agency, as the directory names it."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, choices=Jurisdiction
    )
    address = models.TextField(_("address"), blank=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="agency_jurisdiction_known",
                condition=Q(jurisdiction__in=Jurisdiction.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactQuerySet(models.QuerySet["AgencyContact"]):
    """Questions about delivery addresses."""

    def in_use(self) -> "ContactQuerySet":
        """Addresses that nobody has retired."""
        return self.filter(retired_at=None)

    def current(self, at: datetime, days: int) -> "ContactQuerySet":
        """Addresses whose last check confirmed them, within the last ``days`` days."""
        last = ContactCheck.objects.filter(contact=OuterRef("pk")).order_by("-pk")
        return (
            self.in_use()
            .annotate(
                last_outcome=Subquery(last.values("outcome")[:1]),
                last_checked_at=Subquery(last.values("checked_at")[:1]),
            )
            .filter(
                last_outcome=ContactOutcome.CONFIRMED,
                last_checked_at__gt=at - timedelta(days=days),
                last_checked_at__lte=at,
            )
        )


class AgencyContact(models.Model):
    """One place where an agency takes delivery. It is retired, never edited."""

    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="contacts"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind)
    recipient = models.CharField(
        _("who is reached there"),
        max_length=200,
        help_text=_("A named officer or a desk, as the agency calls it."),
    )
    address = models.CharField(_("address"), max_length=320)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_by_name = models.CharField(max_length=150)
    entered_at = models.DateTimeField()
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    retire_reason = models.CharField(_("why"), max_length=300, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery address")
        verbose_name_plural = _("delivery addresses")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="contact_kind_known", condition=Q(kind__in=ContactKind.values)
            ),
            models.CheckConstraint(
                name="contact_is_whole",
                condition=~Q(recipient="") & ~Q(address="") & ~Q(entered_by_name=""),
                violation_error_message=_("Say who is reached there, and where."),
            ),
            models.CheckConstraint(
                name="contact_retired_as_a_whole",
                condition=Q(retired_at=None, retired_by=None, retire_reason="")
                | (
                    Q(retired_at__isnull=False, retired_by__isnull=False)
                    & ~Q(retire_reason="")
                ),
                violation_error_message=_("Say why it is retired."),
            ),
            models.UniqueConstraint(
                fields=["agency", "kind", "address"],
                condition=Q(retired_at=None),
                name="contact_once_in_use",
                violation_error_message=_("The agency has this address already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.address}"


class ContactCheck(models.Model):
    """What a second person found out about a delivery address. Written once.

    Who entered the address stands here too: the row alone keeps the two apart.
    """

    contact = models.ForeignKey(
        AgencyContact, on_delete=models.PROTECT, related_name="checks"
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=ContactOutcome)
    method = models.CharField(
        _("how it was checked"), max_length=10, choices=ContactMethod
    )
    source = models.CharField(
        _("where the number or the entry was found"), max_length=200
    )
    evidence = models.TextField(_("what was found"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    checked_by_name = models.CharField(max_length=150)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("check of a delivery address")
        verbose_name_plural = _("checks of delivery addresses")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="contact_check_outcome_known",
                condition=Q(outcome__in=ContactOutcome.values),
            ),
            models.CheckConstraint(
                name="contact_check_method_known",
                condition=Q(method__in=ContactMethod.values),
            ),
            models.CheckConstraint(
                name="contact_check_has_evidence",
                condition=~Q(evidence="") & ~Q(source="") & ~Q(checked_by_name=""),
                violation_error_message=_(
                    "Say where the number or the entry was found, and what was said."
                ),
            ),
            models.CheckConstraint(
                name="contact_checked_by_another",
                condition=~Q(checked_by=F("entered_by")),
                violation_error_message=_("Who entered an address can't check it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, by {self.checked_by_name}"
