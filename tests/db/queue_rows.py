"""Documents that wait for a person, put into the store without the way through the stages."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, text

from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


def waiting(connection: Connection, name: str = "form", *reasons: str, hours: float = 0.0, **columns: Any) -> str:
    """A waiting document of that name, for those reasons, uploaded so many hours ago."""
    row = {
        "tenant_id": LOCAL_TENANT,
        "sha256": uuid4().hex * 2,
        "blob_key": "none",
        "filename": f"{name}.pdf",
        "kind": "pdf",
        "content_type": "application/pdf",
        "size_bytes": 1,
        "page_count": 1,
        "uploaded_by": LOCAL_ADMIN,
        "type": "w9",
        "confidence": 0.6,
        "processing_status": "needs_review",
        "reasons": json.dumps([{"code": code, "sentence": f"{code}.", "field": None} for code in reasons]),
        **columns,
    }
    insert = f"INSERT INTO docs ({', '.join(row)}, created_at) VALUES ({', '.join(f':{key}' for key in row)}, "
    made = connection.execute(text(insert + "now() - make_interval(secs => :age)) RETURNING id"),
                              {**row, "age": hours * 3600})  # fmt: skip
    return str(made.scalar_one())


def colleague(connection: Connection, name: str = "Ann", tenant_id: str = LOCAL_TENANT) -> str:
    """Somebody else of the tenant."""
    insert = "INSERT INTO users (tenant_id, email, name, role) VALUES (:tenant, :name, :name, 'analyst') RETURNING id"
    return str(connection.execute(text(insert), {"tenant": tenant_id, "name": name}).scalar_one())


def opened_by(connection: Connection, doc_id: str, user_id: str, seconds: int = 60) -> None:
    """Somebody has the document open in Review for so long from now on."""
    connection.execute(
        text("INSERT INTO review_locks (doc_id, tenant_id, user_id, session, expires_at) "
             "VALUES (:doc, :tenant, :user, 'tab', now() + make_interval(secs => :seconds))"),
        {"doc": doc_id, "tenant": LOCAL_TENANT, "user": user_id, "seconds": seconds},
    )  # fmt: skip
