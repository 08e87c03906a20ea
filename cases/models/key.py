"""The key of a case: what is stored of it in files opens by this key alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.keys import Purpose
from cases.models.sealed import SealedTextField


class CaseKey(models.Model):
    """An age key (X25519); the secret half lies sealed by the site's keys.

    Whoever writes needs the ``recipient`` alone. Without this row nothing that was
    closed for the case can be opened by anybody, the site included.
    """

    case = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, related_name="key"
    )
    recipient = models.CharField(max_length=100, editable=False)
    identity = SealedTextField(purpose=Purpose.CASE_KEY, editable=False)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("key of a request")
        verbose_name_plural = _("keys of requests")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="case_key_is_whole",
                condition=~models.Q(recipient="") & ~models.Q(identity=""),
            )
        ]

    def __str__(self) -> str:
        return f"Key of {self.case}"
