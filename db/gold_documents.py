"""Documents that people have approved: what gold examples are made of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from db.documents import pages_of
from db.tables import fields, pages
from pipeline.types import Box, FieldValue, GoldDocument, Page, TypedDocument

_PAGES_OF_TYPED = 2
"""So many tell what a document is."""
_CORRECTED, _LATEST = 200, 500
"""Of a tenant's corrections of types, and of its documents, so many are looked through, however many there are."""


def gold_documents(connection: Connection, tenant_id: str, type_name: str, limit: int) -> list[GoldDocument]:
    """The tenant's approved documents of a type that people had to correct, the ones corrected last first.

    What the machine gets right by itself teaches nothing.

    Args:
        connection: any.
        tenant_id: whose; no tenant's documents are examples for another's.
        type_name: of the documents.
        limit: how many at most.
    """
    rows = connection.execute(
        text(
            """
            SELECT docs.id FROM docs JOIN corrections ON corrections.doc_id = docs.id
            WHERE docs.tenant_id = :tenant AND docs.type = :type AND docs.processing_status = 'approved'
            GROUP BY docs.id ORDER BY max(corrections.created_at) DESC, docs.id LIMIT :limit
            """
        ),
        {"tenant": tenant_id, "type": type_name, "limit": limit},
    )
    return [_gold(connection, str(doc_id)) for doc_id in rows.scalars().all()]


def _gold(connection: Connection, doc_id: str) -> GoldDocument:
    rows = connection.execute(
        select(fields.c.name, fields.c.value, fields.c.boxes).where(
            fields.c.doc_id == doc_id, fields.c.value.is_not(None)
        )
    ).all()
    boxes = {row.name: tuple(Box.from_json(box) for box in row.boxes) for row in rows if row.boxes}
    return GoldDocument(doc_id, pages_of(connection, doc_id), {row.name: row.value for row in rows}, boxes)


def typed_documents(
    connection: Connection, tenant_id: str, type_names: Sequence[str], most_of_type: int, limit: int
) -> list[TypedDocument]:
    """The tenant's approved documents: first those that the machine had taken for something else, then the last ones.

    Args:
        connection: any.
        tenant_id: whose; no tenant's documents are examples for another's.
        type_names: the types that there are.
        most_of_type: how many of each at most.
        limit: how many at most.
    """
    rows = connection.execute(
        text(
            """
            WITH looked_at AS (
                (SELECT doc_id AS id FROM corrections WHERE tenant_id = :tenant AND field = 'type'
                 ORDER BY created_at DESC LIMIT :corrected)
                UNION
                (SELECT id FROM docs WHERE tenant_id = :tenant ORDER BY created_at DESC, id DESC LIMIT :latest)
            ), approved AS (
                SELECT id, type, machine_type, type_evidence, reviewed_at, machine_type IS DISTINCT FROM type AS changed
                FROM docs JOIN looked_at USING (id)
                WHERE tenant_id = :tenant AND processing_status = 'approved' AND type = ANY(:types)
            ), ranked AS (
                SELECT *, row_number() OVER (PARTITION BY type ORDER BY changed DESC, reviewed_at DESC, id) AS place
                FROM approved
            )
            SELECT id, type, machine_type, type_evidence->>'runner_up' AS runner_up FROM ranked
            WHERE place <= :most_of_type ORDER BY changed DESC, reviewed_at DESC, id LIMIT :limit
            """
        ),
        {
            "tenant": tenant_id,
            "types": list(type_names),
            "most_of_type": most_of_type,
            "limit": limit,
            "corrected": _CORRECTED,
            "latest": _LATEST,
        },
    ).all()
    return [
        TypedDocument(
            doc_id=str(row.id),
            type=row.type,
            guessed=tuple(name for name in (row.machine_type, row.runner_up) if name is not None),
            pages=_first_pages(connection, str(row.id)),
            fields=_values(connection, str(row.id)),
        )
        for row in rows
    ]


def _first_pages(connection: Connection, doc_id: str) -> tuple[Page, ...]:
    rows = connection.execute(
        select(pages.c.content)
        .where(pages.c.doc_id == doc_id, pages.c.number <= _PAGES_OF_TYPED)
        .order_by(pages.c.number)
    )
    return tuple(Page.from_json(content) for content in rows.scalars())


def _values(connection: Connection, doc_id: str) -> tuple[FieldValue, ...]:
    rows = connection.execute(select(fields.c.name, fields.c.value, fields.c.raw).where(fields.c.doc_id == doc_id))
    return tuple(FieldValue(row.name, row.value, row.raw) for row in rows)
