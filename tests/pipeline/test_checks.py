from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.checks import check
from pipeline.doctypes import DOC_TYPES
from pipeline.types import Box, ConfidenceParts, FieldValue

TODAY = date(2026, 1, 1)
ROWS = [{"date": "2024-01-02", "description": "x", "amount": 50.0, "balance": None}]


def checked(doc_type: str, **values: Any) -> tuple[list[str], dict[str, float | None]]:
    parts = ConfidenceParts(0.9, 1.0, 1.0)
    fields = tuple(
        FieldValue(spec.name, values.get(spec.name), "x", (Box(1, 0, 0, 1, 1),), 0.9, parts)
        if values.get(spec.name) is not None
        else FieldValue(spec.name, None)
        for spec in DOC_TYPES[doc_type].fields
    )
    extraction = check(fields, DOC_TYPES[doc_type], TODAY)
    return [f.code for f in extraction.findings], {f.name: f.confidence for f in extraction.fields}


@pytest.mark.parametrize(
    ("doc_type", "values", "codes"),
    [
        ("w9", {"ssn": "888-57-8401"}, []),
        ("w9", {"ein": "38-8211965", "signature_date": "2024-10-07"}, []),
        ("w9", {"ssn": "8885784"}, ["bad_shape"]),
        ("w9", {"ssn": "000-57-8401"}, ["bad_number"]),
        ("bank_statement", {"account_number": "DE89 3704 0044 0532 0130 00"}, []),
        ("bank_statement", {"account_number": "DE89 3704 0044 0532 0130 01"}, ["bad_number"]),
        ("bank_statement", {"account_number": "1234567"}, []),
        ("invoice", {"invoice_date": "2024-05-17", "due_date": "2024-05-01"}, ["date_order"]),
        ("invoice", {"invoice_date": "2024-05-17", "due_date": "2024-05-17"}, []),
        ("w9", {}, ["missing_tin"]),
        ("w9", {"ssn": "888-57-8401", "ein": "38-8211965"}, ["both_tins"]),
        ("w9", {"ssn": "888-57-8401", "federal_tax_classification": "Other (Nonprofit)"}, []),
        ("w9", {"ssn": "888-57-8401", "federal_tax_classification": "Kingdom"}, ["bad_choice"]),
        ("w9", {"ssn": "888-57-8401", "signature_date": "2031-01-01"}, ["future_date"]),
        ("w9", {"ssn": "888-57-8401", "signature_date": "1831-01-01"}, ["too_old_date"]),
        ("w9", {"ssn": "888-57-8401", "account_numbers": "123-45-6789"}, ["ssn_in_other_field"]),
        ("bank_statement", {"statement_start_date": "2024-02-01", "statement_end_date": "2024-01-01"},
         ["start_after_end"]),
        ("bank_statement", {"opening_balance": 100.0, "closing_balance": 150.0, "transactions": ROWS}, []),
        ("bank_statement", {"opening_balance": 100.0, "closing_balance": 151.0, "transactions": ROWS},
         ["transactions_mismatch"]),
        ("bank_statement", {"opening_balance": 100.0, "closing_balance": 150.0, "total_deposits": 60.0,
                            "total_withdrawals": 10.0}, []),
        ("bank_statement", {"opening_balance": 100.0, "closing_balance": 150.0, "total_deposits": 60.0,
                            "total_withdrawals": 11.0}, ["balance_mismatch"]),
        ("government_id", {"date_of_birth": "1980-01-01", "issue_date": "2020-01-01", "expiry_date": "2030-01-01"}, []),
        ("government_id", {"issue_date": "2020-01-01", "expiry_date": "2019-01-01"}, ["date_order"]),
    ],
)  # fmt: skip
def test_each_check(doc_type: str, values: dict[str, Any], codes: list[str]) -> None:
    assert checked(doc_type, **values)[0] == codes


def test_a_failed_check_halves_the_confidence_of_its_fields_only() -> None:
    _, confidence = checked("w9", ssn="8885784", name="Jordan Blake")
    assert confidence["ssn"] == pytest.approx(0.45)
    assert confidence["name"] == pytest.approx(0.9)


def test_sentences_hold_no_values() -> None:
    parts = ConfidenceParts(0.9, 1.0, 1.0)
    fields = (FieldValue("ssn", "8885784", "8885784", (Box(1, 0, 0, 1, 1),), 0.9, parts),)
    findings = check(fields, DOC_TYPES["w9"], TODAY).findings
    assert findings
    assert not any("8885784" in finding.sentence for finding in findings)
