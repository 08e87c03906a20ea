"""Celery's envelopes: each calls one verb, and running one twice is harmless."""

from celery import shared_task

from cases import ledger
from cases.enums import TaskName


@shared_task(name=TaskName.SEAL_TRAIL)
def seal_trail() -> None:
    """Tie what was committed to the chain, and sign what has waited long enough."""
    ledger.seal()
    ledger.sign()
    ledger.publish()
