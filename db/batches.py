"""Page batches: a long document's reading as several jobs, and the join that ends it exactly once.

The job `ocr` of the whole document splits: it waits in the state `split`, without a lease, while its batches (jobs of
the same stage, with a first page) are claimed like any other job. Whoever ends a batch locks the split job first and
counts the open batches then, so that of two that end in the same moment exactly one sees that it was the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from db.jobs import OF_RUN, Claim, lock_run, update_held
from db.tables import jobs, outbox

BATCH_PAGES = 5
STEP_S = 60.0
"""How far apart the batches of a document stand in the line: as long as a worker may take for one. Closer, and a
document that comes later would wait for all the batches whose place has passed meanwhile."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A long document whose last batch has ended.

    Attributes:
        held: the whole document's job; this worker holds it now.
        problem: why pages are missing, as the first batch that lacks some says; None: every batch went well.
        wall_ms: from the split until now.
    """

    held: Claim
    problem: str | None
    wall_ms: float


def split(connection: Connection, held: Claim, batches: Sequence[Sequence[Sequence[int]]]) -> list[str]:
    """Spreads a reading over batches (at least one); gives their jobs' ids. Their wake-ups are in the outbox.

    Args:
        connection: an open transaction.
        held: the whole document's job.
        batches: each a list of the pages to read; each of these a list that begins with the page itself and goes on
            with the later pages that are the same.

    Raises:
        StaleFence: the job is no longer this worker's.
    """
    update_held(connection, held, "state = 'split', lease_until = NULL, worker = NULL, last_error = NULL")
    start = connection.execute(jobs.select().with_only_columns(jobs.c.place).where(jobs.c.id == held.job_id)).scalar()
    ids = []
    for number, batch in enumerate(batches):
        row = {
            "tenant_id": held.tenant_id,
            "doc_id": held.doc_id,
            "generation": held.generation,
            "stage": held.stage,
            "first_page": batch[0][0],
            "batch": [list(pages) for pages in batch],
            "place": text("CAST(:start AS timestamptz) + make_interval(secs => :step)").bindparams(
                start=start, step=number * STEP_S
            ),
            "traceparent": held.traceparent,
        }
        job_id = connection.execute(jobs.insert().values(**row).returning(jobs.c.id)).scalar_one()
        connection.execute(outbox.insert().values(tenant_id=held.tenant_id, job_id=job_id))
        ids.append(str(job_id))
    return ids


def finish(connection: Connection, held: Claim, problem: str | None = None) -> Joined | None:
    """Ends a batch. When it was the last one, this worker takes the whole document's job over, to finish the reading
    in the same transaction; else None.

    Args:
        connection: an open transaction.
        held: the batch.
        problem: why it could not read all its pages, as a code.

    Raises:
        StaleFence: the batch is no longer this worker's.
    """
    run = lock_run(connection, held)
    state = "done" if problem is None else "dead"
    changes = "state = :state, lease_until = NULL, finished_at = now(), last_error = :problem"
    update_held(connection, held, changes, state=state, problem=problem)
    row = (
        connection.execute(
            text(
                f"""
                UPDATE jobs SET state = 'running', fence = fence + 1, worker = :worker, lease_until = now()
                WHERE {OF_RUN} AND state = 'split' AND NOT EXISTS (
                    SELECT 1 FROM jobs AS batch
                    WHERE batch.doc_id = :doc_id AND batch.generation = :generation AND batch.stage = :stage
                      AND batch.first_page > 0 AND batch.state IN ('waiting', 'running'))
                RETURNING *
                """  # noqa: S608 - a constant
            ),
            {**run, "worker": held.worker},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    began = connection.execute(
        text(
            "SELECT extract(epoch FROM clock_timestamp() - min(created_at)) * 1000 AS wall_ms, "  # noqa: S608 - a constant
            "(array_agg(last_error ORDER BY first_page) FILTER (WHERE last_error IS NOT NULL))[1] AS problem "
            f"FROM jobs WHERE {OF_RUN} AND first_page > 0"
        ),
        run,
    ).one()
    return Joined(Claim.from_row(row), began.problem, float(began.wall_ms))
