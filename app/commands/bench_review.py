"""`./fuse bench review`: how long a reviewer waits for the next document, in a real browser."""

from __future__ import annotations

from statistics import median
from typing import Annotated

import typer

from app.client import address_of
from app.console import CommandFailed, out
from app.settings import Settings
from app.system_programs import find_chromium

_BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_READY = "[class*='st-key-field-'] input"
_NEXT_DOCUMENT = """(button) => new Promise((done) => {
  const viewer = () => [...document.querySelectorAll("div")]
    .map((each) => each.shadowRoot).find((root) => root && root.querySelector(".viewer")) || document
  const title = () => document.querySelector(".fuse-title")?.textContent
  const before = title(), start = performance.now()
  const look = () => {
    const passed = performance.now() - start
    const picture = viewer().querySelector(".sheet img")
    const drawn = picture && picture.complete && picture.naturalWidth && !picture.classList.contains("waiting")
    if (title() && title() !== before && drawn) return done(passed)
    if (passed > 15000) return done(-1)
    requestAnimationFrame(look)
  }
  button.click()
  look()
})"""


def review(
    switches: Annotated[
        int, typer.Option("--switches", "-n", min=1, help="How often to go to the next document.")
    ] = 12,
    server: Annotated[str | None, typer.Option(help="The address of a system elsewhere.")] = None,
) -> None:
    """Skip through the documents that wait for review and tell how long each next one takes to be shown.

    From the click until the next document's form and its first page are drawn. Nothing is stored.
    """
    address = address_of(Settings(), server)
    times = _measure(address, switches)
    if not times or min(times) < 0:
        raise CommandFailed("The next document did not appear. Are there two or more in the queue that have fields?")
    out.print(
        f"{len(times)} switches: [bold]{median(times):.0f} ms[/] in the middle, {max(times):.0f} ms at most, "
        "from the click until the next document and its first page are shown."
    )


def _measure(address: str, switches: int) -> list[float]:
    try:
        from playwright.sync_api import Error, sync_playwright  # a tool of the tests; not there before ./fuse test
    except ImportError:
        raise CommandFailed("This needs a browser driver. Run ./fuse test once: it installs it.") from None
    chromium = find_chromium()
    if chromium is None:
        raise CommandFailed("This needs Chromium. Run ./fuse doctor to see the command that installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=_BROWSER_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        try:
            page.goto(f"{address}/review")
            page.wait_for_selector(_READY)
            page.wait_for_timeout(2000)  # a person looks before going on
            times = []
            for _ in range(switches):
                times.append(page.get_by_role("button", name="Skip").first.evaluate(_NEXT_DOCUMENT))
                page.wait_for_timeout(800)
            return times
        except Error as error:
            raise CommandFailed(f"The review screen did not answer: {error.message.splitlines()[0]}") from None
        finally:
            browser.close()
