"""Runs the processes of a Procfile: starts them, restarts what dies, shows what they warn of, and stops them all.

Each process writes to its own log file rather than into a pipe, so that a paused or killed runner blocks nobody.
honcho only reads the Procfile: its own manager stops the whole system when one process ends, kills after 5 seconds,
and doesn't look for what its processes have started themselves.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import string
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from honcho.environ import parse_procfile

from db.lifeline import start_program

MARK = "FUSE_UP"
"""In the environment of all that a runner starts, and of what that starts in turn: the home of the system."""
_BACKOFF_S = (1.0, 2.0, 4.0, 8.0)
_STEADY_S = 60.0
"""A process that lived so long starts its back-off anew."""
_LONGEST_LOG_BYTES = 20_000_000
_TOLD_AT_ONCE = 5
_QUIET_S = 10.0
"""After so many warnings in this time, a process' further ones are only counted: the log has them all."""
_WARNING = re.compile(r'^(WARNING|ERROR|CRITICAL)\b|"level": ?"(warning|error|critical)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running."""

    name: str
    command: tuple[str, ...]


def read_procfile(procfile: Path, env: Mapping[str, str], copies: Mapping[str, int]) -> list[Program]:
    """Reads what to run.

    Args:
        procfile: lines `name: command`; `$NAME` in a command is taken from `env`.
        env: the variables.
        copies: how many of a name to run, when not one; they are called name.1, name.2, ...
    """
    programs = []
    for name, line in parse_procfile(procfile.read_text()).processes.items():
        command = tuple(shlex.split(string.Template(line).substitute(env)))
        count = copies.get(name, 1)
        names = [name] if count == 1 else [f"{name}.{number + 1}" for number in range(count)]
        programs += [Program(each, command) for each in names]
    return programs


class LogTail:
    """Follows a log file that grows, and keeps it from growing without end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_bytes = 0
        if path.exists():
            path.replace(path.with_suffix(".1.log"))
        path.touch(mode=0o600)

    def new_lines(self) -> list[str]:
        """The whole lines written since the last call."""
        with self.path.open("rb") as log:
            log.seek(self._read_bytes)
            content = log.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        if self._read_bytes > _LONGEST_LOG_BYTES:
            shutil.copyfile(self.path, self.path.with_suffix(".1.log"))
            os.truncate(self.path, 0)  # its writer appends, so it goes on at the new end
            self._read_bytes = 0
        return whole.decode(errors="replace").splitlines()

    def last_words(self, lines: int = 12) -> str:
        """The end of the log."""
        return "\n".join(self.path.read_text(errors="replace").splitlines()[-lines:]) or "(nothing)"


@dataclass(slots=True)
class _Run:
    """A program, and how its running goes."""

    program: Program
    tail: LogTail
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    start_again_at: float = 0.0
    told_since: float = 0.0
    told: int = 0
    groups: list[int] = field(default_factory=list)


class Runner:
    """Keeps programs running until it is told to stop.

    Args:
        programs: what to run.
        home: marks what was started, so that nothing of it is ever left behind.
        env: the environment of the programs.
        cwd: their working folder.
        logs: a folder for `NAME.log`.
        tell: receives (program's name, line) for the person at the terminal.
        verbose: tell every line, not only warnings.
    """

    def __init__(
        self,
        programs: list[Program],
        *,
        home: Path,
        env: Mapping[str, str],
        cwd: Path,
        logs: Path,
        tell: Callable[[str, str], None],
        verbose: bool = False,
    ) -> None:
        self._home = home
        self._env = {**env, MARK: str(home)}
        self._cwd = cwd
        self._tell = tell
        self._verbose = verbose
        self._runs = [_Run(program, LogTail(logs / f"{program.name}.log")) for program in programs]

    @property
    def programs(self) -> list[Program]:
        """What it runs."""
        return [run.program for run in self._runs]

    def start(self) -> None:
        """Starts all programs."""
        for run in self._runs:
            self._start(run)

    def first_ended(self) -> tuple[Program, int, str] | None:
        """The first program that isn't running: with its exit code and its last words."""
        for run in self._runs:
            if run.process is not None and (code := run.process.poll()) is not None:
                return run.program, code, run.tail.last_words()
        return None

    def check(self) -> None:
        """Tells what was logged, and starts again what ended; to be called a few times per second."""
        for run in self._runs:
            self._pass_on(run)
            if run.process is None:
                if time.monotonic() >= run.start_again_at:
                    self._start(run)
            elif (code := run.process.poll()) is not None:
                self._plan_restart(run, code)

    def stop(self, grace_s: float, hurry: Callable[[], bool] = lambda: False) -> list[str]:
        """Stops everything that was started, and what that started.

        Args:
            grace_s: how long the programs may take to finish what they are at.
            hurry: asked while waiting; True: don't wait any longer.

        Returns:
            The names of the programs that had to be killed.
        """
        for run in self._runs:
            if run.process is not None and run.process.poll() is None:
                run.process.terminate()
        deadline = time.monotonic() + grace_s
        while self._alive() and time.monotonic() < deadline and not hurry():
            time.sleep(0.05)
        late = [run.program.name for run in self._alive()]
        for run in self._runs:
            self._pass_on(run)
            for group in run.groups:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(group, signal.SIGKILL)
            if run.process is not None:
                run.process.wait()
        stop_leftovers(self._home, grace_s=0.0)
        return late

    def _alive(self) -> list[_Run]:
        return [run for run in self._runs if run.process is not None and run.process.poll() is None]

    def _start(self, run: _Run) -> None:
        run.process = start_program(run.program.command, log=run.tail.path, cwd=self._cwd, env=self._env)
        run.groups = [*(group for group in run.groups if _group_exists(group)), run.process.pid]
        run.started_at = time.monotonic()

    def _plan_restart(self, run: _Run, code: int) -> None:
        now = time.monotonic()
        run.failures = 1 if now - run.started_at > _STEADY_S else run.failures + 1
        wait_s = _BACKOFF_S[min(run.failures, len(_BACKOFF_S)) - 1]
        run.process = None
        run.start_again_at = now + wait_s
        last = run.tail.last_words(1)
        self._tell(
            run.program.name, f"ended ({describe_exit(code)}) and is started again in {wait_s:.0f} s; last: {last}"
        )

    def _pass_on(self, run: _Run) -> None:
        lines = run.tail.new_lines()
        if self._verbose:
            for line in lines:
                self._tell(run.program.name, _readable(line))
            return
        if time.monotonic() - run.told_since > _QUIET_S:
            if run.told > _TOLD_AT_ONCE:
                self._tell(run.program.name, f"({run.told - _TOLD_AT_ONCE} more warnings in {run.tail.path})")
            run.told_since, run.told = time.monotonic(), 0
        for line in filter(_WARNING.search, lines):
            run.told += 1
            if run.told <= _TOLD_AT_ONCE:
                self._tell(run.program.name, _readable(line))


def describe_exit(code: int) -> str:
    """An exit code in words: `exit code 1`, or `killed by SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def leftovers(home: Path) -> Iterator[psutil.Process]:
    """The live processes that a runner with this home has started, directly or not."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(home):
                yield process


def stop_leftovers(home: Path, grace_s: float) -> int:
    """Stops what a runner left behind (it was killed, or a process of it hides in a session of its own).

    Returns:
        How many processes there were.
    """
    found = list(leftovers(home))
    for process in found:
        with suppress(psutil.Error):
            process.terminate() if grace_s else process.kill()
    _, stubborn = psutil.wait_procs(found, timeout=grace_s or 5.0)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5.0)
    return len(found)


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _readable(line: str) -> str:
    """A structured log line as a person would write it; any other line as it is."""
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if not isinstance(event, dict):
        return line
    rest = " ".join(
        f"{key}={value}" for key, value in event.items() if key not in ("level", "event", "timestamp", "process")
    )
    return f"{event.get('level', '')} {event.get('event', '')} {rest}".strip()
