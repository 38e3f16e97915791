"""The order in which documents are reviewed: the queue as the address's filters leave it, sorted as it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
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
_DUE = {OVERDUE: True, ON_TIME: False}
_SKIPPED = "skipped"
_BAND = re.compile(r"(\d{1,3})-(\d{1,3})")


def asked(name: str) -> str:
    """The address's choice of a filter or of the sorting; empty where it names none, or one that means nothing, as
    somebody may have typed it there.
    """
    choice = st.query_params.get(name, "").replace("\0", "")
    means_something = _MEANINGS.get(name)
    return choice if means_something is None or means_something(choice) else ""


def filters_in_address(statuses: tuple[str, ...] = WAITING) -> Filters:
    """The queue's filters, which stand in the address and travel from screen to screen with it.

    Args:
        statuses: which are shown when the address names none.
    """
    choices = {name: asked(name) for name in FILTERS}
    return Filters(
        statuses=(choices["status"],) if choices["status"] else statuses,
        types=(choices["type"],) if choices["type"] else (),
        reason=choices["reason"],
        older_than_h=AGES_H.get(choices["age"]),
        overdue=_DUE.get(choices["age"]),
        uploader=_person(choices["uploader"]),
        assignee=choices["assignee"] if choices["assignee"] == NOBODY else _person(choices["assignee"]),
        priority=int(choices["priority"]) if choices["priority"] else None,
        **_confidence(choices["confidence"]),
    )


def _person(choice: str) -> str:
    if choice == ME:
        return current_user().id
    try:
        return str(UUID(choice))
    except ValueError:
        return ""


def _confidence(choice: str) -> dict[str, Any]:
    if choice == UNKNOWN:
        return {"confidence_known": False}
    band = _BAND.fullmatch(choice)
    return {"confidence": (int(band[1]) / 100, int(band[2]) / 100)} if band else {}


_MEANINGS: Mapping[str, Callable[[str], object]] = {
    "status": WAITING.__contains__,
    "age": {*AGES_H, *_DUE}.__contains__,
    "confidence": _confidence,
    "uploader": _person,
    "assignee": lambda choice: choice == NOBODY or _person(choice),
    "priority": ("-1", "0", "1").__contains__,
    SORT: ORDERS.__contains__,
}
"""Parameter -> whether a choice of it means something; of the others each does."""


def order_in_address() -> str:
    """How the address wants the queue sorted."""
    return asked(SORT) or next(iter(ORDERS))


def filter_params() -> dict[str, str]:
    """Filters and sorting, to be put into another screen's address."""
    return {name: choice for name in (*FILTERS, SORT) if (choice := asked(name))}


def is_filtered() -> bool:
    """Whether the address narrows the queue."""
    return any(asked(name) for name in FILTERS)


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
