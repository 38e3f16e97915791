"""The metrics in the course of time: each tenant's report goes to `metrics_history` every few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text

from db import figures
from db.tables import metrics_history, tenants

SNAPSHOT_DAYS = 30
"""Each snapshot is of the documents uploaded in so many days before it."""
_MOST_POINTS = 60


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was known at a time of the `SNAPSHOT_DAYS` days before; None: nothing to measure it by then."""

    at: datetime
    documents: int
    straight_through_rate: float | None
    straight_through_precision: float | None
    review_rate: float | None
    error_rate: float | None
    type_accuracy: float | None
    field_accuracy: float | None
    calibration_error: float | None


def take(connection: Connection) -> None:
    """Writes each tenant's report."""
    for tenant_id in connection.execute(select(tenants.c.id)).scalars().all():
        metrics = figures.report(connection, str(tenant_id), SNAPSHOT_DAYS).to_snapshot()
        connection.execute(metrics_history.insert().values(tenant_id=tenant_id, metrics=metrics))


def thin(connection: Connection) -> None:
    """Keeps one an hour of those that are older than two days, and one a day of those older than 60."""
    connection.execute(
        text(
            """
            DELETE FROM metrics_history WHERE id IN (
                SELECT id FROM (
                    SELECT id, row_number() OVER (
                        PARTITION BY tenant_id,
                            date_trunc(CASE WHEN at < now() - interval '60 days' THEN 'day' ELSE 'hour' END, at)
                        ORDER BY at DESC, id DESC) AS place
                    FROM metrics_history WHERE at < now() - interval '2 days') AS old
                WHERE place > 1)
            """
        )
    )


def history(connection: Connection, tenant_id: str, days: int) -> list[Snapshot]:
    """The snapshots of the last `days` days, the oldest first: the last one of each of 60 equal parts."""
    rows = connection.execute(
        text(
            """
            SELECT at, (metrics->>'documents')::int AS documents,
                   (metrics->>'straight_through_rate')::float AS straight_through_rate,
                   (metrics->>'straight_through_precision')::float AS straight_through_precision,
                   (metrics->>'review_rate')::float AS review_rate,
                   (metrics->>'error_rate')::float AS error_rate,
                   (metrics->>'type_accuracy')::float AS type_accuracy,
                   (metrics->>'field_accuracy')::float AS field_accuracy,
                   (metrics->'calibration'->>'error')::float AS calibration_error
            FROM metrics_history WHERE id IN (
                SELECT DISTINCT ON (part) id FROM (
                    SELECT id, at, floor(extract(epoch FROM now() - at) / (:days * 86400.0 / :points)) AS part
                    FROM metrics_history
                    WHERE tenant_id = :tenant AND at > now() - make_interval(days => :days)) AS parted
                ORDER BY part, at DESC, id DESC)
            ORDER BY at
            """
        ),
        {"tenant": tenant_id, "days": days, "points": _MOST_POINTS},
    )
    return [Snapshot(**row) for row in rows.mappings()]
