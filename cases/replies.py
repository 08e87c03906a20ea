"""What the desk says back to counsel's decision: an answer, or that it was read."""

from datetime import datetime

from django.contrib.auth.models import User

from cases import audit
from cases.enums import EventKind
from cases.models import Reply, SignOff


def give(
    sign_off: SignOff, kind: EventKind, *, by: User, at: datetime, text: str = ""
) -> Reply:
    """Write the reply and its event; whoever calls has asked who may.

    Raises:
        ValidationError: it is counsel's own.
    """
    reply = Reply(
        sign_off=sign_off,
        counsel_id=sign_off.counsel_id,
        text=text,
        by=by,
        by_name=audit.name_of(by),
        at=at,
    )
    reply.full_clean()
    reply.save()
    audit.record(
        sign_off.case,
        kind,
        actor=by,
        at=at,
        data={"sign_off": sign_off.pk, "reply": reply.pk},
    )
    return reply
