"""The programs of the operating system that no Python wheel carries: is each there, and what installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.console import CommandFailed
from db.embedded import redis_program


@dataclass(frozen=True, slots=True)
class SystemProgram:
    """A program of the operating system.

    Attributes:
        name: as a person calls it.
        find: gives what was found (a path or a version), or None.
        apt: its packages on Debian and Ubuntu.
        brew: its packages on macOS.
    """

    name: str
    find: Callable[[], str | None]
    apt: tuple[str, ...]
    brew: tuple[str, ...]


def _find_tesseract() -> str | None:
    path = shutil.which("tesseract")
    if path is None:
        return None
    answer = subprocess.run([path, "--list-langs"], capture_output=True, text=True, check=False)
    languages = set((answer.stdout + answer.stderr).split())
    return path if {"eng", "osd"} <= languages else None


def _find_poppler() -> str | None:
    return shutil.which("pdftoppm")


def _find_redis() -> str | None:
    program = redis_program()
    return str(program) if program else None


def find_chromium() -> str | None:
    """The browser for the browser tests: Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    macos = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return next(filter(None, map(shutil.which, names)), str(macos) if macos.exists() else None)


TESSERACT = SystemProgram(
    "Tesseract",
    _find_tesseract,
    apt=("tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-osd"),
    brew=("tesseract",),
)
POPPLER = SystemProgram("Poppler", _find_poppler, apt=("poppler-utils",), brew=("poppler",))
REDIS = SystemProgram("Redis", _find_redis, apt=("redis-server",), brew=("redis",))
CHROMIUM = SystemProgram("Chromium", find_chromium, apt=("chromium",), brew=("chromium",))


def missing(programs: Sequence[SystemProgram]) -> list[SystemProgram]:
    """Those of the programs that aren't there."""
    return [program for program in programs if program.find() is None]


def install_command(programs: Sequence[SystemProgram]) -> str:
    """The one command, for a person, that installs the programs here."""
    if shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(_packages(programs, 'apt'))}"
    if shutil.which("brew"):
        return f"brew install {' '.join(_packages(programs, 'brew'))}"
    names = " and ".join(program.name for program in programs)
    return f"install {names} with your system's package manager"


def install(programs: Sequence[SystemProgram], log: Path) -> None:
    """Installs the programs, where this needs no password.

    Args:
        programs: what to install.
        log: receives the installer's output.

    Raises:
        CommandFailed: a person must do it; the sentence holds the one command.
    """
    names = " and ".join(program.name for program in programs)
    by_hand = f"Run: {install_command(programs)}"
    if shutil.which("apt-get"):
        prefix = _become_root()
        if prefix is None:
            raise CommandFailed(f"{names} must be installed, which needs an administrator. {by_hand}")
        apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        commands = [
            [*apt, "update"],
            [*apt, "install", "-y", "--no-install-recommends", *_packages(programs, "apt")],
        ]
    elif shutil.which("brew"):
        commands = [["brew", "install", *_packages(programs, "brew")]]
    else:
        raise CommandFailed(f"{names} must be installed first: {install_command(programs)}, then run ./fuse again.")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        for command in commands:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
            )
            if done.returncode != 0 and "install" in command:
                raise CommandFailed(f"{names} could not be installed ({log} says why). {by_hand}")
    still_missing = missing(programs)
    if still_missing:
        raise CommandFailed(f"{still_missing[0].name} was installed but is not found. {by_hand}")


def _packages(programs: Sequence[SystemProgram], manager: str) -> list[str]:
    return [package for program in programs for package in getattr(program, manager)]


def _become_root() -> list[str] | None:
    """What to put before a command to run it as root, or None when that needs a password."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None
