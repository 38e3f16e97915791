"""Gold examples of types: the beginnings of documents of which a person has said, or confirmed, what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.doctypes.definition import DocType
from pipeline.errors import NoSurrogate
from pipeline.extract import extract
from pipeline.guardrails import speaks_to_a_model
from pipeline.masking import Mask, known_of
from pipeline.opinion.examples import FIRST_SURROGATE
from pipeline.opinion.windows import first_lines
from pipeline.types import TypedDocument

MOST_SHOWN = 6
MOST_OF_A_TYPE = 2
MOST_CHARACTERS = 280
"""Of an example: a title and some labels tell a type, and a prompt about eight documents is long already."""
_PAGES = 2
"""As many as the prompt about the document itself shows of it."""


@dataclass(frozen=True, slots=True)
class TypeExample:
    """One example, with surrogates for what is sensitive in it.

    Attributes:
        doc_id: of which document; no document is an example for itself.
        type: what people found it to be.
        text: its first lines.
        corrected: whether the machine had said something else.
    """

    doc_id: str
    type: str
    text: str
    corrected: bool

    def to_json(self) -> dict[str, Any]:
        """As it is cached."""
        return {"doc_id": self.doc_id, "type": self.type, "text": self.text, "corrected": self.corrected}

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> TypeExample:
        """Reads what `to_json` wrote."""
        return TypeExample(str(told["doc_id"]), str(told["type"]), str(told["text"]), bool(told["corrected"]))


def type_examples(approved: Sequence[TypedDocument], types: Sequence[DocType]) -> tuple[TypeExample, ...]:
    """Makes examples of approved documents, in their order.

    One that speaks to a model gives none: a person who approves it has judged its values, not what it says to machines.

    Args:
        approved: the documents.
        types: all that there are.
    """
    by_name = {doc_type.name: doc_type for doc_type in types}
    made = (_example(document, by_name) for document in approved)
    return tuple(example for example in made if example is not None)


def _example(document: TypedDocument, types: Mapping[str, DocType]) -> TypeExample | None:
    pages = document.pages[:_PAGES]
    whole = "\n".join(page.text for page in pages)
    if document.type not in types or speaks_to_a_model(whole):
        return None
    # What the document's own prompt hid, by what the machine took it for; and what is known now that it is typed right.
    meant = [types[name] for name in dict.fromkeys((document.type, *document.guessed)) if name in types]
    known = [
        each
        for doc_type in meant
        if doc_type.fields
        for each in known_of((*extract(pages, doc_type), *document.fields), doc_type)
    ]
    try:
        mask = Mask.of([page.text for page in pages], known, first=FIRST_SURROGATE)
    except NoSurrogate:
        return None
    text = mask.hide(first_lines(whole, MOST_CHARACTERS))
    return TypeExample(document.doc_id, document.type, text, document.corrected) if text.strip() else None


def shown_examples(
    examples: Sequence[TypeExample], asked: Collection[str], types: Sequence[DocType], most_characters: int
) -> tuple[TypeExample, ...]:
    """Those that stand in a prompt: a few, of several types, and of none of the documents that are asked about.

    Args:
        examples: of the tenant, best first.
        asked: ids of the documents that are asked about.
        types: to choose from.
        most_characters: of all of them together.
    """
    names = {doc_type.name for doc_type in types}
    of_type: Counter[str] = Counter()
    shown: list[TypeExample] = []
    for example in examples:
        fits = len(example.text) <= most_characters and of_type[example.type] < MOST_OF_A_TYPE
        if fits and example.type in names and example.doc_id not in asked and len(shown) < MOST_SHOWN:
            of_type[example.type] += 1
            most_characters -= len(example.text)
            shown.append(example)
    return tuple(shown)
