"""A child that can be killed: results, exceptions, deadlines, memory, no leftovers."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cases import sandbox
from cases.exceptions import DocumentRefused

# Children import this module; without the server having these it costs each a fifth of
# a second.
sandbox.preload("pytest", "cases.exceptions")


def double(number):
    return number * 2


def own_pid():
    return os.getpid()


def refuse():
    raise DocumentRefused("The PDF is damaged.")


def sleep_with_child(pid_file):
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    Path(pid_file).write_text(f"{os.getpid()} {child}")
    time.sleep(60)


def eat_memory(megabytes):
    return len(bytearray(megabytes * 1024 * 1024))


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def leave():
    sys.exit(3)


def give_a_lock():
    return threading.Lock()


def big(size):
    return b"x" * size


def loaded(module):
    return module in sys.modules


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ended(pid, seconds=10):
    """Whether the process is gone; the kernel delivers a kill in its own time."""
    until = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_alive(pid)


def run(function, *args, seconds=20, megabytes=200):
    return sandbox.run(function, *args, seconds=seconds, megabytes=megabytes)


def test_run_returns_what_the_function_returns():
    assert run(double, 21) == 42


def test_run_happens_in_another_process_each_time():
    pids = {run(own_pid) for _ in range(3)}
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_run_brings_a_large_answer_back():
    assert run(big, 5_000_000) == b"x" * 5_000_000


def test_run_raises_the_functions_own_exception():
    with pytest.raises(DocumentRefused) as caught:
        run(refuse)
    assert str(caught.value) == "The PDF is damaged."
    assert "in refuse" in caught.value.__notes__[0]


def test_run_past_its_deadline_kills_the_child_and_what_it_forked(tmp_path):
    pids = tmp_path / "pids"
    start = time.monotonic()
    with pytest.raises(sandbox.ChildTimedOut, match=r"^Not done within 3 seconds\.$"):
        run(sleep_with_child, str(pids), seconds=3)
    assert time.monotonic() - start < 8
    assert [ended(int(pid)) for pid in pids.read_text().split()] == [True, True]


def test_run_that_eats_too_much_memory_is_killed():
    with pytest.raises(sandbox.ChildKilled):
        run(eat_memory, 300, megabytes=100)
    assert run(eat_memory, 50, megabytes=100) == 50 * 1024 * 1024


@pytest.mark.parametrize("function", [die, leave, give_a_lock])
def test_run_without_an_answer_is_killed(function):
    with pytest.raises(sandbox.ChildKilled):
        run(function)


def test_run_from_many_threads_at_once():
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda n: run(double, n), range(40))) == [
            2 * n for n in range(40)
        ]


def test_no_zombie_stays():
    server = sandbox._running().process.pid
    pids = [run(own_pid) for _ in range(3)]
    with pytest.raises(sandbox.ChildTimedOut):
        run(time.sleep, 30, seconds=0.5)
    for _ in range(50):
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        if not children:
            break
        time.sleep(0.05)
    assert children == []
    assert not any(is_alive(pid) for pid in pids)


def test_a_server_that_was_killed_is_replaced():
    server = sandbox._running()
    server.process.kill()
    server.process.wait()
    assert run(double, 4) == 8
    assert sandbox._running() is not server


def test_a_forked_worker_starts_a_server_of_its_own():
    before = sandbox._running().process.pid
    read, write = os.pipe()
    worker = os.fork()
    if worker == 0:
        answer = b"no"
        try:
            if run(double, 5) == 10 and sandbox._running().process.pid != before:
                answer = b"ok"
            sandbox._stop()
        finally:
            os.write(write, answer)
            os._exit(0)
    os.close(write)
    assert os.read(read, 2) == b"ok"
    os.waitpid(worker, 0)
    os.close(read)
    assert sandbox._running().process.pid == before
    assert run(double, 6) == 12


def test_children_have_what_was_preloaded_and_not_the_main_module(tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        textwrap.dedent("""
            print("main")
            import sys
            from cases import sandbox
            from tests.cases.test_sandbox import loaded
            sandbox.preload("decimal", "json")
            print(sandbox.run(loaded, "json", seconds=20, megabytes=200))
            print(sandbox.run(loaded, "__mp_main__", seconds=20, megabytes=200))
        """)
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "main\nTrue\nFalse\n"
    assert done.stderr == ""


def test_a_running_server_takes_what_is_to_be_preloaded_later():
    server = sandbox._running()
    assert run(loaded, "this_is_no_module") is False
    sandbox.preload("colorsys", "this_is_no_module", "colorsys:no_such_function")
    assert run(loaded, "colorsys") is True
    assert sandbox._running() is server


def test_children_die_with_the_process_that_asked(tmp_path):
    pids = tmp_path / "pids"
    script = tmp_path / "main.py"
    script.write_text(
        "from cases import sandbox\n"
        "from tests.cases.test_sandbox import sleep_with_child\n"
        f"sandbox.run(sleep_with_child, {str(pids)!r}, seconds=50, megabytes=200)\n"
    )
    asking = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, script], env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    for _ in range(200):
        if pids.exists() and pids.read_text():
            break
        time.sleep(0.05)
    asking.kill()
    asking.wait()
    child, grandchild = map(int, pids.read_text().split())
    for _ in range(100):
        if not is_alive(child) and not is_alive(grandchild):
            break
        time.sleep(0.05)
    assert [is_alive(child), is_alive(grandchild)] == [False, False]
