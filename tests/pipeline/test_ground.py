from __future__ import annotations

import pytest

from pipeline.ground import locate
from pipeline.types import Box, Page, PageSource, Word


def page(*lines: str) -> Page:
    words = tuple(
        Word(text, Box(1, 0.1 * column, 0.1 * row, 0.1 * column + 0.08, 0.1 * row + 0.02), 1.0, row)
        for row, line in enumerate(lines, 1)
        for column, text in enumerate(line.split(), 1)
    )
    return Page(1, 612, 792, PageSource.OCR, "", words)


PAGE = page("Name Jordan Blake", "SSN 888-57-84O1", "5 Main Street Springfield,", "IL 62701 Total: $1,234.50")


@pytest.mark.parametrize(
    ("value", "first", "boxes"),
    [
        ("Jordan Blake", (0.2, 0.1), 1),
        ("jordan blake", (0.2, 0.1), 1),
        ("888-57-8401", (0.2, 0.2), 1),  # the O of the page is a zero
        ("Springfield, IL 62701", (0.4, 0.3), 2),  # over two lines: a box each
        ("1234.5", (0.4, 0.4), 1),
        ("Jordon Blake", (0.2, 0.1), 1),
    ],
)
def test_a_value_is_found_where_it_stands(value: str, first: tuple[float, float], boxes: int) -> None:
    found = locate(value, [PAGE])
    assert len(found) == boxes
    assert (found[0].x0, found[0].y0) == pytest.approx(first)


@pytest.mark.parametrize(
    "value", ["Somebody Else", "", "—", "999-99-9999", "888-57-8402", "1,284.50", "1234.4", "62702"]
)
def test_what_is_not_on_the_page_has_no_place(value: str) -> None:
    assert locate(value, [PAGE]) == ()
