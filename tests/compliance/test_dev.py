"""One command starts web, worker and beat, revives what dies, and stops them all."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from compliance.demo_users import DEMO_PASSWORD, DEMO_USERS

STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("dev")


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(autouse=True)
def _nothing_stays_behind():
    """Whatever a failed test has left running is ended with it."""
    yield
    for dev in STARTED:
        with dev:
            dev.kill()
    STARTED.clear()


def home(folder: Path) -> Path:
    """A home of its own: nothing is written there, everything below ``var/``."""
    place = folder / "home"
    place.mkdir(exist_ok=True)
    return place


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "CANDOR_DEMO": "1",
        "CANDOR_VAR_DIR": str(folder / "var"),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "HOME": str(home(folder)),
    }
    dev = subprocess.Popen(
        [sys.executable, "manage.py", "dev"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    STARTED.append(dev)
    return dev


def read_until(dev: subprocess.Popen[str], words: str) -> str:
    """What it printed up to the line with these words."""
    said = ""
    for line in dev.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


def children(pid: int) -> dict[str, int]:
    """The processes it started, by the word that tells them apart."""
    found = {}
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    for child in text.split():
        command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        for name in {b"gunicorn", b"worker", b"beat"} & set(command):
            found[name.decode()] = int(child)
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_dev_serves_revives_and_stops_at_the_first_signal(folder, port):
    dev = start(folder, port)
    said = read_until(dev, "Ctrl-C stops it.")
    assert f"http://127.0.0.1:{port}/" in said
    assert DEMO_PASSWORD in said
    assert [name for name, *_ in DEMO_USERS if name not in said] == []
    with urlopen(f"http://127.0.0.1:{port}/login/", timeout=20) as page:
        assert page.status == 200

    assert "WARNING" not in said, said
    before = children(dev.pid)
    assert sorted(before) == ["beat", "gunicorn", "worker"]
    os.kill(before["worker"], signal.SIGKILL)
    read_until(dev, "worker ended by itself and is started again.")
    wait_for(lambda: "worker" in children(dev.pid))
    after = children(dev.pid)

    dev.send_signal(signal.SIGTERM)
    dev.send_signal(signal.SIGINT)
    rest = dev.stdout.read()
    assert dev.wait(timeout=30) == 0
    assert "No hostname was supplied" not in rest
    assert list(home(folder).rglob("*")) == []
    assert [name for name, pid in (before | after).items() if is_alive(pid)] == []


def test_dev_says_that_the_port_is_taken(folder, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        dev = start(folder, port)
        said, _ = dev.communicate(timeout=60)
    assert dev.returncode == 1
    assert f"Port {port} of 127.0.0.1 can't be had (Address already in use)." in said
    assert "make run PORT=8001" in said


def test_children_end_with_a_parent_that_was_killed(folder, port):
    dev = start(folder, port)
    read_until(dev, "Ctrl-C stops it.")
    orphans = children(dev.pid)
    dev.kill()
    dev.wait(timeout=10)
    wait_for(lambda: not any(is_alive(pid) for pid in orphans.values()))
