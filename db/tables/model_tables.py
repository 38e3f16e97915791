"""What the language model was asked, what it said, and what that cost."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.tables.columns import at_column, doc_column, id_column, metadata, tenant_column

llm_calls = Table(
    "llm_calls",
    metadata,
    id_column(),
    tenant_column(),
    doc_column(),
    Column("generation", Integer, nullable=False, comment="of the run; an answer is used again within its run only"),
    Column("stage", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("prompt_hash", Text, nullable=False),
    Column("prompt", JSONB, nullable=False, comment="what the model saw: surrogates stand for what is sensitive"),
    Column("answer", Text, comment="as the model wrote it; none where it gave none"),
    Column("tool_calls", JSONB, nullable=False, server_default="[]"),
    Column("tokens", JSONB, nullable=False, server_default="[]", comment="of the answer, with their log-probabilities"),
    Column("prompt_tokens", Integer),
    Column("answer_tokens", Integer),
    Column("latency_ms", Float, nullable=False),
    Column("usd", Float, nullable=False, server_default="0"),
    Column("outcome", Text, nullable=False, comment="ok, or the error's code"),
    Column("part_hash", Text, comment="of what this document's part depends on, where a call may be about several"),
    at_column("created_at"),
    Index("ix_llm_calls_doc", "doc_id", "created_at"),
    Index(
        "uq_llm_calls_answer",
        "doc_id",
        "generation",
        "prompt_hash",
        unique=True,
        postgresql_where=text("outcome = 'ok'"),
    ),
)

usage = Table(
    "usage",
    metadata,
    Column("tenant_id", UUID(as_uuid=False), ForeignKey("tenants.id"), primary_key=True),
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("calls", BigInteger, nullable=False, server_default="0"),
    Column("prompt_tokens", BigInteger, nullable=False, server_default="0"),
    Column("answer_tokens", BigInteger, nullable=False, server_default="0"),
    Column("usd", Float, nullable=False, server_default="0"),
    Column("last_call_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
"""What a tenant's calls of the language model have cost, by the hour. It outlives the documents."""

masks = Table(
    "masks",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    tenant_column(),
    Column("sealed", LargeBinary, nullable=False, comment="what stands behind a document's surrogates, encrypted"),
    at_column("created_at"),
)

tool_usage_logs = Table(
    "tool_usage_logs",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant_column(),
    doc_column(),
    Column("tool", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("how", Text, nullable=False, comment="called, written, cached, plain"),
    Column("outcome", Text, nullable=False),
    Column("results", Integer, nullable=False),
    Column("wall_ms", Float, nullable=False),
    at_column("created_at"),
    Index("ix_tool_usage_logs_doc", "doc_id"),
)
