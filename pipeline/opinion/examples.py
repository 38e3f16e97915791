"""Gold examples: what people found right on other documents of a type, as lines of the page and the values in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.compare import tokens
from pipeline.dates import DateOrder, find_dates, parse_date
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.errors import NoSurrogate
from pipeline.extract import extract
from pipeline.extract.locale import dates_of
from pipeline.extract.words_under import words_under
from pipeline.ground import boxes_of, locate
from pipeline.masking import Mask, known_of
from pipeline.money import looks_like_money, parse_money
from pipeline.types import Box, FieldValue, GoldDocument, JsonValue, Page, Word

MOST_EXAMPLES = 10
_MOST_CHARACTERS = 1200
_MOST_PAGES = 10
"""Of a document: a value without a place is looked for on these."""
_ORDERS: tuple[DateOrder, ...] = ("MDY", "DMY")
_CENT = 0.005
_MOST_WORDS = 3
"""Of an amount: its sign, the number, what stands behind it."""
_LEAST_BARE = 3
"""Characters of an amount without decimals: shorter ones are days and quantities."""
_FIRST_SURROGATE = 500
"""Surrogates in examples are numbered from here, so that one that a model copies is none of the document's own."""


@dataclass(frozen=True, slots=True)
class GoldExample:
    """One example, with surrogates for what is sensitive in it.

    Attributes:
        doc_id: of which document; no document is an example for itself.
        text: the lines on which the values stand, and those above them.
        values: field -> as a model should copy it.
    """

    doc_id: str
    text: str
    values: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """As it is cached."""
        return {"doc_id": self.doc_id, "text": self.text, "values": dict(self.values)}

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> GoldExample:
        """Reads what `to_json` wrote."""
        return GoldExample(str(told["doc_id"]), str(told["text"]), dict(told["values"]))


def gold_examples(
    approved: Sequence[tuple[GoldDocument, Mapping[str, JsonValue]]], doc_type: DocType
) -> tuple[GoldExample, ...]:
    """Makes examples of approved documents; one without a value that stands on its pages gives none.

    Args:
        approved: the documents, each with its right values, normalised.
        doc_type: their type.
    """
    made = (_example(document, values, doc_type) for document, values in approved)
    return tuple(example for example in made if example is not None)


def places_of(spec: FieldSpec, value: JsonValue, typed: str, pages: Sequence[Page]) -> tuple[Box, ...]:
    """Where a person's value stands; empty when it is not on the pages.

    Amounts and dates are stored otherwise than they are printed: whatever reads as one is its place.

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
        return boxes_of(min(found, key=lambda words: (_is_bare(spec, words), tokens(_text(words)) != tokens(typed))))
    misread = locate(typed, pages)  # with letters that a scan has made of digits
    under = _text(words_under(misread, pages))
    return () if parse_money(under) is not None or find_dates(under) else misread


def _is_bare(spec: FieldSpec, words: Sequence[Word]) -> bool:
    return spec.kind is FieldKind.MONEY and not looks_like_money(_text(words))


def _amounts(value: JsonValue, pages: Sequence[Page]) -> Iterator[Sequence[Word]]:
    """Words that read as an amount, the fewest first."""
    for size in range(1, _MOST_WORDS + 1):
        for line in (line for page in pages for line in page.lines):
            for words in (line[start : start + size] for start in range(len(line) - size + 1)):
                text = _text(words)
                if (looks_like_money(text) or len(text) >= _LEAST_BARE) and _is_amount(text, value):
                    yield words


def _dates(value: JsonValue, pages: Sequence[Page]) -> Iterator[Sequence[Word]]:
    """Words that read as a date, in the pages' own order of day and month first: a person knows better."""
    own = dates_of(pages).order
    for order in sorted(_ORDERS, key=lambda each: each != own):
        for line in (line for page in pages for line in page.lines):
            for found in find_dates(_text(line), order):
                if found.value.isoformat() == value:
                    yield _words_between(line, found.start, found.end)


def _words_between(line: Sequence[Word], start: int, end: int) -> list[Word]:
    """The words of a line between two places in its text."""
    kept, place = [], 0
    for word in line:
        if place < end and place + len(word.text) > start:
            kept.append(word)
        place += len(word.text) + 1
    return kept


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _example(document: GoldDocument, values: Mapping[str, JsonValue], doc_type: DocType) -> GoldExample | None:
    shown: dict[str, str] = {}
    boxes: list[Box] = []
    for spec in doc_type.fields:
        copied = _copied(spec, values.get(spec.name), document.boxes.get(spec.name, ()), document.pages)
        if copied is not None:
            shown[spec.name] = copied[0]
            boxes += copied[1]
    text = _lines(boxes, document.pages)
    if not text:
        return None
    pages = [page for page in document.pages if any(box.page == page.number for box in boxes)]
    # What the document's own prompt would hide, and what only a person knew.
    told = [FieldValue(name, value, shown.get(name)) for name, value in values.items()]
    known = known_of((*extract(pages, doc_type), *told), doc_type)
    try:
        mask = Mask.of([text, *shown.values(), *(page.text for page in pages)], known, first=_FIRST_SURROGATE)
    except NoSurrogate:
        return None
    return GoldExample(document.doc_id, mask.hide(text), {name: mask.hide(copy) for name, copy in shown.items()})


def _copied(
    spec: FieldSpec, value: JsonValue, boxes: Sequence[Box], pages: Sequence[Page]
) -> tuple[str, Sequence[Box]] | None:
    """What a model should have copied for a right value, and where it stands; None where nothing printed fits.

    A model copies what is printed, so that counts, as far as it reads as the value.
    """
    match spec.kind:
        case FieldKind.CURRENCY:  # told by a sign or a town: no line shows what to copy
            return (str(value), ()) if value is not None and boxes else None
        case FieldKind.CHOICE:  # the schema asks for the choice, not for the words that stand for it
            return (str(value), boxes) if value is not None and boxes else None
        case FieldKind.TABLE:  # rows are stored otherwise than printed, and where each cell stands is not known
            return None
    return None if value is None else _printed(spec, value, boxes, pages)


def _printed(
    spec: FieldSpec, value: JsonValue, boxes: Sequence[Box], pages: Sequence[Page]
) -> tuple[str, Sequence[Box]] | None:
    """The words that read as a value; a person's own words, where the page has them with slips of the reading."""
    under = _text(words_under(boxes, pages))
    if _reads_as(spec, under, value):
        return under, boxes
    places = places_of(spec, value, str(value), pages[:_MOST_PAGES])
    found = _text(words_under(places, pages))
    if _reads_as(spec, found, value):
        return found, places
    return (str(value), places) if places and spec.kind not in (FieldKind.MONEY, FieldKind.DATE) else None


def _reads_as(spec: FieldSpec, text: str, value: JsonValue) -> bool:
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


def _lines(boxes: Sequence[Box], pages: Sequence[Page]) -> str:
    """The lines that hold a value, each with the one before it (its label, often), in order."""
    kept: list[str] = []
    for page in pages:
        wanted: set[int] = set()
        lines = page.lines
        under = {word.line for word in words_under(boxes, [page])}
        for place, line in enumerate(lines):
            if line[0].line in under:
                wanted |= {place, max(place - 1, 0)}
        kept += [_text(lines[place]) for place in sorted(wanted)]
    return "\n".join(kept)[:_MOST_CHARACTERS]
