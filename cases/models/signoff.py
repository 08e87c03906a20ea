"""Sign-offs: what counsel decided, about exactly which scope, and what was replied."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import SignOffDecision
from cases.models.proof import Proved, proof_is_whole

APPROVALS = (SignOffDecision.APPROVED, SignOffDecision.CONDITIONAL)
_WITH_NOTE = (
    SignOffDecision.CONDITIONAL,
    SignOffDecision.ASKED,
    SignOffDecision.RETURNED,
)


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Questions about sign-offs."""

    def approving(self, scope_digest: str) -> "SignOffQuerySet":
        """The approval that makes this scope's full, the last where several must.

        One given for an older scope is no match.
        """
        return self.filter(
            decision__in=APPROVALS, scope_digest=scope_digest, place=F("needed")
        )

    def covering(self, scope_digest: str) -> "SignOffQuerySet":
        """The decision by which exactly this scope may be answered.

        An approval, or a refusal: that lets nothing out but its objections, since the
        scope it covers holds nothing else.
        """
        refused = self.filter(
            decision=SignOffDecision.REFUSED, scope_digest=scope_digest
        )
        return self.approving(scope_digest) | refused

    def refusing(self, scope_digest: str) -> "SignOffQuerySet":
        """Decisions against exactly this scope."""
        against = (SignOffDecision.RETURNED, SignOffDecision.REFUSED)
        return self.filter(decision__in=against, scope_digest=scope_digest)

    def unacknowledged(self, scope_digest: str) -> "SignOffQuerySet":
        """Conditions on exactly this scope that nobody has acknowledged yet."""
        return self.filter(
            decision=SignOffDecision.CONDITIONAL,
            scope_digest=scope_digest,
            reply=None,
        )

    def unanswered(self) -> "SignOffQuerySet":
        """Questions of counsel that wait for an answer."""
        return self.filter(decision=SignOffDecision.ASKED, reply=None)


class SignOff(Proved):
    """One counsel's decision on one frozen scope. Written once, never edited.

    ``place`` says which of the ``needed`` approvals this is, by the site's policy of
    the day; a question takes none and leaves the scope undecided.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="sign_offs"
    )
    scope_digest = models.CharField(max_length=64, editable=False)
    decision = models.CharField(_("decision"), max_length=16, choices=SignOffDecision)
    place = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    needed = models.PositiveSmallIntegerField(editable=False)
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
                fields=["case", "scope_digest", "place"],
                name="signoff_one_per_place",
                violation_error_message=_("This scope has been decided already."),
            ),
            models.UniqueConstraint(
                fields=["case", "scope_digest", "counsel"],
                condition=~Q(decision=SignOffDecision.ASKED),
                name="signoff_one_per_counsel",
                violation_error_message=_("You have decided on this scope already."),
            ),
            models.CheckConstraint(
                name="signoff_decision_known",
                condition=Q(decision__in=SignOffDecision.values),
            ),
            models.CheckConstraint(
                name="signoff_has_its_place",
                condition=Q(decision=SignOffDecision.ASKED, place=None, needed__gte=1)
                | (
                    ~Q(decision=SignOffDecision.ASKED)
                    & Q(place__isnull=False, place__gte=1, place__lte=F("needed"))
                ),
                violation_error_message=_("This scope has been decided already."),
            ),
            models.CheckConstraint(
                name="signoff_approval_has_basis",
                condition=~Q(decision__in=APPROVALS, legal_basis=""),
                violation_error_message=_("An approval names its legal basis."),
            ),
            models.CheckConstraint(
                name="signoff_other_decisions_have_note",
                condition=~Q(decision__in=_WITH_NOTE, note=""),
                violation_error_message=_(
                    "Conditions, a question or a return need their words."
                ),
            ),
            models.CheckConstraint(
                name="signoff_four_eyes",
                condition=~Q(counsel=F("prepared_by")),
                violation_error_message=_("Who prepared a scope can't sign it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} by {self.counsel_name}"


class Reply(models.Model):
    """What the desk said to counsel's words. Written once, never edited.

    To a question it is the answer; to conditions, without text, that they were read.
    """

    sign_off = models.OneToOneField(
        SignOff, on_delete=models.PROTECT, related_name="reply"
    )
    counsel = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("answer"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reply to counsel")
        verbose_name_plural = _("replies to counsel")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="reply_by_another_than_counsel",
                condition=~Q(by=F("counsel")),
                violation_error_message=_("Counsel's words want another's reply."),
            ),
        ]

    def __str__(self) -> str:
        return f"Reply of {self.by_name}"
