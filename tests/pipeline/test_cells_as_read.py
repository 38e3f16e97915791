"""What the machine read in the place of each row that is stored now."""

from __future__ import annotations

import pytest

from pipeline.cell_clarity import Row, as_read

A, B, C = ({"description": name, "amount": amount} for name, amount in (("a", 1.0), ("b", 2.0), ("c", 3.0)))
TYPED = {"description": "typed", "amount": 2.0}


@pytest.mark.parametrize(
    ("rows", "machine", "expected", "remark"),
    [
        ([A, B, C], [A, B, C], [A, B, C], "nobody touched it"),
        ([A, TYPED, C], [A, B, C], [A, B, C], "one corrected: what was read there"),
        ([A, TYPED, B, C], [A, B, C], [A, {}, B, C], "one added: nothing was read there"),
        ([A, C], [A, B, C], [A, C], "one removed"),
        ([A, TYPED], [A, B, C], [A, {}], "corrected or removed: this can't be told"),
        ([{"amount": 1.0, "description": "a"}], [A], [A], "the order of a row's cells says nothing"),
        ([TYPED], [], [{}], "the machine read no table"),
        ([], [A], [], "all removed"),
    ],
)
def test_rows_are_matched_with_what_was_read(
    rows: list[Row], machine: list[Row], expected: list[Row], remark: str
) -> None:
    assert as_read(rows, machine) == expected, remark
