from __future__ import annotations

from typing import Any

import pytest

from app.components.table_changes import TableChange, changes_in_short, table_changes
from pipeline.doctypes import DOC_TYPES, FieldSpec

SPEC = DOC_TYPES["bank_statement"].field("transactions")
RENT, FOOD, WAGE = ({"description": what, "amount": n} for what, n in (("Rent", 900.0), ("Food", 12.5), ("Wage", 10.0)))


def text(_: FieldSpec | None, value: Any) -> str:
    return "–" if value is None else str(value)


def test_a_changed_cell_is_told_by_row_and_column() -> None:
    assert table_changes(SPEC, [RENT, FOOD], [RENT, {**FOOD, "amount": 13.5}], text) == [
        TableChange("row 2, Amount (+ in, - out)", "12.5", "13.5")
    ]


def test_rows_that_come_and_go_do_not_shift_the_others() -> None:
    assert table_changes(SPEC, [RENT, FOOD], [FOOD, WAGE], text) == [
        TableChange("row 1 removed", "Rent, 900.0", "–"),
        TableChange("row 2 added", "–", "Wage, 10.0"),
    ]


def test_of_very_many_changes_the_first_are_told() -> None:
    found = table_changes(SPEC, [], [{"description": str(n)} for n in range(100)], text)
    assert len(found) == 31
    assert found[-1].where == "70 more changes"


def test_a_column_that_nobody_defined_is_told_by_its_name() -> None:
    assert table_changes(None, [{"x": 1}], [{"x": 2}], text) == [TableChange("row 1, x", "1", "2")]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([RENT, FOOD], [RENT, FOOD], ""),
        ([RENT, FOOD], [{**RENT, "amount": 1.0}, {"description": "Meal", "amount": 2.0}], "3 cells changed"),
        ([RENT, FOOD], [FOOD, WAGE], "1 row added, 1 row removed"),
        ([RENT], [{**RENT, "amount": 1.0}, FOOD, WAGE], "1 cell changed, 2 rows added"),
        ([], [{"description": str(n)} for n in range(100)], "100 rows added"),
    ],
)
def test_how_much_was_changed_is_told_in_short(before: list[Any], after: list[Any], said: str) -> None:
    assert changes_in_short(before, after) == said
