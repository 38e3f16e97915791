"""The JSON of `./fuse eval --json`: a stable interface, described in docs/evaluation.md. Unknown figures are null."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import Any

from pipeline.compare import RowScore
from pipeline.evaluate.scoring import Case, FieldScore
from pipeline.evaluate.summary import Ended, FieldSummary, SliceQuality, Summary, TypeSummary
from pipeline.metrics.quality import Calibration, FieldQuality, Share
from pipeline.types import FieldValue


def case_json(case: Case) -> dict[str, Any]:
    """One document: what was predicted, what it cost, how good it is."""
    labelled, prediction = case.labelled, case.prediction
    document = {
        "id": labelled.id,
        "file": labelled.file,
        "type": prediction.type,
        "type_confidence": prediction.type_confidence,
        "decision": prediction.decision,
        "reasons": list(prediction.reasons),
        "fields": {name: _value(value) for name, value in prediction.fields.items()},
        "pages": prediction.pages,
        "cpu_s": round(prediction.cpu_s, 4),
        "wall_s": round(prediction.wall_s, 4),
        "error": asdict(prediction.error) if prediction.error else None,
        "pages_read": prediction.pages_read,
        "model_use": asdict(prediction.model_use) if prediction.model_use else None,
        "scores": {
            "type": case.type_right,
            "expected": case.expected_right,
            "fields": {field.name: _score(field) for field in case.fields},
        },
    }
    finite: dict[str, Any] = _finite(document)
    return finite


def summary_json(summary: Summary) -> dict[str, Any]:
    """The figures of the run."""
    document = {
        "decisions": {
            ending: summary.decisions.get(ending, 0) for ending in ("accept", "review", "rejected", "failed")
        },
        "classification": {
            "accuracy": _share(summary.slices["all"].classified),
            "macro_f1": summary.macro_f1,
            "types": [asdict(quality) for quality in summary.types_of_documents],
            "confusion": asdict(summary.confusion),
        },
        "slices": {name: _slice(quality) for name, quality in summary.slices.items()},
        "types": {name: _type(quality) for name, quality in summary.types.items()},
        "expected": _share(summary.expected),
        "mismatches": [_ended(ended) for ended in summary.mismatches],
        "failures": [_ended(ended) for ended in summary.failures],
        "speed": asdict(summary.speed),
        "model_use": asdict(summary.model_use) if summary.model_use else None,
    }
    finite: dict[str, Any] = _finite(document)
    return finite


def _value(value: FieldValue) -> dict[str, Any]:
    return {
        "value": value.value,
        "raw": value.raw,
        "confidence": value.confidence,
        "calibrated": value.calibrated,
        "boxes": [box.to_json() for box in value.boxes],
        "parts": asdict(value.parts) if value.parts else None,
        "findings": list(value.findings),
    }


def _score(field: FieldScore) -> dict[str, Any]:
    return {
        "right": field.score.right,
        "token_f1": field.score.token_f1,
        "rows": _rows(field.rows) if field.rows else None,
    }


def _share(share: Share) -> dict[str, Any]:
    interval = share.interval
    return {
        "rate": share.rate,
        "right": share.right,
        "n": share.n,
        "interval_95": [interval.low, interval.high] if interval else None,
    }


def _rows(rows: RowScore) -> dict[str, Any]:
    return {**asdict(rows), "precision": rows.precision, "recall": rows.recall, "f1": rows.f1}


def _fields(quality: FieldQuality) -> dict[str, Any]:
    return {"exact": _share(quality.exact), "present": _share(quality.present), "token_f1": quality.token_f1}


def _calibration(calibration: Calibration) -> dict[str, Any]:
    return {"error": calibration.error, "n": calibration.n, "bins": [asdict(row) for row in calibration.bins]}


def _slice(quality: SliceQuality) -> dict[str, Any]:
    return {
        "documents": quality.documents,
        "classified": _share(quality.classified),
        "fields": _fields(quality.fields),
        "field_calibration": _calibration(quality.field_calibration),
        "type_calibration": _calibration(quality.type_calibration),
        "accepted": _share(quality.accepted),
        "accepted_values": _share(quality.accepted_values),
        "accepted_documents": _share(quality.accepted_documents),
    }


def _type(summary: TypeSummary) -> dict[str, Any]:
    return {
        "extracted": summary.extracted,
        **_slice(summary.quality),
        "by_field": {name: _field(field) for name, field in summary.fields.items()},
    }


def _field(summary: FieldSummary) -> dict[str, Any]:
    return {**_fields(summary.quality), "rows": _rows(summary.rows) if summary.rows else None}


def _ended(ended: Ended) -> dict[str, Any]:
    return asdict(ended)


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity; what is not a number is not known."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
