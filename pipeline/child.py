"""Runs a piece of work in a child process with limits, so that no document can take its worker down.

Children are forked from a fork server that has the heavy modules (and, where asked for, the OCR models) loaded already,
so that a child costs about 10 ms. A child watches its worker and dies with it, and the fork server dies with both:
nothing outlives a `kill -9`. The fork server needs a main module that is safe to skip: run as `python -m package`.

What reads a stranger's file gets no network, no programs and no look into other processes (`pipeline.seccomp`; on Linux
only, macOS has nothing like it), and on every system limits of time, memory and files, and a folder of its own for
temporary files, which is removed after it.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from inspect import isgeneratorfunction
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Lock, Thread, Timer
from typing import Any

from pipeline import parcel, seccomp
from pipeline.errors import ChildCrashed, MemoryLimit, PipelineError, TimeLimit

_PRELOAD = ["pipeline.run", "pipeline.child", "pipeline.page_picture"]
_MODELS = "pipeline.warm"
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(_PRELOAD)
_births_and_deaths = Lock()
"""`multiprocessing` polls all children at each start; without this, a thread may collect another thread's child."""
_DEATH_S = 5.0
_GROUP_DEATH_S = 1.0
_PATIENCE_S = 1.0
_OPEN_FILES = 128
_FOLDER = "fuse-child-"
_FORGOTTEN_S = 3600.0
"""A folder for temporary files that is older than this was left by a machine that went down."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        wall_s: seconds until it is killed.
        memory_bytes: address space beyond what it starts with.
        file_bytes: largest file it may write.
        network: whether it may open sockets.
        programs: whether it may start processes and programs.
    """

    wall_s: float = 60.0
    memory_bytes: int = 1_500_000_000
    file_bytes: int = 200_000_000
    network: bool = False
    programs: bool = False


class Interrupted(Exception):
    """Raised by a `tick` to stop the child early (the worker is shutting down, or its lease is lost)."""


def start_server(with_models: bool = False) -> None:
    """Starts the fork server now, so that the first document doesn't wait for its imports.

    Args:
        with_models: loads the OCR models too (1.5 s, 250 MB): for processes whose children read pictures.
    """
    _remove_forgotten_folders()
    _context.set_forkserver_preload([*_PRELOAD, _MODELS] if with_models else _PRELOAD)
    run(os.getpid, limits=Limits())


def run(
    work: Callable[..., Any],
    *args: Any,
    limits: Limits,
    on_item: Callable[[Any], None] | None = None,
    tick: Callable[[], None] | None = None,
    tick_s: float = 0.5,
) -> Any:
    """Calls `work(*args)` in a child and gives what it returned.

    Args:
        work: a function of a module (it is pickled by name). If it is a generator function, each item it yields is
            handed to `on_item` here as soon as it arrives, and the return value is None.
        args: its arguments, picklable.
        limits: time, memory and file size it may use.
        on_item: receives the yielded items; what it raises ends the child and is raised here.
        tick: called about every `tick_s` while the child works (heartbeats); what it raises ends the child.
        tick_s: seconds between ticks.

    Raises:
        TimeLimit: it took longer than `limits.wall_s`.
        MemoryLimit: it ran out of memory.
        ChildCrashed: it died (a signal, or an exit without an answer).
        Exception: whatever `work`, `on_item` or `tick` raised.
    """
    folder = tempfile.mkdtemp(prefix=_FOLDER)
    ours, theirs = _context.Pipe(duplex=False)
    try:
        process = _context.Process(target=_in_child, args=(theirs, folder, work, args, limits), daemon=False)
        with _births_and_deaths:
            process.start()
        theirs.close()
        deadline = time.monotonic() + limits.wall_s
        # While half an answer is waited for, nobody looks at the clock.
        last_resort = Timer(limits.wall_s + _PATIENCE_S, process.kill)
        last_resort.start()
        try:
            return _follow(process, ours, deadline, on_item, tick, tick_s)
        finally:
            last_resort.cancel()
            last_resort.join()
            _end(process)
    finally:
        ours.close()
        theirs.close()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_forgotten_folders() -> None:
    oldest = time.time() - _FORGOTTEN_S
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        with suppress(OSError):  # another process was faster, or it is another user's
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _follow(
    process: Any,
    pipe: Connection,
    deadline: float,
    on_item: Callable[[Any], None] | None,
    tick: Callable[[], None] | None,
    tick_s: float,
) -> Any:
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeLimit
        ready = wait([pipe], timeout=min(left, tick_s))
        if tick is not None:
            tick()
        if not ready:
            continue
        try:
            answer = pipe.recv_bytes(parcel.MAX_BYTES)
        except (EOFError, OSError):
            if pipe.closed:  # the answer is larger than this process takes
                raise MemoryLimit from None
            if time.monotonic() >= deadline:
                raise TimeLimit from None
            with _births_and_deaths:
                process.join(_DEATH_S)
            raise ChildCrashed(_cause_of_death(process.exitcode)) from None
        kind, payload = parcel.unpack(answer)
        if kind == "item":
            if on_item is not None:
                on_item(payload)
        elif kind == "error":
            raise payload
        else:
            return payload


def _end(process: Any) -> None:
    """Ends the child, and the programs that it started: they are of its group."""
    group = process.pid
    with _births_and_deaths:
        process.kill()
        process.join()
        process.close()
    deadline = time.monotonic() + _GROUP_DEATH_S
    with suppress(ProcessLookupError, PermissionError):  # the group is empty; so macOS calls one of dying processes
        while time.monotonic() < deadline:
            os.killpg(group, signal.SIGKILL)
            time.sleep(0.01)


def _cause_of_death(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"(signal {signal.Signals(-exitcode).name})"
    return f"(exit code {exitcode})"


def _in_child(pipe: Connection, folder: str, work: Callable[..., Any], args: tuple[Any, ...], limits: Limits) -> None:
    os.setpgid(0, 0)
    seccomp.refuse(network=not limits.network, programs=not limits.programs)  # first: it is on for later threads only
    Thread(target=_die_with_parent, args=(folder,), daemon=True).start()
    _confine(limits, folder)
    try:
        if isgeneratorfunction(work):
            for item in work(*args):
                pipe.send(("item", item))
            answer: tuple[str, Any] = ("done", None)
        else:
            answer = ("done", work(*args))
    except MemoryError:
        answer = ("error", MemoryLimit())
    except PipelineError as error:
        answer = ("error", error)
    except Exception as error:
        answer = ("error", ChildCrashed(_where(error)))
    try:
        pipe.send(answer)
    except BrokenPipeError:  # the parent has given up on this child
        os._exit(1)


def _where(error: Exception) -> str:
    """Names the error and its place, never its message: that may quote the document."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"({type(error).__name__} at {Path(frame.filename).name}:{frame.lineno})"


def _die_with_parent(folder: str) -> None:
    """Waits for the end of the worker that asked for this child, and then does what the worker would have done. The
    kernel's own parent-death signal would not do: this process is the fork server's child, and keeps it alive.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)


def _confine(limits: Limits, folder: str) -> None:
    """Sets the limits of this process."""
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = folder
    if sys.platform == "linux":
        in_use = int(_first_field("/proc/self/statm")) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + limits.memory_bytes,) * 2)
    cpu_s = int(limits.wall_s) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal: the worker decides


def _first_field(path: str) -> str:
    with open(path) as file:  # noqa: PTH123 - /proc is not a place for pathlib's extra stat calls
        return file.read().split()[0]
