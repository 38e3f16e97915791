"""How far uploaded documents have come, many in one query, as the Upload screen shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.jobs import STAGES
from db.tables import TERMINAL_STATUSES


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """Where a document stands in its newest run.

    Attributes:
        document_id, filename, status, type, confidence: of the document.
        stage: the newest stage that has a job: "ocr", "classification" or "extraction".
        pages_read, page_count: while it is read; a document that was read counts as whole.
        seconds: since the run began; of a finished one, what it took.
        attempts: how often the stage was tried.
        problem: why it failed, as a sentence; "" when it did not.
    """

    document_id: str
    filename: str
    status: str
    type: str | None
    confidence: float | None
    stage: str
    pages_read: int
    page_count: int
    seconds: float
    attempts: int
    problem: str

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in TERMINAL_STATUSES


_PROGRESS = text(
    """
    SELECT d.id, d.filename, d.processing_status, d.type, d.confidence, newest.stage, d.page_count, newest.attempts,
           CASE WHEN d.processing_status IN ('received', 'ocr')
                THEN (SELECT count(*) FROM pages WHERE pages.doc_id = d.id) ELSE d.page_count END AS pages_read,
           CASE WHEN d.processing_status = 'error' THEN coalesce(d.reasons->0->>'sentence', '') ELSE '' END AS problem,
           extract(epoch FROM CASE WHEN d.processing_status = ANY(:ended) THEN coalesce(run.ended, run.began)
                              ELSE clock_timestamp() END - run.began) AS seconds
    FROM docs AS d
    CROSS JOIN LATERAL (
        SELECT generation, stage, attempts FROM jobs
        WHERE jobs.doc_id = d.id AND first_page = 0 AND stage = ANY(:stages)
        ORDER BY generation DESC, array_position(:stages, stage) DESC LIMIT 1) AS newest
    CROSS JOIN LATERAL (
        SELECT min(created_at) AS began, max(finished_at) AS ended FROM jobs
        WHERE jobs.doc_id = d.id AND first_page = 0 AND stage = ANY(:stages) AND generation = newest.generation) AS run
    WHERE d.tenant_id = :tenant AND d.id = ANY(CAST(:ids AS uuid[]))
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Text)),
    bindparam("stages", list(STAGES), type_=ARRAY(Text)),
    bindparam("ended", list(TERMINAL_STATUSES), type_=ARRAY(Text)),
)


def of_documents(connection: Connection, tenant_id: str, ids: Sequence[str]) -> dict[str, UploadProgress]:
    """The progress of those of the documents that the tenant has, by id."""
    rows = connection.execute(_PROGRESS, {"tenant": tenant_id, "ids": list(ids)})
    return {
        str(row.id): UploadProgress(
            document_id=str(row.id),
            filename=row.filename,
            status=row.processing_status,
            type=row.type,
            confidence=row.confidence,
            stage=row.stage,
            pages_read=row.pages_read,
            page_count=row.page_count,
            seconds=float(row.seconds),
            attempts=row.attempts,
            problem=row.problem,
        )
        for row in rows
    }
