"""Documents that went on without the language model, to be read again when its server is back.

Such a job is the last in every line, claims no status, and gives way to people: a document that somebody has touched
stays as it is.
"""

from __future__ import annotations

from sqlalchemy import Connection, exists, select, text

from db import jobs
from db.jobs import Claim
from db.tables import corrections, docs
from db.tables import jobs as jobs_table
from pipeline.types import Decision, Extraction

STAGE = "reread"


def add(connection: Connection, held: Claim, wait_s: float) -> str:
    """Notes that a document is to be read again, not before `wait_s`; gives the job's id. The sweeper wakes it."""
    row = {
        "tenant_id": held.tenant_id,
        "doc_id": held.doc_id,
        "stage": STAGE,
        "generation": held.generation,
        "traceparent": held.traceparent,
        "run_at": text("now() + make_interval(secs => :wait)").bindparams(wait=wait_s),
        "place": text("now() + interval '1 day'"),
    }
    connection.execute(text("INSERT INTO turns (tenant_id, stage) VALUES (:tenant, :stage) ON CONFLICT DO NOTHING"),
                       {"tenant": held.tenant_id, "stage": STAGE})  # fmt: skip
    return str(connection.execute(jobs_table.insert().values(**row).returning(jobs_table.c.id)).scalar_one())


def due(connection: Connection, rewake_s: float, limit: int) -> list[tuple[str, str]]:
    """Jobs that may be tried and that nobody was woken for lately, as (job id, stage); marks them woken."""
    rows = connection.execute(
        text(
            """
            UPDATE jobs SET woken_at = now() WHERE id IN (
                SELECT id FROM jobs
                WHERE stage = 'reread'
                  AND (state = 'waiting' AND run_at <= now() OR state = 'running' AND lease_until < now())
                  AND (woken_at IS NULL OR woken_at < now() - make_interval(secs => :rewake))
                ORDER BY run_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING id, stage
            """
        ),
        {"rewake": rewake_s, "limit": limit},
    )
    return [(str(row.id), row.stage) for row in rows]


def is_wanted(connection: Connection, held: Claim) -> bool:
    """Whether the document is still as the machine left it in the run that this job belongs to, a week ago at most."""
    newest = select(jobs_table.c.generation).where(jobs_table.c.doc_id == held.doc_id)
    newest = newest.order_by(jobs_table.c.generation.desc()).limit(1)
    wanted = select(docs.c.id).where(
        docs.c.id == held.doc_id,
        docs.c.processing_status.in_(("needs_review", "auto_approved")),
        docs.c.reviewed_by.is_(None),
        ~exists().where(corrections.c.doc_id == held.doc_id),
        newest.scalar_subquery() == held.generation,
        exists().where(jobs_table.c.id == held.job_id, jobs_table.c.created_at > text("now() - interval '7 days'")),
    )
    return connection.execute(wanted.with_for_update(of=docs)).scalar_one_or_none() is not None


def postpone(connection: Connection, held: Claim, code: str, wait_s: float) -> None:
    """Puts a job back that could not be tried: the server is still away, or the budget used up. It is no attempt."""
    jobs.update_held(
        connection,
        held,
        "state = 'waiting', lease_until = NULL, run_at = now() + make_interval(secs => :wait), "
        "attempts = attempts - 1, last_error = :code, woken_at = NULL",
        wait=wait_s,
        code=code,
    )


def finish(connection: Connection, held: Claim, outcome: str) -> None:
    """Ends a job without changing its document; `outcome`: why, as a code."""
    jobs.update_held(
        connection, held, "state = 'done', lease_until = NULL, finished_at = now(), last_error = :code", code=outcome
    )


def replace_extraction(
    connection: Connection, held: Claim, extraction: Extraction, decision: Decision, version: str, wall_ms: float
) -> bool:
    """Puts the second reading in the place of the first one; gives whether the document was still the machine's.

    Args:
        connection: an open transaction.
        held: the job.
        extraction, decision: with the model's opinion.
        version: of the stage.
        wall_ms: how long it took.
    """
    if not is_wanted(connection, held):
        finish(connection, held, "in_persons_hands")
        return False
    jobs.store_extraction(connection, held, extraction, decision)
    finish(connection, held, "read_again")
    connection.execute(
        text(
            "UPDATE stage_results SET stage_version = :version, wall_ms = :wall_ms, worker = :worker "
            "WHERE doc_id = :doc AND stage = 'extraction'"
        ),
        {"version": version, "wall_ms": wall_ms, "worker": held.worker, "doc": held.doc_id},
    )
    return True
