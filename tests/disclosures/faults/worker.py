"""A worker process of its own, which dies by SIGKILL at a named point of its step.

    python worker.py SITE POINT PACKET_ID

SITE is a JSON file with the site's database, folder and sources. POINT is
``before:module.function`` or ``after:module.function``, with ``#n`` for the n-th call;
empty, the worker lives. The real function runs, and then or before that the process is
gone, as the kernel's own killer would do it.
"""

import functools
import importlib
import json
import os
import signal
import sys
from pathlib import Path


def main(site: str, point: str, packet_id: str) -> None:
    """Set Django up on the test's own database, arm the point, do the step."""
    make_ready(site, point)
    importlib.import_module("disclosures.assembly").assemble(int(packet_id))


def make_ready(site: str, point: str) -> None:
    """Be a process of the test's site that dies at this point, or lives."""
    told = json.loads(Path(site).read_text(encoding="utf-8"))
    settings = importlib.import_module("compliance.settings")
    settings.DATABASES["default"] = told["database"]
    settings.FILES_DIR = Path(told["files"])
    settings.WORK_DIR = Path(told["work"])
    settings.SOURCE_URLS = told["sources"]
    settings.SITE_KEYS = told["keys"]
    settings.CELERY_BROKER_URL = "memory://"
    importlib.import_module("django").setup()
    if point:
        arm(point)


def arm(point: str) -> None:
    """Have the process die before or after the n-th call of a function."""
    when, _, rest = point.partition(":")
    place, _, nth = rest.partition("#")
    module_name, _, name = place.rpartition(".")
    module = importlib.import_module(module_name)
    real, calls = getattr(module, name), iter(range(1, 10_000))

    @functools.wraps(real)
    def mortal(*given: object, **named: object) -> object:
        dies = next(calls) == int(nth or 1)
        if dies and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*given, **named)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, name, mortal)


if __name__ == "__main__":
    main(*sys.argv[1:])
