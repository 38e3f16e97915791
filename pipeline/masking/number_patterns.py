"""Sensitive numbers, addresses and zone lines in a text: by their shape, their check digits and the words before them.

A run of digits alone is never enough: most of them are amounts, dates and invoice numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.check_digits import is_iban, is_luhn, is_routing_number
from pipeline.masking.sensitive import Sort

_L, _R = r"(?<![A-Za-z0-9])(?<![0-9][.,/-])(?<![a-z]-)", r"(?![A-Za-z0-9])(?![.,/-][0-9])"
_GROUPS = (
    r"[A-Z]{0,4}[0-9*][0-9A-Z*]*"
    r"(?:[ -](?=[A-Z0-9]*[0-9])[0-9A-Z*]{2,}(?![.,/:][0-9])|-[0-9A-Z](?![0-9A-Za-z*]))*"
)
"""Groups of digits, with some capitals, parted by a space or a dash; the last may be a check digit alone."""
_NO = r"(?:numbers?|num|nummer|no|nr|nº|n°|id|#)"
_ASIDE = r"(?:\(s\))?(?: here)?(?: ?\([^)\n]{0,40}\))?"
_ANY_LINE = r"(?:[ \t]*\n[^0-9\n]{0,60}){0,2}"
"""The number may stand below its label, with another label between."""
_BEFORE = 160
"""Characters before a number in which the word that tells its sort is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sensitive stretch of a text: from `start` up to, not including, `end`."""

    start: int
    end: int
    sort: Sort


@dataclass(frozen=True, slots=True)
class _Shape:
    """How such a number looks.

    Attributes:
        sort: what it is.
        regex: the number is its group "value", or all of it.
        passes: whether a number may be one.
        after: a word that must stand before it.
    """

    sort: Sort
    regex: re.Pattern[str]
    passes: Callable[[str], bool] = lambda _: True
    after: re.Pattern[str] | None = None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", re.IGNORECASE)


def _has_digits(least: int) -> Callable[[str], bool]:
    return lambda text: sum(c.isdigit() for c in text) >= least and not _DATE.fullmatch(text)


def _is_card(text: str) -> bool:
    return is_luhn(text) and len(set(re.sub(r"\D", "", text))) > 1


_DATE = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d|[0-3]?\d-[0-3]?\d-(?:19|20)\d\d")
_SOCIAL = _words(r"ssn|social security|tin|itin|taxpayer (?:identification|id)|tax ?id")
_EMPLOYER = _words(r"ein|fein|employer identification|employer id|tin")
_CARD_WORDS = _words(r"card|visa|mastercard|amex|american express|discover|maestro")
_NINE = rf"{_L}[0-9]{{9}}{_R}"

_SHAPES = (
    _Shape(Sort.EMAIL, re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}(?!\w)")),
    _Shape(Sort.CARD, re.compile(rf"{_L}[0-9]{{4}}([ -]?)[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{1,7}}{_R}"), _is_card),
    _Shape(Sort.CARD, re.compile(rf"{_L}3[47][0-9]{{2}}([ -]?)[0-9]{{6}}\1[0-9]{{5}}{_R}"), _is_card),
    _Shape(Sort.CARD, re.compile(rf"{_L}(?:[0-9]{{4}}[ -]){{3}}[0-9]{{4}}{_R}"), after=_CARD_WORDS),
    _Shape(Sort.SSN, re.compile(rf"{_L}[0-9]{{3}}[-–][0-9]{{2}}[-–][0-9]{{4}}{_R}")),
    _Shape(Sort.SSN, re.compile(rf"{_L}[0-9]{{3}} [0-9]{{2}} [0-9]{{4}}{_R}"), after=_SOCIAL),
    _Shape(Sort.SSN, re.compile(r"(?<![\w*])(?:[X*•x]{3}[ -]?[X*•x]{2}[ -]?)[0-9]{4}(?!\w)")),
    _Shape(Sort.SSN, re.compile(rf"{_L}[0-9](?:[ –—|-]{{1,3}}[0-9]){{8}}{_R}")),
    _Shape(Sort.EIN, re.compile(rf"{_L}[0-9]{{2}}[-–][0-9]{{7}}{_R}")),
    _Shape(
        Sort.ROUTING,
        re.compile(
            rf"(?<![A-Za-z])(?i:sort code)\b[^\w\n]{{0,5}}{_ANY_LINE}"
            rf"(?P<value>[0-9]{{2}}[ -]?[0-9]{{2}}[ -]?[0-9]{{2}}){_R}"
        ),
    ),
    _Shape(Sort.ROUTING, re.compile(_NINE), is_routing_number, _words(r"routing|aba|rtn|transit|ach")),
    _Shape(Sort.EIN, re.compile(_NINE), after=_EMPLOYER),
    _Shape(Sort.SSN, re.compile(_NINE), after=_SOCIAL),
    _Shape(
        Sort.ACCOUNT,
        re.compile(
            rf"(?<![A-Za-z])(?i:(?:accounts?|acct|a/c|konto|member|iban|compte|cuenta|conto)[ .-]?{_NO}|"
            rf"kontonummer|iban){_ASIDE}[ \t:#.=-]*{_ANY_LINE}(?P<value>{_GROUPS}){_R}"
        ),
        _has_digits(5),
    ),
    _Shape(
        Sort.ACCOUNT,
        re.compile(rf"(?<![A-Za-z])(?i:account|acct|a/c|checking|savings)[ :#.=-]{{1,4}}(?P<value>{_GROUPS}){_R}"),
        _has_digits(5),
    ),
    # Possessive, and begun at a run's beginning only: rows of asterisks would else take the fourth power of their
    # length.
    _Shape(
        Sort.ACCOUNT,
        re.compile(r"(?<![\w*])(?<!••)[X*•x]{2,}+(?:[ -][X*•x]{2,}+){0,3}[ -]?[0-9]{3,4}(?!\w)"),
    ),
    _Shape(
        Sort.ID_NUMBER,
        re.compile(
            rf"(?<![A-Za-z])(?i:(?:passport|licen[cs]e|permit|employee|personal|personnel|identity|national|patient|"
            rf"customer identifier|ausweis|pass)[ .-]?{_NO}|ausweisnummer|DLN|USCIS ?#|(?:DL|LIC)[ .]?(?:no|#)|"
            rf"national insurance (?:no|number)|NI (?:no|number))[ \t:#.=-]*{_ANY_LINE}(?P<value>{_GROUPS}){_R}"
        ),
        _has_digits(5),
    ),
    _Shape(
        Sort.PHONE,
        re.compile(
            rf"{_L}(?:\+?1[ .-]?)?(?:\([0-9]{{3}}\) ?[0-9]{{3}}[ .-]|[0-9]{{3}}[.-][0-9]{{3}}[.-])[0-9]{{4}}{_R}"
        ),
    ),
    _Shape(Sort.PHONE, re.compile(r"(?<![\w+])\+[0-9]{1,3}(?:[ ().-]{0,2}[0-9]){7,13}(?![0-9A-Za-z])"), _has_digits(9)),
    _Shape(
        Sort.PHONE,
        re.compile(
            rf"(?<![A-Za-z])(?i:tel(?:ephone|efon|éfono|efono|éphone|efax)?|phone|mobile|cell|fax|call)\b[^0-9\n+(]{{0,12}}"
            rf"(?P<value>\+?\(?[0-9][0-9 ()./-]{{5,18}}[0-9]){_R}"
        ),
        _has_digits(7),
    ),
)
_IBAN = re.compile(rf"{_L}[A-Z]{{2}}[0-9]{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,4}})?")
_ZONE_LINE = re.compile(r"[A-Z0-9<]{26,46}")
_ZONE_FILLERS = str.maketrans(dict.fromkeys("«‹", "<"))
_MAY_HOLD = re.compile(r"(?:[0-9X*•x][^0-9X*•x]{0,3}){5}|@|<<|[«‹]{2}")
"""Nothing that is looked for lacks this: a cheap look before the dear ones."""
_MACHINE_MADE = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Za-z])|"
    r"(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-9:.]+(?:Z|[+-][0-9:]{4,6})?)?(?![0-9-])|"
    r"(?<![0-9A-Za-z])[0-9a-f]{32,64}(?![0-9A-Za-z])|"
    r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]{1,5})?(?![0-9.])"
)
"""UUIDs, ISO dates and times, digests, addresses of machines."""


def find_numbers(text: str) -> list[Found]:
    """The sensitive stretches of a text, those that are no names; in order, none over another.

    Args:
        text: of a page, a line of a log, a cell.
    """
    if not _MAY_HOLD.search(text) or _MACHINE_MADE.fullmatch(text):
        return []
    found = [*_zone_lines(text), *_ibans(text), *(f for shape in _SHAPES for f in _of_shape(text, shape))]
    if not found:
        return []
    left_alone = [match.span() for match in _MACHINE_MADE.finditer(text)]
    return _apart([f for f in found if not any(f.start < end and start < f.end for start, end in left_alone)])


def _of_shape(text: str, shape: _Shape) -> Iterator[Found]:
    for match in shape.regex.finditer(text):
        group = "value" if "value" in shape.regex.groupindex else 0
        start, end = match.span(group)
        if shape.passes(match[group]) and (
            shape.after is None or shape.after.search(text, max(0, start - _BEFORE), start)
        ):
            yield Found(start, end, shape.sort)


def _ibans(text: str) -> Iterator[Found]:
    """An IBAN may be followed by a word in capitals, which its shape alone can't tell from its last group."""
    for match in _IBAN.finditer(text):
        ends = [match.end(), *(match.start() + i for i, c in reversed([*enumerate(match[0])]) if c == " ")]
        end = next((end for end in ends if is_iban(text[match.start() : end])), None)
        if end is not None:
            yield Found(match.start(), end, Sort.IBAN)


def _zone_lines(text: str) -> Iterator[Found]:
    """Lines of a travel document's zone (ICAO Doc 9303), with the spaces that OCR puts into them."""
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        packed = re.sub(r"\s", "", body).translate(_ZONE_FILLERS)
        if len(packed) >= 26 and _ZONE_LINE.fullmatch(packed) and _is_zone_like(packed):
            start = at + line.index(body)
            yield Found(start, start + len(body), Sort.MRZ)
        at += len(line)


def _is_zone_like(packed: str) -> bool:
    return packed.count("<") >= 3 or re.search(r"[0-9]{7}[MFX<][0-9]{7}", packed) is not None


def _apart(found: list[Found]) -> list[Found]:
    """Of stretches that lie over each other the longest; of equals the one whose shape says more."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: f.start - f.end):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)
