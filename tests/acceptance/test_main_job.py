"""The main job: upload a real file, wait for the workers, correct a field, approve, see the metrics change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.settings import Settings
from pipeline.samples import draw
from tests.faults.system import System, running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
BROWSER = next((path for name in ("chromium", "google-chrome", "chrome") if (path := shutil.which(name))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
REAL = Path(__file__).parents[3] / "shared/documents/dev/w9/w9-made-04.jpg"


@pytest.fixture
def system(settings: Settings) -> Iterator[System]:
    """A system that shows a person every document, however well it was read."""
    with running(settings.model_copy(update={"sampling_rate": 1.0}), "web", "scheduler", "ocr1", "llm1") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert BROWSER, "No Chromium here. Run the tests by ./fuse test, which installs it."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, system: System) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


def test_upload_correct_approve_and_see_the_metrics_change(page: Page, system: System, tmp_path: Path) -> None:
    sample = draw("w9", "scan", 1)
    file = REAL if REAL.exists() else tmp_path / sample.filename
    if not REAL.exists():
        file.write_bytes(sample.data)
    before = httpx.get(f"{system.url}/api/metrics").json()
    assert (before["reviewed"], before["review_rate"]) == (0, None)

    page.goto(f"{system.url}/upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("1 of 1 finished")).to_be_visible(timeout=90_000)
    page.get_by_test_id("stPageLink").get_by_role("link", name="Review", exact=True).click()

    [(doc_id, status)] = system.rows("SELECT id, processing_status FROM docs")
    assert status == "needs_review"
    name = page.get_by_role("textbox", name="Name (line 1)")
    expect(name).to_be_visible()
    picture = page.locator("img[src*='/pages/1.jpg']").first
    expect(picture).to_have_js_property("complete", True)
    name.fill("Jordan Q. Blake")
    name.press("Tab")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Nothing waits for review")).to_be_visible()

    assert system.rows("SELECT processing_status FROM docs") == [("approved",)]
    corrections = system.rows("SELECT field, after, u.name FROM corrections JOIN users u ON u.id = user_id")
    assert ("name", "Jordan Q. Blake", "Local admin") in corrections
    after = httpx.get(f"{system.url}/api/metrics").json()
    assert (after["reviewed"], after["review_rate"]) == (1, 1.0)
    [row] = [row for row in after["fields"] if row["name"] == "name"]
    assert row["quality"]["exact"] == {"right": 0, "n": 1}

    page.goto(f"{system.url}/quality")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.goto(f"{system.url}/document?doc={doc_id}")
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_text("Jordan Q. Blake").first).to_be_attached()


def test_an_invalid_value_is_told_beside_the_field_and_stores_nothing(page: Page, system: System) -> None:
    system.upload(draw("w9", "fax", 2).data, "w9.tif")
    system.wait_until_done()
    [(doc_id, version, status)] = system.rows("SELECT id, version, processing_status FROM docs")
    assert status == "needs_review"
    page.goto(f"{system.url}/review?doc={doc_id}")
    date = page.get_by_role("textbox", name="Date signed")
    date.fill("soon")
    date.press("Tab")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("must be a date").first).to_be_visible()
    assert system.rows("SELECT version, processing_status FROM docs") == [(version, "needs_review")]
    assert system.rows("SELECT 1 FROM corrections") == []


def test_a_box_on_the_page_and_its_field_find_each_other(page: Page, system: System) -> None:
    system.upload(draw("w9", "scan", 1).data, "w9.png")
    system.wait_until_done()
    [(doc_id,)] = system.rows("SELECT id FROM docs")
    page.goto(f"{system.url}/review?doc={doc_id}")
    field = page.get_by_role("textbox", name="Address (line 5)")
    field.click()
    marked = page.locator(".box.active").first
    expect(marked).to_be_visible()
    page.get_by_role("textbox", name="City, state and ZIP").click()
    expect(page.locator(".box.active").first).to_be_visible()
    page.locator(".box").first.click()
    focused = page.evaluate("document.activeElement.closest('[class*=st-key-field]') !== null")
    assert focused, "a click on a box puts the cursor into its field"


def test_a_refused_file_says_what_to_do(page: Page, system: System, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_text("no PDF at all")
    page.goto(f"{system.url}/upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("This is not a PDF, PNG, JPEG or TIFF file.")).to_be_visible()
    assert system.rows("SELECT 1 FROM docs") == []
