"""Review while nothing waits, in a real browser: what needs a person opens by itself, and nobody loses theirs by it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, post, review, says, status_of
from tests.faults.system import System, long_scan

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
NOTHING = "Nothing waits for review"
OPEN_ELSEWHERE = "What waits is open in other windows"
LOOKS = 8_000
"""Milliseconds in which the screen has looked a few times."""


@pytest.fixture(scope="module", autouse=True)
def decided(workbench: System) -> None:
    """A document that is decided: the installation is not a new one."""
    upload(workbench, 1)
    wait_for(workbench, "w9-1.pdf")
    post(workbench, id_of(workbench, "w9-1.pdf"), "approve")


def upload(workbench: System, seed: int) -> None:
    assert workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf").status_code == 202


def wait_for(workbench: System, filename: str) -> None:
    doc_id = id_of(workbench, filename)
    workbench.wait_for(lambda: status_of(workbench, doc_id) == "needs_review", 60, f"{filename} is read")


def waiting(page: Page, workbench: System) -> Page:
    page.goto(f"{workbench.url}/review")
    says(page, NOTHING, "The next one that needs a person opens here by itself.")
    return page


def shows(page: Page, filename: str) -> None:
    expect(page.locator(".fuse-title").first).to_have_text(filename)
    expect(page.get_by_role("button", name="Approve").first).to_be_enabled()
    expect(page.locator(".leaf > img").first).not_to_have_class(re.compile("waiting"))


def test_a_document_that_comes_opens_by_itself(workbench: System, open_page: Opens) -> None:
    page = waiting(open_page(), workbench)
    upload(workbench, 2)
    shows(page, "w9-2.pdf")
    page.wait_for_function("() => document.activeElement.closest('[class*=st-key-field-]') !== null")
    page.keyboard.press("Control+Enter")
    says(page, NOTHING)


def test_a_document_that_is_being_read_is_told_and_opens_when_it_is_there(workbench: System, open_page: Opens) -> None:
    assert workbench.upload(long_scan(1, 8), "scan.tif").status_code == 202
    page = open_page()
    page.goto(f"{workbench.url}/review?sort=oldest")
    says(page, "1 document is being read", "The first one that needs a person opens here by itself.")
    shows(page, "scan.tif")
    assert "sort=oldest" in page.url
    post(workbench, id_of(workbench, "scan.tif"), "approve")


def test_what_somebody_has_open_is_left_to_them_until_they_close_it(workbench: System, open_page: Opens) -> None:
    upload(workbench, 3)
    wait_for(workbench, "w9-3.pdf")
    doc_id = id_of(workbench, "w9-3.pdf")
    first = review(open_page(), workbench, doc_id)
    second = open_page()
    second.goto(f"{workbench.url}/review")
    says(second, OPEN_ELSEWHERE)
    with workbench.store.begin() as connection:  # as if its window had been covered by another one for a while
        connection.execute(text("UPDATE review_locks SET expires_at = now() - interval '1 second'"))
    second.wait_for_timeout(LOOKS)
    says(second, OPEN_ELSEWHERE)
    first.goto("about:blank")
    shows(second, "w9-3.pdf")
