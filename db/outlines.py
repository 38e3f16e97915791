"""The outline of a document's pages: their sizes and how they were read, without the words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Float, cast, select

from db.tables import pages


@dataclass(frozen=True, slots=True)
class PageOutline:
    """A page that was read: number from 1, size in points, source and why that source."""

    number: int
    width_pt: float
    height_pt: float
    source: str
    why: str


def outlines_of(connection: Connection, doc_id: str) -> list[PageOutline]:
    """The outlines of the pages that were read, in order."""
    rows = connection.execute(
        select(
            pages.c.number,
            cast(pages.c.content["width_pt"].astext, Float),
            cast(pages.c.content["height_pt"].astext, Float),
            pages.c.source,
            pages.c.content["why"].astext,
        )
        .where(pages.c.doc_id == doc_id)
        .order_by(pages.c.number)
    )
    return [PageOutline(*row) for row in rows]
