"""The running system's own record: one per home folder, known to be there by a lock that the kernel lifts."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.settings import Settings


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What `.fuse/run.json` holds while the system runs."""

    pid: int
    address: str
    database_url: str
    redis_url: str
    started_at: str


class AlreadyRunning(Exception):
    """Fuse runs here already."""


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Holds this home for one system at a time; a killed one holds nothing.

    Raises:
        AlreadyRunning: another process holds it.
    """
    with (home / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield


def is_running(home: Path) -> bool:
    """Whether a system holds this home now."""
    if not (home / "lock").exists():
        return False
    try:
        with only_one(home):
            return False
    except AlreadyRunning:
        return True


def write_record(settings: Settings, address: str, database_url: str, redis_url: str) -> None:
    """Writes the record, for this user only, whole or not at all."""
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    record = RunRecord(os.getpid(), address, database_url, redis_url, started_at)
    fresh = settings.run_file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(record), file, indent=1)
    fresh.replace(settings.run_file)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True
