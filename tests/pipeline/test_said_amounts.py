"""Amounts in words, as cheques and Indian invoices say them."""

from __future__ import annotations

import pytest

from pipeline.extract.said_amounts import amounts_in_words
from tests.pipeline.written_pages import page_of


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ("INR One Thousand Eight Hundred Only", 1800.0),
        ("Rupees Two Lakh Fifteen Thousand Four Hundred and Six Only", 215406.0),
        ("Amount in words: Two Hundred Seventy Four and Fifty Eight paise Only", 274.58),
        ("one hundred twenty-three dollars and five cents", 123.05),
        ("Three Crore Twenty Lakh", 32_000_000.0),
        ("One Thousnd Elght Hundred Only", 1800.0),
        ("TWO MILLION THREE HUNDRED THOUSAND", 2_300_000.0),
    ],
)
def test_words_make_an_amount(line: str, amount: float) -> None:
    assert amounts_in_words([page_of(line)]) == {amount}


@pytest.mark.parametrize(
    "line", ["one of the seven items", "Twenty One", "no amount", "10 Thousand", "ten percent of one"]
)
def test_a_few_number_words_are_no_amount(line: str) -> None:
    assert amounts_in_words([page_of(line)]) == frozenset()
