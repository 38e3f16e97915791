"""`./fuse test`: everything that is checked, in one go."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

import typer
from rich.table import Table

from app.console import out
from app.settings import ROOT, Settings
from app.system_programs import CHROMIUM, POPPLER, REDIS, TESSERACT, install, missing

_FOLDERS = ("app", "pages", "pipeline", "workers", "db")
_ALL_AT_ONCE = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder", "--durations=15")
"""Two processes, each with its own servers: one waits in the fault tests while the other computes. A file's tests stay
together, and in order, so that the long ones begin early.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the check, and how it went."""

    name: str
    passed: bool
    seconds: float


def test(context: typer.Context) -> None:
    """Check everything: format, lint, types and all tests, on real servers.

    Arguments are handed to pytest: ./fuse test tests/pipeline -k w9. Installs the test tools, Tesseract and Chromium
    where they are missing. Every part runs, even when another one failed; the exit code is 0 only when all passed.
    """
    to_install = missing([TESSERACT, POPPLER, REDIS, CHROMIUM])
    if to_install:
        out.print(f"Installing {', '.join(program.name for program in to_install)} …")
        install(to_install, Settings().home / "logs" / "install.log")
    parts = [
        _run("Format", "ruff", "format", "--check", "."),
        _run("Lint", "ruff", "check", "."),
        _run("Types", "mypy", *_FOLDERS),
        _run("Tests", "pytest", *(context.args or _ALL_AT_ONCE)),
    ]
    table = Table("", "Part", "Seconds", show_edge=False)
    for part in parts:
        table.add_row("[green]✓[/]" if part.passed else "[red]✗[/]", part.name, f"{part.seconds:.0f}")
    out.print(table)
    failed = [part.name for part in parts if not part.passed]
    out.print(f"[red]Failed: {', '.join(failed)}[/]" if failed else "[green]All passed[/]")
    raise typer.Exit(1 if failed else 0)


def _run(name: str, *command: str) -> Part:
    out.rule(f"[bold]{name}[/]  [dim]{' '.join(command)}[/]", align="left")
    started = time.monotonic()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    return Part(name, done.returncode == 0, time.monotonic() - started)
