from __future__ import annotations

import pytest

from pipeline.money import currency_of, looks_like_money, parse_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$1,476.47", 1476.47),
        ("1.234,56", 1234.56),
        ("1.234.567,89", 1234567.89),
        ("1'234.50", 1234.5),
        ("742.62", 742.62),
        ("12", 12.0),
        ("1,234", 1234.0),
        ("-1,845.87", -1845.87),
        ("1.234,56-", -1234.56),
        ("(1,234.50)", -1234.5),
        ("-$1,539.50", -1539.5),
        ("91.80 DR", -91.8),
        ("91.80 CR", 91.8),
        ("+617,71", 617.71),
        ("17.656,26 EUR", 17656.26),
        ("£742.62", 742.62),
        ("...1,121.77", 1121.77),
        (".50", 0.5),
        ("$.50", 0.5),
        (".5-", -0.5),
        ("...50", 50.0),
        (".1,121.77", 1121.77),
        ("0.125", 0.125),
        ("0,375", 0.375),
        ("10.125", 10125.0),
        ("10/02", None),
        ("abc", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_amounts(text: str, amount: float | None) -> None:
    assert parse_money(text) == (None if amount is None else pytest.approx(amount))


@pytest.mark.parametrize(("text", "looks"), [("1,234.50", True), ("12", False), ("2024", False), ("-5,00", True)])
def test_only_two_decimals_look_like_a_column(text: str, looks: bool) -> None:
    assert looks_like_money(text) is looks


@pytest.mark.parametrize(
    ("text", "code"), [("Total $5.00", "USD"), ("1,00 EUR und 2,00 EUR", "EUR"), ("RM 5.50", "MYR"), ("FORM 5", None)]
)
def test_currencies(text: str, code: str | None) -> None:
    assert currency_of(text) == code
