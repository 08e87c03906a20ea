"""The app of what came in and what was decided."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Legal requests."""

    name = "cases"
    verbose_name = _("Legal requests")
    default_auto_field = "django.db.models.BigAutoField"
