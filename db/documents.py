"""Documents: adding them once, listing, searching, and everything about one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, func, select, text
from sqlalchemy.dialects.postgresql import insert

from db import audit, filters, jobs
from db.filters import Filters as Filters
from db.searched_words import searched_words
from db.tables import corrections, docs, fields, pages, stage_results, users
from db.tables import jobs as jobs_table
from pipeline.types import Page, Reading


class DocumentNotFound(Exception):
    """There is no such document."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is known of a document when it is uploaded."""

    tenant_id: str
    sha256: str
    blob_key: str
    filename: str
    kind: str
    content_type: str
    size_bytes: int
    page_count: int
    uploaded_by: str | None


@dataclass(frozen=True, slots=True)
class Added:
    """The document and the job that belongs to uploaded bytes; `duplicate` when they were known before."""

    document_id: str
    job_id: str
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A row of `docs`, without its text."""

    id: str
    tenant_id: str
    sha256: str
    blob_key: str
    filename: str
    kind: str
    content_type: str
    size_bytes: int
    page_count: int
    type: str | None
    type_confidence: float | None
    machine_type: str | None
    type_evidence: dict[str, Any]
    confidence: float | None
    processing_status: str
    reasons: list[dict[str, Any]]
    partial: bool
    sample_draw: float | None
    version: int
    uploaded_by: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    reject_reason: str | None
    assignee_id: str | None
    priority: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StoredField:
    """A row of `fields`."""

    name: str
    position: int
    value: Any
    raw: str | None
    boxes: list[list[float]]
    confidence: float | None
    parts: dict[str, float] | None
    findings: list[str]
    source: str
    machine_value: Any
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list: documents with a snippet where text was searched, and the cursor of the next page."""

    documents: list[Document]
    snippets: dict[str, str] = field(default_factory=dict)
    next_cursor: str | None = None


COLUMNS = [docs.c[name] for name in Document.__dataclass_fields__]
"""What a `Document` is made of."""
STAGE_ORDER = case({stage: place for place, stage in enumerate(jobs.STAGES)}, value=jobs_table.c.stage)


def add(connection: Connection, new: NewDocument, traceparent: str | None = None) -> Added:
    """Adds a document, its first job, the wake-up and the audit event, in the caller's transaction.

    The same bytes in the same tenant give the document that is there already, also when many come at once.
    """
    doc_id = connection.execute(
        insert(docs)
        .values(
            tenant_id=new.tenant_id,
            sha256=new.sha256,
            blob_key=new.blob_key,
            filename=new.filename,
            kind=new.kind,
            content_type=new.content_type,
            size_bytes=new.size_bytes,
            page_count=new.page_count,
            uploaded_by=new.uploaded_by,
            sample_draw=func.random(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "sha256"])
        .returning(docs.c.id)
    ).scalar_one_or_none()
    actor = new.uploaded_by or audit.SYSTEM
    if doc_id is None:
        doc_id, job_id = _known(connection, new.tenant_id, new.sha256)
        audit.record(connection, new.tenant_id, actor, "uploaded_again", doc_id)
        return Added(doc_id, job_id, duplicate=True)
    job_id = jobs.add(connection, new.tenant_id, str(doc_id), "ocr", 1, traceparent)
    audit.record(connection, new.tenant_id, actor, "uploaded", str(doc_id), pages=new.page_count, version=1)
    return Added(str(doc_id), job_id, duplicate=False)


def find_by_hash(connection: Connection, tenant_id: str, sha256: str) -> Added | None:
    """The document of these bytes, if the tenant has it."""
    row = connection.execute(
        select(docs.c.id).where(docs.c.tenant_id == tenant_id, docs.c.sha256 == sha256)
    ).scalar_one_or_none()
    if row is None:
        return None
    doc_id, job_id = _known(connection, tenant_id, sha256)
    return Added(doc_id, job_id, duplicate=True)


def _known(connection: Connection, tenant_id: str, sha256: str) -> tuple[str, str]:
    row = connection.execute(
        select(docs.c.id, jobs_table.c.id)
        .join_from(docs, jobs_table, jobs_table.c.doc_id == docs.c.id)
        .where(docs.c.tenant_id == tenant_id, docs.c.sha256 == sha256, jobs_table.c.first_page == 0)
        .order_by(jobs_table.c.generation.desc(), STAGE_ORDER)
        .limit(1)
    ).one()
    return str(row[0]), str(row[1])


def get(connection: Connection, tenant_id: str, doc_id: str) -> Document:
    """One document.

    Raises:
        DocumentNotFound: the tenant has no such document.
    """
    row = (
        connection.execute(select(*COLUMNS).where(docs.c.tenant_id == tenant_id, docs.c.id == doc_id))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise DocumentNotFound(doc_id)
    return _document(row)


def _document(row: RowMapping) -> Document:
    return Document(**{name: row[name] for name in Document.__dataclass_fields__})


def fields_of(connection: Connection, doc_id: str) -> list[StoredField]:
    """A document's fields, in the order of its type."""
    rows = connection.execute(
        select(*(fields.c[name] for name in StoredField.__dataclass_fields__))
        .where(fields.c.doc_id == doc_id)
        .order_by(fields.c.position)
    )
    return [StoredField(**dict(row)) for row in rows.mappings()]


def pages_of(connection: Connection, doc_id: str) -> tuple[Page, ...]:
    """The pages that were read, in order."""
    rows = connection.execute(select(pages.c.content).where(pages.c.doc_id == doc_id).order_by(pages.c.number))
    return tuple(Page.from_json(content) for content in rows.scalars())


def text_of(connection: Connection, doc_id: str) -> str:
    """What was read of all pages; of a very long document its beginning."""
    return str(connection.execute(select(docs.c.ocr_text).where(docs.c.id == doc_id)).scalar_one())


def turn_of(connection: Connection, doc_id: str, number: int) -> int:
    """How many degrees clockwise a page is turned when it is shown; 0 for one that was not read."""
    content = select(pages.c.content["turn"].as_integer()).where(pages.c.doc_id == doc_id, pages.c.number == number)
    return connection.execute(content).scalar_one_or_none() or 0


def page_numbers_of(connection: Connection, doc_id: str) -> list[int]:
    """The numbers of the pages that were read."""
    rows = connection.execute(select(pages.c.number).where(pages.c.doc_id == doc_id).order_by(pages.c.number))
    return list(rows.scalars())


def reading_so_far(connection: Connection, doc_id: str, problem: str | None) -> Reading:
    """The pages that were read, and why others were not (a code)."""
    page_count = connection.execute(select(docs.c.page_count).where(docs.c.id == doc_id)).scalar_one()
    return Reading(pages_of(connection, doc_id), page_count, problem)


def reading_of(connection: Connection, doc_id: str) -> Reading:
    """A document as the OCR stage left it."""
    result = connection.execute(
        select(stage_results.c.result).where(stage_results.c.doc_id == doc_id, stage_results.c.stage == "ocr")
    ).scalar_one()
    return reading_so_far(connection, doc_id, result["problem"])


def listing(
    connection: Connection,
    tenant_id: str,
    wanted: Filters,
    order: str = "newest",
    cursor: str | None = None,
    limit: int = 50,
    but: Collection[str] = (),
) -> Listed:
    """A page of the documents that match.

    Args:
        connection: any.
        tenant_id: whose.
        wanted: which.
        order: "newest", "oldest", "doubtful" (least confident first) or "priority" (high first, then oldest).
        cursor: from the page before; a cursor that is not ours starts again at the first page.
        limit: how many at most.
        but: ids of documents that are left out.
    """
    conditions = filters.conditions(tenant_id, wanted)
    after = filters.after(order, cursor)
    if after is not None:
        conditions.append(after)
    if but:
        conditions.append(docs.c.id.not_in(list(but)))
    columns: list[Any] = [*COLUMNS, *filters.sort_keys(order)]
    if wanted.query:
        columns.append(_snippet(wanted.query).label("snippet"))
    rows = (
        connection.execute(select(*columns).where(and_(*conditions)).order_by(*filters.sorting(order)).limit(limit + 1))
        .mappings()
        .all()
    )
    shown = rows[:limit]
    snippets = {str(row["id"]): row["snippet"] for row in shown} if wanted.query else {}
    more = filters.cursor(order, shown[-1]) if len(rows) > limit else None
    return Listed([_document(row) for row in shown], snippets, more)


def count_by_status(connection: Connection, tenant_id: str) -> dict[str, int]:
    """How many documents are in each status."""
    rows = connection.execute(
        select(docs.c.processing_status, func.count())
        .where(docs.c.tenant_id == tenant_id)
        .group_by(docs.c.processing_status)
    )
    return {row[0]: row[1] for row in rows}


def _snippet(query: str) -> ColumnElement[str]:
    """The text around the hits; hits stand between U+2039 and U+203A, which the screen turns into marks."""
    options = "StartSel=‹, StopSel=›, MaxFragments=2, MaxWords=18, MinWords=6, FragmentDelimiter=' … '"
    return func.ts_headline(
        text("'english'"),
        func.left(docs.c.ocr_text, 50_000),
        searched_words(query),
        options,
    )


def corrections_of(connection: Connection, tenant_id: str, doc_id: str) -> list[dict[str, Any]]:
    """What people changed, oldest first: created_at, user, field, before, after, doc_version."""
    rows = connection.execute(
        select(
            corrections.c.created_at,
            users.c.name.label("user"),
            corrections.c.field,
            corrections.c.before,
            corrections.c.after,
            corrections.c.doc_version,
        )
        .join_from(corrections, users, users.c.id == corrections.c.user_id)
        .where(corrections.c.tenant_id == tenant_id, corrections.c.doc_id == doc_id)
        .order_by(corrections.c.created_at, corrections.c.field)
    )
    return [dict(row) for row in rows.mappings()]
