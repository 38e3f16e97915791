"""A running workbench, shared by all tests of this folder and empty for each file; and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from redis import Redis

from app.settings import Settings
from db.embedded import EmbeddedPostgres, EmbeddedRedis
from db.review_locks import LOCK_S
from tests.faults.system import System, own_database, running

BROWSER = next((path for name in ("chromium", "google-chrome", "chrome") if (path := shutil.which(name))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
Opens = Callable[[], Page]
expect.set_options(timeout=30_000)  # a test machine may be slow and busy


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    assert BROWSER, "No Chromium here. Run the tests by ./fuse test, which installs it."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def shared_workbench(
    postgres_server: EmbeddedPostgres,
    redis_server: EmbeddedRedis,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[System]:
    """A system that shows a person every document, however well it was read. Tests ask for `workbench`."""
    home = tmp_path_factory.mktemp("workbench") / "home"
    with own_database(postgres_server, template_database) as url:
        settings = Settings(home=Path(home), database_url=url, redis_url=redis_server.url, sampling_rate=1.0)
        with running(settings, "web", "scheduler", "ocr1", "llm1") as system:
            yield system


@pytest.fixture(scope="module")
def workbench(shared_workbench: System) -> System:
    """The system with no document and an empty Redis, as it is before anybody has set anything."""
    with Redis.from_url(shared_workbench.settings.redis) as client:
        client.flushall()
    shared_workbench.begin_anew()
    return shared_workbench


@pytest.fixture
def open_page(browser: Browser, workbench: System) -> Iterator[Opens]:
    """Opens a browser window of its own: another person, as far as the workbench can tell.

    At the end nobody has a document open any more, so that the next test meets nobody.
    """
    opened: list[Page] = []

    def another() -> Page:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        opened.append(page)
        return page

    yield another
    for page in opened:
        page.goto("about:blank")  # as a person who leaves: the document is given free
    held = "SELECT 1 FROM review_locks WHERE expires_at > now()"
    workbench.wait_for(lambda: not workbench.rows(held), LOCK_S + 5, "every document is given free")
    for page in opened:
        page.context.close()
