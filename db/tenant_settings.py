"""What a tenant has set, by its key: the last value, who set it, and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from db.tables import settings


def get(connection: Connection, tenant_id: str) -> dict[str, Any]:
    """All that the tenant has set: key -> value."""
    rows = connection.execute(select(settings.c.key, settings.c.value).where(settings.c.tenant_id == tenant_id))
    return {row.key: row.value for row in rows}


def save(connection: Connection, tenant_id: str, user_id: str, key: str, value: Any) -> None:
    """Stores a value in the place of the one before. Whoever calls it writes the audit event, in people's terms."""
    changed = {"value": value, "updated_by": user_id, "updated_at": text("now()")}
    connection.execute(
        insert(settings)
        .values(tenant_id=tenant_id, key=key, **changed)
        .on_conflict_do_update(index_elements=["tenant_id", "key"], set_=changed)
    )
