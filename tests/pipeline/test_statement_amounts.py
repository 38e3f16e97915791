"""The amounts in a bank statement's summary: each beside or under its own label, not under one that reads like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.extract.statement import fields_of_statement
from pipeline.types import Page
from tests.pipeline.written_pages import page_of

BOXES = """
Harrow & Vale Bank

Opening balance     Total paid in     Total paid out     Closing balance
£1,000.00           £250.00           £90.00             £1,160.00
"""


def raised(page: Page, last: str) -> Page:
    """The label that ends with that word a line of its own, a hair above those beside it, as OCR gives them."""
    end = next(i for i, word in enumerate(page.words) if word.text == last)
    label = page.words[end - 2 : end + 1]
    higher = [replace(word, line=99, box=replace(word.box, y0=word.box.y0 - 0.0004)) for word in label]
    return replace(page, words=(*page.words[: end - 2], *higher, *page.words[end + 1 :]))


def amounts(page: Page) -> dict[str, object]:
    fields = fields_of_statement([page], DOC_TYPES["bank_statement"])
    return {each.name: each.value for each in fields if each.name.startswith(("total", "opening", "closing"))}


@pytest.mark.parametrize("last", ["in", "out"])
def test_labels_that_read_alike_are_told_apart_however_the_page_lies(last: str) -> None:
    assert amounts(raised(page_of(BOXES), last)) == {
        "opening_balance": 1000.0, "total_deposits": 250.0, "total_withdrawals": 90.0, "closing_balance": 1160.0,
    }  # fmt: skip


def test_where_only_the_other_label_stands_nothing_is_taken() -> None:
    page = page_of(BOXES.replace("Total paid in", " " * 13).replace("£250.00", " " * 7))
    assert "total_deposits" not in amounts(page)
    assert amounts(page)["total_withdrawals"] == 90.0
