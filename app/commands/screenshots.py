"""`./fuse screenshots`: the pictures of every screen in docs/, so that they stay true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import httpx
import typer
from rich.progress import track

from app.client import address_of
from app.console import CommandFailed, err, out
from app.settings import ROOT, Settings
from app.system_programs import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

_BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_SCREENS = ("queue", "review", "upload", "documents", "document", "quality", "operations", "settings")
_DARK = ("review", "queue", "quality")
_SHOWN_WITHIN_MS = 60_000
_SETTLES_MS = 2500
"""Charts and pictures come after the page."""
_SHOWN = "[data-testid='stMainBlockContainer'] :is(h2, .fuse-title):visible"


def screenshots(
    folder: Annotated[Path, typer.Option("--out", help="Where the pictures go.")] = ROOT / "docs" / "screenshots",
    width: Annotated[int, typer.Option(help="Of the window, in pixels.")] = 1440,
    server: Annotated[str | None, typer.Option(help="The address of a system elsewhere.")] = None,
) -> None:
    """Take pictures of every screen of the running system; start it with ./fuse up --samples first."""
    address = address_of(Settings(), server)
    try:
        from playwright.sync_api import Error, sync_playwright  # a tool of the tests; not there before ./fuse test
    except ImportError:
        raise CommandFailed("This needs a browser driver. Run ./fuse test once: it installs it.") from None
    chromium = find_chromium()
    if chromium is None:
        raise CommandFailed("This needs Chromium. Run ./fuse doctor to see the command that installs it.")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=_BROWSER_ARGUMENTS)
        shots = [(name, "light") for name in _SCREENS] + [(name, "dark") for name in _DARK]
        for name, scheme in track(shots, "Taking pictures", console=err):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            try:
                _take(page, address, name, folder / f"{name}{'-dark' if scheme == 'dark' else ''}.png")
            except Error as error:
                raise CommandFailed(f"The screen {name} did not answer: {error.message.splitlines()[0]}") from None
            page.goto("about:blank")  # gives the document free, for the next picture of Review
            page.close()
        browser.close()
    out.print(f"{len(shots)} pictures in {folder}.")


def _take(page: Page, address: str, name: str, file: Path) -> None:
    page.goto(f"{address}/{name}{_document(address) if name in ('review', 'document') else ''}")
    page.wait_for_selector(_SHOWN, timeout=_SHOWN_WITHIN_MS)
    page.wait_for_timeout(_SETTLES_MS)
    page.screenshot(path=file)


def _document(address: str) -> str:
    """A statement shows more than any other type; else whatever is there."""
    documents = httpx.get(f"{address}/api/docs", params={"limit": 200}, timeout=30).json()["documents"]
    if not documents:
        raise CommandFailed("The system is empty. Start it with ./fuse up --samples.")
    waiting = [each for each in documents if each["processing_status"] == "needs_review"]
    statements = [each for each in waiting or documents if each["type"] == "bank_statement"]
    return f"?doc={(statements or waiting or documents)[0]['id']}"
