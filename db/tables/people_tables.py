"""Who uses Fuse, and what they have set."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.tables.columns import at_column, id_column, metadata, tenant_column

tenants = Table(
    "tenants", metadata, id_column(), Column("name", Text, nullable=False, unique=True), at_column("created_at")
)

users = Table(
    "users",
    metadata,
    id_column(),
    tenant_column(),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    at_column("created_at"),
    UniqueConstraint("tenant_id", "email"),
    CheckConstraint("role IN ('analyst', 'manager', 'admin')", name="role"),
)

settings = Table(
    "settings",
    metadata,
    Column("tenant_id", UUID(as_uuid=False), ForeignKey("tenants.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
    Column("updated_by", UUID(as_uuid=False), ForeignKey("users.id")),
    at_column("updated_at"),
)

saved_views = Table(
    "saved_views",
    metadata,
    id_column(),
    tenant_column(),
    Column("user_id", UUID(as_uuid=False), ForeignKey("users.id"), nullable=False),
    Column("screen", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("params", JSONB, nullable=False, comment="the address's parameters: name -> list of values"),
    at_column("created_at"),
    UniqueConstraint("user_id", "screen", "name"),
)
