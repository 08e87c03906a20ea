"""Risky work in a child that can be killed: drawing pages, opening hostile PDFs.

A fork server of our own is started once per process that asks, imports what children
will need (``preload``), and forks one child for each run. ``multiprocessing``'s server
isn't used because its children import the parent's main module again (half a second
under ``celery`` or ``pytest``) and its state doesn't survive a prefork.

* A child is the leader of its own process group; at the deadline the whole group is
  killed. Only the server that forked a child signals it, so a reused process id is
  never hit, and the server reaps it: no zombie stays.
* When the asking process dies, however it dies, the server kills its children and ends.
* Memory: a child may add ``megabytes`` to the address space that the server has.
* Arguments and results travel by pickle over a private socket and are never logged.
"""

import atexit
import contextlib
import importlib
import os
import pickle
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

_HEAD = struct.Struct("!Q")
_ORDER = struct.Struct("!cq")
_CHUNK = 1 << 20
_preloaded: list[str] = []
_lock = threading.Lock()
_server: "_Server | None" = None
_inherited: list["_Server"] = []


class ChildTimedOut(Exception):
    """The child didn't finish within its seconds and was killed."""


class ChildKilled(Exception):
    """The child ended without an answer: out of memory, crashed or killed."""


class _Server:
    """The parent's side of one running fork server."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        code = "import sys; sys.path[:] = sys.argv[2:]; from cases import sandbox; "
        code += "sandbox.serve(int(sys.argv[1]))"
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code, str(theirs.fileno()), *sys.path],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self.socket = ours
        self.pid = os.getpid()
        _send(self.socket, list(_preloaded))

    def serves(self) -> bool:
        """Whether it is ours (not a parent's, inherited by fork) and still runs."""
        return self.pid == os.getpid() and self.process.poll() is None


def preload(*names: str) -> None:
    """Have the fork server import these: ``module`` or ``module:function`` to call."""
    with _lock:
        new = [name for name in names if name not in _preloaded]
        _preloaded.extend(new)
        if new and _server is not None and _server.serves():
            ours, theirs = socket.socketpair()
            with ours, theirs:
                _order(_server, b"P", 0, theirs)
                _send(ours, new)


def warm() -> None:
    """Start the fork server now, so that the first run needn't wait for it."""
    _running()


def run(function: Callable[..., T], *args: Any, seconds: float, megabytes: int) -> T:
    """Call a module-level function in a child and return what it returns.

    Raises:
        ChildTimedOut: it took longer than ``seconds``; it and its children are dead.
        ChildKilled: it died, ran out of memory, or gave back what can't be pickled.
        Exception: whatever ``function`` raised, with the child's trace as a note.
    """
    deadline = time.monotonic() + seconds
    ours, theirs = socket.socketpair()
    with ours:
        server = _running()
        with theirs:
            _order(server, b"R", 0, theirs)
        try:
            answer = _converse(ours, _job(function, args, megabytes), deadline)
        except TimeoutError:
            raise ChildTimedOut(f"Not done within {seconds:g} seconds.") from None
        except (EOFError, ConnectionError):
            raise ChildKilled("The child ended without an answer.") from None
    outcome, value = answer
    if outcome == "raised":
        raise value
    if outcome == "killed":
        raise ChildKilled(value)
    result: T = value
    return result


def serve(descriptor: int) -> None:
    """The fork server's whole life; ``run`` starts it."""
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _import(_receive(control, None))
        _loop(control)
    except (EOFError, ConnectionError):
        pass


def _import(names: list[str]) -> None:
    for name in names:
        module, _, function = name.partition(":")
        # What can't be made ready is the child's to complain of, when it is asked.
        with contextlib.suppress(Exception):
            loaded = importlib.import_module(module)
            if function:
                getattr(loaded, function)()


def _running() -> _Server:
    global _server  # noqa: PLW0603 - one fork server a process
    with _lock:
        if _server is None or not _server.serves():
            if _server is not None:
                _server.socket.close()
            _server = _Server()
        return _server


def _forget() -> None:
    """After a fork the server belongs to the parent; the child starts its own."""
    global _server, _lock
    if _server is not None:
        _server.socket.close()
        _inherited.append(_server)  # never collected, so never mourned as unreaped
    _server, _lock = None, threading.Lock()


def _stop() -> None:
    """Close the line: the server kills its children and ends; then reap it."""
    if _server is not None and _server.serves():
        _server.socket.close()
        _server.process.wait(5)


os.register_at_fork(after_in_child=_forget)
atexit.register(_stop)


def _job(function: Callable[..., Any], args: Any, megabytes: int) -> Any:
    """The work, sealed: the child needs our import path before it can open it."""
    work = pickle.dumps((function, args), protocol=pickle.HIGHEST_PROTOCOL)
    return sys.path, megabytes, work


def _order(server: _Server, kind: bytes, pid: int, channel: socket.socket) -> None:
    socket.send_fds(server.socket, [_ORDER.pack(kind, pid)], [channel.fileno()])


def _converse(channel: socket.socket, job: object, deadline: float) -> Any:
    """Send the job, wait for the answer; who stops waiting kills the child first."""
    pid = 0
    try:
        _send(channel, job, deadline)
        pid = _receive(channel, deadline)
        return _receive(channel, deadline)
    except (EOFError, ConnectionError):
        raise
    except BaseException:
        _kill(channel, pid)
        raise


def _kill(channel: socket.socket, pid: int) -> None:
    server = _running()
    if pid:
        _order(server, b"K", pid, channel)
        channel.settimeout(5)
        # Its end closes when it and all it forked are dead.
        with contextlib.suppress(OSError):
            while channel.recv(_CHUNK):
                pass


def _send(channel: socket.socket, value: object, deadline: float | None = None) -> None:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    _limit(channel, deadline)
    channel.sendall(_HEAD.pack(len(data)) + data)


def _receive(channel: socket.socket, deadline: float | None) -> Any:
    size = _HEAD.unpack(_read(channel, _HEAD.size, deadline))[0]
    data = _read(channel, size, deadline)
    return pickle.loads(data)  # noqa: S301 - a nameless socket between our processes


def _read(channel: socket.socket, size: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        _limit(channel, deadline)
        part = channel.recv(min(_CHUNK, size - len(parts)))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _limit(channel: socket.socket, deadline: float | None) -> None:
    if deadline is not None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)


def _loop(control: socket.socket) -> None:
    """Fork, kill and reap until the asking process is gone."""
    children: set[int] = set()
    awake, bell = os.pipe()
    os.set_blocking(awake, False)
    os.set_blocking(bell, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(bell)
    watched: list[Any] = [control, awake]
    try:
        while True:
            ready, _, _ = select.select(watched, [], [])
            if awake in ready:
                os.read(awake, 4096)
                _reap(children)
            if control in ready:
                _obey(control, children)
    finally:
        for pid in children:
            _kill_group(pid)


def _obey(control: socket.socket, children: set[int]) -> None:
    message, descriptors, _, _ = socket.recv_fds(control, _ORDER.size, 4)
    if not message:
        raise EOFError
    kind, pid = _ORDER.unpack(message)
    channel = socket.socket(fileno=descriptors[0])
    with channel:
        if kind == b"K":
            if pid in children:
                _kill_group(pid)
            return
        if kind == b"P":
            _import(_receive(channel, None))
            return
        child = os.fork()
        if child == 0:
            _be_child(control, channel)
        children.add(child)


def _reap(children: set[int]) -> None:
    for pid in tuple(children):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            # What it forked itself is in its group still, and until it is reaped
            # nobody else gets its number.
            _kill_group(pid)
            os.waitpid(pid, 0)
            children.discard(pid)


def _kill_group(pid: int) -> None:
    """Kill a child and all it forked; a child that has no group yet is alone."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _be_child(control: socket.socket, channel: socket.socket) -> NoReturn:
    """Do the one job and end, without any of the server's way out."""
    code = 1
    try:
        os.setsid()
        control.close()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _send(channel, os.getpid())
        sys.path[:], megabytes, work = _receive(channel, None)
        _cap_memory(megabytes)
        _answer(channel, work)
        code = 0
    finally:
        os._exit(code)


def _cap_memory(megabytes: int) -> None:
    cap = megabytes * 1024 * 1024 + _address_space()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        cap = min(cap, hard)
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """What this process has mapped already; nothing where the system won't say."""
    try:
        mapped = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(mapped) * resource.getpagesize()
    except OSError:
        return 0


def _answer(channel: socket.socket, work: bytes) -> None:
    try:
        function, args = pickle.loads(work)  # noqa: S301 - from the process that asks
        answer = ("returned", function(*args))
    except MemoryError:
        answer = ("killed", "The child ran out of memory.")
    except Exception as error:  # noqa: BLE001 - it is raised again by the parent
        frames = "".join(traceback.format_tb(error.__traceback__))
        error.add_note(f"In the child:\n{frames}")
        answer = ("raised", error)
    try:
        data = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
        pickle.loads(data)  # noqa: S301 - an exception may pickle and not come back
    except Exception:  # noqa: BLE001 - whatever it is, the parent must hear of it
        answer = ("killed", f"The child's {answer[0]} value can't be passed on.")
        data = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    channel.settimeout(None)
    channel.sendall(_HEAD.pack(len(data)) + data)
