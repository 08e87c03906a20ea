"""The command of the README serves, and writes nothing into the home directory."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


def command(root: Path, port: int) -> list[str]:
    """The README's own line for the web server, on this port."""
    text = (root / "README.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^    (gunicorn .*)$", text, re.MULTILINE)
    assert "--bind 127.0.0.1:8000 " in line
    return shlex.split(line.replace(":8000 ", f":{port} "))


def answer(port: int) -> bytes:
    """What the server says first, once it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as talk:
                talk.sendall(b"GET /static/none HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return talk.recv(12)
        except ConnectionRefusedError:
            time.sleep(0.2)
    return b""


@pytest.fixture
def server(root, tmp_path):
    """The web server, with a home of its own; ended with the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "home").mkdir()
    told = {"CANDOR_DEMO": "1", "CANDOR_VAR_DIR": str(tmp_path / "var")}
    told |= {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}
    line = [sys.executable, "-m", *command(root, port)]
    with subprocess.Popen(line, env=told, cwd=root) as process:  # noqa: S603 - README's
        yield port
        process.terminate()
        process.wait(30)


def test_the_readme_s_command_serves_and_leaves_the_home_alone(server, tmp_path):
    assert answer(server).startswith(b"HTTP/1.")
    assert list((tmp_path / "home").rglob("*")) == []
