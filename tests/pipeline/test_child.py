from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from pipeline import child
from pipeline.child import Limits
from pipeline.errors import ChildCrashed, Corrupt, MemoryLimit, TimeLimit

QUICK = Limits(wall_s=10.0)


def _double(number: int) -> int:
    return 2 * number


def _three_then(ending: str) -> Iterator[int]:
    yield from (1, 2, 3)
    if ending == "hang":
        time.sleep(60)
    if ending == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if ending == "refuse":
        raise Corrupt("page 4")


def _eat_memory() -> int:
    return int(np.ones(3_000_000_000, dtype=np.uint8).sum())


def _fail_with_a_secret() -> None:
    raise ValueError("the SSN is 123-45-6789")


def _write_much(path: str) -> None:
    Path(path).write_bytes(b"x" * 10_000_000)


def test_it_gives_what_the_work_gives() -> None:
    assert child.run(_double, 21, limits=QUICK) == 42


@pytest.mark.parametrize(
    ("ending", "limits", "error"),
    [
        ("hang", Limits(wall_s=1.0), TimeLimit),
        ("die", QUICK, ChildCrashed),
        ("refuse", QUICK, Corrupt),
    ],
)
def test_what_was_yielded_before_the_end_is_kept(ending: str, limits: Limits, error: type[Exception]) -> None:
    items: list[int] = []
    with pytest.raises(error):
        child.run(_three_then, ending, limits=limits, on_item=items.append)
    assert items == [1, 2, 3]


def test_a_generator_ends_with_none() -> None:
    assert child.run(_three_then, "", limits=QUICK) is None


def test_too_much_memory_is_refused_and_this_process_lives() -> None:
    before = psutil.Process().memory_info().rss
    with pytest.raises(MemoryLimit):
        child.run(_eat_memory, limits=Limits(memory_bytes=500_000_000))
    assert psutil.Process().memory_info().rss - before < 50_000_000


def test_an_error_names_its_place_but_not_the_documents_values() -> None:
    with pytest.raises(ChildCrashed) as crash:
        child.run(_fail_with_a_secret, limits=QUICK)
    assert "ValueError at test_child.py" in str(crash.value)
    assert "123" not in str(crash.value)


def test_a_file_larger_than_the_limit_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ChildCrashed):
        child.run(_write_much, str(tmp_path / "big"), limits=Limits(file_bytes=1_000_000))
    assert (tmp_path / "big").stat().st_size <= 1_000_000


def test_what_a_tick_raises_ends_the_child() -> None:
    def stop() -> None:
        raise child.Interrupted

    start = time.monotonic()
    with pytest.raises(child.Interrupted):
        child.run(time.sleep, 30, limits=QUICK, tick=stop, tick_s=0.1)
    assert time.monotonic() - start < 5


def test_threads_do_not_mix_up_their_children() -> None:
    def exit_code(_: int) -> str:
        with pytest.raises(ChildCrashed) as crash:
            child.run(os._exit, 3, limits=QUICK)
        return crash.value.detail

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(exit_code, range(300))) == {"(exit code 3)"}


def test_no_child_outlives_a_killed_parent() -> None:
    """`kill -9` of the worker: its fork server and the child that works must end too."""
    ours, theirs = socket.socketpair()
    script = (
        "import os, socket, sys, time\n"
        "from pipeline import child\n"
        f"out = socket.socket(fileno={theirs.fileno()})\n"
        "out.send(b'started')\n"
        "child.run(time.sleep, 120, limits=child.Limits(wall_s=120))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], pass_fds=[theirs.fileno()])
    theirs.close()
    assert ours.recv(100) == b"started"
    deadline = time.monotonic() + 20
    family: list[psutil.Process] = []
    while len(family) < 3 and time.monotonic() < deadline:  # resource tracker, fork server, child
        family = psutil.Process(parent.pid).children(recursive=True)
        time.sleep(0.1)
    assert len(family) >= 3
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    ours.close()
    assert alive == []
