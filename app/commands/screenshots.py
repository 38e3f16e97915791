"""`./fuse screenshots`: the pictures of every screen in docs/, so that they stay true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from app.client import Client, address_of
from app.console import CommandFailed, err, out
from app.driven_browser import launch_options
from app.picture_documents import add_samples, review_some, shown_in_review
from app.settings import ROOT, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_SCREENS = {
    "queue": "queue",
    "review": "review",
    "upload": "upload",
    "documents": "documents",
    "document": "document",
    "quality": "quality",
    "operations": "operations",
    "settings": "settings",
    "document-types": "settings?section=Document+types",
    "new-type": "settings?section=New+type",
}
"""The name of a picture -> the address of what it shows."""
_DARK = ("review", "queue", "quality")
_OF_A_DOCUMENT = ("review", "document")
_FIRST_RUN = "first-run"
_SHOWN_WITHIN_MS = 60_000
_SETTLES_MS = 2500
"""Charts and pictures come after the page."""
_SHOWN = "[data-testid='stMainBlockContainer'] :is(h2, .fuse-title):visible"


def screenshots(
    folder: Annotated[Path, typer.Option("--out", help="Where the pictures go.")] = ROOT / "docs" / "screenshots",
    width: Annotated[int, typer.Option(help="Of the window, in pixels.")] = 1440,
    server: Annotated[str | None, typer.Option(help="The address of a system elsewhere.")] = None,
) -> None:
    """Take pictures of every screen of the running system; start it with ./fuse up --samples first.

    This changes documents: where none is reviewed yet, most are approved and some of them corrected, so that Quality
    has something to show; take a system with samples only. An empty system is taken as it is first (first-run.png);
    then the dozen samples are added.
    """
    address = address_of(Settings(), server)
    options = launch_options()
    from playwright.sync_api import sync_playwright  # not there before ./fuse test

    folder.mkdir(parents=True, exist_ok=True)
    with Client(address) as client, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        camera = _Camera(browser, address, folder, width)
        if not client.documents():
            camera.take(_FIRST_RUN, "queue", "light")
            add_samples(client)
        approved = review_some(client, client.documents())
        if approved:
            out.print(f"{approved} documents were approved, so that Quality has something to show.")
        doc_id = shown_in_review(client.documents())["id"]
        shots = [(name, "light") for name in _SCREENS] + [(name, "dark") for name in _DARK]
        for name, scheme in track(shots, "Taking pictures", console=err):
            document = f"?doc={doc_id}" if name in _OF_A_DOCUMENT else ""
            camera.take(name, _SCREENS[name] + document, scheme)
        browser.close()
    out.print(f"{camera.taken} pictures in {folder}.")


class _Camera:
    """Takes pictures of the screens of the system at an address."""

    def __init__(self, browser: Browser, address: str, folder: Path, width: int) -> None:
        self._browser, self._address, self._folder, self._width = browser, address, folder, width
        self.taken = 0

    def take(self, name: str, path: str, scheme: str) -> None:
        """Takes a picture of what stands at a path, in "light" or "dark"."""
        from playwright.sync_api import Error

        page = self._browser.new_page(viewport={"width": self._width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        try:
            page.goto(f"{self._address}/{path}")
            page.wait_for_selector(_SHOWN, timeout=_SHOWN_WITHIN_MS)
            page.wait_for_timeout(_SETTLES_MS)
            page.screenshot(path=self._folder / f"{name}{'-dark' if scheme == 'dark' else ''}.png")
        except Error as error:
            raise CommandFailed(f"The screen {name} did not answer: {error.message.splitlines()[0]}") from None
        page.goto("about:blank")  # gives the document free, for the next picture of Review
        page.close()
        self.taken += 1
