"""Gold examples: what people found right on other documents of a type, as lines of the page and the values in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.doctypes.definition import DocType
from pipeline.errors import NoSurrogate
from pipeline.extract.words_under import words_under
from pipeline.masking import Known, Mask, Sort
from pipeline.types import GoldDocument

MOST_EXAMPLES = 10
_MOST_CHARACTERS = 1200
_FIRST_SURROGATE = 500
"""Surrogates in examples are numbered from here, so that one that a model copies is none of the document's own."""


@dataclass(frozen=True, slots=True)
class GoldExample:
    """One example, with surrogates for what is sensitive in it.

    Attributes:
        doc_id: of which document; no document is an example for itself.
        text: the lines on which the values stand, and those above them.
        values: field -> as printed.
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


def gold_examples(documents: Sequence[GoldDocument], doc_type: DocType) -> tuple[GoldExample, ...]:
    """Makes examples of approved documents; one without a value that stands on its pages gives none."""
    made = (_example(document, doc_type) for document in documents)
    return tuple(example for example in made if example is not None)


def _example(document: GoldDocument, doc_type: DocType) -> GoldExample | None:
    printed = {
        spec.name: text
        for spec in doc_type.fields
        if (text := " ".join(word.text for word in words_under(document.boxes.get(spec.name, ()), document.pages)))
    }
    text = _lines(document)
    if not printed or not text:
        return None
    # An example needs no way back, so everything in it that is about a person may go.
    known = [Known(printed[s.name], Sort.ID_NUMBER) for s in doc_type.fields if s.sensitive and s.name in printed]
    try:
        mask = Mask.of([text], known, first=_FIRST_SURROGATE)
    except NoSurrogate:
        return None
    return GoldExample(document.doc_id, mask.hide(text), {name: mask.hide(value) for name, value in printed.items()})


def _lines(document: GoldDocument) -> str:
    """The lines that hold a value, each with the one before it (its label, often), in order."""
    kept: list[str] = []
    for page in document.pages:
        wanted: set[int] = set()
        lines = page.lines
        boxes = [box for each in document.boxes.values() for box in each if box.page == page.number]
        under = {word.line for word in words_under(boxes, [page])}
        for place, line in enumerate(lines):
            if line[0].line in under:
                wanted |= {place, max(place - 1, 0)}
        kept += [" ".join(word.text for word in lines[place]) for place in sorted(wanted)]
    return "\n".join(kept)[:_MOST_CHARACTERS]
