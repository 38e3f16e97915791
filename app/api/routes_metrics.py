"""The metrics and the use of the language model, the same as on the Quality page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from app import wiring
from app.api.answers import ProblemAnswer, UsageAnswer, UsedAnswer, UsedOnDay
from app.api.metrics_answers import METRICS_EXAMPLE, HistoryAnswer, MetricsAnswer
from app.auth import Role, require
from db import figures, snapshots, usage

router = APIRouter(tags=["metrics"])

Days = Annotated[int, Query(ge=1, le=3650, description="Length of the period, back from now.")]


@router.get(
    "/api/metrics",
    responses={200: {"content": {"application/json": {"example": METRICS_EXAMPLE}}}, 503: {"model": ProblemAnswer}},
)
def metrics(days: Days = 30) -> MetricsAnswer:
    """Quality and speed of the documents uploaded in the last `days` days, and in as many days before.

    Null: nothing to measure it by yet.
    """
    user = require(Role.MANAGER)
    with wiring.database(wiring.settings()).connect() as connection:
        return MetricsAnswer.of(figures.metrics(connection, user.tenant_id, days))


@router.get("/api/metrics/history", responses={503: {"model": ProblemAnswer}})
def metrics_history(days: Days = 30) -> HistoryAnswer:
    """The metrics as they were known in the last `days` days, from the snapshots that are taken every few minutes."""
    user = require(Role.MANAGER)
    with wiring.database(wiring.settings()).connect() as connection:
        return HistoryAnswer(days=days, snapshots=snapshots.history(connection, user.tenant_id, days))


@router.get("/api/usage", responses={503: {"model": ProblemAnswer}})
def language_model_usage(days: Days = 30) -> UsageAnswer:
    """Calls, tokens and cost of the language model in the last `days` days, also of documents deleted since."""
    user = require(Role.MANAGER)
    with wiring.database(wiring.settings()).connect() as connection:
        by_day = usage.by_day(connection, user.tenant_id, days)
    return UsageAnswer(
        days=days, total=UsedAnswer(**usage.total(by_day)), by_day=[UsedOnDay(**each) for each in by_day]
    )
