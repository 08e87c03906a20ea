"""Deliveries: how, to whom and when a packet was handed over, and that it arrived.

Both rows are written once.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Act, Profile
from cases.models.apart import persons_apart
from cases.models.proof import Proved, proof_is_whole
from disclosures.enums import AcknowledgedBy, DeliveryMethod, InHand


class Delivery(Proved):
    """One hand-over of a sealed packet, to a recipient the release officer checked."""

    packet = models.OneToOneField(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="delivery"
    )
    recipient_name = models.CharField(_("recipient"), max_length=200)
    recipient_address = models.CharField(_("address"), max_length=320)
    method = models.CharField(_("method"), max_length=16, choices=DeliveryMethod)
    # Null and "" in rows from before addresses were checked and packets shown.
    contact = models.ForeignKey(
        "cases.AgencyContact", on_delete=models.PROTECT, related_name="+", null=True
    )
    in_hand = models.CharField(_("shown by"), max_length=8, choices=InHand, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"))
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    manifest_sha256 = models.CharField(max_length=64, editable=False)
    note = models.TextField(_("note"), blank=True)
    # The manifest of the transmission, frozen; "" in rows from before it was written.
    transmission = models.TextField(blank=True, editable=False)
    transmission_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # Who did what before, and the rules of the day: the row alone keeps them apart.
    profile = models.CharField(max_length=16, choices=Profile)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Null: a letter of objection, by which no record is certified.
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    released_by_name = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ()
        constraints = [
            proof_is_whole("delivery", "recorded_at"),
            models.CheckConstraint(
                name="delivery_method_known",
                condition=Q(method__in=DeliveryMethod.values),
            ),
            models.CheckConstraint(
                name="delivery_in_hand_known",
                condition=Q(in_hand="") | Q(in_hand__in=InHand.values),
            ),
            models.CheckConstraint(
                name="delivery_expires_after_it",
                condition=Q(expires_at=None) | Q(expires_at__gt=F("handed_over_at")),
                violation_error_message=_("It can't run out before it is handed over."),
            ),
            models.CheckConstraint(
                name="delivery_has_recipient",
                condition=~Q(recipient_name="") & ~Q(recipient_address=""),
                violation_error_message=_("Say to whom and to which address."),
            ),
            models.CheckConstraint(
                name="delivery_transmission_is_hashed",
                condition=Q(transmission="", transmission_sha256="")
                | (~Q(transmission="") & ~Q(transmission_sha256="")),
            ),
            persons_apart(
                "delivery",
                Act.RELEASE,
                "released_by",
                {
                    Act.PREPARE: "prepared_by",
                    Act.COLLECT: "ordered_by",
                    Act.APPROVE: "approved_by",
                    Act.CERTIFY: "certified_by",
                },
            ),
        ]

    def __str__(self) -> str:
        return f"Delivery of {self.packet}"


class Acknowledgement(models.Model):
    """That the agency has the packet, as it let us know; or that it didn't."""

    delivery = models.OneToOneField(
        Delivery, on_delete=models.PROTECT, related_name="acknowledgement"
    )
    method = models.CharField(_("how"), max_length=16, choices=AcknowledgedBy)
    acknowledged_by = models.CharField(_("who"), max_length=200, blank=True)
    acknowledged_at = models.DateTimeField(_("when"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by_name = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="acknowledgement_method_known",
                condition=Q(method__in=AcknowledgedBy.values),
            ),
            models.CheckConstraint(
                name="acknowledgement_says_who_and_when",
                condition=(
                    Q(method=AcknowledgedBy.NONE_CAME)
                    & Q(acknowledged_by="", acknowledged_at=None)
                    & ~Q(note="")
                )
                | (
                    ~Q(method=AcknowledgedBy.NONE_CAME)
                    & ~Q(acknowledged_by="")
                    & Q(acknowledged_at__isnull=False)
                ),
                violation_error_message=_(
                    "Say who acknowledged it and when; or, where none came, what was "
                    "done to get one."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Acknowledgement of {self.delivery}"
