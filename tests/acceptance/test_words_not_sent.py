"""A reason to reject and a comment that are typed and not sent, in a real browser: nothing loses them but sending."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, kept, line_1, review, status_of
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> None:
    """Four W-9s."""
    for seed in range(1, 5):
        assert workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf").status_code == 202
    workbench.wait_until_done(120)


def reason_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reject with a reason")


def comment_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Comment")


def type_reason(page: Page, reason: str) -> None:
    reason_of(page).click()  # as a person does, who takes the focus from the values by that
    page.keyboard.type(reason)


def typed(page: Page, reason: str, comment: str) -> None:
    type_reason(page, reason)
    page.keyboard.press("Alt+c")  # folded as long as there is none
    expect(comment_of(page)).to_be_focused()
    page.keyboard.type(comment)


def unsent(workbench: System) -> list[tuple[object, ...]]:
    return workbench.rows("SELECT reason, comment FROM unsent_words")


def shown(page: Page, reason: str, comment: str) -> None:
    expect(reason_of(page)).to_have_value(reason)
    expect(comment_of(page)).to_have_value(comment)


def test_both_outlive_a_reload_until_they_are_sent(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-1.pdf")
    page = review(open_page(), workbench, doc_id)
    typed(page, "Not signed", "Ask them")
    kept(page)
    page.reload()
    shown(page, "Not signed", "Ask them")
    expect(comment_of(page)).to_be_visible()

    comment_of(page).click()
    page.keyboard.type(" first")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ask them first")).to_be_visible()
    shown(page, "Not signed", "")
    page.reload()
    shown(page, "Not signed", "")
    assert unsent(workbench) == [("Not signed", "")]

    reason_of(page).click()
    page.keyboard.type(" at all")
    page.keyboard.press("Enter")
    expect(page.locator(".fuse-title").first).not_to_have_text("w9-1.pdf")
    review(page, workbench, doc_id)
    expect(page.get_by_text("Rejected: Not signed at all")).to_be_visible()
    shown(page, "", "")
    assert unsent(workbench) == []
    assert workbench.rows("SELECT body FROM comments") == [("Ask them first",)]


def test_each_document_has_its_own(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-2.pdf"))
    typed(page, "Wrong person", "Who is it")
    page.get_by_role("button", name="Skip").click()  # at once: the words have to get there first
    expect(page.locator(".fuse-title").first).not_to_have_text("w9-2.pdf")
    expect(reason_of(page)).to_have_value("")
    page.get_by_role("link", name="Queue").first.click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    page.go_back()
    expect(reason_of(page)).to_have_value("")
    review(page, workbench, id_of(workbench, "w9-2.pdf"))
    shown(page, "Wrong person", "Who is it")


def test_all_is_there_again_on_the_way_back_from_another_screen(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-3.pdf"))
    line_1(page).fill("A value too")
    typed(page, "Unreadable", "Scan it anew")
    kept(page)
    page.get_by_role("link", name="Queue").first.click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    page.go_back()
    shown(page, "Unreadable", "Scan it anew")
    expect(line_1(page)).to_have_value("A value too")
    expect(page.get_by_text("it is not stored yet")).to_be_visible()


def test_approving_drops_the_reason_and_keeps_the_comment(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-3.pdf")
    page = review(open_page(), workbench, doc_id)
    typed(page, "No", "As it is")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".fuse-title").first).not_to_have_text("w9-3.pdf")
    assert status_of(workbench, doc_id) == "approved"
    page.wait_for_timeout(1000)  # nothing comes after it
    assert workbench.rows("SELECT reason FROM unsent_words WHERE doc_id = :id", id=doc_id) == [("",)]
    page.goto(f"{workbench.url}/review?doc={doc_id}")
    expect(comment_of(page)).to_have_value(re.compile("As it is"))
    expect(reason_of(page)).to_have_value("")


def test_without_a_connection_they_are_kept_when_it_is_back(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-4.pdf")
    page = review(open_page(), workbench, doc_id)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    type_reason(page, "Typed without a connection")
    expect(page.locator(".bar .draft")).to_have_text("Not kept: the connection is lost. Trying again …")
    page.get_by_role("button", name="Save").click()  # which waits for it
    page.wait_for_timeout(2000)
    assert len([url for url in asked if url.endswith("/unsent")]) < 5, "it is tried again now and then"
    page.context.set_offline(False)
    kept(page)
    stored = workbench.rows("SELECT reason FROM unsent_words WHERE doc_id = :id", id=doc_id)
    assert stored == [("Typed without a connection",)]
