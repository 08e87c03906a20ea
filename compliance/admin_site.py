"""The admin site: order of apps, both worklists as front page."""

from unfold.sites import UnfoldAdminSite


class CandorAdminSite(UnfoldAdminSite):
    """The portal's one site."""
