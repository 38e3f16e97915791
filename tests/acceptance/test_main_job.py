"""The main job: upload a real file, wait for the workers, correct a field, approve, see the metrics change."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from db.session import engine
from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.app.stored_calls import call, talked_about
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
REAL = Path(__file__).parents[3] / "shared/documents/dev/w9/w9-made-04.jpg"


@pytest.fixture
def page(open_page: Opens) -> Page:
    return open_page()


@pytest.fixture
def system(workbench: System) -> System:
    """One for all tests of this file, in their order: the first one finds it empty."""
    return workbench


def added(system: System, data: bytes, name: str) -> str:
    """Uploads, waits until it is read, and gives the document's id."""
    doc_id = str(system.upload(data, name).json()["document_id"])
    system.wait_until_done()
    return doc_id


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
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=30_000)  # 4 MB of script come first
    page.goto(f"{system.url}/document?doc={doc_id}")
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_text("Jordan Q. Blake").first).to_be_attached()


@pytest.mark.slow
def test_an_invalid_value_is_told_beside_the_field_and_stores_nothing(page: Page, system: System) -> None:
    doc_id = added(system, draw("w9", "fax", 2).data, "w9.tif")
    state = "SELECT version, processing_status FROM docs WHERE id = :id"
    before = system.rows(state, id=doc_id)
    assert before[0][1] == "needs_review"
    page.goto(f"{system.url}/review?doc={doc_id}")
    date = page.get_by_role("textbox", name="Date signed")
    date.fill("soon")
    date.press("Tab")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("must be a date").first).to_be_visible()
    assert system.rows(state, id=doc_id) == before
    assert system.rows("SELECT 1 FROM corrections WHERE doc_id = :id", id=doc_id) == []


def test_what_the_model_saw_is_unfolded_beside_the_form(page: Page, system: System) -> None:
    doc_id = added(system, draw("w9", "digital", 1).data, "w9.pdf")
    attack = "<img src=x onerror=\"document.title='stolen'\">"
    prompt = [{"role": "system", "content": "Copy."}, {"role": "user", "content": attack}]
    with engine(system.settings.database_url).begin() as connection:
        talked_about(connection, doc_id, call(prompt=prompt, answer=attack, model=attack))
    page.goto(f"{system.url}/review?doc={doc_id}")
    name = page.get_by_role("textbox", name="Name (line 1)")
    name.fill("Typed and not saved")
    page.get_by_text("What the language model saw and said (1 call)").click()
    expect(page.get_by_text("stand for the real ones")).to_be_visible()
    expect(page.get_by_test_id("stCode").get_by_text(attack)).to_be_visible()
    page.get_by_role("radio", name="Rules").click()
    expect(page.get_by_test_id("stCode").get_by_text("Copy.")).to_be_visible()
    expect(name).to_have_value("Typed and not saved")
    assert "stolen" not in page.title()


def test_a_refused_file_says_what_to_do(page: Page, system: System, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_text("no PDF at all")
    known = system.rows("SELECT id FROM docs")
    page.goto(f"{system.url}/upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("This is not a PDF, PNG, JPEG or TIFF file.")).to_be_visible()
    assert system.rows("SELECT id FROM docs") == known
