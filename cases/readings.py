"""Lists that were opened: whoever looks through many requests leaves a trace as well.

What somebody searched for may name a target, so the event holds a digest of it under
the site's own key: two readings can be compared, and none can be read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cases import audit, chain
from cases.enums import SiteEventKind


@transaction.atomic
def record_list(
    *,
    actor: User,
    page: str,
    asked: Mapping[str, Sequence[str]],
    count: int,
    at: datetime | None = None,
) -> None:
    """Record that ``actor`` opened a list: which, its filter's digest, how many rows.

    Call it before the page goes out. ``asked`` is what the address asked for. ``count``
    leaves restricted requests out: others read the site's trail, and could subtract.
    """
    said = {name: sorted(values) for name, values in sorted(asked.items())}
    digest = salted_hmac("candor.list", chain.canonical(said), algorithm="sha256")
    audit.record_site(
        SiteEventKind.LIST_OPENED,
        actor=actor,
        at=at or timezone.now(),
        data={
            "page": page,
            "filter": digest.hexdigest() if said else "",
            "count": count,
        },
    )
