"""The admin site: order of apps, both worklists as front page."""

from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class CandorAdminSite(UnfoldAdminSite):
    """The desk of everybody who works on legal requests."""

    site_title = _("Candor")
    site_header = _("Candor")
    index_title = _("What needs you today")
