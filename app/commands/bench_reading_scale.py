"""The part of `./fuse bench reading` about long documents: memory, two processes, and the whole running system."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import psutil

from app.client import Client
from app.console import CommandFailed, err
from app.reading_processes import Read, ReadingProcess
from app.running import free_port
from app.settings import ROOT

if TYPE_CHECKING:
    from pipeline.evaluate.reading_figures import Scale

_READY_LIMIT_S = 120.0
_STOP_LIMIT_S = 40.0
_LOOK_S = 0.1


def measure_scale(pages: int, seed: int) -> Iterator[Scale]:
    """Reads a drawn scan in one process, in two, and in a running system of its own.

    Yields:
        What is known so far, each time more.

    Raises:
        CommandFailed: a process or the system failed.
    """
    from pipeline.evaluate.reading_figures import Scale
    from pipeline.samples import draw
    from pipeline.samples.long_scan import draw_long_scan

    with tempfile.TemporaryDirectory(prefix="fuse-bench-") as name:
        folder = Path(name)
        with err.status(f"Drawing a scan of {pages} pages …"):
            whole, *halves = _files(folder, draw_long_scan(pages, seed))
        with err.status(f"One process reads {pages} pages, then two read half of them each …"):
            scale = _in_processes(Scale(pages), whole, halves)
        yield scale
        with err.status(f"A running system reads {pages} pages …"), _system(folder / "home") as (up, client):
            _send(client, "warm-up.pdf", draw("bank_statement", "scan", seed + 1).data)
            watch = _MemoryWatch(up)
            before = _cpu_s(up)
            with watch.watching():
                read = _send(client, whole.name, whole.read_bytes())
            cpu_s = _cpu_s(up) - before
        yield replace(scale, system_cpu_s_per_page=cpu_s / read, worker_memory_bytes=watch.most_bytes)


def _files(folder: Path, scan: bytes) -> list[Path]:
    """The scan, and its two halves."""
    import pypdfium2

    paths = [folder / f"scan-{part}.pdf" for part in ("whole", "first", "second")]
    paths[0].write_bytes(scan)
    with pypdfium2.PdfDocument(scan) as document:
        middle = len(document) // 2
        for path, part in zip(paths[1:], (range(middle), range(middle, len(document))), strict=True):
            with pypdfium2.PdfDocument.new() as half:
                half.import_pages(document, list(part))
                half.save(path)
    return paths


def _in_processes(scale: Scale, whole: Path, halves: list[Path]) -> Scale:
    one, two = ReadingProcess("pipeline"), ReadingProcess("pipeline")
    try:
        alone = _read(one.read(whole))
        began = time.monotonic()
        for process, half in zip((one, two), halves, strict=True):
            process.start(half)
        together = [_read(process.finish()) for process in (one, two)]
        together_s = time.monotonic() - began
    finally:
        one.stop()
        two.stop()
    return replace(
        scale,
        peak_memory_bytes=alone.peak_memory_bytes,
        bare_cpu_s_per_page=alone.cpu_s / scale.pages,
        speedup=alone.wall_s / together_s,
        cpu_of_two_per_one=sum(read.cpu_s for read in together) / alone.cpu_s,
    )


def _read(read: Read) -> Read:
    if read.error:
        raise CommandFailed(f"The long scan could not be read: {read.error}.")
    return read


@contextmanager
def _system(home: Path) -> Iterator[tuple[psutil.Process, Client]]:
    """`./fuse up` in a folder of its own; gives its process and a client."""
    home.mkdir()
    port = free_port()
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    env |= {"FUSE_HOME": str(home), "FUSE_PORT": str(port), "FUSE_SAMPLING_RATE": "0"}
    with (home / "bench.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "app", "up"], cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + _READY_LIMIT_S
        while not (home / "run.json").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise CommandFailed(f"The system did not start:\n{(home / 'bench.log').read_text()[-1000:]}")
            time.sleep(_LOOK_S)
        with Client(f"http://127.0.0.1:{port}") as client:
            yield psutil.Process(process.pid), client
    finally:
        process.terminate()
        try:
            process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _send(client: Client, filename: str, data: bytes) -> int:
    """Sends a document, waits until all its stages are done, and gives the number of pages that were read."""
    receipt = client.upload(filename, data)
    if receipt.refused:
        raise CommandFailed(f"The system refused the scan: {receipt.message}")
    if client.wait([receipt.job_id], lambda _: None):
        raise CommandFailed("The system did not finish the scan within an hour.")
    job = client.job(receipt.job_id)
    read: int = job["pages_read"]
    if not read:
        raise CommandFailed("The system read no page of the scan.")
    if read < job["page_count"]:
        err.print(f"The system read {read} of {job['page_count']} pages and gave up; its figures are of those.")
    return read


def _cpu_s(root: psutil.Process) -> float:
    """CPU seconds of a process, of all that descend from it, and of those of them that have ended."""
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


class _MemoryWatch:
    """Looks again and again at the peak memory of the OCR workers' processes, and of those that they start."""

    def __init__(self, root: psutil.Process) -> None:
        self.most_bytes: int | None = None
        self._root = root
        self._over = Event()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Looks while the block runs."""
        thread = Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            for process in self._root.children(recursive=True):
                with suppress(psutil.Error):
                    if process.cmdline()[-2:] == ["workers", "ocr"]:
                        self._look(process)

    def _look(self, worker: psutil.Process) -> None:
        for process in (worker, *worker.children(recursive=True)):
            with suppress(OSError, IndexError):  # it has ended, or this system tells no peaks
                peak = int(Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
                self.most_bytes = max(self.most_bytes or 0, peak)
