"""Confidence of a value: engine x validation x clarity, each kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.types import ConfidenceParts, FieldValue, Word

FAILED_CHECK = 0.5
"""Validation of a value that failed a check: it may still be right, but nobody should have to believe it."""


def clarity(words: Sequence[Word]) -> float:
    """How clearly the words of a value were read, 0..1: the mean of their confidences, by length; 1 for a text layer.

    One misread word spoils a value, so the weakest word counts as much as all together.
    """
    if not words:
        return 0.0
    weights = [max(len(word.text), 1) for word in words]
    mean = sum(word.confidence * weight for word, weight in zip(words, weights, strict=True)) / sum(weights)
    return (mean + min(word.confidence for word in words)) / 2


def with_parts(value: FieldValue, parts: ConfidenceParts) -> FieldValue:
    """The value with these parts, and the confidence they make."""
    return replace(value, parts=parts, confidence=parts.product)


def doubted(value: FieldValue, finding: str) -> FieldValue:
    """The value after it failed a check."""
    findings = (*value.findings, finding)
    if value.parts is None:
        return replace(value, findings=findings)
    parts = replace(value.parts, validation=min(value.parts.validation, FAILED_CHECK))
    return with_parts(replace(value, findings=findings), parts)
