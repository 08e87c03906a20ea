"""Worker processes on the test's own database, and what must hold after they died."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from cases import queue
from cases.models import Event
from disclosures import assembly, kept, leftovers, production
from disclosures.enums import ExhibitStatus, PacketStatus
from disclosures.models import FrozenFacts, Packet
from tests.database import triggers_off
from tests.disclosures import packets

WORKER = Path(__file__).parent / "worker.py"
ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Site:
    """The test's site, as other processes reach it."""

    file: Path

    def worker(self, packet: Packet, point: str = "") -> subprocess.Popen:
        """Start a worker on the packet that dies at this point, or lives."""
        return self.process(WORKER, point, str(packet.pk))

    def process(self, script: Path, *given: str) -> subprocess.Popen:
        """Start a script on the test's own database."""
        told = {"CANDOR_DEMO": "1", "CANDOR_VAR_DIR": str(self.file.parent / "var")}
        told["PYTHONPATH"] = str(ROOT)
        told["DJANGO_SETTINGS_MODULE"] = "compliance.settings"
        return subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, str(script), str(self.file), *given],
            env={"PATH": os.environ["PATH"]} | told,
            cwd=ROOT,
        )


def site(folder: Path) -> Site:
    """Write down where the test's database, files and sources are."""
    said = connection.settings_dict
    keys = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
    database = {key: str(said[key]) for key in keys}
    told = {
        "database": database | {"OPTIONS": said["OPTIONS"]},
        "files": str(settings.FILES_DIR),
        "work": str(settings.WORK_DIR),
        "sources": settings.SOURCE_URLS,
        "keys": settings.SITE_KEYS,
    }
    file = folder / "site.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    return Site(file)


def died(worker: subprocess.Popen) -> bool:
    """Whether the worker was killed, as it should be, and didn't end by itself."""
    return worker.wait(120) == -signal.SIGKILL


def after_the_lease(packet: Packet) -> None:
    """Another worker comes when the dead one's lease is over."""
    at = timezone.now() + queue.LEASE
    assembly.assemble(packet.pk, at=at)


def check_collected(packet: Packet, wanted: list[tuple]) -> None:
    """Collected once and whole: answers as undisturbed, each file named by a row."""
    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (PacketStatus.COLLECTED, "")
    assert answers(packet) == wanted
    kinds = [kind for kind, _ in packets.trail(packet.case)]
    assert kinds.count("packet.collected") == 1
    leftovers.clear()
    named = {one.path for one in packet.exhibits.exclude(path="")}
    folder = settings.FILES_DIR / leftovers.COLLECTED
    assert {f"collected/{path.name}" for path in folder.iterdir()} == named
    assert {one.status for one in packet.exhibits.all()} == {ExhibitStatus.COLLECTED}
    for one in packet.exhibits.all():
        kept.read(one)
    assert list(settings.WORK_DIR.iterdir()) == []


def answers(packet: Packet) -> list[tuple]:
    """What the exhibits say and hold, hashes included."""
    rows = packet.exhibits.all()
    said = packets.answers(packet)
    return [(*row, one.sha256) for row, one in zip(said, rows, strict=True)]


def check_sealed(packet: Packet) -> None:
    """Sealed once and whole, its pages numbered from one, and nothing left beside."""
    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (PacketStatus.SEALED, "")
    kinds = [one.kind for one in Event.objects.filter(case=packet.case)]
    assert kinds.count("packet.sealed") == 1
    assert production.findings(packet) == []
    assert (packet.bates_first, packet.bates_last) == (1, packet.pages)
    leftovers.clear()
    folder = settings.FILES_DIR / leftovers.PACKETS
    assert [f"packets/{path.name}" for path in folder.iterdir()] == [packet.folder]
    assert list(settings.WORK_DIR.iterdir()) == []


def seal_and_undo(packet: Packet) -> list[list]:
    """The files that sealing makes of a certified packet, which then is as before."""
    before = Packet.objects.filter(pk=packet.pk).values().get()
    files = packets.sealed(packet).files
    shutil.rmtree(settings.FILES_DIR / leftovers.PACKETS)
    Packet.objects.filter(pk=packet.pk).update(**before)
    with triggers_off():
        Event.objects.filter(kind="packet.sealed").delete()
        FrozenFacts.objects.filter(packet=packet).delete()
    return files


def wait_for(folder: Path, pattern: str, seconds: float = 60) -> Path:
    """The first thing that comes to be there.

    Raises:
        TimeoutError: nothing came.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := next(folder.glob(pattern), None):
            return found
        time.sleep(0.01)
    raise TimeoutError(pattern)
