from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from pipeline import child, seccomp
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


def _leave_files_and_hang() -> None:
    descriptor, name = tempfile.mkstemp()
    os.write(descriptor, b"x" * 100_000)
    Path(name).with_suffix(".folder").mkdir()
    time.sleep(60)


def _temporary_folder() -> str:
    Path(os.environ["TMPDIR"], "left").touch()
    return tempfile.mkdtemp()


def _bomb(seconds: float) -> None:
    """Forks as fast as it can; each child goes on."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(BlockingIOError):
            os.fork()


def _start_a_program(seconds: str) -> None:
    subprocess.run(["sleep", seconds], check=True)


def _segfault() -> None:
    ctypes.string_at(0)


def _open_many() -> None:
    for _ in range(1000):
        os.open(os.devnull, os.O_RDONLY)


def _eat_cpu() -> None:
    while True:
        pass


def _recurse(depth: int) -> int:
    return _recurse(depth + 1) + 1


def _own_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _programs(name: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if name in " ".join(_command(process))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@pytest.mark.parametrize(
    ("work", "args", "limits", "error"),
    [
        (_leave_files_and_hang, (), Limits(wall_s=1.0), TimeLimit),
        pytest.param(_bomb, (5.0,), QUICK, ChildCrashed, marks=pytest.mark.skipif(
            not seccomp.available(), reason="nothing stops a process from forking here")),
        (_write_much, ("big",), Limits(file_bytes=1_000_000), ChildCrashed),
        (time.sleep, (30,), Limits(wall_s=1.0), TimeLimit),
        (_eat_cpu, (), Limits(wall_s=1.0), TimeLimit),
        (_eat_memory, (), Limits(memory_bytes=500_000_000), MemoryLimit),
        (_segfault, (), QUICK, ChildCrashed),
        (_open_many, (), QUICK, ChildCrashed),
        (_recurse, (0,), QUICK, ChildCrashed),
        (sys.exit, (3,), QUICK, ChildCrashed),
    ],
    ids=["leaves files", "fork bomb", "huge file", "sleep", "busy", "memory", "segfault", "open files", "recursion",
         "exit"],
)  # fmt: skip
def test_a_bad_end_is_told_and_leaves_nothing(
    temporary: Path, work: Callable[..., object], args: tuple[object, ...], limits: Limits, error: type[Exception]
) -> None:
    me = psutil.Process()
    rss, children = me.memory_info().rss, set(me.children(recursive=True))
    if work is _write_much:
        args = (str(temporary.parent / "big"),)
    started = time.monotonic()
    with pytest.raises(error):
        child.run(work, *args, limits=limits)
    assert time.monotonic() - started < limits.wall_s + 5
    assert me.memory_info().rss - rss < 10_000_000
    assert set(me.children(recursive=True)) == children
    assert _own_files(temporary) == []
    assert child.run(_double, 21, limits=QUICK) == 42


def test_temporary_files_are_the_childs_own_and_go_with_it(temporary: Path) -> None:
    folder = Path(child.run(_temporary_folder, limits=QUICK))
    assert folder.parent.parent == temporary
    assert _own_files(temporary) == []


def test_the_programs_of_a_child_end_with_it() -> None:
    seconds = f"98{os.getpid()}"
    with pytest.raises(TimeLimit):
        child.run(_start_a_program, seconds, limits=Limits(wall_s=1.0, programs=True))
    assert _programs(f"sleep {seconds}") == []


def test_what_a_machine_that_went_down_left_is_removed(temporary: Path) -> None:
    forgotten, fresh = temporary / "fuse-child-old", temporary / "fuse-child-new"
    for folder in (forgotten, fresh):
        folder.mkdir()
        (folder / "page.png").touch()
    os.utime(forgotten, (0, 0))
    child.start_server()
    assert _own_files(temporary) == ["fuse-child-new"]


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


def test_no_child_outlives_a_killed_parent(tmp_path: Path) -> None:
    """`kill -9` of the worker: its fork server and the child that works must end too."""
    ours, theirs = socket.socketpair()
    script = (
        "import os, socket, sys, time\n"
        "from pipeline import child\n"
        f"out = socket.socket(fileno={theirs.fileno()})\n"
        "out.send(b'started')\n"
        "child.run(time.sleep, 120, limits=child.Limits(wall_s=120))\n"
    )
    env = os.environ | {"TMPDIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", script], pass_fds=[theirs.fileno()], env=env)
    theirs.close()
    assert ours.recv(100) == b"started"
    deadline = time.monotonic() + 20
    family: list[psutil.Process] = []
    while len(family) < 3 and time.monotonic() < deadline:  # resource tracker, fork server, child
        family = psutil.Process(parent.pid).children(recursive=True)
        time.sleep(0.1)
    assert len(family) >= 3
    assert [name for name in _own_files(tmp_path) if name.startswith("fuse-child")]
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    ours.close()
    assert alive == []
    assert [name for name in _own_files(tmp_path) if name.startswith("fuse-child")] == []
