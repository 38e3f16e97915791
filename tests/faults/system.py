"""The whole system as processes, with the times scaled down, and the promises to check after a fault."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

import httpx
import numpy as np
import psutil
import psycopg
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import Engine, text

from app.settings import ROOT, Settings
from db.embedded import EmbeddedPostgres
from db.session import engine

LEASE_S = 3.0
TERMINAL = ("needs_review", "auto_approved")
COMMANDS = {
    "web": ["uvicorn", "app.server:app", "--log-level", "warning", "--ws-per-message-deflate", "false"],
    "ocr": ["workers", "ocr"],
    "llm": ["workers", "llm"],
    "scheduler": ["workers", "schedule"],
}


class System:
    """Processes on a test's own servers."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] | None = None) -> None:
        self.settings = settings
        self._more = dict(environment or {})
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.logs = settings.home / "logs"
        self.logs.mkdir(parents=True)
        self.acknowledged: list[str] = []

    def start(self, *names: str) -> None:
        """Starts processes: web, scheduler, and any number of ocr1, ocr2, llm1."""
        for name in names:
            command = COMMANDS[name.rstrip("0123456789")]
            if name == "web":
                command = [*command, "--port", str(self.port)]
            with (self.logs / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", *command], cwd=ROOT, env=self._environment(), stdout=log, stderr=log
                )
        if "web" in names:
            self.wait_for(self._answers, 60, "the web process answers")

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OMP_THREAD_LIMIT": "1",
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "FUSE_HOME": str(self.settings.home),
            "FUSE_LEASE_S": str(LEASE_S),
            "FUSE_HEARTBEAT_S": "0.5",
            "FUSE_SWEEP_S": "0.3",
            "FUSE_REWAKE_S": "1",
            "FUSE_BACKOFF_S": "0.1",
            "FUSE_MAX_ATTEMPTS": "3",
            "FUSE_DRAIN_S": "2",
            "FUSE_DOCUMENT_TIME_LIMIT_S": "240",  # the machine of a test may be a slow and busy one
            "FUSE_SAMPLING_RATE": str(self.settings.sampling_rate),
            **self._more,
        }

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/live", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> Engine:
        return engine(self.settings.database_url)

    def kill(self, name: str) -> None:
        """`kill -9` of a process, and of nothing else: what it started has to notice by itself."""
        process = self.processes[name]
        process.kill()
        process.wait()

    def begin_anew(self) -> None:
        """Starts what was killed, and forgets all documents and all that was set."""
        self.start(*(name for name, process in self.processes.items() if process.poll() is not None))
        with self.store.begin() as connection:
            for table in ("docs", "audit_events", "settings", "saved_views", "metrics_history"):
                connection.execute(text(f"DELETE FROM {table}"))
        self.acknowledged.clear()

    def children(self, name: str) -> list[psutil.Process]:
        """The fork server's children of a worker: where the OCR happens."""
        found = psutil.Process(self.processes[name].pid).children(recursive=True)
        return [child for child in found if any("forkserver" in part for part in child.cmdline())]

    def upload(self, data: bytes, name: str = "document.png") -> httpx.Response:
        """Uploads; what is acknowledged is noted."""
        answer = httpx.post(f"{self.url}/api/upload", files={"file": (name, data)}, timeout=60)
        if answer.status_code == 202:
            self.acknowledged.append(answer.json()["document_id"])
        return answer

    def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        with self.store.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def statuses(self) -> dict[str, str]:
        """Document -> status, of all that were acknowledged."""
        known = {str(row[0]): str(row[1]) for row in self.rows("SELECT id, processing_status FROM docs")}
        return {doc_id: known.get(doc_id, "LOST") for doc_id in self.acknowledged}

    def wait_for(
        self, condition: Callable[[], object], seconds: float, what: str, state: Callable[[], object] = str
    ) -> None:
        """Polls until a condition holds; `state` tells how far it was if it never does.

        Raises:
            AssertionError: it did not in time; with the ends of the logs.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s: {what} {state()}\n{self.last_words()}"
            time.sleep(0.05)

    def wait_until_done(self, seconds: float = 90) -> None:
        """Waits until every acknowledged document is in a terminal state."""

        def unfinished() -> dict[str, str]:
            return {doc_id: status for doc_id, status in self.statuses().items() if status not in TERMINAL}

        self.wait_for(lambda: not unfinished(), seconds, "all documents are done", unfinished)

    def wait_for_ocr(self, name: str) -> None:
        """Waits until a worker holds a document in its OCR stage and its child is at work."""
        pid = self.processes[name].pid
        query = "SELECT 1 FROM jobs WHERE stage = 'ocr' AND state = 'running' AND worker LIKE :worker"
        self.wait_for(lambda: self.rows(query, worker=f"%:{pid}"), 60, f"{name} is in the middle of OCR")
        self.wait_for(lambda: len(self.children(name)) > 1, 10, f"{name} has a child at work")

    def check_promises(self) -> None:
        """Every acknowledged document is there once, in one terminal state, with one result per stage."""
        assert len(set(self.acknowledged)) == len(self.rows("SELECT id FROM docs"))
        assert all(status in TERMINAL for status in self.statuses().values()), self.statuses()
        doubled = self.rows("SELECT doc_id, stage FROM stage_results GROUP BY doc_id, stage HAVING count(*) > 1")
        assert doubled == []
        unfinished = self.rows(
            "SELECT doc_id FROM docs d JOIN jobs j ON j.doc_id = d.id WHERE j.state IN ('waiting', 'running', 'split')"
        )
        assert unfinished == []
        missing = self.rows(
            "SELECT d.id FROM docs d LEFT JOIN stage_results r ON r.doc_id = d.id GROUP BY d.id HAVING count(r.id) <> 3"
        )
        assert missing == []
        ends = self.rows(
            "SELECT doc_id, count(*) FROM audit_events WHERE action IN ('needs_review', 'auto_approved', 'failed') "
            "GROUP BY doc_id HAVING count(*) <> 1"
        )
        assert ends == []

    def last_words(self) -> str:
        """The ends of all logs."""
        return "\n".join(f"--- {log.stem}\n{log.read_text()[-1500:]}" for log in sorted(self.logs.glob("*.log")))

    def stop(self) -> None:
        """Stops everything, politely first."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running(settings: Settings, *names: str, environment: Mapping[str, str] | None = None) -> Iterator[System]:
    """A system with these processes, and settings of its own beside the usual; stopped at the end, whatever happens."""
    system = System(settings, environment)
    try:
        system.start(*names)
        yield system
    finally:
        system.stop()


@contextmanager
def own_database(server: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The address of a migrated, empty database, for as long as the context is open."""
    name = f"test_{uuid4().hex[:12]}"
    address = server.database_url("postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    url = server.database_url(name)
    yield url
    engine(url).dispose()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def picture(number: int, lines: int = 4) -> bytes:
    """A PNG with some lines of text; each number gives other bytes."""
    return _encoded([_page(number, lines)], "PNG")


def long_scan(number: int, pages: int, lines: int = 8) -> bytes:
    """A TIFF of a title page, which is read at once, and pages that take OCR about a second each."""
    return _encoded([_page(number * 1000 + i, lines if i else 4) for i in range(pages)], "TIFF")


def _page(seed: int, lines: int) -> Image.Image:
    page = Image.new("L", (1700, 2200), 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(32)
    words = np.random.default_rng(seed).choice(_WORDS, (lines, 9))
    draw.text((120, 100), f"Statement of account {seed}", font=font, fill=0)
    for i, row in enumerate(words):
        draw.text((120, 150 + 44 * i), " ".join(row), font=font, fill=0)
    return page


def _encoded(pages: list[Image.Image], form: str) -> bytes:
    out = io.BytesIO()
    extra = {"save_all": True, "append_images": pages[1:], "compression": "tiff_lzw"} if form == "TIFF" else {}
    pages[0].save(out, form, **extra)
    return out.getvalue()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_WORDS = [
    *("account", "balance", "bank", "credit", "customer", "date", "deposit", "interest", "ledger", "number", "paid"),
    *("period", "statement", "total"),
]
