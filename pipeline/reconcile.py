"""The built-in engine's value and the model's, made one: agreement raises, disagreement sends to a person.

The page decides, not the model: a value that the built-in engine found is never replaced by what a model says, and a
value that only the model claims goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.compare import compare
from pipeline.confidence import doubted, with_parts
from pipeline.doctypes.definition import DocType
from pipeline.types import FieldValue, JsonValue

DISAGREE, MODEL_ONLY = "engines_disagree", "model_only"
_AGREEMENT = 2 / 3
"""How much of the built-in engine's doubt goes where a wholly sure model, that reads otherwise, says the same."""


def reconcile(built_in: Mapping[str, FieldValue], model: Mapping[str, FieldValue], doc_type: DocType
              ) -> tuple[FieldValue, ...]:  # fmt: skip
    """One value per field.

    Args:
        built_in: the built-in engine's, unchecked.
        model: the model's, grounded: with boxes only where they stand on the page.
        doc_type: their type.
    """
    return tuple(
        _one(built_in.get(spec.name, FieldValue(spec.name, None)), model.get(spec.name), doc_type)
        for spec in doc_type.fields
    )


def _one(ours: FieldValue, theirs: FieldValue | None, doc_type: DocType) -> FieldValue:
    if theirs is None or theirs.value is None:
        return ours
    if ours.value is None:
        return doubted(theirs, MODEL_ONLY)
    if _same(ours.value, theirs.value, doc_type, ours.name):
        return _agreed(ours, theirs)
    # What the page doesn't show is no second opinion.
    return doubted(ours, DISAGREE) if theirs.found_on_page else ours


def _same(ours: JsonValue, theirs: JsonValue, doc_type: DocType, name: str) -> bool:
    return compare(theirs, ours, doc_type.name, name).score.right


def _agreed(ours: FieldValue, theirs: FieldValue) -> FieldValue:
    if ours.parts is None or theirs.parts is None:
        return ours
    doubt = (1.0 - ours.parts.engine) * (1.0 - _AGREEMENT * theirs.parts.engine)
    return with_parts(ours, replace(ours.parts, engine=1.0 - doubt))
