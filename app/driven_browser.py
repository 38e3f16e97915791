"""The browser that commands drive themselves: Chromium, by the driver that `./fuse test` installs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from app.console import CommandFailed
from app.system_programs import find_chromium

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def launch_options() -> dict[str, Any]:
    """What Playwright's `launch` takes to start it. Import Playwright after this: it is a tool of the tests.

    Raises:
        CommandFailed: driver or browser is missing; the sentence says how it comes.
    """
    if find_spec("playwright") is None:
        raise CommandFailed("This needs a browser driver. Run ./fuse test once: it installs it.")
    chromium = find_chromium()
    if chromium is None:
        raise CommandFailed("This needs Chromium. Run ./fuse doctor to see the command that installs it.")
    return {"executable_path": chromium, "args": _ARGUMENTS}
