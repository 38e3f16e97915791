"""The shapes of the metrics' answers. What a figure means is said where the Quality page says it."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from app.api.answers import Answer
from app.components.definitions import DEFINITIONS
from db.snapshots import SNAPSHOT_DAYS, Snapshot
from pipeline.metrics.quality import Calibration, ClassQuality, ConfusionMatrix, FieldQuality, Interval, Share
from pipeline.metrics.report import FieldRow, Latency, LearningPoint, Metrics, ReviewTime


def _meaning(figure: str) -> Any:
    return Field(description=DEFINITIONS[figure].help)


class ReportAnswer(Answer):
    """The metrics of a period. Null: nothing to measure it by."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    days: int = Field(description="Length of the period.")
    documents: int = _meaning("documents")
    statuses: dict[str, int] = Field(description="Status -> documents.")
    reviewed: int = _meaning("reviewed")
    straight_through: Share = Field(description="The counts of straight_through_rate.")
    straight_through_rate: float | None = _meaning("straight_through_rate")
    checked: Share = Field(description="The counts of straight_through_precision.")
    straight_through_precision: float | None = _meaning("straight_through_precision")
    straight_through_interval: Interval | None = Field(description="Its 95 % Wilson interval.")
    review: Share = Field(description="The counts of review_rate.")
    review_rate: float | None = _meaning("review_rate")
    errors: Share = Field(description="The counts of error_rate.")
    error_rate: float | None = _meaning("error_rate")
    review_time: ReviewTime = _meaning("review_time")
    type_accuracy: float | None = _meaning("type_accuracy")
    confusion: ConfusionMatrix = _meaning("confusion")
    types: tuple[ClassQuality, ...] = Field(description="Precision, recall and F1 per type.")
    macro_f1: float | None = _meaning("macro_f1")
    field_accuracy: float | None = _meaning("field_accuracy")
    values: FieldQuality = Field(description="Exact match and token F1 of all fields together.")
    fields: tuple[FieldRow, ...] = Field(description="Exact match and token F1 per type and field.")
    calibration: Calibration = _meaning("calibration")
    latencies: tuple[Latency, ...] = _meaning("latency")


class MetricsAnswer(ReportAnswer):
    """The metrics of a period, beside those of the period of the same length before it."""

    learning: tuple[LearningPoint, ...] = _meaning("learning")
    before: ReportAnswer = Field(description="The same of the period before.")

    @classmethod
    def of(cls, metrics: Metrics) -> MetricsAnswer:
        """From the store's figures."""
        now = ReportAnswer.model_validate(metrics.report)
        return cls(
            **{name: getattr(now, name) for name in ReportAnswer.model_fields},
            learning=metrics.learning,
            before=ReportAnswer.model_validate(metrics.before),
        )


class HistoryAnswer(Answer):
    """The metrics as they were known in the course of time."""

    days: int = Field(description="How far back.")
    of_days: int = Field(default=SNAPSHOT_DAYS, description="Each snapshot is of the documents of so many days before.")
    snapshots: list[Snapshot] = Field(description="The oldest first, at most 60.")


_REPORT_EXAMPLE: dict[str, Any] = {
    "days": 30,
    "documents": 412,
    "statuses": {"auto_approved": 240, "needs_review": 12, "approved": 158, "rejected": 1, "error": 1},
    "reviewed": 158,
    "straight_through": {"right": 240, "n": 411},
    "straight_through_rate": 0.584,
    "checked": {"right": 44, "n": 46},
    "straight_through_precision": 0.957,
    "straight_through_interval": {"low": 0.855, "high": 0.988},
    "review": {"right": 171, "n": 412},
    "review_rate": 0.415,
    "errors": {"right": 1, "n": 412},
    "error_rate": 0.0024,
    "review_time": {"n": 159, "p50_s": 41.0, "p90_s": 126.5},
    "type_accuracy": 0.981,
    "confusion": {"truths": ["w2", "w9"], "predictions": ["w2", "w9"], "counts": [[40, 2], [1, 115]]},
    "types": [
        {"label": "w9", "support": 116, "predicted": 117, "precision": 0.983, "recall": 0.991, "f1": 0.987},
    ],
    "macro_f1": 0.974,
    "field_accuracy": 0.939,
    "values": {"exact": {"right": 1080, "n": 1145}, "present": {"right": 108, "n": 115}, "token_f1": 0.97},
    "fields": [
        {
            "type": "w9",
            "name": "name",
            "quality": {
                "exact": {"right": 108, "n": 115},
                "present": {"right": 108, "n": 115},
                "token_f1": 0.97,
            },
        }
    ],
    "calibration": {
        "error": 0.04,
        "n": 1130,
        "bins": [{"low": 0.9, "high": 1.0, "n": 702, "confidence": 0.96, "accuracy": 0.98}],
    },
    "latencies": [{"stage": "ocr", "n": 412, "p50_ms": 820.0, "p95_ms": 3400.0}],
}
METRICS_EXAMPLE: dict[str, Any] = {
    **_REPORT_EXAMPLE,
    "learning": [
        {
            "start": "2024-03-01T09:00:00Z",
            "end": "2024-03-04T09:00:00Z",
            "reviewed_by_then": 97,
            "values": {"right": 101, "n": 112},
            "review": {"right": 18, "n": 40},
        }
    ],
    "before": _REPORT_EXAMPLE,
}
