"""What the tests of the Review screen share: a document, its form, and what others and the browser do to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import documents, drafts, reviews
from tests.db.store import reviewable

PLACE = (1, 0.5, 0.5, 0.7, 0.52)


def field(at: AppTest, label: str) -> Any:
    return next(each for each in at.text_input if each.label == label)


def state_of(store: Engine, doc_id: str) -> tuple[str, int, dict[str, tuple[Any, str]]]:
    with store.connect() as connection:
        document = documents.get(connection, LOCAL_TENANT, doc_id)
        values = {row.name: (row.value, row.source) for row in documents.fields_of(connection, doc_id)}
    return document.processing_status, document.version, values


def add(store: Engine, content: bytes = b"one") -> str:
    with store.begin() as connection:
        return reviewable(connection, content)


def others_set(store: Engine, doc_id: str, **values: str) -> None:
    with store.begin() as connection:
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, values)


def mark(store: Engine, doc_id: str, **entries: str) -> None:
    """What the browser sends when words are marked on the page."""
    typed = {name: drafts.Typed(entry, (PLACE,)) for name, entry in entries.items()}
    with store.begin() as connection:
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        assert drafts.save(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, version, typed)
