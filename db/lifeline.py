"""Starts programs that can't outlive their starter, even when that one is killed with `kill -9`.

On Linux the kernel sends the program a signal when its starter dies. It must be asked for after the program's process
exists and after its user is set, but before the program runs; so this file is also a script that does so and then
becomes the program (`subprocess`' own `preexec_fn` isn't safe in a process with threads). Elsewhere the programs do
outlive a killed starter, and the next start finds and stops them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class SystemUser:
    """A user of the operating system, by number."""

    uid: int
    gid: int


def start_program(
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    user: SystemUser | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own, so that Ctrl+C in the terminal doesn't reach it.

    Args:
        command: the program and its arguments.
        log: its output is appended here.
        cwd: its working folder.
        env: its environment; None: ours.
        user: who it runs as; None: as we do.
        death_signal: what it receives when this process dies (Linux).

    Returns:
        The running program; its pid is the program's own.
    """
    who = user or SystemUser(os.geteuid(), os.getegid())
    shim = [sys.executable, "-I", "-S", __file__, str(int(death_signal)), str(os.getpid()), str(who.uid), str(who.gid)]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*shim, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )


def _become(death_signal: int, parent: int, user: SystemUser, command: list[str]) -> None:
    if os.geteuid() == 0 and user.uid != 0:
        os.setgroups([])
        os.setgid(user.gid)
        os.setuid(user.uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died before we could ask
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - becoming the program is the point


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), SystemUser(int(sys.argv[3]), int(sys.argv[4])), sys.argv[5:])
