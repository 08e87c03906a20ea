"""The project as an app, and the admin site's name, so that no app imports the project."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ComplianceConfig(AppConfig):
    """Commands and checks of the project."""

    name = "compliance"
    default = True


class CandorAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with our site as the default."""

    default = False
    default_site = "compliance.admin_site.CandorAdminSite"
