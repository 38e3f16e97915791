"""In which order a document writes its dates: what a person types from its pages is understood in the same."""

from __future__ import annotations

from sqlalchemy import Connection

from db import documents
from pipeline.dates import DateOrder
from pipeline.extract.locale import dates_in

__all__ = ["DateOrder", "date_order"]


def date_order(connection: Connection, doc_id: str) -> DateOrder:
    """By dates that only one order allows, else by the document's country."""
    return dates_in(documents.text_of(connection, doc_id)).order
