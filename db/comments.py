"""What people say about a document to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from db import audit
from db.tables import comments, users


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: who, when, what."""

    name: str
    created_at: datetime
    body: str


def add(connection: Connection, tenant_id: str, doc_id: str, user_id: str, body: str) -> None:
    """Adds a comment to a document of the tenant."""
    connection.execute(comments.insert().values(tenant_id=tenant_id, doc_id=doc_id, user_id=user_id, body=body))
    audit.record(connection, tenant_id, user_id, "commented", doc_id)


def of_document(connection: Connection, tenant_id: str, doc_id: str) -> list[Comment]:
    """A document's comments, oldest first."""
    rows = connection.execute(
        select(users.c.name, comments.c.created_at, comments.c.body)
        .join_from(comments, users, users.c.id == comments.c.user_id)
        .where(comments.c.tenant_id == tenant_id, comments.c.doc_id == doc_id)
        .order_by(comments.c.created_at)
    )
    return [Comment(*row) for row in rows]
