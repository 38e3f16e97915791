"""Addresses that were mistyped, cut off, or made to do harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.screens import says
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]
NOBODYS = "00000000-0000-4000-8000-00000000dead"
NO_DOCUMENT = "There is no such document. It may have been deleted; open it from the queue or the list of documents."
NONE_MATCHES = "No waiting document matches these filters. Take one away to see more."
ADDRESSES: tuple[tuple[str, str], ...] = (
    ("nothing", "It may have been mistyped or cut off. Choose a screen from the menu above"),
    ("queue/of/mine", "All 8 that match"),
    ("%3Cb%3E/x", "There is nothing at this address"),
    ("review?doc=nonsense", NO_DOCUMENT),
    (f"review?doc={NOBODYS}", NO_DOCUMENT),
    ("document?doc=%3Cb%3E%00", NO_DOCUMENT),
    (f"document?doc={NOBODYS}", NO_DOCUMENT),
    ("document", "Choose a document from the list."),
    ("review?type=nonsense", "Those that matched are decided. Others may wait."),
    ("queue?type=%3Cb%3E%00'--", NONE_MATCHES),
    ("queue?reason=a%22%5D%00", NONE_MATCHES),
    ("queue?confidence=1-2", NONE_MATCHES),
    (f"queue?uploader={NOBODYS}&assignee={NOBODYS}", NONE_MATCHES),
    ("queue?status=x&age=x&confidence=x&priority=12&uploader=x&assignee=x&sort=x", "All 8 that match"),
    ("documents?q=xyzzy", "No document matches. Use fewer or other words, or take a filter away."),
    ("documents?q=%00&name=%00&reason=%00&status=x&type=x&confidence=x&uploader=x&after=x", "9 documents"),
    ("quality?period=x&page=x&cell=x%00~x",
     "No reviewed document of this period is in this cell. Choose another cell or a longer period."),
    ("upload?show=x", "up to 50 MB and 100 pages each"),
    ("settings?section=x", "A document passes without a person when"),
    ("settings?section=New%20type&example=x", "Name a few fields, and type what each says on this document"),
    ("api/nothing", "There is nothing at this address."),
    ("api/docs/x/original", "The request is not valid."),
    (f"api/docs/{NOBODYS}/original", "There is no such document."),
    ("api/export?status=x", "No document matches. Take a filter away and export again."),
)  # fmt: skip


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    """One window for all addresses that are only looked at."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        yield context.new_page()


@pytest.mark.parametrize(("address", "sentence"), ADDRESSES, ids=[address for address, _ in ADDRESSES])
def test_an_address_that_means_nothing_is_told_so(reader: Page, workbench: System, address: str, sentence: str) -> None:
    reader.goto(f"{workbench.url}/{address}")
    says(reader, sentence)
