"""The order in which documents are reviewed: the queue as the address's filters leave it, sorted as it says."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy import Connection

from app.auth import current_user
from db import documents
from db.documents import Document, Filters, Listed
from db.filters import NOBODY
from db.queue_counts import AGES_H, ON_TIME, OVERDUE, UNKNOWN, WAITING

FILTERS = ("type", "reason", "status", "confidence", "age", "uploader", "assignee", "priority")
"""The address's parameters that narrow the queue."""
SORT = "sort"
ORDERS = {
    "doubtful": "Least certain first",
    "priority": "Priority first",
    "oldest": "Oldest first",
    "newest": "Newest first",
}
"""Choices of `sort`; the first one counts when the address names none."""
ME = "me"
_SKIPPED = "skipped"
_BAND = re.compile(r"(\d{1,3})-(\d{1,3})")


def filters_in_address(statuses: tuple[str, ...] = WAITING) -> Filters:
    """The queue's filters, which stand in the address and travel from screen to screen with it.

    A value that means nothing, as somebody may have typed it there, narrows nothing.

    Args:
        statuses: which are shown when the address names none.
    """
    asked = {name: st.query_params.get(name, "").replace("\0", "") for name in FILTERS}
    return Filters(
        statuses=(asked["status"],) if asked["status"] in WAITING else statuses,
        types=(asked["type"],) if asked["type"] else (),
        reason=asked["reason"],
        older_than_h=AGES_H.get(asked["age"]),
        overdue={OVERDUE: True, ON_TIME: False}.get(asked["age"]),
        uploader=_person(asked["uploader"]),
        assignee=NOBODY if asked["assignee"] == NOBODY else _person(asked["assignee"]),
        priority=int(asked["priority"]) if asked["priority"] in ("-1", "0", "1") else None,
        **_confidence(asked["confidence"]),
    )


def _person(asked: str) -> str:
    if asked == ME:
        return current_user().id
    try:
        return str(UUID(asked))
    except ValueError:
        return ""


def _confidence(asked: str) -> dict[str, Any]:
    if asked == UNKNOWN:
        return {"confidence_known": False}
    band = _BAND.fullmatch(asked)
    return {"confidence": (int(band[1]) / 100, int(band[2]) / 100)} if band else {}


def order_in_address() -> str:
    """How the address wants the queue sorted."""
    asked = st.query_params.get(SORT, "")
    return asked if asked in ORDERS else next(iter(ORDERS))


def filter_params() -> dict[str, str]:
    """Filters and sorting, to be put into another screen's address."""
    asked = {name: st.query_params.get(name, "").replace("\0", "") for name in (*FILTERS, SORT)}
    return {name: value for name, value in asked.items() if value}


def is_filtered() -> bool:
    """Whether the address narrows the queue."""
    return any(st.query_params.get(name) for name in FILTERS)


def queue(connection: Connection, tenant_id: str, limit: int = 200) -> Listed:
    """The documents that wait for a person."""
    return documents.listing(connection, tenant_id, filters_in_address(), order_in_address(), limit=limit)


def next_in_queue(connection: Connection, tenant_id: str, but: Collection[str] = ()) -> Document | None:
    """The next document to review, without those in `but` and those skipped; skipped ones come again at the end."""
    skipped: set[str] = st.session_state.setdefault(_SKIPPED, set())
    following = _first(connection, tenant_id, {*but, *skipped})
    if following is None and skipped:
        skipped.clear()
        following = _first(connection, tenant_id, but)
    return following


def _first(connection: Connection, tenant_id: str, but: Collection[str]) -> Document | None:
    wanted = filters_in_address(("needs_review",))
    found = documents.listing(connection, tenant_id, wanted, order_in_address(), limit=1, but=but).documents
    return next(iter(found), None)


def skip(doc_id: str) -> None:
    """Puts a document at the end, for this session."""
    st.session_state.setdefault(_SKIPPED, set()).add(doc_id)
