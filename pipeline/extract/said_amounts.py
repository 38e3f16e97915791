"""Amounts that a document says in words, "INR One Thousand Eight Hundred Only": a second witness of its total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import process

from pipeline.types import Page

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * tens for tens, word in enumerate(_TENS, start=2)
}
_SCALES = {"hundred": 100, "thousand": 1000, "lakh": 10**5, "lac": 10**5, "million": 10**6, "crore": 10**7}
_FRACTIONS = ("cents", "cent", "paise", "paisa", "pence", "sen")
_BETWEEN = ("and", "rupees", "dollars", "pounds", "ringgit", "euros")
_WORDS = (*_VALUES, *_SCALES, *_FRACTIONS, *_BETWEEN)
_LEAST_WORDS = 3
_LIKE_ENOUGH = 80.0
_FUZZY_FROM = 4
"""Shorter words must be spelled right: "tan" is no "ten"."""


def amounts_in_words(pages: Sequence[Page]) -> frozenset[float]:
    """The amounts that the pages say in English words, misread letters forgiven."""
    return frozenset(
        amount for page in pages for line in page.text.splitlines() if (amount := _amount(line)) is not None
    )


def _amount(line: str) -> float | None:
    """The amount in the longest run of number words of a line; None where it has fewer than three."""
    best: list[str] = []
    run: list[str] = []
    for text in re.findall(r"[A-Za-z]+", line):
        word = _number_word(text.lower())
        run = [*run, word] if word is not None else []
        best = max(best, run, key=len)
    numbers = [word for word in best if word in _VALUES or word in _SCALES]
    return _value(best) if len(numbers) >= _LEAST_WORDS else None


@lru_cache(maxsize=8192)
def _number_word(text: str) -> str | None:
    if text in _WORDS:
        return text
    if len(text) < _FUZZY_FROM:
        return None
    found = process.extractOne(text, _WORDS, score_cutoff=_LIKE_ENOUGH)
    return str(found[0]) if found is not None else None


def _value(words: Sequence[str]) -> float:
    """Whole and fraction: "two hundred seventy four and fifty eight paise" is 274.58."""
    fraction = 0
    if any(word in _FRACTIONS for word in words):
        whole, _, rest = " ".join(words).rpartition(" and ")
        words, fraction = whole.split(), _whole([w for w in rest.split() if w in _VALUES])
    return _whole(words) + fraction / 100


def _whole(words: Sequence[str]) -> int:
    total = current = 0
    for word in words:
        if word in _VALUES:
            current += _VALUES[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0
    return total + current
