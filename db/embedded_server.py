"""What the embedded servers have in common: a folder, a socket, a child process that answers.

EmbeddedError
├── ProgramMissing      no wheel carries the server for this machine, and none is installed
├── DataTooNew          the data folder was written by another major version of PostgreSQL
└── ServerDidNotStart   the server ended, or gave no sign of life in time
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

import psutil

from db.lifeline import SystemUser

_LONGEST_SOCKET_FOLDER = 85
"""A socket's whole path may take 104 bytes on macOS, 108 on Linux; ours are `.s.PGSQL.5432.lock` at the longest."""
_MISREAD = re.compile(r"[\s,=]")
"""PostgreSQL takes a comma for the end of a folder; redis-py's CLIENT INFO, which RQ's workers begin with, fails on
blanks and equals signs in the socket's path.
"""
_START_LIMIT_S = 60.0
STOP_LIMIT_S = 8.0
"""How long a server may take to stop in order."""


class EmbeddedError(RuntimeError):
    """An embedded server can't run."""


class ProgramMissing(EmbeddedError):
    """The server's program is not on this machine."""


class DataTooNew(EmbeddedError):
    """The data folder belongs to a version of PostgreSQL that isn't here."""


class ServerDidNotStart(EmbeddedError):
    """The server did not start."""


class Server(ABC):
    """A server program that we run as a child, always on the same address; its log is `folder`/`name`.log."""

    name: str
    url: str

    def __init__(self, folder: Path, socket_folder: Path) -> None:
        self.folder = folder
        self.socket_folder = socket_folder
        self.log = folder / f"{self.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process."""
        if self._process is None:
            raise EmbeddedError(f"{self.name} is stopped.")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the server's process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the server, if it isn't running, and returns when it answers.

        Raises:
            ServerDidNotStart: it ended, or didn't answer within a minute.
        """
        if self.running:
            return
        self._clear_the_way()
        self._process = self._launch()
        deadline = time.monotonic() + _START_LIMIT_S
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                self._end_by([(signal.SIGKILL, STOP_LIMIT_S)])
                raise ServerDidNotStart(f"{self.name} did not start. Its log, {self.log}, ends:\n{self.last_words()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Kills the server as a crash would (`kill -9`)."""
        self._end_by([(signal.SIGKILL, STOP_LIMIT_S)])

    def last_words(self, lines: int = 8) -> str:
        """The end of the server's log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:]) or "(nothing)"

    def _close(self) -> None:
        """Removes the socket's folder where it isn't a part of the data folder."""
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _end_by(self, escalation: list[tuple[signal.Signals, float]]) -> None:
        if self._process is None:
            return
        for number, patience_s in escalation:
            self._process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
                break
        self._process = None

    @abstractmethod
    def _clear_the_way(self) -> None:
        """Stops what an earlier, killed starter left running on this folder."""

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]: ...

    @abstractmethod
    def _answers(self) -> bool: ...


def make_private(folder: Path) -> None:
    """Makes a folder that only this user enters."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def new_log(log: Path) -> None:
    """Keeps the log of the last start beside the new one."""
    if log.exists():
        log.replace(log.with_suffix(".1.log"))


def socket_folder_for(folder: Path, user: SystemUser | None) -> Path:
    """A folder for the socket: this one, or a short private one where its path is too long or not plain."""
    if user is not None:
        os.chown(folder, user.uid, user.gid)
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER and not _MISREAD.search(str(folder)):
        return folder
    short = Path(tempfile.mkdtemp(prefix="fuse-", dir="/tmp"))
    if user is not None:
        os.chown(short, user.uid, user.gid)
    return short


def stop_leftover(pid_file: Path, folder: Path, number: signal.Signals) -> None:
    """Stops the server that still runs on this folder; an old file that names some other process is removed.

    A process is ours only when its working folder is: numbers come again after a reboot.
    """
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = process.cwd() == str(folder)
    except (OSError, ValueError, IndexError, psutil.Error):
        ours = False
    if ours:
        process.send_signal(number)
        try:
            process.wait(STOP_LIMIT_S)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_LIMIT_S)
    pid_file.unlink(missing_ok=True)
