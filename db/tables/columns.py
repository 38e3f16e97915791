"""What all tables share: how constraints are named, and the columns that stand in most of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, func, text
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[str]:
    """The primary key: a random UUID that the database makes."""
    return Column("id", UUID(as_uuid=False), primary_key=True, server_default=text("gen_random_uuid()"))


def tenant_column() -> Column[str]:
    """Whose the row is."""
    return Column("tenant_id", UUID(as_uuid=False), ForeignKey("tenants.id"), nullable=False)


def doc_column() -> Column[str]:
    """Which document the row is about; it goes when the document does."""
    return Column("doc_id", UUID(as_uuid=False), ForeignKey("docs.id", ondelete="CASCADE"), nullable=False)


def at_column(name: str) -> Column[datetime]:
    """When something happened; now, if nothing else is said."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())
