"""Documents that have been read, without a reading: their pages are given, what comes next is due."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from db import documents, jobs
from pipeline.types import Page, Reading, TypeGuess
from tests.db.store import LOCAL_TENANT, claim, new_document
from tests.pipeline.test_reconcile import TEXT as RECEIPT
from tests.pipeline.written_pages import page_of

TRUE = {"vendor_name": "Hollow Oak Grocery LLC", "date": "03/04/2025", "total": "8.56"}


def read(connection: Connection, name: str, pages: Sequence[Page], tenant_id: str = LOCAL_TENANT) -> tuple[str, str]:
    """A document whose classification is due, as (document id, job id)."""
    added = documents.add(connection, new_document(name.encode(), tenant_id))
    held = claim(connection, added.job_id)
    jobs.save_pages(connection, held, pages)
    return added.document_id, jobs.finish_reading(connection, held, Reading(tuple(pages), len(pages)), "v1", 1.0)


def classified(
    connection: Connection, name: str = "receipt", text: str = RECEIPT, doc_type: str = "receipt",
    tenant_id: str = LOCAL_TENANT,
) -> tuple[str, str]:  # fmt: skip
    """A document whose extraction is due, as (document id, job id)."""
    doc_id, job_id = read(connection, name, [page_of(text)], tenant_id)
    held = claim(connection, job_id)
    guess = TypeGuess(doc_type, 0.99, "other", 0.01)
    return doc_id, jobs.finish_classification(connection, held, guess, "v1", 1.0)
