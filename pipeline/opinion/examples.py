"""Gold examples: what people found right on other documents of a type, as lines of the page and the values in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.errors import NoSurrogate
from pipeline.extract import extract
from pipeline.extract.layout import text_of
from pipeline.extract.words_under import words_under
from pipeline.masking import Mask, known_of
from pipeline.printed import places_of, reads_as
from pipeline.types import Box, FieldValue, GoldDocument, JsonValue, Page

MOST_EXAMPLES = 10
_MOST_CHARACTERS = 1200
_MOST_PAGES = 10
"""Of a document: a value without a place is looked for on these."""
FIRST_SURROGATE = 500
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


def gold_examples(approved: Sequence[GoldDocument], doc_type: DocType) -> tuple[GoldExample, ...]:
    """Makes examples of approved documents; one without a value that stands on its pages gives none.

    Args:
        approved: the documents.
        doc_type: their type.
    """
    made = (_example(document, doc_type) for document in approved)
    return tuple(example for example in made if example is not None)


def _example(document: GoldDocument, doc_type: DocType) -> GoldExample | None:
    shown: dict[str, str] = {}
    boxes: list[Box] = []
    for spec in doc_type.fields:
        copied = _copied(spec, document.values.get(spec.name), document.boxes.get(spec.name, ()), document.pages)
        if copied is not None:
            shown[spec.name] = copied[0]
            boxes += copied[1]
    text = _lines(boxes, document.pages)
    if not text:
        return None
    pages = [page for page in document.pages if any(box.page == page.number for box in boxes)]
    # What the document's own prompt would hide, and what only a person knew.
    told = [FieldValue(name, value, shown.get(name)) for name, value in document.values.items()]
    known = known_of((*extract(pages, doc_type), *told), doc_type)
    try:
        mask = Mask.of([text, *shown.values(), *(page.text for page in pages)], known, first=FIRST_SURROGATE)
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
        case FieldKind.CHECK_BOX:  # no line shows a tick
            return None
        case FieldKind.TABLE:  # rows are stored otherwise than printed, and where each cell stands is not known
            return None
    return None if value is None else _printed(spec, value, boxes, pages)


def _printed(
    spec: FieldSpec, value: JsonValue, boxes: Sequence[Box], pages: Sequence[Page]
) -> tuple[str, Sequence[Box]] | None:
    """The words that read as a value; a person's own words, where the page has them with slips of the reading."""
    under = text_of(words_under(boxes, pages))
    if reads_as(spec, under, value):
        return under, boxes
    places = places_of(spec, value, str(value), pages[:_MOST_PAGES])
    found = text_of(words_under(places, pages))
    if reads_as(spec, found, value):
        return found, places
    return (str(value), places) if places and spec.kind not in (FieldKind.MONEY, FieldKind.DATE) else None


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
        kept += [text_of(lines[place]) for place in sorted(wanted)]
    return "\n".join(kept)[:_MOST_CHARACTERS]
