"""The order in which documents are reviewed: the queue as its filters leave it, least certain first."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st
from sqlalchemy import Connection

from db import documents
from db.documents import Document, Filters, Listed

WAITING = ("needs_review", "error")
_SKIPPED = "skipped"
_LOOK_AHEAD = 20


def filters_in_address(statuses: tuple[str, ...] = WAITING) -> Filters:
    """The queue's filters, which stand in the address (`type`, `reason`) and travel from screen to screen with it."""
    type_name = st.query_params.get("type", "")
    return Filters(
        statuses=statuses, types=(type_name,) if type_name else (), reason=st.query_params.get("reason", "")
    )  # fmt: skip


def filter_params() -> dict[str, str]:
    """Those filters, to be put into another screen's address."""
    return {name: st.query_params[name] for name in ("type", "reason") if st.query_params.get(name)}


def queue(connection: Connection, tenant_id: str, limit: int = 200) -> Listed:
    """The documents that wait for a person."""
    return documents.listing(connection, tenant_id, filters_in_address(), "doubtful", limit=limit)


def next_in_queue(connection: Connection, tenant_id: str, but: Collection[str] = ()) -> Document | None:
    """The next document to review, without those in `but` and those skipped; skipped ones come again at the end."""
    skipped: set[str] = st.session_state.setdefault(_SKIPPED, set())
    waiting = documents.listing(
        connection, tenant_id, filters_in_address(("needs_review",)), "doubtful",
        limit=min(200, _LOOK_AHEAD + len(but) + len(skipped)),
    ).documents  # fmt: skip
    left = [document for document in waiting if document.id not in but]
    unskipped = [document for document in left if document.id not in skipped]
    if not unskipped:
        skipped.clear()
    return next(iter(unskipped or left), None)


def skip(doc_id: str) -> None:
    """Puts a document at the end, for this session."""
    st.session_state.setdefault(_SKIPPED, set()).add(doc_id)
