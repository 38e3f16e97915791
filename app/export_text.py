"""Exports as text: comma-separated values for spreadsheets, JSON for programs. Both are made while they are sent."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from app.cell_text import csv_text
from app.exporting import Export, Record
from db.documents import StoredField

_CHUNK_BYTES = 64_000
DOCUMENT_COLUMNS = (
    "document_id",
    "file_name",
    "document_type",
    "status",
    "confidence",
    "pages",
    "uploaded_at",
    "reviewed_at",
    "reviewed_by",
    "reasons",
)
_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of the country."""


def csv_file(export: Export) -> Iterator[bytes]:
    """A row per document: what is known of it, then its fields. A table stands in its cell as JSON.

    Text is quoted, numbers are not; fields of the same name share a column. The file follows RFC 4180, in UTF-8.
    """
    names = tuple(dict.fromkeys(name for _, name in export.columns))
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    out.write(_BYTE_ORDER_MARK)
    writer.writerow([*DOCUMENT_COLUMNS, *(f"field.{name}" if name in DOCUMENT_COLUMNS else name for name in names)])
    for record in export.records():
        values = {stored.name: stored.value for stored in record.fields}
        writer.writerow([_cell(each) for each in (*_known(record), *map(values.get, names))])
        if out.tell() > _CHUNK_BYTES:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    written = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return written


def _known(record: Record) -> tuple[Any, ...]:
    document = record.document
    return (
        document.id,
        document.filename,
        document.type,
        document.processing_status,
        document.confidence,
        document.page_count,
        document.created_at.isoformat(),
        document.reviewed_at.isoformat() if document.reviewed_at else None,
        record.reviewer,
        " ".join(dict.fromkeys(str(reason["code"]) for reason in document.reasons)),
    )


def _cell(value: Any) -> str | int | float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return csv_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def json_file(export: Export) -> Iterator[bytes]:
    """Everything: values, the text on the page, the machine's value, confidence with its parts, source and boxes."""
    head = {
        "exported_at": export.at.isoformat(),
        "exported_by": export.by,
        "matching": export.chosen.matching,
        "exported": len(export.chosen.ids),
        "hidden": {"mode": export.hiding.mode, "persons": export.hiding.persons},
    }
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "documents": ['
    between = b"\n"
    for record in export.records():
        yield between + json.dumps(_whole(record), ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n]}\n"


def _whole(record: Record) -> dict[str, Any]:
    document = record.document
    return {
        "id": document.id,
        "filename": document.filename,
        "sha256": document.sha256,
        "content_type": document.content_type,
        "size_bytes": document.size_bytes,
        "page_count": document.page_count,
        "type": document.type,
        "type_confidence": document.type_confidence,
        "confidence": document.confidence,
        "processing_status": document.processing_status,
        "reasons": document.reasons,
        "partial": document.partial,
        "version": document.version,
        "created_at": document.created_at.isoformat(),
        "updated_at": document.updated_at.isoformat(),
        "reviewed_at": document.reviewed_at.isoformat() if document.reviewed_at else None,
        "reviewed_by": record.reviewer or None,
        "reject_reason": document.reject_reason,
        "fields": [_field(stored) for stored in record.fields],
    }


def _field(stored: StoredField) -> dict[str, Any]:
    return {
        "name": stored.name,
        "value": stored.value,
        "raw": stored.raw,
        "machine_value": stored.machine_value,
        "source": stored.source,
        "confidence": stored.confidence,
        "parts": stored.parts,
        "boxes": stored.boxes,
        "findings": stored.findings,
        "updated_at": stored.updated_at.isoformat(),
    }
