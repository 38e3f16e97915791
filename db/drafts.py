"""What a person has typed into the review form and not stored yet: a reload or a lost connection loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert

from db.tables import docs, drafts


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one field.

    Attributes:
        entry: text; for a table its rows.
        boxes: where a person marked it on the page, as (page, x0, y0, x1, y1) in shares of the page; empty: not marked.
    """

    entry: Any
    boxes: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A person's draft of a document: the version that was typed over, the entries by field, and when."""

    doc_version: int
    entries: Mapping[str, Typed]
    updated_at: datetime


def save(
    connection: Connection, tenant_id: str, doc_id: str, user_id: str, version: int, entries: Mapping[str, Typed]
) -> bool:
    """Keeps what was typed, in the place of the draft before; no entries: drops it.

    Returns:
        Whether it was kept: not when the document has moved on from that version.
    """
    if not entries:
        drop(connection, doc_id, user_id)
        return True
    plain = {name: {"entry": each.entry, "boxes": [list(box) for box in each.boxes]} for name, each in entries.items()}
    seen = select(
        docs.c.id, literal(user_id, drafts.c.user_id.type), docs.c.tenant_id, docs.c.version, literal(plain, JSONB)
    ).where(docs.c.id == doc_id, docs.c.tenant_id == tenant_id, docs.c.version == version)  # fmt: skip
    columns = ["doc_id", "user_id", "tenant_id", "doc_version", "entries"]
    written = connection.execute(
        insert(drafts)
        .from_select(columns, seen)
        .on_conflict_do_update(
            index_elements=["doc_id", "user_id"],
            set_={"doc_version": version, "entries": plain, "updated_at": text("now()")},
        )
        .returning(drafts.c.doc_id)
    )
    return written.scalar_one_or_none() is not None


def get(connection: Connection, tenant_id: str, doc_id: str, user_id: str) -> Draft | None:
    """A person's draft of a document."""
    row = connection.execute(
        select(drafts.c.doc_version, drafts.c.entries, drafts.c.updated_at).where(
            drafts.c.tenant_id == tenant_id, drafts.c.doc_id == doc_id, drafts.c.user_id == user_id
        )
    ).one_or_none()
    if row is None:
        return None
    entries = {
        name: Typed(each["entry"], tuple(tuple(box) for box in each["boxes"])) for name, each in row.entries.items()
    }
    return Draft(row.doc_version, entries, row.updated_at)


def drop(connection: Connection, doc_id: str, user_id: str) -> None:
    """Forgets a draft."""
    connection.execute(drafts.delete().where(drafts.c.doc_id == doc_id, drafts.c.user_id == user_id))
