"""Fields as a model copied them: surrogates taken back, normalised, and found on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.confidence import clarity
from pipeline.dates import DateOrder, find_dates
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.entry import validate_value
from pipeline.extract.locale import dates_of
from pipeline.extract.words_under import words_under
from pipeline.ground import locate
from pipeline.guardrails import answers_back
from pipeline.masking import Mask
from pipeline.opinion.asking import Told
from pipeline.types import Box, ConfidenceParts, FieldValue, JsonValue, Page

_UNTOLD = 0.75
"""The engine's part of a value whose probability the server does not tell."""
_SUREST = 0.9
"""The engine's part of a value that the model is wholly sure of: models are sure of nearly everything."""
_LIKE_DIGITS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says of a document, held against its pages.

    Attributes:
        values: by field, normalised; with boxes only where they stand on a page.
        answered_back: whether a value spoke of instructions instead of the document. Such values are left out.
    """

    values: Mapping[str, FieldValue]
    answered_back: bool = False


def opinion(told: Told, mask: Mask, pages: Sequence[Page], doc_type: DocType) -> Opinion:
    """Makes fields of what a model said.

    Args:
        told: its answers; they may hold anything that fits the schema.
        mask: what stands behind the surrogates.
        pages: as read.
        doc_type: the document's type.
    """
    order = dates_of(pages).order
    values: dict[str, FieldValue] = {}
    answered_back = False
    for spec in doc_type.fields:
        said = mask.reveal(told.values.get(spec.name))
        if any(answers_back(text) for text in _texts(said)):
            answered_back = True
        elif spec.kind is not FieldKind.TABLE or told.complete:  # of a table that was seen in part, rows are missing
            value = _value(spec, said, told.scores.get(spec.name), pages, order)
            values |= {} if value is None else {spec.name: value}
    return Opinion(values, answered_back)


def _texts(said: Any) -> list[str]:
    if isinstance(said, list):
        return [str(cell) for row in said for cell in row.values() if cell]
    return [str(said)] if said else []


def _value(
    spec: FieldSpec, said: Any, score: float | None, pages: Sequence[Page], order: DateOrder
) -> FieldValue | None:
    """What the model copied, normalised and grounded; None where that can't be a value of the field."""
    if said is None or said == []:
        return None
    normalised, wrong = _normalised(spec, said, order)
    if wrong or normalised is None:
        return None
    raw = "" if isinstance(said, list) else str(said)
    boxes = _boxes_of_rows(said, pages) if isinstance(said, list) else locate(raw, pages)
    engine = _UNTOLD if score is None else _SUREST * score
    parts = ConfidenceParts(engine, 1.0, clarity(words_under(boxes, pages)))
    return FieldValue(spec.name, normalised, raw or None, boxes, parts.product, parts)


def _normalised(spec: FieldSpec, said: Any, order: DateOrder) -> tuple[JsonValue, bool]:
    match spec.kind:
        case FieldKind.DATE:
            return _date(str(said), order)
        case FieldKind.TABLE:
            return _rows(spec, said, order)
        case FieldKind.MONEY:
            value, sentence = validate_value(spec, said)
            if sentence is not None:
                value, sentence = validate_value(spec, str(said).translate(_LIKE_DIGITS))
            return value, sentence is not None
        case _:
            value, sentence = validate_value(spec, said)
            return value, sentence is not None


def _date(said: str, order: DateOrder) -> tuple[JsonValue, bool]:
    """A date as printed, or with letters that a scan has made of digits."""
    for text in (said, said.translate(_LIKE_DIGITS)):
        dates = find_dates(text, order)
        if len(dates) == 1:
            return dates[0].value.isoformat(), False
    return None, True


def _rows(spec: FieldSpec, said: Any, order: DateOrder) -> tuple[JsonValue, bool]:
    """The rows of a table; one that lacks what it must have is left out."""
    rows: list[JsonValue] = []
    for each in said if isinstance(said, list) else ():
        cells = {column.name: _normalised(column, each.get(column.name), order) for column in spec.columns}
        kept = {name: value for name, (value, wrong) in cells.items() if not wrong}
        if all(kept.get(column.name) is not None for column in spec.columns if column.required):
            rows.append({column.name: kept.get(column.name) for column in spec.columns})
    return rows or None, not rows


def _boxes_of_rows(rows: Sequence[Mapping[str, Any]], pages: Sequence[Page]) -> tuple[Box, ...]:
    """Where the cells stand; nowhere, when one of them does not stand on the page."""
    boxes: list[Box] = []
    for cell in (str(value) for row in rows for value in row.values() if value):
        found = locate(cell, pages)
        if not found:
            return ()
        boxes += found
    return tuple(boxes)
