"""The tables of the store of record. Every table that holds a tenant's data has `tenant_id`.

All times are Postgres' own `now()`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

STATUSES = (
    "received",
    "ocr",
    "classifying",
    "extracting",
    "needs_review",
    "auto_approved",
    "approved",
    "rejected",
    "error",
)
TERMINAL_STATUSES = ("needs_review", "auto_approved", "approved", "rejected", "error")
"""Where the machine's work on a document has ended."""


def _id() -> Column[str]:
    return Column("id", UUID(as_uuid=False), primary_key=True, server_default=text("gen_random_uuid()"))


def _tenant() -> Column[str]:
    return Column("tenant_id", UUID(as_uuid=False), ForeignKey("tenants.id"), nullable=False)


def _doc() -> Column[str]:
    return Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), nullable=False)


def _at(name: str) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


tenants = Table("tenants", metadata, _id(), Column("name", Text, nullable=False, unique=True), _at("created_at"))

users = Table(
    "users",
    metadata,
    _id(),
    _tenant(),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    _at("created_at"),
    UniqueConstraint("tenant_id", "email"),
    CheckConstraint("role IN ('analyst', 'manager', 'admin')", name="role"),
)

docs = Table(
    "docs",
    metadata,
    _id(),
    _tenant(),
    Column("sha256", Text, nullable=False),
    Column("blob_key", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("uploaded_by", UUID(as_uuid=False), ForeignKey("users.id")),
    Column("type", Text),
    Column("type_confidence", Float),
    Column("machine_type", Text, comment="what the classifier said, kept when a person changes the type"),
    Column("type_evidence", JSONB, nullable=False, server_default="{}"),
    Column("confidence", Float, comment="of its least certain part"),
    Column("processing_status", Text, nullable=False, server_default="received"),
    Column("reasons", JSONB, nullable=False, server_default="[]", comment="why review: code, sentence, field"),
    Column("machine_reasons", JSONB, nullable=False, server_default="[]"),
    Column("partial", Boolean, nullable=False, server_default="false"),
    Column("sample_draw", Float, comment="0..1, drawn once; below the sampling rate means review"),
    Column("ocr_text", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("reviewed_by", UUID(as_uuid=False), ForeignKey("users.id")),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("reject_reason", Text),
    _at("created_at"),
    _at("updated_at"),
    UniqueConstraint("tenant_id", "sha256"),
    CheckConstraint(f"processing_status IN ({', '.join(repr(s) for s in STATUSES)})", name="status"),
    Index("ix_docs_type_confidence", "type", "confidence"),
    Index("ix_docs_tenant_created", "tenant_id", text("created_at DESC"), text("id DESC")),
    Index(
        "ix_docs_waiting",
        "tenant_id",
        "confidence",
        postgresql_where=text("processing_status IN ('needs_review', 'error')"),
    ),
    Index("ix_docs_ocr_text", func.to_tsvector(text("'english'"), text("ocr_text")), postgresql_using="gin"),
)

pages = Table(
    "pages",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    _tenant(),
    Column("source", Text, nullable=False),
    Column("content", JSONB, nullable=False, comment="the page as pipeline.types.Page.to_json gives it"),
    _at("created_at"),
)

fields = Table(
    "fields",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    _tenant(),
    Column("position", Integer, nullable=False),
    Column("value", JSONB(none_as_null=True)),
    Column("raw", Text),
    Column("boxes", JSONB, nullable=False, server_default="[]"),
    Column("confidence", Float),
    Column("parts", JSONB(none_as_null=True)),
    Column("findings", JSONB, nullable=False, server_default="[]"),
    Column("source", Text, nullable=False, server_default="machine"),
    Column("machine_value", JSONB(none_as_null=True), comment="what the machine said, kept when a person corrects it"),
    _at("updated_at"),
    CheckConstraint("source IN ('machine', 'human')", name="source"),
    Index("ix_fields_value", "value", postgresql_using="gin"),
)

corrections = Table(
    "corrections",
    metadata,
    _id(),
    _tenant(),
    _doc(),
    Column("field", Text, nullable=False, comment="a field's name, or 'type'"),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("user_id", UUID(as_uuid=False), ForeignKey("users.id"), nullable=False),
    Column("doc_version", Integer, nullable=False),
    _at("created_at"),
    Index("ix_corrections_created_at", text("created_at DESC")),
    Index("ix_corrections_doc_id", "doc_id"),
)

settings = Table(
    "settings",
    metadata,
    Column("tenant_id", UUID(as_uuid=False), ForeignKey("tenants.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
    Column("updated_by", UUID(as_uuid=False), ForeignKey("users.id")),
    _at("updated_at"),
)

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _tenant(),
    _doc(),
    Column("generation", Integer, nullable=False, server_default="1", comment="grows with each retry by a person"),
    Column("stage", Text, nullable=False),
    Column("first_page", Integer, nullable=False, server_default="0", comment="of a page batch; 0: the whole document"),
    Column(
        "batch",
        JSONB(none_as_null=True),
        comment="of a page batch: the pages to read, each with the later ones that are the same: [[1], [2, 7]]",
    ),
    Column("state", Text, nullable=False, server_default="waiting", comment="split: waits for its page batches"),
    Column(
        "place",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
        comment="in the line of its tenant and stage",
    ),
    _at("run_at"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="claims, also those whose worker died"),
    Column("lease_until", DateTime(timezone=True)),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("woken_at", DateTime(timezone=True)),
    Column("traceparent", Text),
    Column("last_error", Text, comment="a code, never a message: messages may quote the document"),
    _at("created_at"),
    Column("finished_at", DateTime(timezone=True)),
    UniqueConstraint("doc_id", "generation", "stage", "first_page"),
    CheckConstraint("state IN ('waiting', 'running', 'split', 'done', 'dead')", name="state"),
    CheckConstraint("stage IN ('ocr', 'classification', 'extraction')", name="stage"),
    Index("ix_jobs_due", "run_at", postgresql_where=text("state IN ('waiting', 'running')")),
    Index("ix_jobs_line", "stage", "tenant_id", "place", postgresql_where=text("state IN ('waiting', 'running')")),
)

turns = Table(
    "turns",
    metadata,
    Column("tenant_id", UUID(as_uuid=False), ForeignKey("tenants.id"), primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("served_at", DateTime(timezone=True), nullable=False, server_default=text("'-infinity'")),
)
"""When a tenant was last served at a stage: whoever waited longest is next."""

stage_results = Table(
    "stage_results",
    metadata,
    _id(),
    _tenant(),
    _doc(),
    Column("stage", Text, nullable=False),
    Column("stage_version", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("wall_ms", Float, nullable=False),
    Column("worker", Text),
    _at("created_at"),
    UniqueConstraint("doc_id", "stage", "stage_version"),
    Index("ix_stage_results_created", "tenant_id", "created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
    Column("job_id", UUID(as_uuid=False), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    _at("created_at"),
    Column("sent_at", DateTime(timezone=True)),
    Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
    _at("at"),
    Column("actor", Text, nullable=False, comment="a user's id, or 'system'"),
    Column("action", Text, nullable=False),
    Column("doc_id", UUID(as_uuid=False), comment="no foreign key: the trail outlives the document"),
    Column("details", JSONB, nullable=False, server_default="{}", comment="names and codes, never values"),
    Index("ix_audit_events_doc", "doc_id"),
)

metrics_history = Table(
    "metrics_history",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _tenant(),
    _at("at"),
    Column("metrics", JSONB, nullable=False),
    Index("ix_metrics_history_at", "tenant_id", "at"),
)
