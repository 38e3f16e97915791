"""A reason to reject and a comment that a person has typed and not sent: a reload or a lost connection loses neither.

They speak of a document as a whole, so that, unlike a draft of values, they belong to none of its versions.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert

from db.tables import docs, unsent_words


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a person has typed about a document and not sent; empty: nothing."""

    reason: str = ""
    comment: str = ""


def keep(
    connection: Connection,
    tenant_id: str,
    doc_id: str,
    user_id: str,
    reason: str | None = None,
    comment: str | None = None,
) -> None:
    """Keeps what was typed, if the tenant has that document. None: as it was; empty: it was sent, or taken out."""
    said = select(
        docs.c.id, literal(user_id, unsent_words.c.user_id.type), docs.c.tenant_id, literal(reason or ""),
        literal(comment or ""),
    ).where(docs.c.id == doc_id, docs.c.tenant_id == tenant_id)  # fmt: skip
    connection.execute(
        insert(unsent_words)
        .from_select(["doc_id", "user_id", "tenant_id", "reason", "comment"], said)
        .on_conflict_do_update(
            index_elements=["doc_id", "user_id"],
            set_={
                "reason": func.coalesce(reason, unsent_words.c.reason),
                "comment": func.coalesce(comment, unsent_words.c.comment),
                "updated_at": text("now()"),
            },
        )
    )
    connection.execute(
        unsent_words.delete().where(*_of(doc_id, user_id), unsent_words.c.reason == "", unsent_words.c.comment == "")
    )


def get(connection: Connection, tenant_id: str, doc_id: str, user_id: str) -> Unsent:
    """What a person has typed about a document and not sent."""
    row = connection.execute(
        select(unsent_words.c.reason, unsent_words.c.comment).where(
            *_of(doc_id, user_id), unsent_words.c.tenant_id == tenant_id
        )
    ).one_or_none()
    return Unsent() if row is None else Unsent(*row)


def _of(doc_id: str, user_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return unsent_words.c.doc_id == doc_id, unsent_words.c.user_id == user_id
