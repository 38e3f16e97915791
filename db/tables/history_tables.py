"""What happened, and how good the machine was on each day."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.tables.columns import at_column, metadata, tenant_column

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant_column(),
    at_column("at"),
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
    tenant_column(),
    at_column("at"),
    Column("metrics", JSONB, nullable=False),
    Index("ix_metrics_history_at", "tenant_id", "at"),
)
