"""Which lines come first: columns of text one after the other, tables row by row."""

from __future__ import annotations

import pytest

from pipeline.reading_order import LinePlace, blocks


def column(x0: float, x1: float, lines: int, letters: int, top: float = 0.2) -> list[LinePlace]:
    return [LinePlace(x0, x1, top + 0.02 * i, letters) for i in range(lines)]


def read(lines: list[LinePlace]) -> list[int]:
    return [i for block in blocks(lines) for i in block]


def test_two_columns_under_a_title() -> None:
    title = [LinePlace(0.1, 0.9, 0.1, 40)]
    left, right = column(0.1, 0.45, 8, 30), column(0.55, 0.9, 8, 30, top=0.205)
    foot = [LinePlace(0.1, 0.9, 0.9, 60)]
    assert read([*title, *left, *right, *foot]) == list(range(18))
    assert read([*foot, *right, *left, *title]) == [17, *range(9, 17), *range(1, 9), 0]


def test_three_columns() -> None:
    lines = [line for x in (0.05, 0.37, 0.69) for line in column(x, x + 0.28, 10, 28)]
    assert read(lines) == list(range(30))


@pytest.mark.parametrize(("left", "right"), [(10, 12), (30, 9), (9, 30)])
def test_tables_are_read_across(left: int, right: int) -> None:
    """A date and an amount, a description and an amount, an amount and a description."""
    lines = [
        line for pair in zip(column(0.1, 0.5, 12, left), column(0.6, 0.9, 12, right), strict=True) for line in pair
    ]
    assert blocks(lines) == [list(range(24))]


def test_a_line_across_ends_the_columns() -> None:
    upper = [*column(0.1, 0.45, 6, 30, 0.1), *column(0.55, 0.9, 6, 30, 0.1)]
    across = [LinePlace(0.1, 0.9, 0.3, 70)]
    lower = [*column(0.1, 0.45, 6, 30, 0.4), *column(0.55, 0.9, 6, 30, 0.4)]
    assert read([*upper, *across, *lower]) == list(range(25))


def test_few_lines_and_none() -> None:
    assert blocks([]) == []
    assert blocks([*column(0.1, 0.45, 3, 30), *column(0.55, 0.9, 3, 30)]) == [[0, 3, 1, 4, 2, 5]]
