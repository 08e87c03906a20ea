"""Pull orders: one planned exhibit asked of a data owner, and what they answered."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import SealedTextField
from disclosures.enums import OwnersAnswer, PullStatus

# The owner has something to do while the order stands in one of these.
OPEN = (PullStatus.WAITING, PullStatus.RETURNED)
_NO_FILE = Q(
    upload_path="", upload_sha256="", upload_size=0, path="", sha256="", sha512=""
)
_NOT_RETURNED = Q(
    returned_at=None, returned_by=None, returned_by_name="", return_reason=""
)


class PullOrderQuerySet(models.QuerySet["PullOrder"]):
    """Questions about pull orders."""

    def open(self) -> "PullOrderQuerySet":
        """Those that a data owner has yet to answer."""
        return self.filter(status__in=OPEN)


class PullOrder(models.Model):
    """An order to fetch one exhibit by hand. What it asks is its exhibit's and map's.

    ``reference`` is random: it tells neither how many orders there are nor of which
    case. Nobody in ``assigned_to``: any data owner of the group ``owner``.
    """

    exhibit = models.OneToOneField(
        "disclosures.Exhibit", on_delete=models.PROTECT, related_name="pull_order"
    )
    reference = models.CharField(_("reference"), max_length=16, unique=True)
    status = models.CharField(
        _("status"), max_length=12, choices=PullStatus, default=PullStatus.WAITING
    )
    owner = models.CharField(_("data owners"), max_length=150)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    # Whether it was given by who may say who knows of a restricted request.
    is_named = models.BooleanField(default=False)
    issued_at = models.DateTimeField(_("issued"))
    due_on = models.DateField(_("due"))
    reminded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    withdrawn_by_name = models.CharField(max_length=150, blank=True)
    withdrawal_reason = models.TextField(_("why it was withdrawn"), blank=True)

    objects = PullOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("pull order")
        verbose_name_plural = _("pull orders")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="pull_status_known", condition=Q(status__in=PullStatus.values)
            ),
            models.CheckConstraint(
                name="pull_has_an_owner",
                condition=~Q(owner="") & ~Q(reference=""),
                violation_error_message=_("An order has a reference and an owner."),
            ),
            models.CheckConstraint(
                name="pull_withdrawn_as_a_whole",
                condition=~Q(status=PullStatus.WITHDRAWN)
                | (
                    Q(withdrawn_at__gte=F("issued_at"), withdrawn_by__isnull=False)
                    & ~Q(withdrawn_by_name="")
                    & ~Q(withdrawal_reason="")
                ),
                violation_error_message=_("Withdrawing takes a person and a reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PullAnswerQuerySet(models.QuerySet["PullAnswer"]):
    """Questions about answers."""

    def standing(self) -> "PullAnswerQuerySet":
        """Those that nobody has returned."""
        return self.filter(returned_at=None)


class PullAnswer(models.Model):
    """What a data owner answered, once; returned ones stay as they came.

    The upload is kept byte for byte, closed by the case's key, under ``upload_path``;
    ``path`` is the canonical CSV that was made of it, closed likewise. Both are
    relative to ``settings.FILES_DIR``. Hashes and sizes are those of the plain bytes.
    """

    order = models.ForeignKey(
        PullOrder, on_delete=models.PROTECT, related_name="answers"
    )
    kind = models.CharField(_("answer"), max_length=16, choices=OwnersAnswer)
    statement = SealedTextField(_("statement"), longest=4000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_by_name = models.CharField(max_length=150)
    answered_at = models.DateTimeField(_("answered"))
    upload_path = models.CharField(max_length=200, blank=True)
    upload_sha256 = models.CharField(max_length=64, blank=True)
    upload_size = models.PositiveBigIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sha512 = models.CharField(max_length=128, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    # Rows of the upload that lie outside the signed scope, by ``LeftOut``.
    left_out: Any = models.JSONField(default=dict, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    returned_by_name = models.CharField(max_length=150, blank=True)
    return_reason = models.TextField(_("why it was returned"), blank=True)

    objects = PullAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of a data owner")
        verbose_name_plural = _("answers of data owners")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(returned_at=None),
                name="pull_answered_once",
                violation_error_message=_("This order is answered already."),
            ),
            models.CheckConstraint(
                name="pull_answer_known", condition=Q(kind__in=OwnersAnswer.values)
            ),
            models.CheckConstraint(
                name="pull_answer_says_something",
                condition=~Q(statement="") & ~Q(answered_by_name=""),
                violation_error_message=_("An answer has a statement."),
            ),
            models.CheckConstraint(
                name="pull_answer_file_is_whole",
                condition=(
                    Q(kind=OwnersAnswer.RECORDS, rows__gt=0, upload_size__gt=0)
                    & ~Q(upload_path="")
                    & ~Q(upload_sha256="")
                    & ~Q(path="")
                    & ~Q(sha256="")
                    & ~Q(sha512="")
                )
                | (~Q(kind=OwnersAnswer.RECORDS) & Q(rows=0) & _NO_FILE),
                violation_error_message=_("Records have a file, and nothing else has."),
            ),
            models.CheckConstraint(
                name="pull_returned_as_a_whole",
                condition=_NOT_RETURNED
                | (
                    Q(returned_at__gte=F("answered_at"), returned_by__isnull=False)
                    & ~Q(returned_by_name="")
                    & ~Q(return_reason="")
                ),
                violation_error_message=_("Returning takes a person and a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_kind_display()}"
