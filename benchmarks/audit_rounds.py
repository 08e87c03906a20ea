"""The rounds of ``benchmarks/audit.py``: writers and a sealer, each a process."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from cases import audit, ledger, verifying
from cases.enums import EventKind
from cases.models import Agency, AuditSeal, Case, Event
from compliance import demo

WRITERS = 8
_BREATH = 1.0  # the sealer's, between two looks; on a site it is five seconds
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Walk:
    """What the verifier did in how long."""

    rows: int
    seconds: float
    faults: str


class Ground:
    """The demo's database, and eight agencies that are written to."""

    def __init__(self, seconds: float) -> None:
        """Make the data."""
        call_command("migrate", verbosity=0)
        demo.load()
        self.seconds = seconds
        self.vendor = connection.vendor
        self.case = Case.objects.earliest("pk")
        self.user = User.objects.earliest("pk")
        self.rows = [
            Agency.objects.create(name=f"Agency {n}", jurisdiction="US")
            for n in range(WRITERS)
        ]
        self.lags: list[float] = []

    def round(self) -> dict[str, float]:
        """Transactions per second of each way, one after the other."""
        return {
            "none": self._run(with_event=False, with_sealer=False),
            "unchained": self._run(with_event=True, with_sealer=False),
            "sealed": self._run(with_event=True, with_sealer=True),
        }

    def lag(self, percent: int) -> float:
        """How long an event waited for its link."""
        ordered = sorted(self.lags)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]

    def verify(self) -> Walk:
        """Walk the whole chain."""
        ledger.seal()
        ledger.sign(now=True)
        began = time.perf_counter()
        report = verifying.verify()
        seconds = time.perf_counter() - began
        return Walk(report.links, seconds, "; ".join(report.faults))

    def _run(self, *, with_event: bool, with_sealer: bool) -> float:
        while ledger.seal():  # what an earlier way left isn't this one's work
            pass
        way = "event" if with_event else "none"
        done, lags = _fork.Queue(), _fork.Queue()
        stop = _fork.Event()
        connection.close()  # a connection isn't shared with a child
        writers = [self._child(self._write, row.pk, way, done) for row in self.rows]
        sealer = self._child(self._seal, stop, lags) if with_sealer else None
        counts = [done.get() for _ in writers]
        for writer in writers:
            writer.join()
        if sealer:
            stop.set()
            self.lags += lags.get()
            sealer.join()
        return sum(counts) / self.seconds

    def _child(self, target: Callable[..., None], *args: Any) -> Any:
        process = _fork.Process(target=target, args=args)
        process.start()
        return process

    def _write(self, agency: int, way: str, done: Any) -> None:
        until, count = time.perf_counter() + self.seconds, 0
        while time.perf_counter() < until:
            with transaction.atomic():
                Agency.objects.filter(pk=agency).update(address=f"Street {count}")
                if way == "event":
                    audit.record(
                        self.case,
                        EventKind.CASE_VIEWED,
                        actor=self.user,
                        at=timezone.now(),
                        data={"page": "bench"},
                    )
            count += 1
        done.put(count)
        connection.close()

    def _seal(self, stop: Any, lags: Any) -> None:
        found: list[float] = []
        while not stop.is_set():
            before = AuditSeal.objects.order_by("-position").first()
            if ledger.seal():
                now = timezone.now()
                since = before.position if before else 0
                new = AuditSeal.objects.filter(position__gt=since)
                ids = list(new.values_list("event_id", flat=True)[:500])
                times = Event.objects.filter(pk__in=ids).values_list("at", flat=True)
                found += [(now - at).total_seconds() for at in times]
            time.sleep(_BREATH)
        lags.put(found)
        connection.close()
