"""The documents, what was read of them, and what was found."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.tables.columns import at_column, id_column, metadata, tenant_column

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

docs = Table(
    "docs",
    metadata,
    id_column(),
    tenant_column(),
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
    Column("review_seconds", Float, comment="how long the person who decided it had it open"),
    Column("assignee_id", UUID(as_uuid=False), ForeignKey("users.id"), comment="whose work it is; none: anybody's"),
    Column("priority", Integer, nullable=False, server_default="0", comment="-1 low, 0 normal, 1 high"),
    at_column("created_at"),
    at_column("updated_at"),
    UniqueConstraint("tenant_id", "sha256"),
    CheckConstraint("priority BETWEEN -1 AND 1", name="priority"),
    CheckConstraint(f"processing_status IN ({', '.join(repr(s) for s in STATUSES)})", name="status"),
    Index("ix_docs_type_confidence", "type", "confidence"),
    Index("ix_docs_tenant_created", "tenant_id", text("created_at DESC"), text("id DESC")),
    Index(
        "ix_docs_waiting",
        "tenant_id",
        "confidence",
        postgresql_where=text("processing_status IN ('needs_review', 'error')"),
    ),
    Index(
        "ix_docs_waiting_age",
        "tenant_id",
        "created_at",
        postgresql_where=text("processing_status IN ('needs_review', 'error')"),
    ),
    Index("ix_docs_ocr_text", func.to_tsvector(text("'english'"), text("ocr_text")), postgresql_using="gin"),
)

pages = Table(
    "pages",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    tenant_column(),
    Column("source", Text, nullable=False),
    Column("content", JSONB, nullable=False, comment="the page as pipeline.types.Page.to_json gives it"),
    at_column("created_at"),
)

fields = Table(
    "fields",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    tenant_column(),
    Column("position", Integer, nullable=False),
    Column("value", JSONB(none_as_null=True)),
    Column("raw", Text),
    Column("boxes", JSONB, nullable=False, server_default="[]"),
    Column("confidence", Float),
    Column("parts", JSONB(none_as_null=True)),
    Column("findings", JSONB, nullable=False, server_default="[]"),
    Column("source", Text, nullable=False, server_default="machine"),
    Column("machine_value", JSONB(none_as_null=True), comment="what the machine said, kept when a person corrects it"),
    at_column("updated_at"),
    CheckConstraint("source IN ('machine', 'human')", name="source"),
    Index("ix_fields_value", "value", postgresql_using="gin"),
)
