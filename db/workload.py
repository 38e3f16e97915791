"""How the work goes: what waits at each stage, who holds what, what was finished, what failed, what was slow.

Everything is a tenant's own, but `held`, which is about the machine: it names no other tenant's document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from db import jobs, rereads

STAGES = (*jobs.STAGES, rereads.STAGE)


@dataclass(frozen=True, slots=True)
class StageLoad:
    """A stage's documents.

    Attributes:
        stage: its name.
        waiting: due, and nobody works on them.
        running: a worker holds them, or pages of them.
        later: to be tried again when their time has come.
        dead: dead letters that failed here.
        oldest_wait_s: how long the first in the line has been waiting; None when nobody waits.
    """

    stage: str
    waiting: int
    running: int
    later: int
    dead: int
    oldest_wait_s: float | None


@dataclass(frozen=True, slots=True)
class Held:
    """A job in a worker's hands.

    Attributes:
        worker: "host:process".
        stage: of the job.
        attempts: claims so far, this one counted.
        lease_left_s: until another worker may take it, unless this one prolongs it.
        doc_id, filename: None where it is another tenant's.
    """

    worker: str
    stage: str
    attempts: int
    lease_left_s: float
    doc_id: str | None
    filename: str | None


@dataclass(frozen=True, slots=True)
class Hour:
    """What was finished in an hour."""

    begins: datetime
    documents: int
    pages: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A document that could not be processed.

    Attributes:
        doc_id, filename: which.
        sentence: why, for people.
        stage: where it failed; None when its job is gone.
        attempts: claims of that stage.
        failed_at: when.
    """

    doc_id: str
    filename: str
    sentence: str
    stage: str | None
    attempts: int
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class Slow:
    """A document and the milliseconds that its stages took."""

    doc_id: str
    filename: str
    pages: int
    stage_ms: dict[str, float]
    total_ms: float


def stages(connection: Connection, tenant_id: str) -> list[StageLoad]:
    """The tenant's load of each stage, in their order. Page batches of a long document count as the one document."""
    rows = connection.execute(
        text(
            f"""
            SELECT stage,
                   count(*) FILTER (WHERE whole AND due) AS waiting,
                   count(*) FILTER (WHERE whole AND state = 'running' AND NOT due)
                     + count(DISTINCT doc_id) FILTER (WHERE NOT whole) AS running,
                   count(*) FILTER (WHERE whole AND state = 'waiting' AND NOT due) AS later,
                   extract(epoch FROM now() - min(greatest(created_at, run_at)) FILTER (WHERE whole AND due))
                     AS oldest_wait_s
            FROM (SELECT *, first_page = 0 AS whole, {jobs.DUE} AS due
                  FROM jobs WHERE tenant_id = :tenant AND state IN ('waiting', 'running')) AS open
            GROUP BY stage
            """  # noqa: S608 - a constant
        ),
        {"tenant": tenant_id},
    )
    loads = {row.stage: row for row in rows}
    dead = _dead_by_stage(connection, tenant_id)
    return [_load(stage, loads.get(stage), dead.get(stage, 0)) for stage in STAGES]


def being_read(connection: Connection, tenant_id: str) -> int:
    """How many of the tenant's documents the machine has yet to come to an end with, for the first time or again."""
    documents: int = connection.execute(
        text(
            "SELECT count(DISTINCT doc_id) FROM jobs "
            "WHERE tenant_id = :tenant AND state IN ('waiting', 'running') AND stage <> 'reread'"
        ),
        {"tenant": tenant_id},
    ).scalar_one()
    return documents


def _load(stage: str, row: Any, dead: int) -> StageLoad:
    if row is None:
        return StageLoad(stage, 0, 0, 0, dead, None)
    oldest_s = None if row.oldest_wait_s is None else float(row.oldest_wait_s)
    return StageLoad(stage, row.waiting, row.running, row.later, dead, oldest_s)


_FAILED_JOB = """
    LEFT JOIN LATERAL (
        SELECT stage, attempts, finished_at FROM jobs WHERE jobs.doc_id = docs.id AND state = 'dead'
        ORDER BY generation DESC, first_page LIMIT 1) AS failed ON true
    WHERE docs.tenant_id = :tenant AND docs.processing_status = 'error'
"""


def _dead_by_stage(connection: Connection, tenant_id: str) -> dict[str, int]:
    rows = connection.execute(
        text(f"SELECT failed.stage, count(*) AS n FROM docs {_FAILED_JOB} GROUP BY failed.stage"),  # noqa: S608 - a constant
        {"tenant": tenant_id},
    )
    return {row.stage: row.n for row in rows}


def held(connection: Connection, tenant_id: str) -> list[Held]:
    """The jobs that workers hold now, of all tenants; another tenant's document is not named."""
    rows = connection.execute(
        text(
            """
            SELECT worker, stage, attempts, extract(epoch FROM lease_until - now()) AS lease_left_s,
                   CASE WHEN docs.tenant_id = :tenant THEN docs.id END AS doc_id,
                   CASE WHEN docs.tenant_id = :tenant THEN docs.filename END AS filename
            FROM jobs JOIN docs ON docs.id = jobs.doc_id
            WHERE state = 'running' AND lease_until >= now()
            ORDER BY worker, lease_until
            """
        ),
        {"tenant": tenant_id},
    )
    return [
        Held(row.worker or "", row.stage, row.attempts, float(row.lease_left_s),
             None if row.doc_id is None else str(row.doc_id), row.filename)
        for row in rows
    ]  # fmt: skip


def finished_by_hour(connection: Connection, tenant_id: str, hours: int = 24) -> list[Hour]:
    """Documents that came through the last stage, and their pages, in each of the last hours; empty ones are 0."""
    rows = connection.execute(
        text(
            """
            WITH finished AS (
                SELECT date_trunc('hour', stage_results.created_at) AS hour, docs.page_count
                FROM stage_results JOIN docs ON docs.id = stage_results.doc_id
                WHERE stage_results.tenant_id = :tenant AND stage = 'extraction'
                  AND stage_results.created_at >= date_trunc('hour', now()) - make_interval(hours => :hours - 1))
            SELECT hours.hour, count(finished.hour) AS documents, coalesce(sum(finished.page_count), 0) AS pages
            FROM generate_series(date_trunc('hour', now()) - make_interval(hours => :hours - 1),
                                 date_trunc('hour', now()), interval '1 hour') AS hours(hour)
                 LEFT JOIN finished ON finished.hour = hours.hour
            GROUP BY hours.hour ORDER BY hours.hour
            """
        ),
        {"tenant": tenant_id, "hours": hours},
    )
    return [Hour(row.hour, row.documents, int(row.pages)) for row in rows]


def pages_read(connection: Connection, tenant_id: str, minutes: int) -> int:
    """Pages of the documents whose reading ended in the last minutes."""
    pages: int = connection.execute(
        text(
            """
            SELECT coalesce(sum(docs.page_count), 0) FROM stage_results JOIN docs ON docs.id = stage_results.doc_id
            WHERE stage_results.tenant_id = :tenant AND stage = 'ocr'
              AND stage_results.created_at > now() - make_interval(mins => :minutes)
            """
        ),
        {"tenant": tenant_id, "minutes": minutes},
    ).scalar_one()
    return int(pages)


def dead_letters(connection: Connection, tenant_id: str, limit: int = 200) -> list[DeadLetter]:
    """The tenant's documents that failed, the newest first."""
    rows = connection.execute(
        text(
            f"""
            SELECT docs.id, docs.filename, docs.reasons->0->>'sentence' AS sentence, failed.stage,
                   coalesce(failed.attempts, 0) AS attempts, coalesce(failed.finished_at, docs.updated_at) AS failed_at
            FROM docs {_FAILED_JOB} ORDER BY failed_at DESC, docs.id LIMIT :limit
            """  # noqa: S608 - a constant
        ),
        {"tenant": tenant_id, "limit": limit},
    )
    return [
        DeadLetter(str(row.id), row.filename, row.sentence or "The reason was not written down.", row.stage,
                   row.attempts, row.failed_at)
        for row in rows
    ]  # fmt: skip


def slowest(connection: Connection, tenant_id: str, days: int = 7, limit: int = 10) -> list[Slow]:
    """The documents whose stages took longest together, of those worked on in the last days."""
    rows = connection.execute(
        text(
            """
            SELECT docs.id, docs.filename, docs.page_count, slow.stage_ms, slow.total_ms
            FROM (SELECT doc_id, jsonb_object_agg(stage, wall_ms) AS stage_ms, sum(wall_ms) AS total_ms
                  FROM stage_results
                  WHERE tenant_id = :tenant AND created_at > now() - make_interval(days => :days)
                  GROUP BY doc_id ORDER BY sum(wall_ms) DESC LIMIT :limit) AS slow
                 JOIN docs ON docs.id = slow.doc_id
            ORDER BY slow.total_ms DESC
            """
        ),
        {"tenant": tenant_id, "days": days, "limit": limit},
    )
    return [Slow(str(row.id), row.filename, row.page_count, row.stage_ms, row.total_ms) for row in rows]
