"""Where a document comes from, as far as that tells how it writes dates and which money it means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.dates import DateOrder, likely_order
from pipeline.money import currency_of
from pipeline.types import Page

_MONTH_FIRST = ("USD", "CAD", None)
_US_TOWN = re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b")
_CURRENCY_BY_WORDS = (
    ("MYR", re.compile(r"\bsdn\.? ?bhd|malaysia|kuala lumpur|selangor|johor", re.IGNORECASE)),
    ("INR", re.compile(r"\bgstin|\bpvt\.? ltd|\bifsc", re.IGNORECASE)),
    ("AUD", re.compile(r"\babn\b|\bpty\.? ltd", re.IGNORECASE)),
    ("GBP", re.compile(r"\bvat (?:reg|no|number).{0,12}gb|united kingdom|\bsort code", re.IGNORECASE)),
    ("EUR", re.compile(r"\bgmbh\b|\bmwst|\bust-?id|\btva\b|\bsiret\b|\bpartita iva|\bbtw\b", re.IGNORECASE)),
    ("USD", _US_TOWN),
)


def order_of_dates(pages: Sequence[Page]) -> DateOrder:
    """The order of numeric dates: by dates that only one order allows, else by the document's country."""
    texts = [page.text for page in pages]
    whole = "\n".join(texts)
    month_first = _US_TOWN.search(whole) or currency_of_document(whole) in _MONTH_FIRST
    return likely_order(texts, "MDY" if month_first else "DMY")


def currency_of_document(text: str) -> str | None:
    """The currency by signs and codes; by company forms, tax numbers and towns where there are none."""
    code = currency_of(text)
    if code == "USD" and _CURRENCY_BY_WORDS[2][1].search(text):  # a bare "$" in Australia
        return "AUD"
    if code is not None:
        return code
    return next((code for code, pattern in _CURRENCY_BY_WORDS if pattern.search(text)), None)
