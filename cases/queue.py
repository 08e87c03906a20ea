"""Work orders: the row is the truth, the Celery message only a hint.

A worker claims a row by raising its fencing token and taking a lease; a heartbeat
extends the lease up to the step's own deadline; whoever writes the result first asks
whether the token is still its own. The broker may lose or double any message: the
sweep sends a hint again for each row that is ready. ``scale.md`` 4 has the
measurements behind the design.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db import Error, close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from cases.enums import TaskName
from cases.exceptions import ClaimLost
from cases.models import WorkOrder

LEASE = timedelta(seconds=30)
HINT_AGAIN_AFTER = timedelta(seconds=15)
MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class Claim:
    """One worker's hold on one row, until ``deadline_at`` at the latest (UTC)."""

    model: type[WorkOrder]
    pk: int
    token: int
    attempt: int
    deadline_at: datetime


def claim(
    ready: QuerySet[WorkOrder], pk: int, *, at: datetime, seconds: int
) -> Claim | None:
    """Take the row if it is ready and nobody holds it; None if there is nothing to do.

    ``ready`` says which rows have work left. ``seconds`` is the longest the step may
    take before another worker may start it anew.
    """
    deadline = at + timedelta(seconds=seconds)
    with transaction.atomic():
        row = (
            ready.select_for_update(of=("self",))
            .filter(pk=pk)
            .filter(Q(lease_until=None) | Q(lease_until__lte=at))
            .first()
        )
        if row is None:
            return None
        row.token += 1
        row.attempts += 1
        row.lease_until = min(at + LEASE, deadline)
        row.deadline_at = deadline
        row.save(update_fields=["token", "attempts", "lease_until", "deadline_at"])
    return Claim(type(row), row.pk, row.token, row.attempts, deadline)


def hold(held: Claim) -> None:
    """Lock the row and make sure the claim still stands; call before writing a result.

    Raises:
        ClaimLost: another worker has claimed the row since.
        TransactionManagementError: outside a transaction the lock would mean nothing.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(_("A lock needs a transaction."))
    rows = held.model._default_manager.select_for_update().filter(
        pk=held.pk, token=held.token
    )
    if rows.first() is None:
        raise ClaimLost(_("Work order %(pk)s was taken over.") % {"pk": held.pk})


def release(held: Claim, *, retry_at: datetime | None = None) -> None:
    """Give the row back, now or not before ``retry_at``; a lost claim is no matter."""
    held.model._default_manager.filter(pk=held.pk, token=held.token).update(
        lease_until=retry_at
    )


def done(held: Claim) -> None:
    """Give the row back and forget failed attempts: the next step starts afresh."""
    held.model._default_manager.filter(pk=held.pk, token=held.token).update(
        lease_until=None, deadline_at=None, attempts=0
    )


def extend(held: Claim) -> bool:
    """Lengthen the lease by one beat; whether another beat can do any more.

    A database that can't be reached or is busy for now ends nothing: the next beat
    tries again, and if none gets through, the lease runs out as it should.
    """
    until = min(timezone.now() + LEASE, held.deadline_at)
    try:
        standing = held.model._default_manager.filter(pk=held.pk, token=held.token)
        lengthened = standing.update(lease_until=until)
    except Error:
        return True
    return lengthened == 1 and until < held.deadline_at


@contextmanager
def heartbeat(held: Claim) -> Iterator[None]:
    """Keep the lease alive from a thread of its own, up to the claim's deadline."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(LEASE.total_seconds() / 3) and extend(held):
                close_old_connections()  # a broken one is replaced by the next beat
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def hint_after_commit(task: TaskName, **ids: int) -> None:
    """Send the message after the commit; a dead broker is no matter."""
    transaction.on_commit(lambda: _send(task, ids), robust=True)


def sweep(
    ready: QuerySet[WorkOrder], task: TaskName, argument: str, *, at: datetime
) -> int:
    """Send a hint for each ready row that hasn't had one lately; how many were sent.

    Stops at the first broker error: the next sweep goes on.
    """
    waiting = (
        ready.filter(Q(lease_until=None) | Q(lease_until__lte=at))
        .filter(Q(hinted_at=None) | Q(hinted_at__lte=at - HINT_AGAIN_AFTER))
        .order_by(F("hinted_at").asc(nulls_first=True), "pk")
    )
    sent = 0
    for row in list(waiting[:100]):
        type(row)._default_manager.filter(pk=row.pk).update(hinted_at=at)
        if not _send(task, {argument: row.pk}):
            break
        sent += 1
    return sent


def _send(task: TaskName, ids: dict[str, int]) -> bool:
    try:
        current_app.send_task(task.value, kwargs=ids, retry=False)
    except (OperationalError, OSError):
        return False
    return True
