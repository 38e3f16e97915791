"""Hands of invoices and receipts: their truth stands on the page and adds up, and extraction reads most of it."""

from __future__ import annotations

import random
import re
from typing import Any

import pypdfium2
import pytest

from pipeline.compare import compare
from pipeline.dates import find_dates
from pipeline.evaluate.extraction_ways import ours
from pipeline.money import parse_money
from pipeline.samples import LAYOUTS_DRAWN, draw
from pipeline.samples.invoice_layouts import INVOICE_LAYOUTS
from pipeline.samples.receipt_layouts import RECEIPT_LAYOUTS
from tests.pipeline.drawn_documents import read

HANDS = [(doc_type, name) for doc_type in ("invoice", "receipt") for name in LAYOUTS_DRAWN[doc_type]]
LEAST_RIGHT = 0.9
"""Share of a hand's fields that must be read: measured 0.99 and more (docs/benchmarks.md)."""


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@pytest.mark.parametrize(("doc_type", "layout"), HANDS)
def test_the_truth_stands_on_the_page(doc_type: str, layout: str) -> None:
    for seed in range(3):
        sample = draw(doc_type, "digital", seed, layout)
        assert sample.layout == layout
        text = text_of(sample.data)
        amounts = {parse_money(part) for part in re.findall(r"-?\d[\d., ]*\d", text)}
        amounts |= {parse_money(part.replace(" ", "")) for part in re.findall(r"-?\d[\d., ]*\d", text)}
        days = {day.value.isoformat() for order in ("MDY", "DMY") for day in find_dates(text, order)}
        for name, value in sample.truth.items():
            if name == "tax" and "-in-" in layout:
                continue  # printed as central and state tax
            if isinstance(value, float):
                assert {value, abs(value)} & amounts, (seed, name)
            elif name.endswith("date") and value is not None:
                assert value in days, (seed, name)
            elif name == "vendor_name":
                assert str(value) in text, (seed, name)


@pytest.mark.parametrize("layout", INVOICE_LAYOUTS)
def test_an_invoice_adds_up(layout: str) -> None:
    truth: dict[str, Any] = draw("invoice", "digital", 4, layout).truth
    assert sum(row["amount"] for row in truth["line_items"]) == pytest.approx(truth["subtotal"])
    assert all(row["quantity"] * row["unit_price"] == pytest.approx(row["amount"]) for row in truth["line_items"])
    assert truth["subtotal"] + truth["tax"] == pytest.approx(truth["total"])


@pytest.mark.parametrize("hands", [INVOICE_LAYOUTS, RECEIPT_LAYOUTS])
def test_hands_draw_the_same_again(hands: Any) -> None:
    for name, hand in hands.items():
        assert hand(random.Random(name)) == hand(random.Random(name))


@pytest.mark.parametrize(("doc_type", "layout"), HANDS)
def test_each_hand_is_read(doc_type: str, layout: str) -> None:
    right = []
    for seed in range(40, 43):
        sample = draw(doc_type, "digital", seed, layout)
        values = ours(read(sample))
        right += [compare(values.get(n), v, doc_type, n).score.right for n, v in sample.truth.items() if v is not None]
    assert sum(right) / len(right) >= LEAST_RIGHT


def test_an_unknown_hand_is_refused() -> None:
    with pytest.raises(ValueError, match="invoice-moon"):
        draw("invoice", layout="invoice-moon")
