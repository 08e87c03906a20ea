"""The project as an app (its checks and commands), and the admin site it brings."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks as system_checks
from django.utils.translation import gettext_lazy as _

from compliance import checks


class ComplianceConfig(AppConfig):
    """The wiring."""

    name = "compliance"
    verbose_name = _("Site")
    default = True

    def ready(self) -> None:
        """Have each start run the checks."""
        for check in checks.ALL:
            system_checks.register(check)


class CandorAdminConfig(AdminConfig):
    """Django's admin under our own site, so that the apps never import the project."""

    default_site = "compliance.admin_site.CandorAdminSite"
    default = False
