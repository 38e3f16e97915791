"""Many documents at once, with all their values: what an export reads, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from db.documents import COLUMNS, Document, StoredField
from db.filters import Filters, conditions, sorting
from db.tables import docs, fields

_PLANNER = text("SELECT set_config('enable_seqscan', :scan, true), set_config('enable_indexscan', :scan, true)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The documents of an export.

    Attributes:
        ids: in the export's order, newest first.
        types: their types; None for a document that is not classified yet.
        matching: how many match in all; more than `ids` where there is a limit.
    """

    ids: tuple[str, ...]
    types: frozenset[str | None]
    matching: int


def matching(connection: Connection, tenant_id: str, wanted: Filters, limit: int) -> Chosen:
    """The newest documents that match."""
    with _words_by_index(connection, wanted):
        rows = connection.execute(
            select(docs.c.id, docs.c.type)
            .where(*conditions(tenant_id, wanted))
            .order_by(*sorting("newest"))
            .limit(limit + 1)
        ).all()
    total = len(rows) if len(rows) <= limit else count_matching(connection, tenant_id, wanted)
    return Chosen(tuple(str(row.id) for row in rows[:limit]), frozenset(row.type for row in rows[:limit]), total)


def count_matching(connection: Connection, tenant_id: str, wanted: Filters) -> int:
    """How many documents match."""
    with _words_by_index(connection, wanted):
        return connection.execute(
            select(func.count()).select_from(docs).where(*conditions(tenant_id, wanted))
        ).scalar_one()


@contextmanager
def _words_by_index(connection: Connection, wanted: Filters) -> Iterator[None]:
    """Has words found by their index although many documents hold them.

    Postgres takes `to_tsvector` for cheap and would rather make the words of every text anew: 6 s for 5,000 documents,
    where the index needs 10 ms.
    """
    if wanted.query:
        connection.execute(_PLANNER, {"scan": "off"})
    yield
    if wanted.query:
        connection.execute(_PLANNER, {"scan": "on"})


def named(connection: Connection, tenant_id: str, ids: Sequence[str]) -> Chosen:
    """Those of the documents with these ids that the tenant has, newest first."""
    rows = connection.execute(
        select(docs.c.id, docs.c.type)
        .where(docs.c.tenant_id == tenant_id, docs.c.id.in_(ids))
        .order_by(*sorting("newest"))
    ).all()
    return Chosen(tuple(str(row.id) for row in rows), frozenset(row.type for row in rows), len(rows))


def field_names(connection: Connection, tenant_id: str, ids: Sequence[str]) -> list[tuple[str | None, str]]:
    """The (type, field) pairs that documents have, in the order in which the fields stand in their types."""
    place = func.min(fields.c.position)
    rows = connection.execute(
        select(docs.c.type, fields.c.name)
        .join_from(fields, docs, docs.c.id == fields.c.doc_id)
        .where(docs.c.tenant_id == tenant_id, docs.c.id.in_(ids))
        .group_by(docs.c.type, fields.c.name)
        .order_by(docs.c.type, place, fields.c.name)
    )
    return [(row.type, row.name) for row in rows]


def with_fields(
    connection: Connection, tenant_id: str, ids: Sequence[str]
) -> Iterator[tuple[Document, list[StoredField]]]:
    """Documents and their fields, in the order of `ids`; one that is gone meanwhile is left out."""
    found = {
        str(row["id"]): Document(**row)
        for row in connection.execute(
            select(*COLUMNS).where(docs.c.tenant_id == tenant_id, docs.c.id.in_(ids))
        ).mappings()
    }
    values: dict[str, list[StoredField]] = {doc_id: [] for doc_id in found}
    names = list(StoredField.__dataclass_fields__)
    rows = connection.execute(
        select(fields.c.doc_id, *(fields.c[name] for name in names))
        .where(fields.c.tenant_id == tenant_id, fields.c.doc_id.in_(found))
        .order_by(fields.c.doc_id, fields.c.position)
    )
    for row in rows.mappings():
        values[str(row["doc_id"])].append(StoredField(**{name: row[name] for name in names}))
    return ((found[doc_id], values[doc_id]) for doc_id in ids if doc_id in found)
