"""Documents that people have corrected and then approved: what gold examples are made of."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from db.documents import pages_of
from db.tables import fields
from pipeline.types import Box, GoldDocument


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
