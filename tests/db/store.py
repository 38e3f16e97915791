"""Rows for the tests of the store: a document, and its way through the stages without a pipeline."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import documents, jobs, line
from db.blobs import blob_key, sha256_of
from pipeline.types import (
    Box,
    ConfidenceParts,
    Decision,
    Extraction,
    FieldValue,
    Page,
    PageSource,
    Reading,
    Reason,
    TypeGuess,
    Word,
)


def new_document(content: bytes = b"one", tenant_id: str = LOCAL_TENANT) -> documents.NewDocument:
    sha256 = sha256_of(content)
    return documents.NewDocument(
        tenant_id=tenant_id,
        sha256=sha256,
        blob_key=blob_key(tenant_id, sha256),
        filename="form.pdf",
        kind="pdf",
        content_type="application/pdf",
        size_bytes=len(content),
        page_count=1,
        uploaded_by=LOCAL_ADMIN,
    )


def page(number: int = 1, words: str = "Jordan Blake") -> Page:
    placed = tuple(
        Word(word, Box(number, 0.1 * i, 0.1, 0.1 * i + 0.08, 0.12), 0.9, 0) for i, word in enumerate(words.split(), 1)
    )
    return Page(number, 612, 792, PageSource.OCR, "Read by OCR: it is a picture.", placed)


READING = Reading((page(),), 1)
NAME = FieldValue("name", "Jordan Blake", "Jordan Blake", (Box(1, 0.1, 0.1, 0.3, 0.12),), 0.72,
                  ConfidenceParts(0.8, 1.0, 0.9))  # fmt: skip
DOUBT = Reason("below_threshold", "Name (line 1): confidence 72%, 75% is needed.", "name")


def claim(connection: Connection, job_id: str, worker: str = "host:1", lease_s: float = 60.0) -> jobs.Claim:
    held = line.claim(connection, job_id, worker, lease_s)
    assert held is not None
    return held


def reviewable(connection: Connection, content: bytes = b"one", words: str = "Jordan Blake") -> str:
    """A document that waits for review, with one page and one field."""
    added = documents.add(connection, new_document(content))
    held = claim(connection, added.job_id)
    read = page(words=words)
    jobs.save_pages(connection, held, [read])
    held = claim(connection, jobs.finish_reading(connection, held, Reading((read,), 1), "v1", 10.0))
    guess = TypeGuess("w9", 0.9, "w2", 0.05, ("Form W-9",))
    held = claim(connection, jobs.finish_classification(connection, held, guess, "v1", 5.0))
    jobs.finish_extraction(connection, held, Extraction((NAME,)), Decision("review", 0.72, (DOUBT,)), "v1", 7.0)
    return added.document_id


def add_tenant(connection: Connection, name: str) -> str:
    row = connection.execute(text("INSERT INTO tenants (name) VALUES (:name) RETURNING id"), {"name": name})
    return str(row.scalar_one())
