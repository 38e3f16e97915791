"""Runs: where a document stands on its way through the stages, and what each stage took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, select

from db import jobs
from db.documents import STAGE_ORDER, DocumentNotFound
from db.tables import docs, pages, stage_results
from db.tables import jobs as jobs_table

_WHOLE_DOCUMENT = jobs_table.c.first_page == 0
_STATE = case((jobs_table.c.state == "split", "running"), else_=jobs_table.c.state)
"""People are not shown the page batches of a long document: it is being read."""


def stages_of(connection: Connection, doc_id: str) -> list[dict[str, Any]]:
    """A document's jobs with the time each took: stage, generation, state, attempts, wall_ms, worker, finished_at."""
    rows = connection.execute(
        select(
            jobs_table.c.stage,
            jobs_table.c.generation,
            _STATE.label("state"),
            jobs_table.c.attempts,
            jobs_table.c.last_error,
            jobs_table.c.finished_at,
            stage_results.c.wall_ms,
            stage_results.c.worker,
        )
        .join_from(
            jobs_table,
            stage_results,
            (stage_results.c.doc_id == jobs_table.c.doc_id) & (stage_results.c.stage == jobs_table.c.stage),
            isouter=True,
        )
        .where(jobs_table.c.doc_id == doc_id, _WHOLE_DOCUMENT)
        .order_by(jobs_table.c.generation, STAGE_ORDER)
    )
    return [dict(row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where the run that a job belongs to stands: its newest stage, and the document's status."""

    job_id: str
    document_id: str
    filename: str
    status: str
    stage: str
    state: str
    attempts: int
    pages_read: int
    page_count: int


def job_status(connection: Connection, tenant_id: str, job_id: str) -> JobStatus:
    """The state of the run that a job began.

    Raises:
        DocumentNotFound: the tenant has no such job.
    """
    given = jobs_table.alias("given")
    row = connection.execute(
        select(
            docs.c.id,
            docs.c.filename,
            docs.c.processing_status,
            jobs_table.c.stage,
            _STATE.label("state"),
            jobs_table.c.attempts,
            docs.c.page_count,
            select(func.count()).where(pages.c.doc_id == docs.c.id).scalar_subquery().label("pages_read"),
        )
        .join_from(given, docs, docs.c.id == given.c.doc_id)
        .join(jobs_table, jobs_table.c.doc_id == docs.c.id)
        .where(
            given.c.id == job_id,
            given.c.tenant_id == tenant_id,
            _WHOLE_DOCUMENT,
            jobs_table.c.stage.in_(jobs.STAGES),
        )
        .order_by(jobs_table.c.generation.desc(), STAGE_ORDER.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise DocumentNotFound(job_id)
    return JobStatus(job_id, str(row.id), row.filename, row.processing_status, row.stage, row.state, row.attempts,
                     row.pages_read, row.page_count)  # fmt: skip
