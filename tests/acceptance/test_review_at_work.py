"""A reviewer's day in a real browser: keys only, tables, marking on the page, two people, drafts, hostile names."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, kept, line_1, review, status_of
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
HUMAN_MS = 700
"""Nobody looks at a document in less: two presses within it count once."""
STOLEN = "<img src=x onerror=document.title='stolen'>"


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> None:
    """Five W-9s, two statements and three invoices, all with a text layer."""
    for seed in range(1, 6):
        assert workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf").status_code == 202
    for seed in (5, 3):
        workbench.upload(draw("bank_statement", "digital", seed).data, f"statement-{seed}.pdf")
    for seed in (1, 2, 3):
        workbench.upload(draw("invoice", "digital", seed).data, f"invoice-{seed}.pdf")
    workbench.wait_until_done(120)


IN_FORM = """() => {
  const shown = new URL(location.href).searchParams.get("doc")
  return document.activeElement.closest(`[class*="st-key-field-${shown}"]`) !== null
}"""


def title(page: Page) -> str:
    return page.locator(".fuse-title").first.inner_text()


def test_what_is_typed_outlives_a_reload(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-1.pdf")
    page = review(open_page(), workbench, doc_id)
    line_1(page).fill("Typed before the reload")
    kept(page)
    page.reload()
    expect(line_1(page)).to_have_value("Typed before the reload")
    expect(page.get_by_text("it is not stored yet")).to_be_visible()
    page.get_by_role("button", name="Drop it").click()
    expect(line_1(page)).not_to_have_value("Typed before the reload")
    assert workbench.rows("SELECT 1 FROM drafts WHERE doc_id = :id", id=doc_id) == []


def test_words_marked_on_the_page_fill_the_field_with_their_place(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-2.pdf")
    page = review(open_page(), workbench, doc_id)
    address = page.get_by_role("textbox", name="Address (line 5)")
    address.click()
    true = address.input_value()
    box = page.locator(".box.active").first.bounding_box()
    assert box is not None
    business = page.get_by_role("textbox", name="Business name (line 2)")
    business.click()
    page.mouse.move(box["x"] - 3, box["y"] - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 3, box["y"] + box["height"] + 2, steps=5)
    page.mouse.up()
    expect(business).to_have_value(true)
    kept(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved 1 value.")).to_be_visible()
    [(value, source, boxes)] = workbench.rows(
        "SELECT value, source, boxes FROM fields WHERE doc_id = :id AND name = 'business_name'", id=doc_id
    )
    assert (value, source) == (true, "human")
    assert boxes, "the place that was marked is stored"


def test_a_field_that_gets_the_focus_is_marked_on_the_page_at_once(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-3.pdf"))
    address = page.get_by_role("textbox", name="Address (line 5)")
    name_box = page.locator(".box.active").first
    expect(name_box).to_be_visible()
    marked = address.evaluate(
        """(input) => {
          input.focus()
          const viewer = [...document.querySelectorAll("*")].map((each) => each.shadowRoot)
            .find((root) => root?.querySelector(".viewer"))
          return viewer.querySelector(".box.active .tag").textContent
        }"""
    )
    assert marked.startswith("Address (line 5)"), "in the same moment, not after a rerun"
    expect(page.locator(".card strong")).to_have_text("Address (line 5)")
    page.locator(".box[aria-label^='City']").click()
    expect(page.get_by_role("textbox", name="City, state and ZIP")).to_be_focused()


def test_numbers_are_masked_until_one_is_in_them(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-3.pdf"))
    look = "(input) => getComputedStyle(input).webkitTextSecurity"
    numbers = [page.get_by_role("textbox", name=name) for name in ("Social security number", "Employer identification")]
    [number] = [each for each in numbers if each.input_value()]
    assert number.evaluate(look) == "disc"
    number.click()
    assert number.evaluate(look) == "none"
    line_1(page).click()
    page.keyboard.press("Alt+m")
    assert number.evaluate(look) == "none"


def test_the_row_that_breaks_the_balance_is_marked_as_one_types(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "statement-5.pdf")
    page = review(open_page(), workbench, doc_id)
    [(before,)] = workbench.rows("SELECT value FROM fields WHERE doc_id = :id AND name = 'transactions'", id=doc_id)
    assert isinstance(before, list)
    first = page.get_by_role("textbox", name="Amount (+ in, - out), row 1", exact=True)
    right = first.input_value()
    first.fill("12345.67")
    expect(page.locator(".said")).to_contain_text("1 row breaks the running balance")
    expect(page.locator("tr.breaks")).to_have_count(1)
    first.fill(right)
    expect(page.locator("tr.breaks")).to_have_count(0)
    page.get_by_role("textbox", name="Description, row 2", exact=True).click()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+Insert")
    page.keyboard.type("soon")
    kept(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("must be a date").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Date, row 2", exact=True)).to_have_value("soon")
    page.get_by_role("textbox", name="Date, row 2", exact=True).click()
    page.keyboard.press("Alt+Delete")
    kept(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved 1 value.")).to_be_visible()
    [(after,)] = workbench.rows("SELECT value FROM fields WHERE doc_id = :id AND name = 'transactions'", id=doc_id)
    assert after == [before[1], before[0], *before[2:]]


def test_two_people_on_one_document(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "statement-3.pdf")
    first = review(open_page(), workbench, doc_id)
    bank = first.get_by_role("textbox", name="Bank", exact=True)
    second = review(open_page(), workbench, doc_id)
    expect(second.get_by_text("has this document open since").first).to_be_visible()
    expect(second.get_by_role("button", name="Approve").first).to_be_disabled()
    second.get_by_role("button", name="Take it over").click()
    expect(second.get_by_role("button", name="Approve").first).to_be_enabled()
    bank.fill("Typed by the first")
    kept(first)
    first.keyboard.press("Control+Enter")
    expect(first.get_by_text("has taken this document over").first).to_be_visible()
    assert status_of(workbench, doc_id) == "needs_review"
    expect(bank).to_have_value("Typed by the first")
    second.keyboard.press("Control+Enter")
    expect(second.locator(".fuse-title").first).not_to_have_text("statement-3.pdf")
    assert status_of(workbench, doc_id) == "approved"


def test_what_is_in_files_is_text_wherever_it_stands(workbench: System, open_page: Opens) -> None:
    """An upload's name is cleaned; this is what a name and a text would do that got past it."""
    doc_id = id_of(workbench, "w9-5.pdf")
    with workbench.store.begin() as connection:
        hostile = "UPDATE docs SET filename = :name, ocr_text = :name || ' holdup ' || ocr_text WHERE id = :id"
        connection.execute(text(hostile), {"name": f"{STOLEN}.pdf", "id": doc_id})
    page = review(open_page(), workbench, doc_id)
    assert STOLEN in title(page)
    page.keyboard.press("Alt+n")
    for path in ("queue", "documents", "documents?q=holdup", "upload", f"document?doc={doc_id}", "operations"):
        page.goto(f"{workbench.url}/{path}")
        expect(page.locator(".fuse-text, h2").first).to_be_visible()
        assert "stolen" not in page.title(), path


def test_many_are_approved_at_once_after_a_preview(workbench: System, open_page: Opens) -> None:
    """Of three that match one was drawn for a check: the preview leaves it out and says why."""
    unsure = "UPDATE docs SET reasons = CAST(:reasons AS jsonb) WHERE filename IN ('invoice-1.pdf', 'invoice-2.pdf')"
    reasons = '[{"code": "document_uncertain", "sentence": "It is not sure enough as a whole.", "field": null}]'
    with workbench.store.begin() as connection:
        connection.execute(text(unsure), {"reasons": reasons})
    page = open_page()
    page.goto(f"{workbench.url}/queue?type=invoice")
    page.get_by_test_id("stCheckbox").first.click()
    page.get_by_role("radio", name="Approve").click()
    expect(page.get_by_text("2 documents are approved as they are")).to_be_visible()
    expect(page.get_by_text("drawn for a random check")).to_be_visible()
    assert status_of(workbench, id_of(workbench, "invoice-1.pdf")) == "needs_review", "a preview does nothing"
    page.get_by_role("button", name="Approve 2 documents").click()
    expect(page.get_by_text("Approved 2 documents")).to_be_visible()
    statuses = workbench.rows("SELECT processing_status FROM docs WHERE type = 'invoice' ORDER BY filename")
    assert statuses == [("approved",), ("approved",), ("needs_review",)]


def test_five_documents_by_keys_alone(workbench: System, open_page: Opens) -> None:
    page = open_page()
    page.goto(f"{workbench.url}/review?type=w9")
    seen = []
    for number in range(5):
        if number:
            expect(page.locator(".fuse-title").first).not_to_have_text(seen[-1])
        seen.append(title(page))
        page.wait_for_function(IN_FORM)
        expect(page.locator(".leaf > img").first).not_to_have_class(re.compile("waiting"))
        if number == 1:
            line_1(page).press("Control+a")
            page.keyboard.type("Typed by keys")
        else:
            page.keyboard.press("Enter")
            page.wait_for_function(IN_FORM)
        page.wait_for_timeout(HUMAN_MS)
        page.keyboard.press("Control+Enter")  # what was just typed has to get there first
    expect(page.get_by_text("No more documents match the filter")).to_be_visible()
    assert len(set(seen)) == 5
    left = workbench.rows("SELECT 1 FROM docs WHERE type = 'w9' AND processing_status <> 'approved'")
    assert left == []
    corrected = workbench.rows("SELECT after FROM corrections WHERE field = 'name'")
    assert ("Typed by keys",) in corrected
    timed = workbench.rows("SELECT 1 FROM docs WHERE type = 'w9' AND review_seconds > 0")
    assert len(timed) == 5, "how long each was open is known"


def test_an_approval_is_taken_back(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "statement-5.pdf"))
    page.keyboard.press("Control+Enter")
    undo = page.locator(".st-key-undo-last button").first
    expect(undo).to_contain_text("statement-5.pdf")
    assert status_of(workbench, id_of(workbench, "statement-5.pdf")) == "approved"
    undo.click()
    expect(page.locator(".fuse-title").first).to_have_text("statement-5.pdf")
    assert status_of(workbench, id_of(workbench, "statement-5.pdf")) == "needs_review"
