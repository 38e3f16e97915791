"""How a value is printed: where on the pages a person's value stands, and whether printed words read as a value.

Amounts and dates are stored otherwise than they are printed; whatever reads as one is its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.compare import tokens
from pipeline.dates import DateOrder, find_dates, parse_date
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract.layout import spanned, text_of
from pipeline.extract.locale import dates_of
from pipeline.extract.words_under import words_under
from pipeline.ground import boxes_of, locate
from pipeline.money import looks_like_money, parse_money
from pipeline.types import Box, JsonValue, Page, Word

_ORDERS: tuple[DateOrder, ...] = ("MDY", "DMY")
_CENT = 0.005
_MOST_WORDS = 3
"""Of an amount: its sign, the number, what stands behind it."""
_LEAST_BARE = 3
"""Characters of an amount without decimals: shorter ones are days and quantities."""


def places_of(spec: FieldSpec, value: JsonValue, typed: str, pages: Sequence[Page]) -> tuple[Box, ...]:
    """Where a person's value stands; empty when it is not on the pages.

    Args:
        spec: the field.
        value: normalised.
        typed: as the person wrote it.
        pages: as read.
    """
    if spec.kind not in (FieldKind.MONEY, FieldKind.DATE):
        return locate(typed, pages) or locate(str(value), pages)
    found = list(_amounts(value, pages) if spec.kind is FieldKind.MONEY else _dates(value, pages))
    if found:
        return boxes_of(min(found, key=lambda words: (_is_bare(spec, words), tokens(text_of(words)) != tokens(typed))))
    misread = locate(typed, pages)  # with letters that a scan has made of digits
    under = text_of(words_under(misread, pages))
    return () if parse_money(under) is not None or find_dates(under) else misread


def _is_bare(spec: FieldSpec, words: Sequence[Word]) -> bool:
    return spec.kind is FieldKind.MONEY and not looks_like_money(text_of(words))


def _amounts(value: JsonValue, pages: Sequence[Page]) -> Iterator[Sequence[Word]]:
    """Words that read as an amount, the fewest first."""
    for size in range(1, _MOST_WORDS + 1):
        for line in (line for page in pages for line in page.lines):
            for words in (line[start : start + size] for start in range(len(line) - size + 1)):
                text = text_of(words)
                if (looks_like_money(text) or len(text) >= _LEAST_BARE) and _is_amount(text, value):
                    yield words


def _dates(value: JsonValue, pages: Sequence[Page]) -> Iterator[Sequence[Word]]:
    """Words that read as a date, in the pages' own order of day and month first: a person knows better."""
    own = dates_of(pages).order
    for order in sorted(_ORDERS, key=lambda each: each != own):
        for line in (line for page in pages for line in page.lines):
            for found in find_dates(text_of(line), order):
                if found.value.isoformat() == value:
                    yield spanned(line, found.start, found.end)


def reads_as(spec: FieldSpec, text: str, value: JsonValue) -> bool:
    """Whether words as they are printed mean a field's normalised value."""
    if spec.kind is FieldKind.MONEY:
        return _is_amount(text, value)
    if spec.kind is FieldKind.DATE:
        read = (parse_date(text, order) for order in _ORDERS)
        return any(day is not None and day.isoformat() == value for day in read)
    return bool(text) and _letters(spec, text) == _letters(spec, str(value))


def _is_amount(text: str, value: JsonValue) -> bool:
    amount = parse_money(text)
    return amount is not None and isinstance(value, int | float) and abs(amount - value) < _CENT


def _letters(spec: FieldSpec, text: str) -> str:
    """What tells a text apart: neither case nor punctuation; of a name, neither which part stands first."""
    words = tokens(text)
    return "".join(sorted(words) if spec.kind is FieldKind.NAME else words)
