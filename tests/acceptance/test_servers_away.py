"""What the screens say while the database, Redis or the workers are away: what to do about it, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import make_url

from app.settings import Settings
from db.embedded import EmbeddedPostgres, EmbeddedRedis, start_redis
from tests.acceptance.screens import blank_pdf, says
from tests.faults.system import System, own_database, running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]


@pytest.fixture
def lonely(
    postgres_server: EmbeddedPostgres, template_database: str, server_folder: Path, tmp_path: Path
) -> Iterator[tuple[System, EmbeddedRedis]]:
    """A web process without workers, with servers that may go away, which takes small files only."""
    redis = start_redis(server_folder / "lonely-redis")
    with own_database(postgres_server, template_database) as url:
        settings = Settings(home=tmp_path / "home", database_url=url, redis_url=redis.url)
        with running(settings, "web", environment={"FUSE_MAX_UPLOAD_BYTES": "200000"}) as system:
            yield system, redis
    redis.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        yield context.new_page()


def test_what_is_too_large_and_what_is_away_is_told(
    page: Page, lonely: tuple[System, EmbeddedRedis], postgres_server: EmbeddedPostgres
) -> None:
    system, redis = lonely
    assert system.upload(blank_pdf(), "blank.pdf").status_code == 202
    page.goto(f"{system.url}/upload")
    says(page, "up to 0.2 MB and 100 pages each")
    chooser = page.locator("input[type=file]")
    too_large = blank_pdf() + bytes(200_000)
    chooser.set_input_files({"name": "large.pdf", "mimeType": "application/pdf", "buffer": too_large})
    says(page, "The file is too large. Split it or scan it at 300 dpi in black and white, then upload it again. "
         "At most 0.2 MB are taken.")  # fmt: skip

    page.goto(f"{system.url}/operations")
    says(page, "No worker has signed on, so nothing will be read. ./fuse up starts them;")

    page.goto(f"{system.url}/upload")
    expect(chooser).to_be_attached()
    let_connect(postgres_server, system, False)
    chooser.set_input_files({"name": "homeless.pdf", "mimeType": "application/pdf", "buffer": blank_pdf(pages=2)})
    says(page, "The database does not answer. Nothing is lost: wait a moment and reload this page.")
    let_connect(postgres_server, system, True)
    page.reload()
    says(page, "It could not be stored: the database or the disk does not answer. Wait a moment and try again.")

    redis.stop(for_good=False)
    page.goto(f"{system.url}/operations")
    says(page, "Redis does not answer, so it is not known which workers are ready. No document is lost:")


def let_connect(server: EmbeddedPostgres, system: System, may: bool) -> None:
    """Lets nobody into a system's database, and sends away who is there; or lets them in again."""
    name = make_url(system.settings.database_url).database
    address = server.database_url("postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {may}".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
