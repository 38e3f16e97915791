"""A process for each way of reading that `./fuse bench reading` compares: loaded once, its CPU time counted."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from app.console import CommandFailed
from pipeline.cpu_time import cpu_s

if TYPE_CHECKING:
    from pipeline.evaluate.reading_ways import PageLines, WayName

_LOADING_LIMIT_S = 120.0
_READING_LIMIT_S = 300.0
_GONE = ("no answer in time", "its process ended")
_THREADS_AS_THEY_COME: tuple[WayName, ...] = ("naive",)
"""Who calls it so leaves Tesseract's threads alone. All others take one: OCRmyPDF would take two, which cost it a fifth
more CPU on two idle cores, and minutes for a page on busy ones.
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What a way made of a file.

    Attributes:
        pages: their lines; empty when it failed.
        cpu_s: CPU seconds of the process and of the programs that it ran.
        wall_s: seconds.
        peak_memory_bytes: the most memory that the process had so far.
        error: the kind of failure.
    """

    pages: list[PageLines]
    cpu_s: float
    wall_s: float
    peak_memory_bytes: int
    error: str | None = None


class ReadingProcess:
    """A process that reads one way, with its models loaded.

    Raises:
        CommandFailed: it could not be loaded.
    """

    def __init__(self, way: WayName) -> None:
        self.way = way
        self._launch()

    def _launch(self) -> None:
        context = multiprocessing.get_context("spawn")  # nothing of this process may be shared, or counted, with it
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.way), daemon=True)
        with _tesseract_threads(None if self.way in _THREADS_AS_THEY_COME else "1"):
            self._process.start()
        theirs.close()
        loaded = self._answer(_LOADING_LIMIT_S)
        if loaded.error:
            self.stop()
            raise CommandFailed(f"The way {self.way!r} can't be loaded ({loaded.error}).")
        self.loading_cpu_s = loaded.cpu_s

    def start(self, path: Path) -> None:
        """Lets it read a file; `finish` gives the result."""
        with suppress(BrokenPipeError):  # its process ended: `finish` tells
            self._pipe.send(path)

    def finish(self) -> Read:
        """Waits for the file that `start` began."""
        return self._answer(_READING_LIMIT_S)

    def read(self, path: Path) -> Read:
        """Reads a file; a failure is told in the result, and the next file finds a living process."""
        self.start(path)
        result = self.finish()
        if result.error in _GONE:
            self.stop()
            self._launch()
        return result

    def _answer(self, limit_s: float) -> Read:
        if not self._pipe.poll(limit_s):
            return Read([], limit_s, limit_s, 0, _GONE[0])
        try:
            answer: Read = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            return Read([], 0.0, 0.0, 0, _GONE[1])
        return answer

    def stop(self) -> None:
        """Ends the process and the programs that it runs."""
        self._pipe.close()
        with suppress(psutil.NoSuchProcess):
            for program in psutil.Process(self._process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    program.kill()
        self._process.kill()
        self._process.join()
        self._process.close()


@contextmanager
def _tesseract_threads(limit: str | None) -> Iterator[None]:
    """Sets `OMP_THREAD_LIMIT` for the processes started inside; None: it is not set."""
    before = os.environ.pop("OMP_THREAD_LIMIT", None)
    if limit is not None:
        os.environ["OMP_THREAD_LIMIT"] = limit
    try:
        yield
    finally:
        os.environ.pop("OMP_THREAD_LIMIT", None)
        if before is not None:
            os.environ["OMP_THREAD_LIMIT"] = before


def _serve(pipe: Connection, way: WayName) -> None:
    """Runs in the process: loads the way, then reads what it is sent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C: the command decides
    from pipeline.evaluate.reading_ways import load_way

    try:
        reader = load_way(way)
    except Exception as error:
        pipe.send(Read([], 0.0, 0.0, 0, _kind(error)))
        return
    pipe.send(Read([], cpu_s(), 0.0, _peak_memory_bytes()))
    while True:
        try:
            path = pipe.recv()
        except EOFError:
            return
        before_s, began = cpu_s(), time.monotonic()
        try:
            pages, problem = reader(path), None
        except Exception as error:
            pages, problem = [], _kind(error)
        pipe.send(Read(pages, cpu_s() - before_s, time.monotonic() - began, _peak_memory_bytes(), problem))


def _kind(error: Exception) -> str:
    """Never its message: that may quote the document."""
    return type(error).__name__


def _peak_memory_bytes() -> int:
    """Of this process; `ru_maxrss` would be that of the process that started it, where that was larger."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
