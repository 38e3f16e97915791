"""A date that is known to stand in a few words: read more forgivingly than `pipeline.dates` may read running text.

Beside its label a date is a date: months in two languages ("26 MAI/MAY 09"), a misread month ("Ncv 12, 2019"), digits
read as letters ("2O19"), lost separators ("21.121971", "01 01 03") are understood here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rapidfuzz.distance import Levenshtein

from pipeline.dates import DateOrder, find_dates
from pipeline.extract.layout import text_of
from pipeline.types import Word

MOST_WORDS = 6
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov",
           "Dec")  # fmt: skip
_DIGIT_LIKE = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "D": "0", "C": "0", "I": "1", "l": "1", "|": "1", "i": "1", "Z": "2", "z": "2",
     "S": "5", "s": "5", "B": "8", "G": "6", "g": "9"}
)  # fmt: skip
_SURE, _MENDED, _GUESSED = 1.0, 0.85, 0.75


def day_in(words: Sequence[Word], order: DateOrder) -> tuple[date, list[Word], float] | None:
    """The first date in a few words.

    Args:
        words: those beside or below the label, left to right.
        order: how the document writes numeric dates.

    Returns:
        The date, the words it is made of, and how sure its reading is, 0..1; None when there is none.
    """
    near = list(words)[:MOST_WORDS]
    text = text_of(near)
    for reading, sure in ((_one_month, _SURE), (_mended, _MENDED), (_separated, _GUESSED)):
        read = reading(text)
        dates = find_dates(read, order)
        if dates:
            return dates[0].value, _words_at(near, dates[0].start, dates[0].end), sure
    return None


def _one_month(text: str) -> str:
    """Of two names of a month, which bilingual documents print, the one that is known; everything stays in place."""
    text = re.sub(r"([A-Za-zÀ-ž]{3,})(\s*/\s*[A-Za-zÀ-ž]{3,}\.?)", _known_month, text)
    return re.sub(r"(?<=\d)[,;](?=\d)", ".", text)


def _known_month(match: re.Match[str]) -> str:
    first, both = match[1], match[0]
    if find_dates(f"1 {first} 2000"):
        return first + " " * (len(both) - len(first))
    second = match[2].lstrip(" /")
    return " " * (len(both) - len(second)) + second


def _mended(text: str) -> str:
    """Digits for the letters they were taken for, and months for words that differ from one in a letter."""
    mended = re.sub(r"\S+", lambda m: _mended_word(m[0]), _one_month(text))
    return mended if len(mended) == len(_one_month(text)) else text


def _mended_word(word: str) -> str:
    digits = sum(c.isdigit() for c in word)
    if digits and 2 * digits >= sum(c.isalnum() for c in word):
        return word.translate(_DIGIT_LIKE)
    letters = word.strip(".,")
    if len(letters) < 3 or digits > 1:
        return word
    near = {m[:3] for m in _MONTHS if len(m) == len(letters) and Levenshtein.distance(m.lower(), letters.lower()) == 1}
    month = near.pop() if len(near) == 1 else None
    return word if month is None else month + word[3:] if len(letters) == 3 else word.replace(letters, _full(month))


def _full(short: str) -> str:
    return next(month for month in _MONTHS if month.startswith(short))


def _separated(text: str) -> str:
    """Two-digit day and month set apart by spaces, or glued to the year."""
    text = re.sub(r"(?<![\d.])(\d\d) (\d\d) (\d{4}|\d\d)(?!\d)", r"\1.\2.\3", text)
    return re.sub(r"(?<!\d)(\d\d)[. ]?(\d\d)[. ]?((?:19|20)\d\d)(?!\d)", r"\1.\2.\3", text)


def _words_at(words: Sequence[Word], start: int, end: int) -> list[Word]:
    """The words that make characters `start` to `end` of their joined text."""
    used = []
    position = 0
    for word in words:
        if position < end and position + len(word.text) > start:
            used.append(word)
        position += len(word.text) + 1
    return used or list(words)[:1]
