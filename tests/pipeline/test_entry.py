from __future__ import annotations

from typing import Any

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.entry import WrongCell, first_wrong_cell, validate_value


@pytest.mark.parametrize(
    ("doc_type", "field", "typed", "value"),
    [
        ("w9", "name", "  Jordan   Blake ", "Jordan Blake"),
        ("w9", "ssn", "123-45-6789", "123-45-6789"),
        ("w9", "ssn", "123456789", "123-45-6789"),
        ("w9", "ein", "12 3456789", "12-3456789"),
        ("w9", "signature_date", "March 5, 2024", "2024-03-05"),
        ("w9", "federal_tax_classification", "c corporation", "C corporation"),
        ("w9", "federal_tax_classification", "Partnershp", "Partnership"),
        ("w9", "federal_tax_classification", "C corp", "C corporation"),
        ("w9", "federal_tax_classification", "other (Nonprofit)", "Other (Nonprofit)"),
        ("w9", "business_name", "", None),
        ("w9", "business_name", None, None),
        ("bank_statement", "closing_balance", "$1,234.50", 1234.5),
        ("bank_statement", "closing_balance", 12.5, 12.5),
        ("bank_statement", "closing_balance", 1.125, 1.125),
        ("bank_statement", "closing_balance", "1.125", 1125.0),
        ("bank_statement", "currency", "usd", "USD"),
        ("government_id", "sex", "f", "F"),
    ],
)
def test_what_is_taken_and_how(doc_type: str, field: str, typed: Any, value: Any) -> None:
    assert validate_value(DOC_TYPES[doc_type].field(field), typed) == (value, None)


@pytest.mark.parametrize(
    ("doc_type", "field", "typed", "says"),
    [
        ("w9", "ssn", "12", "123-45-6789"),
        ("w9", "signature_date", "soon", "must be a date"),
        ("w9", "federal_tax_classification", "Kingdom", "one of"),
        ("bank_statement", "closing_balance", "lots", "must be an amount"),
        ("bank_statement", "currency", "dollars", "three letters"),
        ("w9", "name", "x" * 2001, "at most"),
    ],
)
def test_what_is_refused_says_what_is_expected(doc_type: str, field: str, typed: str, says: str) -> None:
    value, sentence = validate_value(DOC_TYPES[doc_type].field(field), typed)
    assert value is None
    assert sentence is not None
    assert says in sentence


def test_a_table_is_checked_cell_by_cell() -> None:
    spec = DOC_TYPES["bank_statement"].field("transactions")
    row = {"date": "March 5, 2024", "description": "Shop", "amount": "(12.50)", "balance": ""}
    assert validate_value(spec, [row]) == (
        [{"date": "2024-03-05", "description": "Shop", "amount": -12.5, "balance": None}],
        None,
    )


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"date": "2024-03-05", "amount": "1"}, {"date": "x", "amount": "1"}], "Transactions, row 2: Date must be"),
        ([{"date": "2024-03-05"}], "missing"),
        ([{"date": "2024-03-05", "amount": 1, "colour": "red"}], "no column colour"),
        ("text", "list of rows"),
        ([1], "list of rows"),
    ],
)
def test_a_table_that_is_wrong_says_where(rows: Any, says: str) -> None:
    value, sentence = validate_value(DOC_TYPES["bank_statement"].field("transactions"), rows)
    assert value is None
    assert says in str(sentence)


def test_the_first_wrong_cell_of_a_table_is_found() -> None:
    spec = DOC_TYPES["bank_statement"].field("transactions")
    right = {"date": "2024-03-05", "amount": "1"}
    found = first_wrong_cell(spec, [right, {"date": "2024-03-06", "balance": "x"}, {}])
    assert found == WrongCell(1, "amount", "Amount (+ in, - out) is missing.")
    assert first_wrong_cell(spec, [right]) is None
