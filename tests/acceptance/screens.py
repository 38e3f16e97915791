"""What the browser tests share: documents by their names, the review screen, and what every screen must say or not."""

from __future__ import annotations

import io
import re

import httpx
import pikepdf
from playwright.sync_api import Locator, Page, expect

from tests.faults.system import System

SOMEBODY_ELSE = (
    "Somebody else has changed this document meanwhile. Look at the newer state and repeat your change there."
)
TRACE = re.compile(r'Traceback|most recent call|File "|\w(Error|Exception)\b|\.py\b')


def id_of(workbench: System, filename: str) -> str:
    [(doc_id,)] = workbench.rows("SELECT id FROM docs WHERE filename = :name", name=filename)
    return str(doc_id)


def status_of(workbench: System, doc_id: str) -> str:
    [(status,)] = workbench.rows("SELECT processing_status FROM docs WHERE id = :id", id=doc_id)
    return str(status)


def review(page: Page, workbench: System, doc_id: str) -> Page:
    page.goto(f"{workbench.url}/review?doc={doc_id}")
    expect(page.locator("[class*='st-key-field-'] input").first).to_be_visible()
    expect(page.locator(".leaf > img").first).not_to_have_class(re.compile("waiting"))
    return page


def line_1(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Name (line 1)").first  # two, while one form takes another's place


def kept(page: Page) -> None:
    expect(page.locator(".bar .draft")).to_have_text("Draft kept")


def post(workbench: System, doc_id: str, what: str, **more: object) -> None:
    """Does something to a document through the API, as a colleague would."""
    [(version,)] = workbench.rows("SELECT version FROM docs WHERE id = :id", id=doc_id)
    answer = httpx.post(f"{workbench.url}/api/docs/{doc_id}/{what}", json={"version": version, **more})
    assert answer.is_success, answer.text


def shows_no_trace(page: Page) -> None:
    assert TRACE.findall(page.locator("body").inner_text()) == []
    expect(page.get_by_test_id("stException")).to_have_count(0)


def says(page: Page, *sentences: str) -> None:
    for sentence in sentences:
        expect(page.get_by_text(sentence).first).to_be_visible()
    shows_no_trace(page)


def blank_pdf(pages: int = 1, **saving: pikepdf.Encryption) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        made.save(out, **saving)
    return out.getvalue()
