"""The facts behind the metrics, counted in the database: what was decided, what people said of it, how long it took.

`report` makes them one report; the Quality page, `GET /api/metrics` and the snapshots all show that one.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, text

from db.tables import metrics_history, tenants
from pipeline.metrics.report import Latency, Report, ReviewedField, build_report

_MOST_REVIEWED_FIELDS = 50_000
_SNAPSHOT_DAYS = 30


def report(connection: Connection, tenant_id: str, days: int) -> Report:
    """The metrics of the documents uploaded in the last `days` days."""
    scope = {"tenant": tenant_id, "days": days}
    return build_report(
        days=days,
        statuses=_statuses(connection, scope),
        decided=_decided(connection, scope),
        types=_reviewed_types(connection, scope),
        fields=_reviewed_fields(connection, scope),
        latencies=_latencies(connection, scope),
    )


def take_snapshots(connection: Connection) -> None:
    """Writes each tenant's report of the last 30 days to `metrics_history`."""
    for tenant_id in connection.execute(tenants.select()).scalars().all():
        metrics = report(connection, str(tenant_id), _SNAPSHOT_DAYS).to_json()
        connection.execute(metrics_history.insert().values(tenant_id=tenant_id, metrics=metrics))


_PERIOD = "tenant_id = :tenant AND created_at > now() - make_interval(days => :days)"


def _statuses(connection: Connection, scope: dict[str, object]) -> dict[str, int]:
    rows = connection.execute(
        text(f"SELECT processing_status, count(*) AS n FROM docs WHERE {_PERIOD} GROUP BY processing_status"),  # noqa: S608 - a constant
        scope,
    )
    return {row.processing_status: row.n for row in rows}


def _decided(connection: Connection, scope: dict[str, object]) -> tuple[int, int]:
    """How many documents the machine has decided, and how many of those it accepted by itself."""
    row = connection.execute(
        text(
            f"SELECT count(*) AS decided, count(*) FILTER (WHERE machine_reasons = '[]') AS accepted "  # noqa: S608 - a constant
            f"FROM docs WHERE {_PERIOD} AND confidence IS NOT NULL"
        ),
        scope,
    ).one()
    return row.decided, row.accepted


def _reviewed_types(connection: Connection, scope: dict[str, object]) -> dict[tuple[str, str], int]:
    """(what a person approved, what the machine said) -> documents."""
    rows = connection.execute(
        text(
            f"SELECT type, machine_type, count(*) AS n FROM docs WHERE {_PERIOD} AND processing_status = 'approved' "  # noqa: S608 - a constant
            "AND type IS NOT NULL AND machine_type IS NOT NULL GROUP BY type, machine_type"
        ),
        scope,
    )
    return {(row.type, row.machine_type): row.n for row in rows}


def _reviewed_fields(connection: Connection, scope: dict[str, object]) -> list[ReviewedField]:
    """Every field of the approved documents whose type the machine had right, the newest first."""
    rows = connection.execute(
        text(
            "SELECT docs.type, fields.name, fields.machine_value, fields.value, fields.confidence "
            "FROM docs JOIN fields ON fields.doc_id = docs.id "
            "WHERE docs.tenant_id = :tenant AND docs.created_at > now() - make_interval(days => :days) "
            "AND docs.processing_status = 'approved' AND docs.type = docs.machine_type "
            "ORDER BY docs.reviewed_at DESC LIMIT :most"
        ),
        {**scope, "most": _MOST_REVIEWED_FIELDS},
    )
    return [ReviewedField(row.type, row.name, row.machine_value, row.value, row.confidence) for row in rows]


def _latencies(connection: Connection, scope: dict[str, object]) -> list[Latency]:
    rows = connection.execute(
        text(
            "SELECT stage, count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_ms) AS p50, "  # noqa: S608 - a constant
            f"percentile_cont(0.95) WITHIN GROUP (ORDER BY wall_ms) AS p95 FROM stage_results WHERE {_PERIOD} "
            "GROUP BY stage ORDER BY array_position(:stages, stage)"
        ).bindparams(bindparam("stages", ["ocr", "classification", "extraction"])),
        scope,
    )
    return [Latency(row.stage, row.n, row.p50, row.p95) for row in rows]
