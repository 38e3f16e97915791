"""Where a document comes from, as far as that tells how it writes dates and which money it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.dates import DateOrder, likely_order
from pipeline.money import currency_of
from pipeline.types import Page

_DAY_FIRST_TAX = re.compile(r"\b(gst|vat|mwst|tva|iva|btw)\b", re.IGNORECASE)
"""Taxes of countries that write the day first; the United States, which don't, have a sales tax."""
_US_TOWN = re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b")
_CURRENCY_BY_WORDS = (
    ("MYR", re.compile(r"\bsdn\.? ?bhd|malaysia|kuala lumpur|selangor|johor|\bjalan\b|\bjln\b|\+60", re.IGNORECASE)),
    ("INR", re.compile(r"\bgstin|\bpvt\.? ltd|\bifsc", re.IGNORECASE)),
    ("AUD", re.compile(r"\babn\b|\bpty\.? ltd", re.IGNORECASE)),
    ("GBP", re.compile(r"\bvat (?:reg|no|number).{0,12}gb|united kingdom|\bsort code", re.IGNORECASE)),
    ("EUR", re.compile(r"\bgmbh\b|\bmwst|\bust-?id|\btva\b|\bsiret\b|\bpartita iva|\bbtw\b", re.IGNORECASE)),
    ("USD", _US_TOWN),
    ("GBP", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")),
)


@dataclass(frozen=True, slots=True)
class DatesWritten:
    """How a document writes numeric dates.

    Attributes:
        order: day or month first.
        sure: whether another of its dates, or its country, tells; else the order is a guess.
    """

    order: DateOrder
    sure: bool


def dates_of(pages: Sequence[Page]) -> DatesWritten:
    """The order of numeric dates: by dates that only one order allows, else by the document's country."""
    return dates_in("\n".join(page.text for page in pages))


def dates_in(whole: str) -> DatesWritten:
    """As `dates_of`, of a document's text."""
    orders = {likely_order([whole], "MDY"), likely_order([whole], "DMY")}
    if len(orders) == 1:
        return DatesWritten(orders.pop(), sure=True)
    told = _DAY_FIRST_TAX.search(whole) or _US_TOWN.search(whole) or currency_of_document(whole) is not None
    return DatesWritten("MDY" if _is_american(whole) else "DMY", sure=bool(told))


def _is_american(text: str) -> bool:
    if _US_TOWN.search(text):
        return True
    return currency_of_document(text) in ("USD", "CAD", None) and not _DAY_FIRST_TAX.search(text)


def currency_of_document(text: str) -> str | None:
    """The currency by signs and codes; by company forms, tax numbers and towns where there are none."""
    code = currency_of(text)
    if code == "USD" and _CURRENCY_BY_WORDS[2][1].search(text):  # a bare "$" in Australia
        return "AUD"
    if code is not None:
        return code
    return next((code for code, pattern in _CURRENCY_BY_WORDS if pattern.search(text)), None)
