"""Runs a piece of work in a child process with limits, so that no document can take its worker down.

Children are forked from a fork server that has the heavy modules (and the OCR model) loaded already, so that a child
costs about 10 ms. A child watches its worker and dies with it, and the fork server dies with both: nothing outlives a
`kill -9`. The fork server needs a main module that is safe to skip: run as `python -m package`.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from inspect import isgeneratorfunction
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from pipeline.errors import ChildCrashed, MemoryLimit, PipelineError, TimeLimit

_PRELOAD = ["pipeline.warm"]
_context = multiprocessing.get_context("forkserver")
_births_and_deaths = Lock()
"""`multiprocessing` polls all children at each start; without this, a thread may collect another thread's child."""
_DEATH_S = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        wall_s: seconds until it is killed.
        memory_bytes: address space beyond what it starts with.
        file_bytes: largest file it may write.
    """

    wall_s: float = 60.0
    memory_bytes: int = 1_500_000_000
    file_bytes: int = 200_000_000


class Interrupted(Exception):
    """Raised by a `tick` to stop the child early (the worker is shutting down, or its lease is lost)."""


def start_server() -> None:
    """Starts the fork server now, so that the first document doesn't wait for its imports."""
    _context.set_forkserver_preload(_PRELOAD)
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
    _context.set_forkserver_preload(_PRELOAD)
    ours, theirs = _context.Pipe(duplex=False)
    process = _context.Process(target=_in_child, args=(theirs, work, args, limits), daemon=False)
    with _births_and_deaths:
        process.start()
    theirs.close()
    deadline = time.monotonic() + limits.wall_s
    try:
        return _follow(process, ours, deadline, on_item, tick, tick_s)
    finally:
        _end(process)
        ours.close()


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
            kind, payload = pipe.recv()
        except EOFError:
            with _births_and_deaths:
                process.join(_DEATH_S)
            raise ChildCrashed(_cause_of_death(process.exitcode)) from None
        if kind == "item":
            if on_item is not None:
                on_item(payload)
        elif kind == "error":
            raise payload
        else:
            return payload


def _end(process: Any) -> None:
    with _births_and_deaths:
        process.kill()
        process.join()
        process.close()


def _cause_of_death(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"(signal {signal.Signals(-exitcode).name})"
    return f"(exit code {exitcode})"


def _in_child(pipe: Connection, work: Callable[..., Any], args: tuple[Any, ...], limits: Limits) -> None:
    Thread(target=_die_with_parent, daemon=True).start()
    _confine(limits)
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


def _die_with_parent() -> None:
    """Waits for the end of the worker that asked for this child. The kernel's own parent-death signal would not do:
    this process is the fork server's child, and keeps the fork server alive.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def _confine(limits: Limits) -> None:
    """Sets the limits of this process."""
    if sys.platform == "linux":
        in_use = int(_first_field("/proc/self/statm")) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + limits.memory_bytes,) * 2)
    cpu_s = int(limits.wall_s) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal: the worker decides


def _first_field(path: str) -> str:
    with open(path) as file:  # noqa: PTH123 - /proc is not a place for pathlib's extra stat calls
        return file.read().split()[0]
