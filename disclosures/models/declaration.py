"""The custodian's declaration under 28 U.S.C. 1746. Written once, never edited."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Act, Profile
from cases.models.apart import persons_apart
from cases.models.proof import Proved, proof_is_whole
from disclosures.enums import SigningPlace


class Declaration(Proved):
    """What the custodian certified, over exactly which exhibits.

    ``exhibits_digest`` is the SHA-256 over the ordered list of exhibits with their
    codes, row counts and hashes, as the custodian was shown them.
    """

    packet = models.OneToOneField(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="declaration"
    )
    custodian = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    custodian_name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=200)
    practice = models.TextField(_("record-keeping practice"))
    signing_place = models.CharField(_("signed"), max_length=12, choices=SigningPlace)
    place = models.CharField(_("place"), max_length=200)
    signed_on = models.DateField(_("date"))
    signed_at = models.DateTimeField()
    exhibits_digest = models.CharField(max_length=64, editable=False)
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

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        default_permissions = ()
        constraints = [
            proof_is_whole("declaration", "signed_at"),
            persons_apart(
                "declaration",
                Act.CERTIFY,
                "custodian",
                {
                    Act.PREPARE: "prepared_by",
                    Act.COLLECT: "ordered_by",
                    Act.APPROVE: "approved_by",
                },
            ),
            models.CheckConstraint(
                name="declaration_place_known",
                condition=Q(signing_place__in=SigningPlace.values),
            ),
            models.CheckConstraint(
                name="declaration_is_complete",
                condition=~Q(custodian_name="")
                & ~Q(role="")
                & ~Q(practice="")
                & ~Q(place=""),
                violation_error_message=_(
                    "A declaration names its custodian, role, practice and place."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Declaration of {self.custodian_name}"
