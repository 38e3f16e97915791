"""One report of quality and speed, the same on the Quality page, in `GET /api/metrics` and in the snapshots.

The truth is what people approved; what the machine said before is held against it. None: nothing to measure it by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pipeline.metrics.quality import (
    Calibration,
    ClassQuality,
    ConfusionMatrix,
    FieldQuality,
    Interval,
    Share,
    calibration_of_bins,
    class_qualities,
    confusion_matrix,
    macro_f1,
)
from pipeline.metrics.scored_values import ScoredValues, bin_counts, quality_of

_REVIEW = ("needs_review", "approved", "rejected")
_ENDED = (*_REVIEW, "auto_approved", "error")
_NOT_IN_SNAPSHOTS = ("confusion", "fields")


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a stage takes, in milliseconds of wall time."""

    stage: str
    n: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class ReviewTime:
    """How long a person had a document open before deciding it.

    Attributes:
        n: documents of which it is known.
        p50_s: half take no longer; None when n is 0.
        p90_s: all but one in ten take no longer; None when n is 0.
    """

    n: int
    p50_s: float | None
    p90_s: float | None


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field's quality within a type."""

    type: str
    name: str
    quality: FieldQuality


@dataclass(frozen=True, slots=True)
class Part:
    """An equal part of the period: the statuses of what was uploaded in it.

    Attributes:
        start, end: when.
        statuses: status -> documents.
        reviewed_by_then: documents that people had ever approved by its end.
    """

    start: datetime
    end: datetime
    statuses: Mapping[str, int]
    reviewed_by_then: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store counted of a period.

    Attributes:
        days: its length.
        statuses: status -> documents uploaded in it.
        straight_through: documents the machine accepted by itself, of those it decided.
        checked: documents that stood as they were, of those which the machine would let pass and a person checked.
        types: (approved type, machine's type) -> documents.
        values: of the approved documents whose type the machine had right.
        latencies: per stage.
        review_time: of the documents that people decided.
    """

    days: int
    statuses: Mapping[str, int]
    straight_through: Share
    checked: Share
    types: Mapping[tuple[str, str], int]
    values: Sequence[ScoredValues]
    latencies: Sequence[Latency]
    review_time: ReviewTime


@dataclass(frozen=True, slots=True)
class Report:
    """The metrics of a period.

    Attributes:
        days: its length.
        documents: uploaded in it.
        statuses: status -> documents.
        reviewed: documents a person approved.
        straight_through: documents the machine accepted by itself, of those it decided.
        checked: documents that stood as they were, of those which the machine would let pass and a person checked.
        review: documents that go or went to a person, of all that ended.
        errors: dead letters, of all that ended.
        confusion: approved type against the machine's.
        types: precision, recall, F1 per type.
        macro_f1: their plain mean.
        values: exact match and token F1 of all fields together.
        fields: the same per type and field.
        calibration: of the fields' confidence.
        latencies: per stage.
        review_time: per document.
    """

    days: int
    documents: int
    statuses: Mapping[str, int]
    reviewed: int
    straight_through: Share
    checked: Share
    review: Share
    errors: Share
    confusion: ConfusionMatrix
    types: tuple[ClassQuality, ...]
    macro_f1: float | None
    values: FieldQuality
    fields: tuple[FieldRow, ...]
    calibration: Calibration
    latencies: tuple[Latency, ...]
    review_time: ReviewTime

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

    @property
    def straight_through_precision(self) -> float | None:
        """Share of the checked straight-through documents that stood as they were."""
        return self.checked.rate

    @property
    def straight_through_interval(self) -> Interval | None:
        """The 95 % interval of the straight-through precision."""
        return self.checked.interval

    @property
    def type_accuracy(self) -> float | None:
        """Share of the reviewed documents whose type was right."""
        return self.confusion.accuracy.rate

    @property
    def field_accuracy(self) -> float | None:
        """Share of the values that are on their document and were read right."""
        return self.values.present.rate

    def to_snapshot(self) -> dict[str, Any]:
        """What is kept in `metrics_history`: all but the tables that grow with types and fields."""
        whole = {name: value for name, value in asdict(self).items() if name not in _NOT_IN_SNAPSHOTS}
        whole["calibration"].pop("bins")
        return {**whole, **{name: getattr(self, name) for name in RATES}}


RATES = (
    "review_rate",
    "error_rate",
    "straight_through_rate",
    "straight_through_precision",
    "type_accuracy",
    "field_accuracy",
)
"""The report's properties that are served and kept like its attributes."""


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """A point of the learning curve: what was uploaded in one part of the period.

    Attributes:
        start, end: when.
        reviewed_by_then: documents that people had ever approved by its end: what could be learned from.
        values: those read right, of those that are on the reviewed documents.
        review: documents that go or went to a person, of all that ended.
    """

    start: datetime
    end: datetime
    reviewed_by_then: int
    values: Share
    review: Share


@dataclass(frozen=True, slots=True)
class Metrics:
    """A period's report, that of the period of the same length before it, and how the machine learned in it."""

    report: Report
    before: Report
    learning: tuple[LearningPoint, ...]


def build_report(facts: Facts) -> Report:
    """Makes the report from what the store counted."""
    matrix = confusion_matrix(facts.types)
    classes = class_qualities(matrix)
    return Report(
        days=facts.days,
        documents=sum(facts.statuses.values()),
        statuses=dict(facts.statuses),
        reviewed=sum(facts.types.values()),
        straight_through=facts.straight_through,
        checked=facts.checked,
        review=_review(facts.statuses),
        errors=Share(facts.statuses.get("error", 0), _ended(facts.statuses)),
        confusion=matrix,
        types=classes,
        macro_f1=macro_f1(classes),
        values=quality_of(facts.values),
        fields=_field_rows(facts.values),
        calibration=calibration_of_bins(bin_counts(facts.values)),
        latencies=tuple(facts.latencies),
        review_time=facts.review_time,
    )


def learning_curve(parts: Sequence[Part], values: Iterable[ScoredValues]) -> tuple[LearningPoint, ...]:
    """How the share of values read right, and the share of documents that need a person, moved with what was reviewed.

    Args:
        parts: of the period, the oldest first.
        values: scored; each knows its part.
    """
    by_part: list[list[ScoredValues]] = [[] for _ in parts]
    for value in values:
        by_part[value.part].append(value)
    return tuple(
        LearningPoint(part.start, part.end, part.reviewed_by_then, quality_of(inside).present, _review(part.statuses))
        for part, inside in zip(parts, by_part, strict=True)
    )


def _ended(statuses: Mapping[str, int]) -> int:
    return sum(statuses.get(status, 0) for status in _ENDED)


def _review(statuses: Mapping[str, int]) -> Share:
    return Share(sum(statuses.get(status, 0) for status in _REVIEW), _ended(statuses))


def _field_rows(values: Iterable[ScoredValues]) -> tuple[FieldRow, ...]:
    by_field: dict[tuple[str, str], list[ScoredValues]] = {}
    for value in values:
        by_field.setdefault((value.type, value.name), []).append(value)
    return tuple(FieldRow(type_, name, quality_of(scored)) for (type_, name), scored in sorted(by_field.items()))
