from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.found_text import hide_numbers
from app.sensitive_fields import sensitive_texts
from db.documents import StoredField

ACCOUNT = "85830004"


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("Account number 85830004 of ‹Harrowby›", "Account number ••••0004 of ‹Harrowby›"),
        ("paid from 85830004 to ‹Harrowby›", "paid from ••••0004 to ‹Harrowby›"),  # no word tells what it is
        ("‹Harrowby› 8583 00-04 here", "‹Harrowby› •••• 00-04 here"),
        ("‹Harrowby› order 858300041, 858300", "‹Harrowby› order 858300041, ••••••"),  # longer; cut by the end
        ("30004 ‹Harrowby›, 8583 … 300.04 ‹Harrowby›", "•0004 ‹Harrowby›, •••• … •00.04 ‹Harrowby›"),
        ("Taxpayer ‹Blake› 123-45-6789", "Taxpayer ‹Blake› •••-••-6789"),  # by its shape
        ("account number ‹85830004›, again 85830004", "account number ‹85830004›, again ••••0004"),  # was searched for
        ("‹invoice› 1,234.50 of 2024-03-15, no. 20240315", "‹invoice› 1,234.50 of 2024-03-15, no. 20240315"),
        ("a lone › and ‹ stay", "a lone › and ‹ stay"),
    ],
)  # fmt: skip
def test_sensitive_numbers_are_hidden_and_hits_stay(found: str, shown: str) -> None:
    assert hide_numbers(found, {ACCOUNT, "20"}) == shown


def test_the_sensitive_values_are_those_of_the_definition() -> None:
    def stored(name: str, value: object, raw: str | None = None) -> StoredField:
        return StoredField(name, 1, value, raw, [], 0.9, None, [], "machine", None, datetime.now(UTC))

    fields = [
        stored("account_number", ACCOUNT, "8583 0004"),
        stored("account_holder", "Jordan Blake", "Jordan Blake"),
        stored("transactions", [{"description": "To 123-45-6789"}], "all of the table"),
        stored("not_a_field", "12345678"),
    ]
    assert set(sensitive_texts("bank_statement", fields)) == {ACCOUNT, "8583 0004"}
