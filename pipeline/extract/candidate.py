"""A value as it was found: its words, and how sure the rule is that found it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.confidence import clarity
from pipeline.ground import boxes_of
from pipeline.types import ConfidenceParts, FieldValue, JsonValue, Word


def found(name: str, value: JsonValue, words: Sequence[Word], engine: float) -> FieldValue:
    """A field made of words on the page.

    Args:
        name: the field.
        value: normalised.
        words: those it was made of; none means it was not on the page.
        engine: 0..1, how sure the rule is that this is the field's value.
    """
    parts = ConfidenceParts(engine, 1.0, clarity(words))
    raw = " ".join(word.text for word in words)
    return FieldValue(name, value, raw, boxes_of(words), parts.product, parts)


def absent(name: str) -> FieldValue:
    """A field that was not found."""
    return FieldValue(name, None)
