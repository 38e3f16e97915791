"""What is typed while somebody else changes the document: kept and listed beside the newer state."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.conftest import Opens
from tests.acceptance.screens import SOMEBODY_ELSE, id_of, kept, line_1, post, review, says
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]
CHANGED = "Changed meanwhile. What you type is kept; Save shows what is new."
NOT_STORED = "You typed these values before the document changed; they are not stored."


def description(page: Page, row: int) -> Locator:
    return page.get_by_role("textbox", name=f"Description, row {row}", exact=True)


def save(page: Page) -> None:
    page.locator(".st-key-review-actions").get_by_role("button", name="Save").click()


def test_what_was_typed_while_somebody_else_saved_is_offered_again(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-3.pdf")
    review(page, workbench, doc_id)
    post(workbench, doc_id, "corrections", values={"business_name": "Set by a colleague"})
    line_1(page).fill("Typed")
    expect(page.locator(".bar .draft")).to_have_text(CHANGED)
    line_1(page).fill("Typed by me")
    save(page)
    says(page, SOMEBODY_ELSE, NOT_STORED, "Name (line 1): Typed by me")
    expect(page.get_by_role("textbox", name="Business name (line 2)")).to_have_value("Set by a colleague")
    expect(line_1(page)).not_to_have_value("Typed by me")
    page.get_by_role("button", name="Put my values into the form").click()
    expect(line_1(page)).to_have_value("Typed by me")
    page.keyboard.press("Control+s")
    says(page, "Saved 1 value.")
    stored = workbench.rows("SELECT name, value FROM fields WHERE doc_id = :id AND source = 'human'", id=doc_id)
    assert sorted(stored) == [("business_name", "Set by a colleague"), ("name", "Typed by me")]


@pytest.mark.parametrize("by", ["Save", "a reload"])
def test_rows_that_were_changed_after_somebody_else_saved_are_offered_too(
    page: Page, workbench: System, by: str
) -> None:
    doc_id = id_of(workbench, "statement-5.pdf")
    review(page, workbench, doc_id)
    post(workbench, doc_id, "corrections", values={"bank_name": f"Set before {by}"})
    first, second = description(page, 1), description(page, 2)
    first.fill(f"First, {by}")
    expect(page.locator(".bar .draft")).to_have_text(CHANGED)
    second.fill(f"Second, {by}")
    if by == "Save":
        save(page)
    else:
        page.reload()
    says(page, *([SOMEBODY_ELSE] if by == "Save" else []), NOT_STORED)
    says(page, *(f"Transactions, row {n}, Description: {told}, {by}" for n, told in ((1, "First"), (2, "Second"))))
    expect(first).not_to_have_value(f"First, {by}")
    page.get_by_role("button", name="Put my values into the form").click()
    expect(first).to_have_value(f"First, {by}")
    page.keyboard.press("Control+s")
    says(page, "Saved 1 value.")
    [(rows,)] = workbench.rows("SELECT value FROM fields WHERE doc_id = :id AND name = 'transactions'", id=doc_id)
    assert [row["description"] for row in rows[:2]] == [f"First, {by}", f"Second, {by}"]
    assert workbench.rows("SELECT 1 FROM drafts WHERE doc_id = :id", id=doc_id) == []


def test_going_on_with_the_newer_state_leaves_the_rows_that_were_changed_in_it(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "statement-3.pdf")
    review(page, workbench, doc_id)
    post(workbench, doc_id, "corrections", values={"bank_name": "Set by a colleague"})
    page.get_by_role("textbox", name="Account holder", exact=True).fill("Typed before")
    save(page)
    says(page, NOT_STORED)
    description(page, 2).fill("Changed since")
    kept(page)
    page.get_by_role("button", name="Go on with the newer state").click()
    expect(page.get_by_text(NOT_STORED)).to_have_count(0)
    page.get_by_role("textbox", name="Bank", exact=True).fill("Mine")
    save(page)
    says(page, "Saved 2 values.")
    [(rows,)] = workbench.rows("SELECT value FROM fields WHERE doc_id = :id AND name = 'transactions'", id=doc_id)
    assert rows[1]["description"] == "Changed since"


def test_a_newer_state_that_comes_by_itself_brings_what_could_not_be_sent_before(
    page: Page, open_page: Opens, workbench: System
) -> None:
    """A colleague has the document open, saves and leaves; the form of who waits is filled anew without a click."""
    doc_id = id_of(workbench, "w9-5.pdf")
    colleague = review(open_page(), workbench, doc_id)
    review(page, workbench, doc_id)
    says(page, "has this document open since")
    page.route("**/draft", lambda route: route.abort())
    line_1(page).fill("Typed by who waits")
    expect(page.locator(".bar .draft")).to_have_text("Not kept: the connection is lost. Trying again …")
    post(workbench, doc_id, "corrections", values={"business_name": "Set by a colleague"})
    colleague.goto("about:blank")
    expect(page.get_by_role("textbox", name="Business name (line 2)")).to_have_value("Set by a colleague")
    page.unroute("**/draft")
    says(page, NOT_STORED, "Name (line 1): Typed by who waits")
