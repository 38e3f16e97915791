"""What is told of values that were typed over an older state of the document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.components.field_entries import FormField
from app.components.lost_values import lost_lines
from db.documents import StoredField
from db.drafts import Typed
from pipeline.doctypes import DOC_TYPES

ROWS: list[dict[str, Any]] = [
    {"date": "2024-03-01", "description": "Salary", "amount": 100.0, "balance": 100.0},
    {"date": "2024-03-02", "description": "Rent", "amount": -60.0, "balance": 40.0},
]


STORED = StoredField("transactions", 0, ROWS, None, [], 0.9, None, [], "machine", ROWS, datetime.now(UTC))


def lines(**lost: Any) -> list[str]:
    fields = [
        FormField(spec, STORED if spec.name == "transactions" else None, (), "sure")
        for spec in DOC_TYPES.fields_of("bank_statement")
    ]
    return lost_lines("bank_statement", fields, {name: Typed(entry) for name, entry in lost.items()})


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ({"bank_name": "Blake & Sons"}, ["Bank: Blake & Sons"]),
        ({"bank_name": ""}, ["Bank: not on the document"]),
        ({"account_number": "1234567890"}, ["Account number: ••••••7890"]),
        ({"ssn": "123-45-6789"}, ["Ssn: •••-••-6789"]),
        ({"transactions": [ROWS[0], {**ROWS[1], "amount": "-65"}]},
         ["Transactions, row 2, Amount (+ in, - out): -65.00 (now -60.00)"]),
        ({"transactions": [ROWS[0], {**ROWS[1], "amount": "soon"}]},
         ["Transactions, row 2, Amount (+ in, - out): soon (now -60.00)"]),
        ({"transactions": ROWS[:1]}, ["Transactions, row 2 removed: – (now 2024-03-02, Rent, -60.00, 40.00)"]),
    ],
)  # fmt: skip
def test_each_value_is_told_as_it_differs(lost: dict[str, Any], told: list[str]) -> None:
    assert lines(**lost) == told


def test_of_many_cells_the_first_are_told_and_how_many_more() -> None:
    told = lines(transactions=[{**ROWS[0], "description": f"Row {n}"} for n in range(30)])
    assert len(told) == 7
    assert told[-1].endswith("more changes")
