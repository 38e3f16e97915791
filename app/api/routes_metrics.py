"""The metrics, the same as on the Quality page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app import wiring
from app.auth import Role, require
from db import figures

router = APIRouter(tags=["metrics"])


@router.get("/api/metrics")
def metrics(days: Annotated[int, Query(ge=1, le=3650)] = 30) -> dict[str, Any]:
    """Quality and speed of the documents uploaded in the last `days` days. Null: nothing to measure it by yet."""
    user = require(Role.MANAGER)
    with wiring.database(wiring.settings()).connect() as connection:
        return figures.report(connection, user.tenant_id, days).to_json()
