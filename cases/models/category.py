"""What this app must know of the data map: the categories that intake offers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.enums import DataClass


class CategoryQuerySet(models.QuerySet["Category"]):
    """Questions about categories."""

    def of_map(self, digest: str) -> "CategoryQuerySet":
        """The categories of one version of the data map."""
        return self.filter(map_digest=digest)

    def current(self) -> "CategoryQuerySet":
        """The categories of the version in use, in the order of the standard list."""
        return self.filter(is_current=True)


class Category(models.Model):
    """One data category of one version of the data map; written by its loader."""

    map_digest = models.CharField(max_length=64)
    is_current = models.BooleanField(default=False)
    code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    usual_words = models.TextField(help_text=_("As requests usually word it."))
    data_class = models.CharField(max_length=12, choices=DataClass)
    held = models.TextField(help_text=_("What the service holds, in a sentence."))
    # Of each part that bounds the category's answers: its code and title, and how long
    # its records are kept (``cases.remains.as_data``).
    keeping = models.JSONField(default=list, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("data category")
        verbose_name_plural = _("data categories")
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["map_digest", "code"], name="category_once_per_map"
            ),
            models.UniqueConstraint(
                fields=["map_digest", "number"], name="category_number_once_per_map"
            ),
            models.CheckConstraint(
                name="category_class_known",
                condition=Q(data_class__in=DataClass.values),
            ),
        ]

    def __str__(self) -> str:
        return self.title
