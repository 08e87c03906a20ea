"""What a target of the order is in our data."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import SealedTextField
from disclosures.enums import Resolution

_UNCHOSEN = Q(chosen_by=None, chosen_by_name="", chosen_at=None, reason="")


class TargetAccountQuerySet(models.QuerySet["TargetAccount"]):
    """Questions about what identifiers lead to."""

    def to_choose(self) -> "TargetAccountQuerySet":
        """The targets whose account a person has yet to choose."""
        return self.filter(resolution=Resolution.AMBIGUOUS, is_named=True)


class TargetAccount(models.Model):
    """The account that a packet's run found for one target, or that there is none.

    Of a target that the order doesn't name only this is kept: whether there is an
    account. No key of it is, so nothing can be fetched by it.

    Where the identifier matches several, they are its ``candidates``, and it has no
    account until a person has chosen one of them, or that none of them is meant.
    """

    packet = models.ForeignKey(
        "disclosures.Packet", on_delete=models.PROTECT, related_name="accounts"
    )
    target = models.ForeignKey(
        "cases.Target", on_delete=models.PROTECT, related_name="accounts"
    )
    is_named = models.BooleanField(_("named in the order"), default=True)
    resolution = models.CharField(max_length=12, choices=Resolution)
    account_key = SealedTextField(_("account as resolved"), longest=200, blank=True)
    account_name = SealedTextField(longest=320, blank=True)
    resolved_at = models.DateTimeField()
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    chosen_by_name = models.CharField(max_length=150, blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = TargetAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("resolved account")
        verbose_name_plural = _("resolved accounts")
        ordering = ["target__number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["packet", "target"], name="account_once_per_target"
            ),
            models.CheckConstraint(
                name="account_resolution_known",
                condition=Q(resolution__in=Resolution.values),
            ),
            models.CheckConstraint(
                name="account_found_has_key",
                condition=(
                    Q(resolution=Resolution.FOUND, is_named=True) & ~Q(account_key="")
                )
                | (
                    (~Q(resolution=Resolution.FOUND) | Q(is_named=False))
                    & Q(account_key="", account_name="")
                ),
            ),
            models.CheckConstraint(
                name="account_choice_is_whole",
                condition=_UNCHOSEN
                | (
                    Q(chosen_by__isnull=False, chosen_at__isnull=False)
                    & ~Q(resolution=Resolution.AMBIGUOUS)
                    & ~Q(chosen_by_name="")
                    & ~Q(reason="")
                ),
                violation_error_message=_("Say why this account is the one meant."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.get_resolution_display()}"


class AccountCandidate(models.Model):
    """One of several accounts that an identifier matches, as the service knows it."""

    account = models.ForeignKey(
        TargetAccount, on_delete=models.PROTECT, related_name="candidates"
    )
    number = models.PositiveIntegerField()
    key = SealedTextField(longest=200)
    name = SealedTextField(longest=320, blank=True)

    class Meta:
        verbose_name = _("account that matches")
        verbose_name_plural = _("accounts that match")
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["account", "number"], name="candidate_number_once"
            ),
            models.CheckConstraint(name="candidate_has_key", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return f"Account {self.number} of {self.account.target}"
