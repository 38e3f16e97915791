"""A document that could not be finished, on every screen that shows it."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from pipeline.samples import draw
from tests.acceptance.screens import id_of, line_1, says, status_of
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]
GONE = "The stored file is gone. Upload the same file again to mend it."


def test_a_dead_letter_says_what_happened_and_runs_again(page: Page, workbench: System) -> None:
    """Its file is lost; the same file uploaded again mends it."""
    doc_id = id_of(workbench, "w9-5.pdf")
    [(key,)] = workbench.rows("SELECT blob_key FROM docs WHERE id = :id", id=doc_id)
    (workbench.settings.blob_folder / str(key)).unlink()
    with Redis.from_url(workbench.settings.redis) as client:  # what was read of it would do as well
        client.delete(*client.scan_iter("fuse:reading:*"), "none")
    httpx.post(f"{workbench.url}/api/docs/{doc_id}/retry", json={"stage": "ocr"}).raise_for_status()
    workbench.wait_for(lambda: status_of(workbench, doc_id) == "error", 30, "it is a dead letter")

    page.goto(f"{workbench.url}/document?doc={doc_id}")
    says(page, GONE)
    page.get_by_role("tab", name="Whole file").click()
    page.get_by_role("radio", name="The PDF, with text to copy", exact=True).click()
    expect(page.get_by_test_id("stAlert").get_by_text(GONE)).to_be_visible()

    page.goto(f"{workbench.url}/queue?status=error")
    page.get_by_test_id("stCheckbox").first.click()
    page.get_by_role("radio", name="Reject").click()
    says(page, "Say why first. The reason stands at each document. Then a preview appears here.")
    page.get_by_role("radio", name="Approve").click()
    says(page, "Nothing will be done: no document is left that this can be done to.",
         "1 left out, not read to the end, so there is nothing to decide. Run it again instead: w9-5.pdf.")  # fmt: skip

    page.goto(f"{workbench.url}/operations")
    expect(page.locator("td").filter(has_text=GONE)).to_have_count(1)

    page.goto(f"{workbench.url}/review?doc={doc_id}")
    says(page, "This document could not be finished.", GONE)
    assert workbench.upload(draw("w9", "digital", 5).data, "w9-5.pdf").json()["duplicate"]
    page.get_by_role("button", name="Run again").click()
    expect(line_1(page)).to_be_visible()
    assert status_of(workbench, doc_id) == "needs_review"
