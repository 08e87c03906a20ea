"""The scope: what was asked, what we propose to produce, and the frozen copy."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import Disposition, ItemDecision, ObjectionGround
from cases.models.sealed import SealedTextField


class RequestedItem(models.Model):
    """One heading of what the paper wants, in its own words."""

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="items"
    )
    number = models.PositiveIntegerField()
    category_code = models.CharField(_("data category"), max_length=40)
    wording = models.TextField(_("as worded in the request"))

    class Meta:
        verbose_name = _("requested item")
        verbose_name_plural = _("requested items")
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="item_number_once"),
            models.UniqueConstraint(
                fields=["case", "category_code"],
                name="item_once_per_category",
                violation_error_message=_("This category is on the case already."),
            ),
            models.CheckConstraint(
                name="item_has_words",
                condition=~Q(wording=""),
                violation_error_message=_("Give the words of the request."),
            ),
        ]

    def __str__(self) -> str:
        return f"Item {self.number}"


class ScopeItem(models.Model):
    """What the analyst proposes for one target and one requested item.

    No row means: not decided yet. The narrowed days are whole days in the target's
    time zone, first and last included.
    """

    target = models.ForeignKey(
        "cases.Target", on_delete=models.PROTECT, related_name="scope_items"
    )
    item = models.ForeignKey(
        RequestedItem, on_delete=models.PROTECT, related_name="scope_items"
    )
    decision = models.CharField(_("decision"), max_length=16, choices=ItemDecision)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    ground = models.CharField(
        _("ground"), max_length=24, choices=ObjectionGround, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    disposition = models.CharField(
        _("outcome"), max_length=12, choices=Disposition, blank=True
    )

    class Meta:
        verbose_name = _("scope item")
        verbose_name_plural = _("scope items")
        ordering = ["item__number", "target__number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["target", "item"], name="scope_item_once_per_pair"
            ),
            models.CheckConstraint(
                name="scope_item_decision_known",
                condition=Q(decision__in=ItemDecision.values),
            ),
            models.CheckConstraint(
                name="scope_item_disposition_known",
                condition=Q(disposition="") | Q(disposition__in=Disposition.values),
            ),
            models.CheckConstraint(
                name="scope_item_narrowed_has_days",
                condition=~Q(decision=ItemDecision.NARROW)
                | Q(first_day__isnull=False)
                | Q(last_day__isnull=False),
                violation_error_message=_("Narrowing needs a first or a last day."),
            ),
            models.CheckConstraint(
                name="scope_item_days_only_when_narrowed",
                condition=Q(decision=ItemDecision.NARROW)
                | Q(first_day=None, last_day=None),
                violation_error_message=_("Only a narrowed item carries days."),
            ),
            models.CheckConstraint(
                name="scope_item_window_ends_after_it_begins",
                condition=Q(first_day=None)
                | Q(last_day=None)
                | Q(last_day__gte=F("first_day")),
                violation_error_message=_("The window ends before it begins."),
            ),
            models.CheckConstraint(
                name="scope_item_objection_has_ground",
                condition=Q(
                    decision=ItemDecision.OBJECT, ground__in=ObjectionGround.values
                )
                | (~Q(decision=ItemDecision.OBJECT) & Q(ground="")),
                violation_error_message=_("An objection, and only it, has a ground."),
            ),
            models.CheckConstraint(
                name="scope_item_refusal_has_reason",
                condition=Q(decision=ItemDecision.PRODUCE) | ~Q(reason=""),
                violation_error_message=_(
                    "All but producing the whole needs a reason."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} for {self.target}"


class ScopeRevision(models.Model):
    """The scope as it was submitted to counsel: canonical JSON and its SHA-256.

    Written once, never edited; everything after counsel's decision reads this copy and
    never the live case. Where counsel objected to single items while deciding, the
    scope as decided is a revision of its own and names that counsel.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveIntegerField()
    document = SealedTextField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    map_digest = models.CharField(max_length=64, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    prepared_by_name = models.CharField(max_length=150)
    submitted_at = models.DateTimeField()
    objected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    objected_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("submitted scope")
        verbose_name_plural = _("submitted scopes")
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="revision_once"),
            models.UniqueConstraint(
                fields=["case", "digest"], name="revision_digest_once"
            ),
            models.CheckConstraint(
                name="revision_objected_by_another",
                condition=~Q(objected_by=F("prepared_by")),
                violation_error_message=_("Who prepared a scope can't decide on it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} scope {self.number}"
