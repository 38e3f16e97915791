"""Grounding: where on the pages a value stands, forgiving what OCR confuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from rapidfuzz import fuzz

from pipeline.types import Box, Page, Word

_CONFUSED = str.maketrans({"o": "0", "i": "1", "l": "1", "|": "1", "s": "5", "b": "8", "z": "2", "g": "9"})
"""Letters and digits that OCR takes for each other, as one."""
_LIKE_ENOUGH = 88.0
_ONE_DECIMAL = re.compile(r"[.,]\d$")
"""Amounts are printed with two."""


def locate(value: str, pages: Sequence[Page]) -> tuple[Box, ...]:
    """The boxes of the words that a value was made of, one box per line; empty when it is not on the pages.

    A window of as many words as the value has (one more or less) slides over each page; letters and digits are
    compared without regard to case, punctuation and the usual confusions of OCR. A number is there as it is or not at
    all: with one digit changed it is another number.
    """
    wanted = _comparable(value)
    if not wanted:
        return ()
    if _is_number(value):
        forms, needed = {wanted, wanted + "0"} if _ONE_DECIMAL.search(value) else {wanted}, 100.0
    else:
        forms, needed = {wanted}, _LIKE_ENOUGH
    best: tuple[float, Sequence[Word]] = (0.0, ())
    for page in pages:
        for window in _windows(page.words, len(value.split())):
            there = _comparable("".join(word.text for word in window))
            score = max(fuzz.ratio(form, there) for form in forms)
            if score > best[0]:
                best = (score, window)
    if best[0] < needed:
        return ()
    return boxes_of(best[1])


def boxes_of(words: Sequence[Word]) -> tuple[Box, ...]:
    """One box per line of the words."""
    lines = groupby(words, key=lambda word: (word.box.page, word.line))
    return tuple(Box.around([word.box for word in line]) for _, line in lines)


def _windows(words: Sequence[Word], size: int) -> list[Sequence[Word]]:
    sizes = [s for s in (size, size - 1, size + 1, size + 2) if s > 0]
    return [words[start : start + s] for s in sizes for start in range(len(words) - s + 1)]


def _is_number(value: str) -> bool:
    """Whether it is digits for the most part: an amount, an account, a date."""
    digits = sum(c.isdigit() for c in value)
    return digits > sum(c.isalpha() for c in value)


def _comparable(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum()).translate(_CONFUSED)
