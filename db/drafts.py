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
    connection: Connection,
    tenant_id: str,
    doc_id: str,
    user_id: str,
    version: int,
    entries: Mapping[str, Typed],
    even_if_changed: bool = False,
) -> bool:
    """Keeps what was typed over a version, in the place of that version's draft before; no entries: drops it.

    Args:
        connection: to the database.
        tenant_id: whose the document is.
        doc_id: which document.
        user_id: who typed.
        version: the version that was typed over.
        entries: field -> all that was typed.
        even_if_changed: keep it also when the document has moved on: it is offered to its person then.

    Returns:
        Whether it was kept; nothing, kept for a version that is past, is kept.
    """
    if not entries:
        drop(connection, doc_id, user_id, version)
        return True
    plain = _plain(entries)
    seen = select(
        docs.c.id, literal(user_id, drafts.c.user_id.type), docs.c.tenant_id, literal(version), literal(plain, JSONB)
    ).where(
        docs.c.id == doc_id,
        docs.c.tenant_id == tenant_id,
        docs.c.version >= version if even_if_changed else docs.c.version == version,
    )
    columns = ["doc_id", "user_id", "tenant_id", "doc_version", "entries"]
    written = connection.execute(
        insert(drafts)
        .from_select(columns, seen)
        .on_conflict_do_update(
            index_elements=["doc_id", "user_id", "doc_version"], set_={"entries": plain, "updated_at": text("now()")}
        )
        .returning(drafts.c.doc_id)
    )
    return written.scalar_one_or_none() is not None


def get(connection: Connection, tenant_id: str, doc_id: str, user_id: str, version: int) -> Draft | None:
    """What a person typed over that version of a document."""
    return next((d for d in of_document(connection, tenant_id, doc_id, user_id) if d.doc_version == version), None)


def of_document(connection: Connection, tenant_id: str, doc_id: str, user_id: str) -> tuple[Draft, ...]:
    """A person's drafts of a document, the oldest version first: one over the version in force, and those that were
    typed over versions that somebody has changed since.
    """
    rows = connection.execute(
        select(drafts.c.doc_version, drafts.c.entries, drafts.c.updated_at)
        .where(drafts.c.tenant_id == tenant_id, drafts.c.doc_id == doc_id, drafts.c.user_id == user_id)
        .order_by(drafts.c.doc_version)
    )
    return tuple(Draft(row.doc_version, _entries(row.entries), row.updated_at) for row in rows)


def drop(connection: Connection, doc_id: str, user_id: str, version: int | None = None) -> None:
    """Forgets what a person typed over a version of a document; None: over any."""
    of_person = drafts.delete().where(drafts.c.doc_id == doc_id, drafts.c.user_id == user_id)
    connection.execute(of_person if version is None else of_person.where(drafts.c.doc_version == version))


def replace(
    connection: Connection, doc_id: str, user_id: str, draft: Draft, entries: Mapping[str, Typed]
) -> bool:  # fmt: skip
    """Puts other entries in the place of those of a draft; none: drops it.

    Returns:
        Whether that was done: not when something else has been typed over that version since the draft was read.
    """
    same = (
        drafts.c.doc_id == doc_id,
        drafts.c.user_id == user_id,
        drafts.c.doc_version == draft.doc_version,
        drafts.c.entries == literal(_plain(draft.entries), JSONB),
    )
    changed = drafts.update().where(*same).values(entries=_plain(entries)) if entries else drafts.delete().where(*same)
    return connection.execute(changed).rowcount > 0


def _plain(entries: Mapping[str, Typed]) -> dict[str, Any]:
    return {name: {"entry": each.entry, "boxes": [list(box) for box in each.boxes]} for name, each in entries.items()}


def _entries(stored: Mapping[str, Any]) -> dict[str, Typed]:
    return {name: Typed(each["entry"], tuple(tuple(box) for box in each["boxes"])) for name, each in stored.items()}
