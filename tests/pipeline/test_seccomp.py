from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from pipeline import child, seccomp
from pipeline.child import Limits

pytestmark = pytest.mark.skipif(not seccomp.available(), reason="only Linux on x86-64 and ARM64 has such a filter")

CONFINED = Limits(wall_s=20.0)


def _connect(family: int, address: tuple[str, int] | str) -> str:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as ours:
            ours.connect(address)
    except OSError as error:
        return type(error).__name__
    return "connected"


def _query(url: str) -> str:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return "no connection"
    return "connected"


def _call(number: int, *args: int) -> int:
    """The error number of a call of the system, made without the libraries that may look first."""
    libc = ctypes.CDLL(None, use_errno=True)
    return 0 if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, args)) >= 0 else ctypes.get_errno()


def _fork() -> str:
    try:
        pid = os.fork()
    except OSError as error:
        return type(error).__name__
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "forked"


def _run_a_program() -> str:
    try:
        subprocess.run([sys.executable, "-c", ""], check=True)
    except OSError as error:
        return type(error).__name__
    return "ran"


def _become_a_program() -> None:
    os.execv("/bin/true", ["true"])


def _from_a_thread(work: Callable[..., str], *args: object) -> str:
    answers: list[str] = []
    thread = Thread(target=lambda: answers.append(work(*args)))
    thread.start()
    thread.join()
    return answers[0]


@pytest.fixture(params=["internet", "file", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    """A server that listens: on 127.0.0.1, at a path, at a name that needs no path."""
    if request.param == "internet":
        server, address = socket.socket(socket.AF_INET), ("127.0.0.1", 0)
    else:
        server, address = socket.socket(socket.AF_UNIX), str(tmp_path / "s")  # type: ignore[assignment]
        address = "\0" + address if request.param == "abstract" else address  # type: ignore[assignment,operator]
    with server:
        server.bind(address)
        server.listen()
        yield server


def test_no_server_can_be_reached(listener: socket.socket) -> None:
    family, address = listener.family, listener.getsockname()
    address = address.decode() if isinstance(address, bytes) else address
    assert _connect(family, address) == "connected"
    assert child.run(_connect, family, address, limits=CONFINED) == "PermissionError"
    assert child.run(_from_a_thread, _connect, family, address, limits=CONFINED) == "PermissionError"
    assert child.run(_connect, family, address, limits=Limits(network=True)) == "connected"


def test_the_database_can_not_be_reached(database_url: str) -> None:
    url = database_url.replace("+psycopg", "")
    assert _query(url) == "connected"
    assert child.run(_query, url, limits=CONFINED) == "no connection"


@pytest.mark.parametrize(("work", "allowed"), [(_fork, "forked"), (_run_a_program, "ran")])
def test_no_process_is_started_unless_allowed(work: Callable[[], str], allowed: str) -> None:
    assert child.run(work, limits=CONFINED) == "PermissionError"
    assert child.run(_from_a_thread, work, limits=CONFINED) == "PermissionError"
    assert child.run(work, limits=Limits(programs=True)) == allowed


def test_a_child_can_not_become_a_program() -> None:
    with pytest.raises(child.ChildCrashed, match="PermissionError"):
        child.run(_become_a_program, limits=CONFINED)


@pytest.mark.parametrize("name", ["socket", "io_uring_setup", "ptrace", "process_vm_writev", "pidfd_getfd", "execveat"])
def test_calls_past_the_library_fail_too(name: str) -> None:
    number = seccomp._NUMBERS[os.uname().machine][name]
    assert child.run(_call, number, 1, 1, 0, limits=CONFINED) == 1, "EPERM"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 has a second set of numbers")
def test_the_second_set_of_numbers_is_no_way_round() -> None:
    assert child.run(_call, seccomp._X32_NUMBERS + 41, 2, 1, 0, limits=CONFINED) == 1, "EPERM"
