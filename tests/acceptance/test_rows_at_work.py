"""A table's rows under a reviewer's hands: what stays in sight, where the focus is, what is taken back and marked."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, kept, review
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
AMOUNT = "Amount (+ in, - out)"
SCREENS = [(1280, 800), (1920, 1080)]
CUT = "(cell) => cell.scrollWidth > cell.clientWidth"


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> None:
    """A statement of two pages with a text layer, and the same by fax; two invoices."""
    workbench.upload(draw("bank_statement", "digital", 3).data, "statement.pdf")
    workbench.upload(draw("bank_statement", "fax", 3).data, "fax.pdf")
    for seed in (1, 2):
        workbench.upload(draw("invoice", "digital", seed).data, f"invoice-{seed}.pdf")
    workbench.wait_until_done(120)


def cell(page: Page, column: str, row: int) -> Locator:
    return page.get_by_role("textbox", name=f"{column}, row {row}", exact=True)


def texts(page: Page, column: str) -> list[str]:
    cells = page.get_by_role("textbox", name=re.compile(f"^{re.escape(column)}, row"))
    return [cells.nth(i).input_value() for i in range(cells.count())]


def stored(workbench: System, doc_id: str, name: str) -> Any:
    [(value,)] = workbench.rows("SELECT value FROM fields WHERE doc_id = :id AND name = :name", id=doc_id, name=name)
    return value


def saved(page: Page, workbench: System, doc_id: str) -> None:
    """Until the form is filled anew."""
    kept(page)
    [(before,)] = workbench.rows("SELECT version FROM docs WHERE id = :id", id=doc_id)
    page.keyboard.press("Control+s")
    expect(page.locator(f"[class*='st-key-field-{doc_id}-{before + 1}-']").first).to_be_visible()
    expect(page.locator(f"[class*='st-key-field-{doc_id}-{before}-']")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_heads_and_the_verdict_stay_in_sight_at_the_last_row(
    workbench: System, open_page: Opens, width: int, height: int
) -> None:
    doc_id = id_of(workbench, "statement.pdf")
    count = len(stored(workbench, doc_id, "transactions"))
    assert count > 15
    page = open_page()
    page.set_viewport_size({"width": width, "height": height})
    review(page, workbench, doc_id)
    for number in (count, 3):
        page.get_by_role("textbox", name="Bank", exact=True).focus()
        cell(page, "Balance", number).focus()
        stands_between_head_and_verdict(page, cell(page, "Balance", number))
    expect(page.locator(".said")).to_contain_text("closing balance")


def stands_between_head_and_verdict(page: Page, place: Locator) -> None:
    bar = page.locator(".st-key-review-actions").bounding_box()
    head = page.locator("th.date").bounding_box()
    row = place.bounding_box()
    said = page.locator(".said").bounding_box()
    add = page.get_by_role("button", name=re.compile("^Add a row")).bounding_box()
    assert bar and head and row and said and add
    assert 0 < head["y"] < head["y"] + head["height"] <= row["y"]
    for below in (said, add):
        assert row["y"] + row["height"] <= below["y"] < below["y"] + below["height"] <= bar["y"] + 1


def test_saving_leaves_the_focus_in_its_cell(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "statement.pdf")
    last = len(stored(workbench, doc_id, "transactions"))
    page = review(open_page(), workbench, doc_id)
    place = cell(page, "Description", last)
    place.fill("Typed in the last row")
    saved(page, workbench, doc_id)
    expect(page.locator(".box.active")).to_have_count(1)
    expect(page.locator(".bar .count")).to_have_text("Page 2 of 2")
    expect(place).to_be_focused()
    expect(place).to_have_value("Typed in the last row")
    page.keyboard.press("ArrowUp")
    expect(cell(page, "Description", last - 1)).to_be_focused()
    saved_once = stored(workbench, doc_id, "transactions")
    page.keyboard.press("Alt+Insert")
    page.keyboard.type("2024-01-31")
    cell(page, AMOUNT, last).press_sequentially("1.00")
    saved(page, workbench, doc_id)
    expect(cell(page, AMOUNT, last)).to_be_focused()
    rows = stored(workbench, doc_id, "transactions")
    assert rows.pop(last - 1)["date"] == "2024-01-31"
    assert rows == saved_once


def test_what_was_typed_is_taken_back_between_what_was_done_to_rows(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "fax.pdf"))
    cell(page, "Description", 2).click()
    before = texts(page, "Description")
    page.keyboard.press("Control+a")
    page.keyboard.type("First")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Second")
    page.keyboard.press("Alt+Insert")
    page.keyboard.type("31")
    page.keyboard.press("Alt+z")
    assert texts(page, "Description") == before

    both = [before[0], "First", "Second", *before[3:]]
    for lines in ([*both[:3], "", *both[3:]], [*both[:3], "", *both[3:]], both, [*both[:2], *before[2:]], before):
        page.keyboard.press("Control+z")
        assert texts(page, "Description") == lines
    expect(cell(page, "Description", 2)).to_be_focused()
    expect(page.locator(".bar .draft")).to_have_text("")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+y")
    assert texts(page, "Description") == both
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(".bar .draft")).to_have_text("")


def test_an_empty_amount_looks_empty(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "statement.pdf"))
    page.get_by_role("button", name=re.compile("^Add a row")).click()
    row = page.locator("tbody tr").last
    assert [each.get_attribute("placeholder") for each in row.locator("input").all()] == ["YYYY-MM-DD", "", "", ""]


def test_a_mark_stands_where_a_cell_says_what_the_machine_read(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "fax.pdf")
    page = review(open_page(), workbench, doc_id)
    marked = page.locator("input.unclear")
    told = httpx.get(f"{workbench.url}/api/docs/{doc_id}/tables/transactions/cells").json()["rows"]
    count = sum(clarity < 0.8 for row in told for clarity in row.values())
    assert count > 0
    expect(marked).to_have_count(count)
    name = marked.first.get_attribute("aria-label") or ""
    place = page.get_by_role("textbox", name=name, exact=True)
    read = place.input_value()

    place.focus()
    page.keyboard.press("Control+a")
    page.evaluate("""() => {
      let focused = document.activeElement
      while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
      const clipboardData = new DataTransfer()
      clipboardData.setData("text/plain", "77.00\\t78.00")
      const reaching = { bubbles: true, composed: true, cancelable: true }
      focused.dispatchEvent(new ClipboardEvent("paste", { clipboardData, ...reaching }))
    }""")
    expect(place).to_have_value("77.00")
    expect(place).not_to_have_class(re.compile("unclear"))
    page.keyboard.press("Alt+z")
    expect(marked).to_have_count(count)

    place.fill("2024-02-02" if name.startswith("Date") else "79.00")
    expect(marked).to_have_count(count - 1)
    saved(page, workbench, doc_id)
    expect(marked).to_have_count(count - 1)
    expect(page.locator(".card")).not_to_contain_text("read with")
    place.hover()
    expect(place).not_to_have_attribute("title", re.compile("Read with"))
    place.fill(read)  # what the machine read, though something else is stored
    expect(marked).to_have_count(count)
    place.hover()
    expect(place).to_have_attribute("title", re.compile("Read with"))


def test_the_rows_are_compared_with_the_subtotal(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "invoice-1.pdf")
    subtotal = round(sum(row["amount"] for row in stored(workbench, doc_id, "line_items")), 2)
    page = review(open_page(), workbench, doc_id)
    said = page.locator(".said")
    field = page.get_by_role("textbox", name="Subtotal (net)")
    field.fill(f"{subtotal:.2f}")
    expect(said).to_have_text(f"The rows add up to {subtotal:,.2f}.")
    expect(said).to_have_class("said right")
    field.fill(f"{subtotal + 70.2:,.2f}")
    warning = f"The rows add up to {subtotal:,.2f}; the subtotal is {subtotal + 70.2:,.2f} (70.20 more)."
    expect(said).to_have_text(warning)
    expect(said).to_have_class("said wrong")
    saved(page, workbench, doc_id)
    expect(said).to_have_text(warning)
    field.fill("")
    page.get_by_role("textbox", name="Tax", exact=True).fill("1.00")
    page.get_by_role("textbox", name="Total", exact=True).fill(f"{subtotal - 9:.2f}")
    expect(said).to_have_text(
        f"The rows add up to {subtotal:,.2f}; the total without tax is {subtotal - 10:,.2f} (10.00 less)."
    )


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_words_have_the_room_that_amounts_leave(workbench: System, open_page: Opens, width: int, height: int) -> None:
    page = open_page()
    page.set_viewport_size({"width": width, "height": height})
    review(page, workbench, id_of(workbench, "statement.pdf"))
    for column in (AMOUNT, "Balance"):
        cell(page, column, 1).fill("1,234,567.89")
        assert not cell(page, column, 1).evaluate(CUT)
    assert not cell(page, "Date", 1).evaluate(CUT)
    words = cell(page, "Description", 1)
    words.fill("CARD NORTHGATE FOODS 834")
    assert not words.evaluate(CUT)
    words.fill("CARD NORTHGATE FOODS 834, THE LONG WAY ROUND BY THE RIVER AND THE HILLS")
    assert words.evaluate(CUT)
    words.hover()
    expect(words).to_have_attribute("title", re.compile("^CARD NORTHGATE FOODS 834, THE LONG WAY"))
