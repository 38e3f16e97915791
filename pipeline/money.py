"""Amounts of money as documents write them, made plain numbers."""

from __future__ import annotations

import re

CURRENCY_SIGNS = {"$": "USD", "£": "GBP", "€": "EUR", "₹": "INR", "¥": "JPY", "RM": "MYR"}
CURRENCY_CODES = ("USD", "GBP", "EUR", "INR", "AUD", "CAD", "CHF", "JPY", "MYR", "SGD", "NZD", "SEK", "NOK", "DKK")
_OTHER_CODES = ("AED", "BRL", "CNY", "CZK", "HKD", "HUF", "IDR", "ILS", "KRW", "MXN", "PHP", "PLN", "RON", "SAR", "THB",
                "TRY", "TWD", "VND", "ZAR")  # fmt: skip
_CODE = "|".join((*CURRENCY_CODES, *_OTHER_CODES))
_AMOUNT = re.compile(
    rf"^(?P<before>[-+(−–]|CR|DR|{_CODE}|[$£€₹¥]|US\$|RM|Rs\.?|\s){{0,4}}"
    r"(?P<number>\d[\d.,'’]*\d|\d|\.\d{1,2})"
    rf"(?P<after>[-+)−]|CR|DR|C|D|{_CODE}|[$£€₹¥]|\s){{0,4}}$",
    re.IGNORECASE,
)
_MINUS = "-−–("
_CENTS = re.compile(r"\.\d{1,2}(?![\d.,])")


def parse_money(text: str) -> float | None:
    """The amount that a text consists of: "$1,234.50", "(1,234.50)", "1.234,56-", "91.80 DR", "+617,71 EUR",
    ".50".

    Brackets, a minus before or behind, and DR make it negative. None when the text is not one amount.
    """
    text = text.replace("\u00a0", " ").strip()
    if not _CENTS.match(text):
        text = text.lstrip(".·…")  # what is left of a dotted line
    match = _AMOUNT.match(text)
    if match is None:
        return None
    number = _plain(match["number"])
    if number is None:
        return None
    signs = text[: match.start("number")] + text[match.end("number") :]
    negative = any(sign in signs for sign in _MINUS) or "DR" in signs.upper()
    return -number if negative else number


def looks_like_money(text: str) -> bool:
    """Whether a text is an amount with two decimals, as in a column of amounts."""
    return bool(re.search(r"\d[.,]\d{2}\D*$", text)) and parse_money(text) is not None


def _plain(number: str) -> float | None:
    """ "1,234.50", "1.234,50" and "1234.5" as 1234.5: the last of dot and comma is the decimal mark, if it stands once
    and other than three digits follow it, or nothing but a zero comes before it.
    """
    number = number.replace("'", "").replace("’", "")
    last = max(number.rfind("."), number.rfind(","))
    if last == -1:
        return float(number)
    decimals = number[last + 1 :]
    mark = number[last]
    if number.count(mark) == 1 and (len(decimals) != 3 or number[:last] == "0"):
        whole = re.sub(r"[.,]", "", number[:last])
        return float(f"{whole or 0}.{decimals or 0}")
    if len(decimals) == 3:
        return float(re.sub(r"[.,]", "", number))
    return None


def currency_of(text: str) -> str | None:
    """The currency that a text names most often, by sign or ISO 4217 code."""
    counts: dict[str, int] = {}
    for sign, code in CURRENCY_SIGNS.items():
        pattern = rf"(?<![A-Za-z]){re.escape(sign)}\s?\d" if sign.isalpha() else re.escape(sign)
        counts[code] = counts.get(code, 0) + len(re.findall(pattern, text))
    for code in CURRENCY_CODES:
        counts[code] = counts.get(code, 0) + len(re.findall(rf"\b{code}\b", text))
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else None
