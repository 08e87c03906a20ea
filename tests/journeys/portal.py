"""The portal as ``make run`` starts it, as a process of its own on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

KEY = "key-of-a-portal-that-lives-for-one-walk-only"
ROOT = Path(__file__).resolve().parent.parent.parent
STARTS_IN_SECONDS = 120
STOPS_IN_SECONDS = 30


@dataclass
class Portal:
    """Web, worker and beat over a folder of their own, with the demo loaded."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "portal.log"

    @property
    def demo(self) -> Path:
        """Where the stand-in service's own database and data set lie."""
        return self.folder / "var" / "demo"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {
            "PATH": os.environ["PATH"],
            "CANDOR_DEMO": "1",
            "CANDOR_KEYS": KEY,
            "CANDOR_VAR_DIR": str(self.folder / "var"),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "dev"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + STARTS_IN_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"The portal did not start:\n{self.last_words()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        asking = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            asking.request("GET", "/login/")
            return asking.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            asking.close()

    def stop(self) -> int:
        """Stop it as Ctrl-C does; the exit code, and an error if it won't end."""
        process, self.process = self.process, None
        assert process is not None
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(STOPS_IN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def last_words(self, lines: int = 60) -> str:
        """The end of what it printed."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of the portal's commands as an administrator would."""
        return subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
