"""One report of quality and speed, the same on the Quality page, in `GET /api/metrics` and in the snapshots.

The truth is what people approved; what the machine said before is held against it. None: nothing to measure it by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.compare import compare
from pipeline.metrics.quality import (
    Calibration,
    ClassQuality,
    ConfusionMatrix,
    FieldQuality,
    Share,
    ValueScore,
    calibration,
    class_qualities,
    confusion_matrix,
    field_quality,
    macro_f1,
)
from pipeline.types import JsonValue

_REVIEW = ("needs_review", "approved", "rejected")


@dataclass(frozen=True, slots=True)
class ReviewedField:
    """A field of an approved document: what the machine said, and what a person let stand or wrote."""

    type: str
    name: str
    machine: JsonValue
    human: JsonValue
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a stage takes, in milliseconds of wall time."""

    stage: str
    n: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field's quality within a type."""

    type: str
    name: str
    quality: FieldQuality


@dataclass(frozen=True, slots=True)
class Report:
    """The metrics of a period.

    Attributes:
        days: its length, back from now.
        documents: uploaded in it.
        statuses: status -> documents.
        reviewed: documents a person approved.
        straight_through: documents the machine accepted by itself, of those it decided.
        review: documents that go or went to a person, of all that ended.
        errors: dead letters, of all that ended.
        confusion: approved type against the machine's.
        types: precision, recall, F1 per type.
        macro_f1: their plain mean.
        fields: exact match and token F1 per type and field.
        calibration: of the fields' confidence.
        latencies: per stage.
    """

    days: int
    documents: int
    statuses: Mapping[str, int]
    reviewed: int
    straight_through: Share
    review: Share
    errors: Share
    confusion: ConfusionMatrix
    types: tuple[ClassQuality, ...]
    macro_f1: float | None
    fields: tuple[FieldRow, ...]
    calibration: Calibration
    latencies: tuple[Latency, ...]

    @property
    def review_rate(self) -> float | None:
        """Share of the ended documents that need or needed a person."""
        return self.review.rate

    @property
    def error_rate(self) -> float | None:
        """Share of the ended documents that are dead letters."""
        return self.errors.rate

    @property
    def straight_through_rate(self) -> float | None:
        """Share of the decided documents that no person had to look at."""
        return self.straight_through.rate

    def to_json(self) -> dict[str, Any]:
        """As served by the API and kept in the snapshots."""
        rates = {
            "review_rate": self.review_rate,
            "error_rate": self.error_rate,
            "straight_through_rate": self.straight_through_rate,
            "type_accuracy": self.confusion.accuracy.rate,
        }
        return {**asdict(self), **rates}


def build_report(
    days: int,
    statuses: Mapping[str, int],
    decided: tuple[int, int],
    types: Mapping[tuple[str, str], int],
    fields: Sequence[ReviewedField],
    latencies: Sequence[Latency],
) -> Report:
    """Makes the report from what the store counted.

    Args:
        days: length of the period.
        statuses: status -> documents uploaded in it.
        decided: documents the machine decided, and those of them it accepted.
        types: (approved type, machine's type) -> documents.
        fields: of the approved documents.
        latencies: per stage.
    """
    ended = sum(statuses.get(status, 0) for status in (*_REVIEW, "auto_approved", "error"))
    to_people = sum(statuses.get(status, 0) for status in _REVIEW)
    matrix = confusion_matrix(types)
    classes = class_qualities(matrix)
    scored = [(field, compare(field.machine, field.human, field.type, field.name).score) for field in fields]
    return Report(
        days=days,
        documents=sum(statuses.values()),
        statuses=dict(statuses),
        reviewed=sum(types.values()),
        straight_through=Share(decided[1], decided[0]),
        review=Share(to_people, ended),
        errors=Share(statuses.get("error", 0), ended),
        confusion=matrix,
        types=classes,
        macro_f1=macro_f1(classes),
        fields=_field_rows(scored),
        calibration=calibration((f.confidence, s.right) for f, s in scored if f.confidence is not None),
        latencies=tuple(latencies),
    )


def _field_rows(scored: Sequence[tuple[ReviewedField, ValueScore]]) -> tuple[FieldRow, ...]:
    by_field: dict[tuple[str, str], list[ValueScore]] = {}
    for field, score in scored:
        by_field.setdefault((field.type, field.name), []).append(score)
    return tuple(FieldRow(type_, name, field_quality(scores)) for (type_, name), scores in sorted(by_field.items()))
