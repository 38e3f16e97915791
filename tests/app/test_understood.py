"""What an entry means is told in a form that nobody can read otherwise."""

import pytest

from app.understood import Understood, understood
from pipeline.doctypes import FieldKind, FieldSpec


def field(kind: FieldKind) -> FieldSpec:
    return FieldSpec(name="one", label="One", kind=kind)


@pytest.mark.parametrize(
    ("entry", "value", "text"),
    [
        ("3/4/24", "2024-03-04", "Mon 4 Mar 2024"),
        ("4. März 2024", "2024-03-04", "Mon 4 Mar 2024"),
        ("31/12/2023", "2023-12-31", "Sun 31 Dec 2023"),
        ("", "", ""),
    ],
)
def test_a_day_is_told_in_full(entry: str, value: str, text: str) -> None:
    assert understood(field(FieldKind.DATE), entry) == Understood(value, text)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("10.125", "10,125.00"),
        ("10,50", "10.50"),
        ("(20)", "-20.00"),
        ("1'234.5", "1,234.50"),
        ("0.125", "0.125"),
    ],
)
def test_an_amount_is_told_with_its_thousands_and_cents(entry: str, text: str) -> None:
    assert understood(field(FieldKind.MONEY), entry).text == text


def test_what_can_not_be_stored_is_told_with_what_is_expected() -> None:
    told = understood(field(FieldKind.MONEY), "abc")
    assert told == Understood("", "", "One must be an amount, such as 1,234.50 or -20.")
