"""What people do to documents."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.tables.columns import at_column, doc_column, id_column, metadata, tenant_column

corrections = Table(
    "corrections",
    metadata,
    id_column(),
    tenant_column(),
    doc_column(),
    Column("field", Text, nullable=False, comment="a field's name, or 'type'"),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("user_id", UUID(as_uuid=False), ForeignKey("users.id"), nullable=False),
    Column("doc_version", Integer, nullable=False),
    at_column("created_at"),
    Index("ix_corrections_created_at", text("created_at DESC")),
    Index("ix_corrections_doc_id", "doc_id"),
)

comments = Table(
    "comments",
    metadata,
    id_column(),
    tenant_column(),
    doc_column(),
    Column("user_id", UUID(as_uuid=False), ForeignKey("users.id"), nullable=False),
    Column("body", Text, nullable=False),
    at_column("created_at"),
    Index("ix_comments_doc_id", "doc_id"),
)

review_locks = Table(
    "review_locks",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    tenant_column(),
    Column("user_id", UUID(as_uuid=False), ForeignKey("users.id"), nullable=False),
    Column("session", Text, nullable=False, comment="of the browser tab: one person may have two"),
    at_column("taken_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("wanted_by", UUID(as_uuid=False), ForeignKey("users.id"), comment="who else has looked at it last"),
    Column("wanted_at", DateTime(timezone=True)),
)
"""Who has a document open in Review, so that two people do not do the same work."""

drafts = Table(
    "drafts",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", UUID(as_uuid=False), ForeignKey("users.id"), primary_key=True),
    Column("doc_version", Integer, primary_key=True, comment="the version that was typed over"),
    tenant_column(),
    Column("entries", JSONB, nullable=False, comment="field -> what was typed"),
    at_column("updated_at"),
)
"""What a person has typed into the review form and not stored yet."""

unsent_words = Table(
    "unsent_words",
    metadata,
    Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", UUID(as_uuid=False), ForeignKey("users.id"), primary_key=True),
    tenant_column(),
    Column("reason", Text, nullable=False, server_default=""),
    Column("comment", Text, nullable=False, server_default=""),
    at_column("updated_at"),
)
"""What a person has typed as a reason to reject or as a comment and not sent yet."""
