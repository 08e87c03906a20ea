"""Deliveries: how, to whom and when a packet was handed over. Written once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Act, Profile
from cases.models.apart import persons_apart
from cases.models.proof import Proved, proof_is_whole
from disclosures.enums import DeliveryMethod


class Delivery(Proved):
    """One hand-over of a sealed packet, to a recipient the release officer checked."""

    packet = models.OneToOneField(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="delivery"
    )
    recipient_name = models.CharField(_("recipient"), max_length=200)
    recipient_address = models.CharField(_("address"), max_length=320)
    method = models.CharField(_("method"), max_length=16, choices=DeliveryMethod)
    handed_over_at = models.DateTimeField(_("handed over"))
    manifest_sha256 = models.CharField(max_length=64, editable=False)
    note = models.TextField(_("note"), blank=True)
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
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
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
                name="delivery_has_recipient",
                condition=~Q(recipient_name="") & ~Q(recipient_address=""),
                violation_error_message=_("Say to whom and to which address."),
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
