"""The documents behind a cell of the confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from db.figures import PERIOD


@dataclass(frozen=True, slots=True)
class Confused:
    """A reviewed document, and how sure the machine was of what it called it."""

    id: str
    filename: str
    type_confidence: float | None
    reviewer: str | None
    reviewed_at: datetime | None


def in_cell(
    connection: Connection, tenant_id: str, days: int, truth: str, prediction: str, limit: int = 20, offset: int = 0
) -> list[Confused]:
    """Documents of the last `days` days that are `truth` and were called `prediction`, the last reviewed first.

    Args:
        connection: any.
        tenant_id: whose.
        days: the period.
        truth: the type that a person approved.
        prediction: the type that the machine said.
        limit: how many at most.
        offset: how many to leave out first.
    """
    rows = connection.execute(
        text(
            "SELECT docs.id, filename, type_confidence, users.name AS reviewer, reviewed_at "  # noqa: S608 - a constant
            "FROM docs LEFT JOIN users ON users.id = docs.reviewed_by AND users.tenant_id = docs.tenant_id "
            f"WHERE {PERIOD} AND processing_status = 'approved' AND type = :truth AND machine_type = :prediction "
            "ORDER BY reviewed_at DESC NULLS LAST, docs.id LIMIT :limit OFFSET :offset"
        ),
        {"tenant": tenant_id, "days": days, "ago": 0, "truth": truth, "prediction": prediction, "limit": limit,
         "offset": offset},
    )  # fmt: skip
    return [Confused(str(row.id), *row[1:]) for row in rows]
