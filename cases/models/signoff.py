"""Sign-offs: what counsel decided, about exactly which scope, and when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import SignOffDecision
from cases.models.proof import Proved, proof_is_whole


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Questions about sign-offs."""

    def approving(self, scope_digest: str) -> "SignOffQuerySet":
        """Approvals of exactly this scope; one given for an older scope is no match."""
        return self.filter(decision=SignOffDecision.APPROVED, scope_digest=scope_digest)


class SignOff(Proved):
    """One counsel's decision on one frozen scope. Written once, never edited."""

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="sign_offs"
    )
    scope_digest = models.CharField(max_length=64, editable=False)
    decision = models.CharField(_("decision"), max_length=16, choices=SignOffDecision)
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    counsel = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # The name as it stood on the day: an account can be renamed, a decision can't.
    counsel_name = models.CharField(max_length=150)
    decided_at = models.DateTimeField()

    objects = SignOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            proof_is_whole("signoff", "decided_at"),
            models.UniqueConstraint(
                fields=["case", "scope_digest"],
                name="signoff_one_per_scope",
                violation_error_message=_("This scope has been decided already."),
            ),
            models.CheckConstraint(
                name="signoff_decision_known",
                condition=Q(decision__in=SignOffDecision.values),
            ),
            models.CheckConstraint(
                name="signoff_approval_has_basis",
                condition=~Q(decision=SignOffDecision.APPROVED, legal_basis=""),
                violation_error_message=_("An approval names its legal basis."),
            ),
            models.CheckConstraint(
                name="signoff_other_decisions_have_note",
                condition=Q(decision=SignOffDecision.APPROVED) | ~Q(note=""),
                violation_error_message=_("Returning or refusing needs a note."),
            ),
            models.CheckConstraint(
                name="signoff_four_eyes",
                condition=~Q(counsel=F("prepared_by")),
                violation_error_message=_("Who prepared a scope can't sign it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} by {self.counsel_name}"
