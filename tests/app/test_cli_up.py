"""`./fuse up` with its real processes: it starts, says so, stops, and starts again whatever was done to it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from PIL import Image, ImageDraw

from app.runner import leftovers
from app.settings import ROOT

pytestmark = pytest.mark.fault

_START_LIMIT_S = 90.0
_STOP_LIMIT_S = 30.0


@dataclass
class System:
    """A system of this test's own, on a free port."""

    home: Path
    env: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def up(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app", "up", *arguments],
            cwd=self.home.parent,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def wait_until_ready(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        deadline = time.monotonic() + _START_LIMIT_S
        while self.record().get("pid") != process.pid:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "it was not ready in time"
            time.sleep(0.05)
        return self.record()

    def record(self) -> dict[str, Any]:
        """What run.json holds; {} when there is none."""
        try:
            content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        except FileNotFoundError:
            return {}
        return content

    def alive(self) -> list[str]:
        """What still runs of this system: marked processes, and servers that work in its folders."""
        names = [process.name() for process in leftovers(self.home)]
        for process in psutil.process_iter():
            try:
                if process.name() in ("postgres", "redis-server") and process.cwd().startswith(str(self.home)):
                    names.append(process.name())
            except (psutil.Error, OSError):
                continue
        return names


@pytest.fixture
def system(server_folder: Path, request: pytest.FixtureRequest) -> Iterator[System]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = server_folder / f"up-{abs(hash(request.node.name)) % 10_000}" / "home"
    home.parent.mkdir()
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    env |= {"PYTHONPATH": str(ROOT), "FUSE_HOME": str(home), "FUSE_PORT": str(port), "FUSE_OCR_WORKERS": "1"}
    system = System(home, env)
    yield system
    for process in system.started:
        if process.poll() is None:
            process.terminate()
            process.wait(_STOP_LIMIT_S)
        if process.stdout is not None:
            process.stdout.close()


def _page() -> bytes:
    from io import BytesIO

    picture = Image.new("L", (850, 1100), 255)
    ImageDraw.Draw(picture).text((100, 100), "Form W-9 Request for Taxpayer", fill=0, font_size=30)
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def test_it_starts_stops_and_keeps_what_was_added(system: System) -> None:
    process = system.up()
    address = system.wait_until_ready(process)["address"]
    assert (system.home / "run.json").stat().st_mode & 0o777 == 0o600
    answer = httpx.post(f"{address}/api/upload", files={"file": ("a.png", _page())}, trust_env=False, timeout=30)
    assert answer.status_code == 202, answer.text
    document = answer.json()["document_id"]

    again = system.up()
    output, _ = again.communicate(timeout=60)
    assert (again.returncode, output) == (0, f"Fuse runs here already: {address}\n")

    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=_STOP_LIMIT_S)
    assert process.returncode == 0
    for told in (r"✓ PostgreSQL +[\d.]+ s", r"✓ Redis", r"✓ Tables", r"✓ Readiness", f"ready: {address}", "✓ Stopped"):
        assert re.search(told, output), told
    assert system.alive() == []
    assert not (system.home / "run.json").exists()

    process = system.up()
    address = system.wait_until_ready(process)["address"]
    kept = httpx.get(f"{address}/api/docs/{document}", trust_env=False, timeout=30)
    assert kept.status_code == 200
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=_STOP_LIMIT_S)
    assert process.returncode == 0
    assert system.alive() == []


@pytest.mark.slow
def test_a_kill_leaves_nothing_in_the_way(system: System) -> None:
    process = system.up()
    first = system.wait_until_ready(process)
    process.kill()
    process.communicate()
    assert (system.home / "run.json").exists()

    process = system.up()  # at once: what the first one started may still be stopping
    second = system.wait_until_ready(process)
    assert second["address"] == first["address"]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=_STOP_LIMIT_S)
    assert system.alive() == []


@pytest.mark.slow
def test_a_worker_that_is_killed_comes_back(system: System) -> None:
    process = system.up()
    system.wait_until_ready(process)
    victim = _worker(system)
    victim.kill()
    deadline = time.monotonic() + 30
    while _worker(system, but=victim.pid) is None:
        assert time.monotonic() < deadline, "no worker came back"
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=_STOP_LIMIT_S)
    assert "worker-ocr" in output
    assert "killed by SIGKILL" in output


@pytest.mark.slow
def test_servers_that_are_killed_come_back_with_their_data(system: System) -> None:
    process = system.up()
    address = system.wait_until_ready(process)["address"]
    client = httpx.Client(base_url=address, trust_env=False, timeout=30)
    document = client.post("/api/upload", files={"file": ("a.png", _page())}).json()["document_id"]
    for server in _servers(system):
        server.kill()
    deadline = time.monotonic() + 60
    while client.get("/health/ready").json().get("status") != "ok" or len(_servers(system)) < 2:
        assert time.monotonic() < deadline, "they did not come back"
        time.sleep(0.1)
    assert client.get(f"/api/docs/{document}").status_code == 200
    client.close()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=_STOP_LIMIT_S)
    assert re.search(r"postgres +│ ended and is started again", output)
    assert re.search(r"redis +│ ended and is started again", output)
    assert system.alive() == []


def _servers(system: System) -> list[psutil.Process]:
    """PostgreSQL's postmaster and Redis."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.name() in ("postgres", "redis-server") and process.cwd().startswith(str(system.home))
            if ours and process.ppid() in [started.pid for started in system.started]:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _worker(system: System, but: int | None = None) -> Any:
    for process in leftovers(system.home):
        try:
            if process.cmdline()[-2:] == ["workers", "ocr"] and process.pid != but:
                return process
        except psutil.Error:
            continue
    return None


def test_a_stop_in_the_middle_of_the_start_leaves_nothing(system: System) -> None:
    process = system.up()
    deadline = time.monotonic() + 30
    while _worker(system) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=_STOP_LIMIT_S)
    assert process.returncode == 0
    assert system.alive() == []


def test_a_taken_port_is_named_with_the_way_out(system: System) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(system.env["FUSE_PORT"])))
        other.listen()
        process = system.up()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    port = int(system.env["FUSE_PORT"])
    assert f"Port {port} is taken" in output
    assert f"FUSE_PORT={port + 1} ./fuse up" in output
    assert system.alive() == []


@pytest.mark.parametrize(
    ("name", "address"),
    [("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"), ("REDIS_URL", "redis://127.0.0.1:1/0")],
)
def test_a_server_that_does_not_answer_is_named(system: System, name: str, address: str) -> None:
    system.env[name] = address
    process = system.up()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"{name} does not answer" in output
    assert system.alive() == []


def test_a_signal_that_is_lost_in_a_destructor_stops_all_the_same() -> None:
    script = """
import os, signal
from app.commands.up import _Signals, _StopRequested
signals = _Signals()
class Dying:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        sum(range(1000))
Dying()
try:
    signals.check()
except _StopRequested:
    signals.stopping()
    print("stopped", signals.hurry())
signals.check()
os.kill(os.getpid(), signal.SIGINT)
print(signals.hurry())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["stopped False", "True"], done.stderr
