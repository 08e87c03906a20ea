"""Everything on one machine: web, worker and beat, from one command, on localhost only.

Brings the database up to date first (and loads the demo, where this is one), starts a
child again that dies, and stops them all at the first Ctrl-C. Each child is signalled
alone and by its parent process only: a Celery whose whole group gets the signal hangs,
and a second signal while stopping would leave the web server behind on its port.
"""

import ctypes
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from compliance.demo_users import DEMO_PASSWORD, DEMO_USERS

HOST = "127.0.0.1"
STARTS_IN_SECONDS = 60
STOPS_IN_SECONDS = 20
SHORT_LIFE_SECONDS = 30
SHORT_LIVES = 5  # so often in a row is no accident any more

_CELERY = ("-m", "celery", "--app", "compliance")
# The worker looks for nobody: there is one, and what it missed the sweep brings back.
_ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass
class Child:
    """One of the processes, and how often it died young."""

    name: str
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    short_lives: int = field(default=0)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the parent alone."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - the commands stand below
            [sys.executable, *self.command],
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs by then
        )

    def has_ended(self) -> bool:
        """Whether it is gone although nobody asked for it."""
        return self.process is not None and self.process.poll() is not None

    def tell_to_stop(self) -> None:
        """Ask it to finish what it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def see_off(self, until: float) -> None:
        """Wait for it until then (by the monotonic clock), and no longer."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Command(BaseCommand):
    """Run web, worker and beat until Ctrl-C."""

    help = __doc__
    stopping = threading.Event()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prepare, start, watch, stop.

        Raises:
            CommandError: the port is taken, or a child dies again and again.
        """
        _require_free_port(settings.PORT)
        self._prepare()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        children = _children(settings.PORT)
        try:
            for child in children:
                child.start()
            if self._answers():
                self._print_address()
            while not self.stopping.wait(0.5):
                for child in children:
                    self._revive(child)
        finally:
            self._end(children)

    def _prepare(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO:
            call_command("load_demo", stdout=self.stdout)

    def _stop(self, _number: int, _frame: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self.stopping.set()

    def _answers(self) -> bool:
        until = time.monotonic() + STARTS_IN_SECONDS
        while time.monotonic() < until and not self.stopping.wait(0.2):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, settings.PORT)) == 0:
                    return True
        return False

    def _print_address(self) -> None:
        self.stdout.write(f"\nCandor is at http://{HOST}:{settings.PORT}/")
        if settings.DEMO:
            self.stdout.write(f"Sign in as one of these, password {DEMO_PASSWORD}:")
            for username, name, role in DEMO_USERS:
                self.stdout.write(f"  {username:<8} {name:<16} {role.label}")
        self.stdout.write("Ctrl-C stops it.\n")
        self.stdout.flush()

    def _revive(self, child: Child) -> None:
        if not child.has_ended():
            return
        lived = time.monotonic() - child.started_at
        child.short_lives = child.short_lives + 1 if lived < SHORT_LIFE_SECONDS else 0
        if child.short_lives >= SHORT_LIVES:
            raise CommandError(f"{child.name} died {SHORT_LIVES} times in a row.")
        self.stderr.write(f"{child.name} ended by itself and is started again.")
        child.start()

    def _end(self, children: tuple[Child, ...]) -> None:
        self.stdout.write("Stopping.")
        for child in children:
            child.tell_to_stop()
        until = time.monotonic() + STOPS_IN_SECONDS
        for child in children:
            child.see_off(until)


def _children(port: int) -> tuple[Child, ...]:
    web = ("-m", "gunicorn", "compliance.wsgi:application", "--bind", f"{HOST}:{port}")
    threads = ("--worker-class", "gthread", "--workers", "1", "--threads", "8")
    return (
        Child("web", (*web, *threads, "--no-control-socket", "--log-level", "warning")),
        # Threads: kombu's folder carrier stalls when a process of a pool is killed.
        Child("worker", (*_CELERY, "worker", "-P", "threads", "-c", "2", *_ALONE)),
        Child("beat", (*_CELERY, "beat", "--loglevel", "WARNING")),
    )


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as fault:
            raise CommandError(
                f"Port {port} of {HOST} can't be had ({fault.strerror})."
                " Choose another one: make run PORT=8001"
            ) from fault


def _end_with_parent() -> None:
    """Have Linux end the child when this process is killed without a chance to."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
