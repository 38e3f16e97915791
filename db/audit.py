"""The audit trail: who did what to which document, when. Names and codes, never values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Text, cast, func, select

from db.tables import audit_events, users

SYSTEM = "system"


def record(
    connection: Connection, tenant_id: str, actor: str, action: str, doc_id: str | None = None, **details: Any
) -> None:
    """Adds an event, in the caller's transaction.

    Args:
        connection: an open transaction.
        tenant_id: whose trail.
        actor: a user's id, or `SYSTEM`.
        action: e.g. "uploaded", "approved".
        doc_id: the document, if it is about one.
        details: field names, codes, counts; never a value from a document.
    """
    connection.execute(
        audit_events.insert().values(tenant_id=tenant_id, actor=actor, action=action, doc_id=doc_id, details=details)
    )


def of_document(connection: Connection, tenant_id: str, doc_id: str) -> list[dict[str, Any]]:
    """A document's events, oldest first: at, actor (a name), action, details."""
    rows = connection.execute(
        select(
            audit_events.c.at,
            func.coalesce(users.c.name, audit_events.c.actor).label("actor"),
            audit_events.c.action,
            audit_events.c.details,
        )
        .join_from(audit_events, users, cast(users.c.id, Text) == audit_events.c.actor, isouter=True)
        .where(audit_events.c.tenant_id == tenant_id, audit_events.c.doc_id == doc_id)
        .order_by(audit_events.c.id)
    )
    return [dict(row) for row in rows.mappings()]
