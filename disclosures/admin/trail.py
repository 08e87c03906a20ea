"""What the packet's events say in the trail, in words."""

from typing import Any

from django.utils.translation import gettext as _

from cases.admin.trail import Names, says
from cases.enums import EventKind, SiteEventKind
from disclosures.admin.words import size_words
from disclosures.enums import AcknowledgedBy, DeliveryMethod, PacketStatus


@says(EventKind.PACKET_REQUESTED)
def _requested(data: dict[str, Any], names: Names) -> str:
    return _("%(n)s exhibits planned, scope %(digest)s…") % {
        "n": data["exhibits"],
        "digest": data["scope"][:12],
    }


@says(EventKind.PACKET_STATUS_CHANGED)
def _moved(data: dict[str, Any], names: Names) -> str:
    before, after = PacketStatus(data["from"]), PacketStatus(data["to"])
    return f"{before.label} → {after.label}"


@says(EventKind.COLLECTION_TRIED)
def _tried(data: dict[str, Any], names: Names) -> str:
    return _("scope %(digest)s…") % {"digest": data["scope"][:12]}


@says(EventKind.ACCOUNTS_AMBIGUOUS)
def _ambiguous(data: dict[str, Any], names: Names) -> str:
    numbers = (names.targets.get(one, "") for one in data["targets"])
    return ", ".join(_("Target %(n)s") % {"n": one} for one in numbers)


@says(EventKind.ACCOUNT_CHOSEN)
def _chosen(data: dict[str, Any], names: Names) -> str:
    which = (
        _("Target %(n)s, none of the accounts: %(reason)s")
        if data["candidate"] is None
        else _("Target %(n)s: %(reason)s")
    )
    return which % {
        "n": names.targets.get(data["target"], ""),
        "reason": data["reason"],
    }


@says(EventKind.PACKET_COLLECTED, EventKind.PACKET_CERTIFIED)
def _exhibits(data: dict[str, Any], names: Names) -> str:
    return _("exhibits %(digest)s…") % {"digest": data["exhibits"][:12]}


@says(EventKind.PACKET_SEALED)
def _sealed(data: dict[str, Any], names: Names) -> str:
    return _("%(pages)s pages, manifest %(digest)s…") % {
        "pages": data["pages"],
        "digest": data["manifest"][:12],
    }


@says(EventKind.CUSTODY_BROKEN)
def _custody_broken(data: dict[str, Any], names: Names) -> str:
    found = str(data["found"])[:12]
    return _("found %(digest)s…") % {"digest": found} if found else ""


@says(EventKind.PACKET_OPENED)
def _opened(data: dict[str, Any], names: Names) -> str:
    return _("manifest %(digest)s…") % {"digest": data["manifest"][:12]}


@says(EventKind.PACKET_DOWNLOAD_STOPPED)
def _broken_off(data: dict[str, Any], names: Names) -> str:
    return _("after %(size)s") % {"size": size_words(data["bytes"])}


@says(EventKind.PACKET_RELEASED)
def _released(data: dict[str, Any], names: Names) -> str:
    return _("%(method)s, manifest %(digest)s…") % {
        "method": DeliveryMethod(data["method"]).label,
        "digest": data["manifest"][:12],
    }


@says(EventKind.PACKET_ACKNOWLEDGED)
def _acknowledged(data: dict[str, Any], names: Names) -> str:
    return str(AcknowledgedBy(data["method"]).label)


@says(SiteEventKind.RELEASES_FROZEN, SiteEventKind.RELEASES_THAWED)
def _switch(data: dict[str, Any], names: Names) -> str:
    return str(data["reason"])


@says(EventKind.EXHIBIT_OPENED)
def _exhibit(data: dict[str, Any], names: Names) -> str:
    if data.get("copy"):
        label = f"E{data['number']:03d}"
        return _("exhibit %(n)s, a copy for a spreadsheet") % {"n": label}
    return _("exhibit %(n)s, from row %(row)s") % {
        "n": f"E{data['number']:03d}",
        "row": data["from_row"],
    }


@says(
    EventKind.PULL_ISSUED,
    EventKind.PULL_ASSIGNED,
    EventKind.PULL_OPENED,
    EventKind.PULL_ANSWERED,
    EventKind.PULL_OVERDUE,
)
def _pull_order(data: dict[str, Any], names: Names) -> str:
    return str(data["reference"])


@says(EventKind.PULL_RETURNED, EventKind.PULL_WITHDRAWN)
def _pull_reason(data: dict[str, Any], names: Names) -> str:
    return f"{data['reference']}: {data['reason']}"
