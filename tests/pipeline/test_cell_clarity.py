"""How clearly each cell of a table was read, told by the words on its row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.cell_clarity import cell_clarities
from pipeline.doctypes import DOC_TYPES
from pipeline.extract.slant import moved
from pipeline.kinds import kind_of
from pipeline.reading import ReadingOptions, read_pages
from pipeline.run import extract_fields
from pipeline.samples import draw
from pipeline.types import Box, Page
from tests.pipeline.written_pages import page_of

ITEMS = DOC_TYPES.get("invoice").field("line_items")  # type: ignore[union-attr]
PAGE = page_of("""
Oak shelf                  2         45.00           90.00
Brass hinge                10        3.10            31.00
Returned screws            1         31.00           31.00
""")
ROWS = [
    {"description": "Oak shelf", "quantity": 2.0, "unit_price": 45.0, "amount": 90.0},
    {"description": "Brass hinge", "quantity": 10.0, "unit_price": 3.1, "amount": 31.0},
    {"description": "Returned screws", "quantity": 1.0, "unit_price": None, "amount": -31.0},
]


def boxes_of(page: Page) -> list[Box]:
    return [Box.around([word.box for word in line]) for line in page.lines]


def doubtful(page: Page, text: str, confidence: float) -> Page:
    return replace(
        page, words=tuple(replace(w, confidence=confidence) if w.text == text else w for w in page.words)
    )  # fmt: skip


def test_a_word_that_was_read_badly_is_told_of_its_cell_alone() -> None:
    page = doubtful(PAGE, "45.00", 0.4)
    first, second, _ = cell_clarities(ITEMS, ROWS, boxes_of(page), [page])
    assert first == {"description": 1.0, "quantity": 1.0, "unit_price": 0.4, "amount": 1.0}
    assert set(second.values()) == {1.0}


def test_what_is_taken_out_is_found_without_its_minus_where_one_word_says_it() -> None:
    one = [{**ROWS[2], "unit_price": 31.0}]
    page = page_of("Returned screws            1                         31.00")
    assert cell_clarities(ITEMS, [ROWS[2]], boxes_of(page), [page])[0]["amount"] == 1.0
    assert "amount" not in cell_clarities(ITEMS, one, [Box(1, 0.0, 0.9, 1.0, 0.95)], [page])[0]


def test_a_value_that_its_row_does_not_say_is_left_out() -> None:
    told = cell_clarities(ITEMS, [{**ROWS[0], "quantity": 7.0}, *ROWS[1:]], boxes_of(PAGE), [PAGE])
    assert "quantity" not in told[0]


def test_rows_without_a_place_each_tell_nothing() -> None:
    assert cell_clarities(ITEMS, ROWS, boxes_of(PAGE)[:2], [PAGE]) == [{}, {}, {}]
    assert cell_clarities(ITEMS, ROWS, [Box(9, 0, 0, 1, 1)] * 3, [PAGE]) == [{}, {}, {}]


@pytest.mark.parametrize("slope", [-0.02, 0.02])
def test_a_page_askew_loses_no_cell(slope: float) -> None:
    lines = "\n".join(f"Oak shelf of the kind {kind}      2         45.00           90.00" for kind in "abcdefghijkl")
    level = page_of(lines)
    askew = replace(level, words=tuple(replace(w, box=moved(w.box, slope)) for w in level.words))
    rows = [{**ROWS[0], "description": f"Oak shelf of the kind {kind}"} for kind in "abcdefghijkl"]
    places = [moved(box, slope) for box in boxes_of(level)]
    assert all(len(row) == 4 for row in cell_clarities(ITEMS, rows, places, [askew]))


def test_every_cell_of_an_invoice_is_told() -> None:
    drawn = draw("invoice", "digital", 5)
    pages = tuple(read_pages(drawn.data, kind_of(drawn.data), ReadingOptions()))
    invoice = DOC_TYPES.get("invoice")
    assert invoice is not None
    items = next(value for value in extract_fields(pages, invoice).fields if value.name == "line_items")
    assert isinstance(items.value, list)
    assert len(items.boxes) == len(items.value), "a place for each row"
    for row, told in zip(items.value, cell_clarities(ITEMS, items.value, items.boxes, pages), strict=True):
        assert isinstance(row, dict)
        assert told.keys() == {name for name, value in row.items() if value is not None}
