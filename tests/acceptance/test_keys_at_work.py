"""What keys do on the review screen, and what they must not do: in a real browser."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, kept, line_1, review, status_of
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FOCUSED = "() => document.activeElement.getAttribute('aria-label')"


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> None:
    """Five W-9s and a statement of two pages with a text layer; another statement as it came by fax."""
    for seed in range(1, 6):
        assert workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf").status_code == 202
    workbench.upload(draw("bank_statement", "digital", 3).data, "statement.pdf")
    workbench.upload(draw("bank_statement", "fax", 3).data, "fax.pdf")
    workbench.wait_until_done(120)


def approved(page: Page, filename: str) -> None:
    """Until the screen says that a document was approved, and shows the next."""
    expect(page.locator(".st-key-undo-last button").first).to_contain_text(filename)
    expect(page.locator(".fuse-title").first).not_to_have_text(filename)


def test_tab_goes_from_field_to_field(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-1.pdf"))
    line_1(page).focus()
    passed = []
    for _ in range(4):
        passed.append(page.evaluate(FOCUSED))
        page.keyboard.press("Tab")
    assert passed == ["Name (line 1)", "Business name (line 2)", "Federal tax classification", "Exempt payee code"]


def test_a_key_decides_only_where_the_values_are(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-1.pdf")
    page = review(open_page(), workbench, doc_id)
    line_1(page).focus()
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+c")
    expect(page.get_by_role("textbox", name="Comment")).to_be_focused()
    page.keyboard.type("Ask them first")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Ask them first")).to_be_visible()
    assert status_of(workbench, doc_id) == "needs_review"
    page.keyboard.press("Alt+x")
    expect(page.get_by_role("textbox", name="Reject with a reason")).to_be_focused()
    page.keyboard.type("Not signed")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-undo-last button").first).to_contain_text("Rejected w9-1.pdf")
    decided = "SELECT processing_status, reject_reason FROM docs WHERE id = :id"
    assert workbench.rows(decided, id=doc_id) == [("rejected", "Not signed")]
    assert workbench.rows("SELECT body FROM comments WHERE doc_id = :id", id=doc_id) == [("Ask them first",)]


def test_what_an_entry_means_stands_in_its_field(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "statement.pdf"))
    day, balance = page.get_by_role("textbox", name="From"), page.get_by_role("textbox", name="Opening balance")

    def hint(of: Locator) -> Locator:
        return page.locator("[data-understood]").filter(has=of)

    day.fill("3/4/24")
    expect(hint(day)).to_have_attribute("data-understood", "= Wed 3 Apr 2024")
    balance.fill("10.125")
    expect(hint(balance)).to_have_attribute("data-understood", "= 10,125.00")
    balance.fill("10x")
    expect(hint(balance)).to_have_attribute("data-understood", "not understood")
    expect(page.locator(".card")).to_contain_text("Opening balance must be an amount, such as 1,234.50 or -20.")
    page.reload()
    expect(hint(day)).to_have_attribute("data-understood", "= Wed 3 Apr 2024")
    day.focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(day).to_have_value("2024-04-04")
    expect(day).to_be_focused()
    expect(hint(day)).to_have_attribute("data-understood", "= Thu 4 Apr 2024")
    page.keyboard.press("Alt+z")
    expect(hint(day)).to_have_count(0)
    page.get_by_role("button", name="Drop it").click()
    expect(balance).not_to_have_value("10x")


def test_ctrl_z_takes_back_what_came_last(workbench: System, open_page: Opens) -> None:
    """Words that were marked, in the field that they went into; in an untouched field the approval."""
    doc_id = id_of(workbench, "w9-2.pdf")
    page = review(open_page(), workbench, doc_id)
    business = page.get_by_role("textbox", name="Business name (line 2)")
    address = page.get_by_role("textbox", name="Address (line 5)")
    address.click()
    was, box = address.input_value(), page.locator(".box.active").first.bounding_box()
    assert box is not None
    page.keyboard.press("End")
    page.keyboard.type(" a")
    business.click()
    before = business.input_value()
    page.mouse.move(box["x"] - 3, box["y"] - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 3, box["y"] + box["height"] + 2, steps=5)
    page.mouse.up()
    expect(business).to_have_value(was)
    page.keyboard.press("Control+z")
    expect(business).to_have_value(before)
    expect(address).to_have_value(f"{was} a")
    kept(page)
    page.keyboard.press("Control+Enter")
    approved(page, "w9-2.pdf")
    page.keyboard.press("Control+z")
    expect(page.locator(".fuse-title").first).to_have_text("w9-2.pdf")
    assert status_of(workbench, doc_id) == "needs_review"


def test_what_was_typed_right_before_skipping_is_kept(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-3.pdf")
    page = review(open_page(), workbench, doc_id)
    line_1(page).fill("Typed in haste")
    page.keyboard.press("Alt+n")
    expect(page.locator(".fuse-title").first).not_to_have_text("w9-3.pdf")
    page.goto(f"{workbench.url}/review?doc={doc_id}")
    expect(line_1(page)).to_have_value("Typed in haste")


def test_a_row_and_its_place_lead_to_each_other(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "statement.pdf"))
    last = page.locator(".box", has_text="Transactions").count()
    page.get_by_role("textbox", name=f"Date, row {last}", exact=True).focus()
    expect(page.locator(".box.active")).to_have_count(1)
    expect(page.locator(".bar .count")).to_have_text("Page 2 of 2")
    page.get_by_role("button", name="Go to page 1").click()
    page.locator(".box", has_text="Transactions").nth(4).click(position={"x": 4, "y": 4})
    expect(page.get_by_role("textbox", name="Date, row 5", exact=True)).to_be_focused()
    expect(page.locator(".box.active")).to_have_count(1)


def test_a_cell_that_was_read_badly_is_marked_until_it_is_typed_anew(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "fax.pdf")
    told = httpx.get(f"{workbench.url}/api/docs/{doc_id}/tables/transactions/cells").json()["rows"]
    assert sum(clarity < 0.8 for row in told for clarity in row.values()) > 0
    page = review(open_page(), workbench, doc_id)
    marked = page.locator("input.unclear")
    expect(marked).to_have_count(sum(clarity < 0.8 for row in told for clarity in row.values()))
    cell = marked.first
    label, text_read = cell.get_attribute("aria-label"), cell.input_value()
    cell.focus()
    expect(page.locator(".card")).to_contain_text(f"{label}: read with ")
    before = marked.count()
    page.keyboard.type("1.00")
    expect(marked).to_have_count(before - 1)
    page.get_by_role("textbox", name=label, exact=True).fill(text_read)
    expect(marked).to_have_count(before)


def test_a_corrected_row_leaves_the_others_in_their_places(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "statement.pdf")
    page = review(open_page(), workbench, doc_id)
    where = "SELECT boxes FROM fields WHERE doc_id = :id AND name = 'transactions'"
    before = workbench.rows(where, id=doc_id)
    page.get_by_role("textbox", name="Description, row 2", exact=True).fill("Corrected")
    kept(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved 1 value.")).to_be_visible()
    assert workbench.rows(where, id=doc_id) == before


def test_what_was_done_to_rows_is_taken_back_step_by_step(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "statement.pdf"))

    def lines() -> list[str]:
        cells = page.get_by_role("textbox", name=re.compile("^Description, row"))
        return [cells.nth(i).input_value() for i in range(cells.count())]

    page.get_by_role("textbox", name="Description, row 2", exact=True).focus()  # the table comes after the pages
    before = lines()
    page.keyboard.press("Alt+Delete")
    removed = lines()
    assert removed == [before[0], *before[2:]]
    page.keyboard.press("Alt+ArrowDown")
    moved = lines()
    assert moved == [before[0], before[3], before[2], *before[4:]]
    page.keyboard.press("Alt+Insert")
    page.keyboard.type("2")
    assert len(lines()) == len(before)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("textbox", name="Date, row 4", exact=True)).to_have_value("")
    page.keyboard.press("Control+z")
    assert lines() == moved
    page.keyboard.press("Control+z")
    assert lines() == removed
    page.keyboard.press("Control+z")
    assert lines() == before
    expect(page.locator(".bar .draft")).to_have_text("")


def test_who_waits_for_a_document_gets_it_when_the_lock_has_expired(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-4.pdf")
    first = review(open_page(), workbench, doc_id)
    second = open_page()
    second.goto(f"{workbench.url}/review?doc={doc_id}")
    expect(second.get_by_text("has this document open since").first).to_be_visible()
    approve = second.get_by_role("button", name="Approve")
    expect(approve).to_be_disabled()
    expect(first.locator(".notice")).to_contain_text("waits until you are done")  # within the 15 s of a lock's word
    first.context.set_offline(True)
    with workbench.store.begin() as connection:
        connection.execute(text("UPDATE review_locks SET expires_at = now() - interval '1 second'"))
    expect(approve).to_be_enabled()
    expect(second.locator(".notice")).to_be_hidden()
    first.context.set_offline(False)


def test_a_decision_of_long_ago_is_taken_back(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-5.pdf")
    page = review(open_page(), workbench, doc_id)
    page.keyboard.press("Control+Enter")
    approved(page, "w9-5.pdf")
    page.goto(f"{workbench.url}/review?doc={doc_id}")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    assert status_of(workbench, doc_id) == "needs_review"
