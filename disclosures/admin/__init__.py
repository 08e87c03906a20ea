"""What goes out, on the pages of a legal request. Importing this registers it all."""

from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from cases.admin import verbs
from cases.admin.base import CaseModelAdmin
from disclosures.admin import (
    acknowledging,
    breaking,
    chasing,
    choosing,
    custody,
    declaring,
    examining,
    exhibits,
    files,
    freezing,
    ordering,
    packet,
    pulling,
    releasing,
    story,
    trail,
)

# Each registers what it holds by being imported.
__all__ = [
    "acknowledging",
    "breaking",
    "chasing",
    "choosing",
    "custody",
    "declaring",
    "examining",
    "exhibits",
    "files",
    "freezing",
    "ordering",
    "packet",
    "pulling",
    "releasing",
    "story",
    "trail",
    "urls",
]


@verbs.register_urls
def urls(desk: CaseModelAdmin) -> list[URLPattern]:
    """The addresses of a case's packets."""
    wrap = desk.admin_site.admin_view
    base = "<case:case_id>/packets/<row:packet_id>/"
    return [
        path(base, wrap(require_GET(packet.page(desk))), name="disclosures_packet"),
        path(
            f"{base}live/",
            packet.unless_signed_out(desk, packet.live(desk)),
            name="disclosures_packet_live",
        ),
        path(
            f"{base}declaration/",
            packet.unless_signed_out(desk, declaring.preview(desk)),
            name="disclosures_declaration",
        ),
        path(
            f"{base}exhibits/<int:number>/",
            wrap(require_GET(exhibits.page(desk))),
            name="disclosures_exhibit",
        ),
        path(
            f"{base}exhibits/<int:number>/copy/",
            wrap(require_GET(exhibits.copy(desk))),
            name="disclosures_exhibit_copy",
        ),
        path(
            f"{base}custody/",
            wrap(require_GET(custody.page(desk))),
            name="disclosures_custody",
        ),
        path(
            f"{base}custody/file/",
            wrap(require_GET(custody.download(desk))),
            name="disclosures_custody_file",
        ),
        path(
            f"{base}production/",
            wrap(require_GET(files.production(desk))),
            name="disclosures_production",
        ),
    ]
