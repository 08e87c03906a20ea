"""Stored papers: kept byte for byte, known by their hash."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import DocumentKind


class CaseDocument(models.Model):
    """One paper of a case. Written once, never edited.

    ``path`` is relative to ``settings.FILES_DIR`` and says nothing of the content;
    ``name`` is the file name as uploaded and stays in the database.
    """

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=DocumentKind)
    name = models.CharField(_("file name"), max_length=200)
    path = models.CharField(max_length=200, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), editable=False)
    pages = models.PositiveIntegerField(_("pages"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="document_kind_known", condition=Q(kind__in=DocumentKind.values)
            ),
            models.CheckConstraint(
                name="document_not_empty", condition=Q(size__gt=0, pages__gt=0)
            ),
            models.UniqueConstraint(
                fields=["case", "sha256"],
                name="document_once_per_case",
                violation_error_message=_("This very file is on the case already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
