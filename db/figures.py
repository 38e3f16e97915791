"""The facts behind the metrics, counted in the database: what was decided, what people said of it, how long it took.

`metrics` makes them a report of a period beside that of the period before; the Quality page, `GET /api/metrics` and the
snapshots (`db.snapshots`) all show these.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate, pairwise

from sqlalchemy import Connection, bindparam, text

from db.jobs import STAGES
from pipeline.metrics.quality import CALIBRATION_BINS, Share
from pipeline.metrics.report import (
    Facts,
    Latency,
    Metrics,
    Part,
    Report,
    ReviewTime,
    build_report,
    learning_curve,
)
from pipeline.metrics.scored_values import ChangedValue, KeptValues, ScoredValues, score

_STARTS = "now() - make_interval(days => :days * (:ago + 1))"


def in_period(table: str) -> str:
    """SQL: the row was made in the period of `days` days that ended `ago` periods ago."""
    return (
        f"{table}.tenant_id = :tenant AND {table}.created_at > {_STARTS} "
        f"AND {table}.created_at <= now() - make_interval(days => :days * :ago)"
    )


def _part(column: str) -> str:
    """SQL: the part of the period that a time lies in, from 0; what is earlier counts to the first."""
    return f"greatest(0, least(floor(extract(epoch FROM {column} - ({_STARTS})) / :part_s)::int, :parts - 1))"


PERIOD = in_period("docs")
"""SQL: the document was uploaded in the period."""
_MOST_REVIEWED = 20_000
"""Of how many documents, the last reviewed ones, values are held against the truth."""
_MOST_PARTS = 10
_CHANGED_BY_PERSON = (
    "(docs.type IS DISTINCT FROM docs.machine_type OR EXISTS (SELECT 1 FROM fields WHERE fields.doc_id = docs.id "
    "AND fields.source = 'human' AND fields.value IS DISTINCT FROM fields.machine_value))"
)
_DECIDED_BEFORE_TYPE_CHANGED = (
    "EXISTS (SELECT 1 FROM audit_events AS decided JOIN audit_events AS changed USING (doc_id) "
    "WHERE doc_id = docs.id AND changed.action = 'type_changed' AND decided.id < changed.id AND {decision})"
)
# After a person set another type, `machine_reasons` are of the run with that type; the trail tells the machine's own.
_ACCEPTED = (
    "CASE WHEN docs.type = docs.machine_type THEN docs.machine_reasons = '[]' ELSE "
    + _DECIDED_BEFORE_TYPE_CHANGED.format(decision="decided.action = 'auto_approved'")
    + " END"
)
_WOULD_PASS = (
    "CASE WHEN docs.type = docs.machine_type THEN NOT EXISTS (SELECT 1 "
    "FROM jsonb_array_elements(docs.machine_reasons) "
    "AS reason WHERE reason->>'code' <> 'sampled') ELSE "
    + _DECIDED_BEFORE_TYPE_CHANGED.format(
        decision="(decided.action = 'auto_approved' OR decided.details->'reasons' = '[\"sampled\"]')"
    )
    + " END"
)

_Scope = dict[str, object]


def metrics(connection: Connection, tenant_id: str, days: int) -> Metrics:
    """The metrics of the documents uploaded in the last `days` days, and of those uploaded in as many days before."""
    scope = _scope(tenant_id, days, 0)
    facts = _facts(connection, scope, days)
    return Metrics(
        report=build_report(facts),
        before=report(connection, tenant_id, days, ago=1),
        learning=learning_curve(_parts(connection, scope, days), facts.values),
    )


def report(connection: Connection, tenant_id: str, days: int, ago: int = 0) -> Report:
    """The metrics of the documents uploaded in a period of `days` days, which ended `ago` such periods ago."""
    return build_report(_facts(connection, _scope(tenant_id, days, ago), days))


def _scope(tenant_id: str, days: int, ago: int) -> _Scope:
    parts = min(days, _MOST_PARTS)
    return {"tenant": tenant_id, "days": days, "ago": ago, "parts": parts, "part_s": days * 86_400 / parts}


def _facts(connection: Connection, scope: _Scope, days: int) -> Facts:
    straight_through, checked = _decided(connection, scope)
    return Facts(
        days=days,
        statuses=_statuses(connection, scope),
        straight_through=straight_through,
        checked=checked,
        types=_reviewed_types(connection, scope),
        values=_values(connection, scope),
        latencies=_latencies(connection, scope),
        review_time=_review_time(connection, scope),
    )


def _statuses(connection: Connection, scope: _Scope) -> dict[str, int]:
    rows = connection.execute(
        text(f"SELECT processing_status, count(*) AS n FROM docs WHERE {PERIOD} GROUP BY processing_status"),  # noqa: S608 - a constant
        scope,
    )
    return {row.processing_status: row.n for row in rows}


def _decided(connection: Connection, scope: _Scope) -> tuple[Share, Share]:
    """Of the documents the machine has decided, those it accepted by itself; and of those that it accepted, or would
    have but for the lot, and that a person has checked, those that stood as they were.
    """
    row = connection.execute(
        text(
            "SELECT count(*) AS decided, count(*) FILTER (WHERE accepted) AS accepted, "  # noqa: S608 - constants
            "count(*) FILTER (WHERE would_pass AND (looked_at OR changed)) AS checked, "
            "count(*) FILTER (WHERE would_pass AND looked_at AND NOT changed AND NOT refused) AS stood "
            f"FROM (SELECT {_ACCEPTED} AS accepted, {_WOULD_PASS} AS would_pass, {_CHANGED_BY_PERSON} AS changed, "
            "processing_status IN ('approved', 'rejected') AS looked_at, processing_status = 'rejected' AS refused "
            f"FROM docs WHERE {PERIOD} AND confidence IS NOT NULL) AS each"
        ),
        scope,
    ).one()
    return Share(row.accepted, row.decided), Share(row.stood, row.checked)


def _reviewed_types(connection: Connection, scope: _Scope) -> dict[tuple[str, str], int]:
    """(what a person approved, what the machine said) -> documents."""
    rows = connection.execute(
        text(
            f"SELECT type, machine_type, count(*) AS n FROM docs WHERE {PERIOD} AND processing_status = 'approved' "  # noqa: S608 - a constant
            "AND type IS NOT NULL AND machine_type IS NOT NULL GROUP BY type, machine_type"
        ),
        scope,
    )
    return {(row.type, row.machine_type): row.n for row in rows}


_REVIEWED = (
    f"WITH reviewed AS (SELECT docs.id, docs.type, {_part('docs.created_at')} AS part FROM docs WHERE {PERIOD} "  # noqa: S608 - constants
    "AND docs.processing_status = 'approved' AND docs.type = docs.machine_type "
    "ORDER BY docs.reviewed_at DESC LIMIT :most) "
)


def _values(connection: Connection, scope: _Scope) -> tuple[ScoredValues, ...]:
    """Every value of the approved documents whose type the machine had right."""
    return score(_kept_values(connection, scope), _changed_values(connection, scope))


def _kept_values(connection: Connection, scope: _Scope) -> list[KeptValues]:
    rows = connection.execute(
        text(
            f"{_REVIEWED} SELECT type, name, part, value IS NOT NULL AND value <> '[]' AS present, "  # noqa: S608 - constants
            "CASE WHEN confidence IS NOT NULL THEN least(floor(confidence * :bins)::int, :bins - 1) END AS bin, "
            "count(*) AS n, "
            "coalesce(sum(confidence), 0) AS confidence_sum "
            "FROM reviewed JOIN fields ON fields.doc_id = reviewed.id "
            "WHERE fields.value IS NOT DISTINCT FROM fields.machine_value GROUP BY 1, 2, 3, 4, 5"
        ),
        {**scope, "most": _MOST_REVIEWED, "bins": CALIBRATION_BINS},
    )
    return [KeptValues(*row) for row in rows]


def _changed_values(connection: Connection, scope: _Scope) -> list[ChangedValue]:
    rows = connection.execute(
        text(
            f"{_REVIEWED} SELECT type, name, part, machine_value, value, confidence "  # noqa: S608 - constants
            "FROM reviewed JOIN fields ON fields.doc_id = reviewed.id "
            "WHERE fields.value IS DISTINCT FROM fields.machine_value"
        ),
        {**scope, "most": _MOST_REVIEWED},
    )
    return [ChangedValue(*row) for row in rows]


def _latencies(connection: Connection, scope: _Scope) -> list[Latency]:
    rows = connection.execute(
        text(
            "SELECT stage, count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_ms) AS p50, "  # noqa: S608 - a constant
            "percentile_cont(0.95) WITHIN GROUP (ORDER BY wall_ms) AS p95 FROM stage_results "
            f"WHERE {in_period('stage_results')} GROUP BY stage ORDER BY array_position(:stages, stage)"
        ).bindparams(bindparam("stages", list(STAGES))),
        scope,
    )
    return [Latency(row.stage, row.n, row.p50, row.p95) for row in rows]


def _review_time(connection: Connection, scope: _Scope) -> ReviewTime:
    row = connection.execute(
        text(
            "SELECT count(review_seconds) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY review_seconds) AS p50, "  # noqa: S608 - a constant
            "percentile_cont(0.9) WITHIN GROUP (ORDER BY review_seconds) AS p90 "
            f"FROM docs WHERE {PERIOD} AND processing_status IN ('approved', 'rejected')"
        ),
        scope,
    ).one()
    return ReviewTime(row.n, row.p50, row.p90)


def _parts(connection: Connection, scope: _Scope, days: int) -> list[Part]:
    """The period in equal parts, the oldest first, for the learning curve."""
    statuses = _statuses_by_part(connection, scope)
    reviewed = _reviewed_by_part(connection, scope)
    now: datetime = connection.execute(text("SELECT now()")).scalar_one()
    count = min(days, _MOST_PARTS)
    bounds = [now - timedelta(days=days) * (count - place) / count for place in range(count + 1)]
    by_then = accumulate(reviewed.get(place, 0) for place in range(count))
    return [
        Part(start, end, statuses.get(place, {}), total)
        for place, ((start, end), total) in enumerate(zip(pairwise(bounds), by_then, strict=True))
    ]


def _statuses_by_part(connection: Connection, scope: _Scope) -> dict[int, dict[str, int]]:
    rows = connection.execute(
        text(
            f"SELECT {_part('created_at')} AS part, processing_status, count(*) AS n FROM docs WHERE {PERIOD} "  # noqa: S608 - constants
            "GROUP BY part, processing_status"
        ),
        scope,
    )
    by_part: dict[int, dict[str, int]] = {}
    for row in rows:
        by_part.setdefault(row.part, {})[row.processing_status] = row.n
    return by_part


def _reviewed_by_part(connection: Connection, scope: _Scope) -> dict[int, int]:
    """Part -> documents approved in it, whenever they were uploaded; those approved before count to the first."""
    rows = connection.execute(
        text(
            f"SELECT {_part('reviewed_at')} AS part, count(*) AS n FROM docs "  # noqa: S608 - constants
            "WHERE tenant_id = :tenant AND processing_status = 'approved' AND reviewed_at IS NOT NULL GROUP BY part"
        ),
        scope,
    )
    return {row.part: row.n for row in rows}
