"""`./fuse bench ui`: how long a reviewer waits for the next document while others work too, in a real browser."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import quantiles
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer
from rich.progress import Progress
from rich.table import Table

from app.client import Client, address_of
from app.commands.bench_colleagues import Colleague
from app.console import CommandFailed, err, out
from app.driven_browser import launch_options
from app.settings import Settings

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

_FIELD = "[class*='st-key-field-']"
_PACE_S = 4.0
"""How long the measured one looks at a document: long enough for the browser to come to rest."""
_UNFINISHED = ("received", "ocr", "classifying", "extracting")
_TOO_LATE, _NONE_LEFT = -1, -2
_NEXT = """(field) => new Promise((done) => {
  const viewer = () => [...document.querySelectorAll("*")].map((each) => each.shadowRoot)
    .find((root) => root && root.querySelector(".viewer"))
  const doc = () => new URL(location.href).searchParams.get("doc")
  const before = doc(), start = performance.now(), times = {}
  const look = () => {
    const passed = performance.now() - start
    const holder = document.activeElement && document.activeElement.closest(field)
    if (doc() !== before && !doc()) return done({ focus: -2, picture: -2 })
    if (!times.focus && doc() !== before && holder && holder.className.includes(doc())) times.focus = passed
    const picture = times.focus && viewer().querySelector(".leaf > img")
    const drawn = picture && picture.src.includes(doc()) && picture.complete && picture.naturalWidth
    if (drawn) return done({ ...times, picture: passed })
    if (passed > 20000) return done({ focus: times.focus ?? -1, picture: -1 })
    requestAnimationFrame(look)
  }
  document.querySelector(".st-key-review-actions button").click()
  look()
})"""


@dataclass
class _Waits:
    """Milliseconds from Approve until the first doubtful field has the focus, and until the page's picture is drawn;
    how many of these did not come within 20 s, and how many documents the others approved.
    """

    focus: list[float] = field(default_factory=list)
    picture: list[float] = field(default_factory=list)
    missed: int = 0
    by_others: int = 0


def ui(
    sessions: Annotated[int, typer.Option("--sessions", "-s", min=1, help="How many people work at once.")] = 20,
    approvals: Annotated[
        int, typer.Option("--approvals", "-n", min=2, help="How many the measured one approves.")
    ] = 40,
    pace: Annotated[float, typer.Option(help="Seconds that each of the others looks at a document.")] = 10.0,
    server: Annotated[str | None, typer.Option(help="The address of a system elsewhere.")] = None,
) -> None:
    """Approve documents in a browser while others do the same, and tell how long each next one takes.

    One person is a Chromium; the others are sessions without a browser, which would take the cores from the server. It
    draws the documents and approves them: use a system that you can throw away, which shows every document to a person
    (FUSE_SAMPLING_RATE=1 FUSE_HOME=/tmp/fuse-bench FUSE_PORT=8600 ./fuse up).
    """
    address = address_of(Settings(), server)
    by_others = (sessions - 1) * (approvals * _PACE_S / pace + 2)
    _add_documents(address, approvals + 1 + int(by_others))
    waits = asyncio.run(_measure(address, sessions, approvals, pace))
    if len(waits.focus) < 2:
        raise CommandFailed("No document followed another. Do all of them wait for a person (FUSE_SAMPLING_RATE=1)?")
    out.print(_table(waits, sessions))
    out.print(f"The others approved {waits.by_others} documents meanwhile.")
    if waits.missed:
        out.print(f"[red]{waits.missed} did not come within 20 seconds, and are not in the table.[/]")


def _table(waits: _Waits, sessions: int) -> Table:
    table = Table(title=f"From Approve until the next document, {sessions} people at work")
    for column in ("Until", "n", "p50, ms", "p95, ms", "most, ms"):
        table.add_column(column)
    named = (("its first doubtful field has the focus", waits.focus), ("its page is drawn", waits.picture))
    for name, times in named:
        cuts = quantiles(times, n=20, method="inclusive")
        table.add_row(name, str(len(times)), f"{cuts[9]:.0f}", f"{cuts[18]:.0f}", f"{max(times):.0f}")
    return table


def _add_documents(address: str, wanted: int) -> None:
    from pipeline.samples import draw

    with Client(address) as client, Progress(console=err) as progress:
        bar = progress.add_task("Drawing and reading documents", total=wanted)
        while (missing := wanted - _waiting(address)) > 0:
            for _ in range(missing):
                sample = draw("w9", "digital", random.randrange(10**9))
                client.upload(sample.filename, sample.data)
            _until_read(address)
            progress.update(bar, completed=_waiting(address))
            if wanted - _waiting(address) >= missing:
                raise CommandFailed("Documents pass without a person here. Start the system with FUSE_SAMPLING_RATE=1.")


def _waiting(address: str) -> int:
    return sum(1 for _ in _documents(address, "needs_review"))


def _until_read(address: str) -> None:
    while any(next(_documents(address, status), None) for status in _UNFINISHED):
        time.sleep(0.5)


def _documents(address: str, status: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        params = {"status": status, "limit": "200"} | ({"cursor": cursor} if cursor else {})
        answer = httpx.get(f"{address}/api/docs", params=params, timeout=30).json()
        yield from answer["documents"]
        cursor = answer["next_cursor"]


async def _measure(address: str, sessions: int, approvals: int, pace: float) -> _Waits:
    options = launch_options()
    from playwright.async_api import async_playwright  # not there before ./fuse test

    waits = _Waits()
    others = [Colleague(address) for _ in range(sessions - 1)]
    async with async_playwright() as playwright, asyncio.TaskGroup() as at_work:
        browser = await playwright.chromium.launch(**options)
        page = await _opened(browser, address)
        working = [at_work.create_task(other.work(pace)) for other in others]
        await _approve(page, approvals, waits)
        for each in working:
            each.cancel()
        await browser.close()
    waits.by_others = sum(other.approved for other in others)
    return waits


async def _opened(browser: Browser, address: str) -> Page:
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(120_000)
    await page.goto(f"{address}/review")
    await page.wait_for_selector(f"{_FIELD} input")
    return page


async def _approve(page: Page, approvals: int, waits: _Waits) -> None:
    with Progress(console=err) as progress:
        bar = progress.add_task("Approving", total=approvals)
        for _ in range(approvals):
            await asyncio.sleep(_PACE_S * random.uniform(0.4, 1.6))
            times = await page.evaluate(_NEXT, _FIELD)
            progress.advance(bar)
            if times["focus"] == _NONE_LEFT:
                return
            waits.missed += list(times.values()).count(_TOO_LATE)
            waits.focus += [times["focus"]] if times["focus"] > 0 else []
            waits.picture += [times["picture"]] if times["picture"] > 0 else []
