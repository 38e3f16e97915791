"""What is said in Review about values, decisions, colleagues and connections."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from tests.acceptance.screens import (
    SOMEBODY_ELSE,
    id_of,
    kept,
    line_1,
    post,
    review,
    says,
    shows_no_trace,
    status_of,
)
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]
INVALID: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("w9-1.pdf", (
        ("Date signed", "soon", "Date signed must be a date, such as 2024-03-31 or March 31, 2024."),
        ("Social security number", "12", "Social security number must look like 123-45-6789."),
    )),
    ("statement-3.pdf", (
        ("Opening balance", "a lot", "Opening balance must be an amount, such as 1,234.50 or -20."),
        ("Currency", "dollars", "Currency must be a currency code of three letters, such as USD."),
        ("Date, row 1", "soon", "Transactions, row 1: Date must be a date, such as 2024-03-31 or March 31, 2024."),
        ("Amount (+ in, - out), row 2", "", "Transactions, row 2: Amount (+ in, - out) is missing."),
    )),
)  # fmt: skip
"""Document -> field, what is typed into it, what is said then."""


@pytest.mark.parametrize(("filename", "entries"), INVALID, ids=[filename for filename, _ in INVALID])
def test_an_invalid_value_is_told_beside_its_field_which_gets_the_focus(
    page: Page, workbench: System, filename: str, entries: tuple[tuple[str, str, str], ...]
) -> None:
    review(page, workbench, id_of(workbench, filename))
    save = page.locator(".st-key-review-actions").get_by_role("button", name="Save")
    for name, typed, sentence in entries:
        field = page.get_by_role("textbox", name=name, exact=True)
        before = field.input_value()
        field.fill(typed)
        save.click()  # which has the focus from then on
        says(page, "Some values are not valid. Mend them and save again.", sentence)
        expect(innermost(page, field).filter(has_text=sentence)).to_have_count(1)
        expect(field).to_be_focused()
        expect(field).to_have_value(typed)
        field.fill(before)
    assert workbench.rows("SELECT 1 FROM corrections WHERE doc_id = :id", id=id_of(workbench, filename)) == []


def innermost(page: Page, field: Locator) -> Locator:
    """The part of the form that holds a field and what is said about it, and no other field."""
    parts = page.get_by_test_id("stVerticalBlock").filter(has=field).filter(has=page.locator(".fuse-wrong"))
    return parts.last


def test_a_decision_that_lacks_something_says_what(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-2.pdf")
    with workbench.store.begin() as connection:
        connection.execute(text("UPDATE docs SET type = 'unknown' WHERE id = :id"), {"id": doc_id})
    page.goto(f"{workbench.url}/review?doc={doc_id}")
    says(page, "Choose the document's type above, so that its values are looked for; or reject it with a reason.")
    page.get_by_role("button", name="Approve").click()
    says(page, "The document's type is not known. Choose it, then approve the document.")
    page.get_by_role("button", name="Reject", exact=True).click()
    says(page, "Say why the document is rejected, then press Reject again.")
    assert status_of(workbench, doc_id) == "needs_review"


def test_an_answer_about_a_draft_that_breaks_off_is_asked_for_again(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-6.pdf")
    review(page, workbench, doc_id)
    page.route("**/draft", lambda route: route.fulfill(status=200, body='{"understood": {"na'), times=1)
    line_1(page).fill("Typed once")
    expect(page.locator(".bar .draft")).to_have_text("Not kept: the connection is lost. Trying again …")
    kept(page)
    line_1(page).fill("Typed twice")
    typed = "SELECT entries -> 'name' ->> 'entry' FROM drafts WHERE doc_id = :id"
    workbench.wait_for(lambda: workbench.rows(typed, id=doc_id) == [("Typed twice",)], 10, "the next draft is kept")


def test_a_decision_that_cannot_be_taken_back_says_why(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-3.pdf")
    review(page, workbench, doc_id)
    page.keyboard.press("Control+Enter")
    undo = page.locator(".st-key-undo-last button").first
    expect(undo).to_contain_text("w9-3.pdf")
    post(workbench, doc_id, "reopen")
    undo.click()
    says(page, f"It can't be taken back: {SOMEBODY_ELSE}")


def test_a_lost_connection_is_told_and_the_draft_is_kept_when_it_is_back(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-4.pdf")
    review(page, workbench, doc_id)
    page.context.set_offline(True)
    line_1(page).fill("Typed without a connection")
    expect(page.locator(".bar .draft")).to_have_text("Not kept: the connection is lost. Trying again …")
    shows_no_trace(page)
    page.context.set_offline(False)
    kept(page)
    drafts = workbench.rows("SELECT entries -> 'name' ->> 'entry' FROM drafts WHERE doc_id = :id", id=doc_id)
    assert drafts == [("Typed without a connection",)]


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("**/pages/1.jpg*", "This page's picture could not be loaded. Reload the page to try again."),
        ("**/api/components/*", "A part of this screen did not load. Reload the page to try again."),
    ],
    ids=["picture", "script"],
)
def test_a_part_of_the_screen_that_does_not_come_says_so(
    page: Page, workbench: System, part: str, sentence: str
) -> None:
    page.route(part, lambda route: route.abort())
    page.goto(f"{workbench.url}/review?doc={id_of(workbench, 'w9-6.pdf')}")
    told = f"- text: /{re.escape(sentence)}/"
    expect(page.get_by_role("main")).to_match_aria_snapshot(told)  # the second stands in no element of its own
    with workbench.store.begin() as connection:  # what gives the document free may be the part that is missing
        connection.execute(text("DELETE FROM review_locks"))
