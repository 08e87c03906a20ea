"""The columns by which a decision says how its person was proved, and when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import ProofMethod


class Proved(models.Model):
    """A decision that took fresh proof; rows from before that was asked say so."""

    proof_method = models.CharField(
        _("confirmed by"), max_length=16, choices=ProofMethod
    )
    proof_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        abstract = True


def proof_is_whole(prefix: str, decided_at: str) -> models.CheckConstraint:
    """A known method with an instant no later than the decision, or neither."""
    given = set(ProofMethod.values) - {ProofMethod.NOT_RECORDED.value}
    return models.CheckConstraint(
        name=f"{prefix}_proof_is_whole",
        condition=Q(proof_method=ProofMethod.NOT_RECORDED, proof_at=None)
        | Q(
            proof_method__in=sorted(given),
            proof_at__isnull=False,  # what is unknown would pass
            proof_at__lte=F(decided_at),
        ),
        violation_error_message=_("A decision says how its person was proved."),
    )
