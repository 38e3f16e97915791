"""The metrics, the same as on the Quality page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app import wiring
from app.api.answers import ProblemAnswer
from app.auth import Role, require
from db import figures

router = APIRouter(tags=["metrics"])


_EXAMPLE = {
    "days": 30,
    "documents": 412,
    "statuses": {"auto_approved": 240, "needs_review": 12, "approved": 158, "rejected": 1, "error": 1},
    "reviewed": 158,
    "review_rate": 0.415,
    "error_rate": 0.0024,
    "straight_through_rate": 0.584,
    "type_accuracy": 0.981,
    "macro_f1": 0.974,
    "straight_through": {"right": 240, "n": 411},
    "review": {"right": 171, "n": 412},
    "errors": {"right": 1, "n": 412},
    "confusion": {"truths": ["w2", "w9"], "predictions": ["w2", "w9"], "counts": [[40, 2], [1, 115]]},
    "types": [
        {"label": "w9", "support": 116, "predicted": 117, "precision": 0.983, "recall": 0.991, "f1": 0.987},
    ],
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


@router.get(
    "/api/metrics",
    responses={200: {"content": {"application/json": {"example": _EXAMPLE}}}, 503: {"model": ProblemAnswer}},
)
def metrics(days: Annotated[int, Query(ge=1, le=3650)] = 30) -> dict[str, Any]:
    """Quality and speed of the documents uploaded in the last `days` days. Null: nothing to measure it by yet."""
    user = require(Role.MANAGER)
    with wiring.database(wiring.settings()).connect() as connection:
        return figures.report(connection, user.tenant_id, days).to_json()
