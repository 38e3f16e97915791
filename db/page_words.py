"""The words of a page, for the browser."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from db.tables import pages


def words_of(connection: Connection, doc_id: str, number: int) -> list[list[Any]]:
    """A page's words in reading order, each as `pipeline.types.Word.to_json` gives it; none for an unread page."""
    words = connection.execute(
        select(pages.c.content["words"]).where(pages.c.doc_id == doc_id, pages.c.number == number)
    ).scalar_one_or_none()
    return words or []
