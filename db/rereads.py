"""Documents that went on without the language model, to be read again when its server is back.

Such a job is the last in every line, claims no status, and gives way to people: a document that somebody has decided on
or changed stays as it is, and one that somebody has open, or has typed something into, waits.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from db import audit, jobs
from db.jobs import Claim
from db.tables import docs, stage_results
from db.tables import jobs as jobs_table
from pipeline.types import Decision, Extraction, TypeGuess

STAGE = "reread"
_OPEN_S = 60.0
"""When a document that somebody has open is looked at again: a lock that was left behind has run out by then."""
_DECIDES_NOTHING = (
    "uploaded", "uploaded_again", "retried", "commented", "assigned", "prioritised", "lock_taken_over", "exported",
    "revealed",
)  # fmt: skip
"""What people do about a document without deciding on it or changing it. Whatever else they do counts, so that an
action that is added later is not overridden."""
_TOUCHED = (
    "EXISTS (SELECT 1 FROM audit_events AS done WHERE done.doc_id = jobs.doc_id "  # noqa: S608 - constants
    f"AND done.actor <> '{audit.SYSTEM}' AND done.action NOT IN ({', '.join(map(repr, _DECIDES_NOTHING))}))"
)
"""SQL: a person has decided on the document or changed it, ever: a decision that was taken back counts, too."""
_OVERTAKEN = (
    "(jobs.created_at < now() - interval '7 days' "
    "OR EXISTS (SELECT 1 FROM jobs AS newer WHERE newer.doc_id = jobs.doc_id AND newer.generation > jobs.generation) "
    "OR NOT EXISTS (SELECT 1 FROM docs WHERE docs.id = jobs.doc_id "
    "AND docs.processing_status IN ('needs_review', 'auto_approved')))"
)
"""SQL: the document is not any more as the machine left it in the run that the job belongs to, or that is long ago."""
_OPEN = (
    "(EXISTS (SELECT 1 FROM review_locks AS held WHERE held.doc_id = jobs.doc_id AND held.expires_at > now()) "
    "OR EXISTS (SELECT 1 FROM drafts WHERE drafts.doc_id = jobs.doc_id))"
)
"""SQL: somebody has the document open, or has typed something into it that is not stored yet."""


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
    """Jobs that may be tried and that nobody was woken for lately, as (job id, stage); marks them woken.

    A document that somebody has open is left for a later sweep; a job that has only to be ended is not.
    """
    rows = connection.execute(
        text(
            f"""
            UPDATE jobs SET woken_at = now() WHERE id IN (
                SELECT id FROM jobs
                WHERE stage = 'reread'
                  AND {jobs.DUE}
                  AND (woken_at IS NULL OR woken_at < now() - make_interval(secs => :rewake))
                  AND (NOT {_OPEN} OR {_TOUCHED} OR {_OVERTAKEN})
                ORDER BY run_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING id, stage
            """  # noqa: S608 - constants
        ),
        {"rewake": rewake_s, "limit": limit},
    )
    return [(str(row.id), row.stage) for row in rows]


def is_free(connection: Connection, held: Claim) -> bool:
    """Whether a document is the machine's to change, until the transaction ends; otherwise its job is put off or ended.

    The document is locked before it is looked at: what somebody stores at this moment is waited for, and seen.
    """
    connection.execute(select(docs.c.id).where(docs.c.id == held.doc_id).with_for_update())
    found = connection.execute(
        text(f"SELECT {_TOUCHED} AS touched, {_OVERTAKEN} AS overtaken, {_OPEN} AS open FROM jobs WHERE id = :id"),  # noqa: S608 - constants
        {"id": held.job_id},
    ).one()
    if found.touched or found.overtaken:
        finish(connection, held, "in_persons_hands" if found.touched else "not_wanted")
        return False
    if found.open:
        postpone(connection, held, "open_in_review", _OPEN_S)
        return False
    return True


def type_missing(connection: Connection, doc_id: str) -> str | None:
    """Why the model did not say what a document is, as an error's code.

    None: it did, it was not asked or never will answer, or a person has said it.
    """
    code = docs.c.type_evidence["model_missing"].astext
    return connection.execute(
        select(code).where(docs.c.id == doc_id, ~jobs.type_set_by_person(doc_id))
    ).scalar_one_or_none()


def postpone(connection: Connection, held: Claim, code: str, wait_s: float) -> None:
    """Puts a job back that could not be tried: the server is still away, the budget used up, or the document open in
    somebody's hands. It is no attempt."""
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


def replace_type(connection: Connection, held: Claim, guess: TypeGuess, version: str, missing: str | None) -> None:
    """Puts what the document is by the second reading in the place of what it was by the first one.

    Args:
        connection: an open transaction, in which the document `is_free`.
        held: the job.
        guess: with the model's opinion.
        version: of the stage.
        missing: why there is still none, as an error's code.
    """
    told = jobs.type_told(guess, missing)
    jobs.store_type(connection, held, told)
    connection.execute(
        stage_results.update()
        .where(stage_results.c.doc_id == held.doc_id, stage_results.c.stage == "classification")
        .values(result=told, stage_version=version, worker=held.worker)
    )


def replace_extraction(
    connection: Connection, held: Claim, extraction: Extraction, decision: Decision, version: str, wall_ms: float
) -> None:
    """Puts the second reading in the place of the first one, and ends the job.

    Args:
        connection: an open transaction, in which the document `is_free`.
        held: the job.
        extraction, decision: with the model's opinion.
        version: of the stage.
        wall_ms: how long it took.
    """
    jobs.store_extraction(connection, held, extraction, decision)
    finish(connection, held, "read_again")
    connection.execute(
        text(
            "UPDATE stage_results SET stage_version = :version, wall_ms = :wall_ms, worker = :worker "
            "WHERE doc_id = :doc AND stage = 'extraction'"
        ),
        {"version": version, "wall_ms": wall_ms, "worker": held.worker, "doc": held.doc_id},
    )
