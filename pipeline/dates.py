"""Dates as documents write them, made ISO.

Numeric dates are read in an order: "MDY" (United States) or "DMY" (most others). A date that only one order allows is
read in that one; with dots it is always day first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

DateOrder = Literal["MDY", "DMY"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "januar", "janvier", "enero", "jän"),
            ("february", "feb", "februar", "février", "fevrier", "febrero"),
            ("march", "mar", "märz", "maerz", "mrz", "mars", "marzo"),
            ("april", "apr", "avril", "avr", "abril"),
            ("may", "mai", "mayo"),
            ("june", "jun", "juni", "juin", "junio"),
            ("july", "jul", "juli", "juillet", "juil", "julio"),
            ("august", "aug", "août", "aout", "agosto"),
            ("september", "sep", "sept", "septembre", "septiembre"),
            ("october", "oct", "oktober", "okt", "octobre", "octubre"),
            ("november", "nov", "novembre", "noviembre"),
            ("december", "dec", "dezember", "dez", "décembre", "decembre", "diciembre"),
        ),
        1,
    )
    for name in names
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_SEPARATOR = r"(?:\s?/\s?|[.\-–])"
_PATTERNS = (
    re.compile(rf"(?P<year>(?:19|20)\d\d){_SEPARATOR}(?P<second>\d{{1,2}}){_SEPARATOR}(?P<first>\d{{1,2}})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<first>\d{{1,2}})(?P<mark>{_SEPARATOR})(?P<second>\d{{1,2}}){_SEPARATOR}(?P<year>\d{{4}}|\d{{2}})(?!\d)"
    ),
    re.compile(
        rf"(?<!\w)(?P<first>\d{{1,2}})(?:st|nd|rd|th)?[\s.\-]*(?:/\s*)?{_MONTH}[a-z]*[\s,.\-/]*(?P<year>\d{{4}}|\d{{2}})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w){_MONTH}\s*(?P<first>\d{{1,2}})(?:st|nd|rd|th)?[\s,.]+(?P<year>\d{{4}}|\d{{2}})(?!\d)", re.IGNORECASE
    ),
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: its value, and where it stands there (characters `start` to `end`)."""

    value: date
    start: int
    end: int
    ambiguous: bool


def find_dates(text: str, order: DateOrder = "MDY") -> list[FoundDate]:
    """All dates in a text, in reading order; overlapping readings are dropped."""
    found: list[FoundDate] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            value, ambiguous = _value(match, order)
            if value is not None:
                found.append(FoundDate(value, match.start(), match.end(), ambiguous))
    return sorted(found, key=lambda one: one.start)


def parse_date(text: str, order: DateOrder = "MDY") -> date | None:
    """The one date that a text consists of, or None."""
    stripped = text.strip()
    for found in find_dates(stripped, order):
        if found.start == 0 and found.end == len(stripped):
            return found.value
    return None


def likely_order(texts: Iterable[str], otherwise: DateOrder = "MDY") -> DateOrder:
    """The order in which a document writes its dates, by those that only one order allows.

    Args:
        texts: the document's.
        otherwise: the answer when no date tells.
    """
    votes = {"MDY": 0, "DMY": 0}
    for text in texts:
        for match in _PATTERNS[1].finditer(text):
            first, second = int(match["first"]), int(match["second"])
            if "." in match["mark"] or first > 12 >= second:
                votes["DMY"] += 1
            elif second > 12 >= first:
                votes["MDY"] += 1
    if votes["DMY"] == votes["MDY"]:
        return otherwise
    return "DMY" if votes["DMY"] > votes["MDY"] else "MDY"


def _value(match: re.Match[str], order: DateOrder) -> tuple[date | None, bool]:
    parts = match.groupdict()
    year = _full_year(parts["year"])
    first = int(parts["first"])
    if parts.get("month"):
        return _date(year, _MONTHS[parts["month"].lower()], first), False
    second = int(parts["second"])
    if "mark" not in parts or parts["mark"] is None:  # ISO: year, month, day
        return _date(year, second, first), False
    day_first = order == "DMY" or "." in parts["mark"]
    ambiguous = first <= 12 and second <= 12 and first != second and "." not in parts["mark"]
    if (day_first and second <= 12) or first > 12:
        return _date(year, second, first), ambiguous
    return _date(year, first, second), ambiguous


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
