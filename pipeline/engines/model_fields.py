"""Fields as a model copies them out of the pages: asked for part by part, normalised, and found on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.confidence import clarity
from pipeline.dates import DateOrder, find_dates
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.engines.answer_schema import answer_model
from pipeline.engines.protocol import Answer, LlmEngine, Prompt
from pipeline.engines.structured import ask_for
from pipeline.entry import validate_value
from pipeline.extract.labels import find_labels
from pipeline.extract.locale import dates_of
from pipeline.ground import locate
from pipeline.prompts.extraction import extraction_messages
from pipeline.types import Box, ConfidenceParts, FieldValue, JsonValue, Page, Word

_SURE = 0.75
"""The engine's part of a model's value: it says "sure" to everything, so what it says of itself is not asked."""
_CHARACTERS_PER_TOKEN = 2.5
"""Of dense text with numbers; servers count themselves, and refuse what is too long."""


@dataclass(frozen=True, slots=True)
class ModelFields:
    """What a model said of a document.

    Attributes:
        values: by field, normalised; with boxes where they stand on the page.
        answers: every answer, in order, for the record of calls.
    """

    values: Mapping[str, FieldValue]
    answers: tuple[Answer, ...]


@dataclass(slots=True)
class _Gathered:
    told: dict[str, Any] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)


def fields_by_model(engine: LlmEngine, pages: Sequence[Page], doc_type: DocType, prompt_tokens: int) -> ModelFields:
    """Asks a model for the fields of a document.

    Args:
        engine: whom.
        pages: as read; a long document is asked about in parts, the pages with the most labels of the type first.
        doc_type: its type.
        prompt_tokens: how long a prompt may be.

    Raises:
        LlmError: the model gave no answer for a part.
    """
    shape = answer_model(doc_type)
    gathered = _Gathered()
    for text in windows(pages, doc_type, int(prompt_tokens * _CHARACTERS_PER_TOKEN)):
        answered = ask_for(engine, Prompt(extraction_messages(doc_type, text)), shape)
        gathered.answers += answered.answers
        _take(gathered.told, answered.value.model_dump())
    order = dates_of(pages).order
    values = {
        spec.name: value
        for spec in doc_type.fields
        if (value := _value(spec, gathered.told.get(spec.name), pages, order)) is not None
    }
    return ModelFields(values, tuple(gathered.answers))


def windows(pages: Sequence[Page], doc_type: DocType, most_characters: int) -> Iterator[str]:
    """The document's text in parts that fit, whole lines; the pages with the most labels of the type come first."""
    useful = sorted(pages, key=lambda page: (-len(find_labels(page, doc_type)), page.number))
    part: list[str] = []
    for line in (line[:most_characters] for page in useful for line in page.text.splitlines()):
        if part and sum(map(len, part)) + len(part) + len(line) > most_characters:
            yield "\n".join(part)
            part = []
        part.append(line)
    if part:
        yield "\n".join(part)


def _take(told: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Adds what a further part says: rows follow each other, of two values the first one counts."""
    for name, value in more.items():
        if isinstance(value, list):
            told[name] = [*(told.get(name) or []), *value]
        elif told.get(name) is None and value is not None and str(value).strip():
            told[name] = value


def _value(spec: FieldSpec, told: Any, pages: Sequence[Page], order: DateOrder) -> FieldValue | None:
    """What the model copied, normalised and grounded; None where that can't be a value of the field."""
    if told is None or told == []:
        return None
    normalised, wrong = _normalised(spec, told, order)
    if wrong or normalised is None:
        return None
    raw = str(told) if not isinstance(told, list) else ""
    boxes = _boxes_of_rows(told, pages) if isinstance(told, list) else locate(raw, pages)
    parts = ConfidenceParts(_SURE, 1.0, clarity(_under(boxes, pages)))
    return FieldValue(spec.name, normalised, raw or None, boxes, parts.product, parts)


def _normalised(spec: FieldSpec, told: Any, order: DateOrder) -> tuple[JsonValue, bool]:
    match spec.kind:
        case FieldKind.DATE:
            dates = find_dates(str(told), order)
            return (dates[0].value.isoformat(), False) if len(dates) == 1 else (None, True)
        case FieldKind.TABLE:
            return _rows(spec, told, order)
        case _:
            value, sentence = validate_value(spec, told)
            return value, sentence is not None


def _rows(spec: FieldSpec, told: Any, order: DateOrder) -> tuple[JsonValue, bool]:
    """The rows of a table; one that lacks what it must have is left out."""
    rows: list[JsonValue] = []
    for each in told if isinstance(told, list) else ():
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


def _under(boxes: Sequence[Box], pages: Sequence[Page]) -> list[Word]:
    return [
        word
        for page in pages
        for word in page.words
        if any(box.page == page.number and _covers(box, word.box) for box in boxes)
    ]


def _covers(outer: Box, inner: Box) -> bool:
    x, y = (inner.x0 + inner.x1) / 2, (inner.y0 + inner.y1) / 2
    return outer.x0 <= x <= outer.x1 and outer.y0 <= y <= outer.y1
