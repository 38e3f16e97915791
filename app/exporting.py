"""Exports: which documents, what of them, and how their sensitive values are hidden; written into the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, get_args

from app.auth import User
from app.sensitive_fields import Hiding
from app.settings import Settings
from app.wiring import database
from db import audit, exports, queue
from db.documents import Document, StoredField
from db.filters import Filters
from pipeline.doctypes import DOC_TYPES

ExportFormat = Literal["csv", "xlsx", "json"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
MOST_DOCUMENTS = 10_000
"""In one export; of more that match, the newest."""
MOST_CHOSEN = 200
"""Documents that are chosen one by one: their ids stand in an address."""
_BATCH = 200
"""Documents that are read at a time: no connection is held while a slow browser takes them."""


@dataclass(frozen=True, slots=True)
class Record:
    """A document as an export shows it, its sensitive values hidden.

    Attributes:
        reviewer: who decided it; "" when nobody has.
    """

    document: Document
    fields: tuple[StoredField, ...]
    reviewer: str


@dataclass(frozen=True, slots=True)
class Export:
    """An export that has begun.

    Attributes:
        at: when, in UTC.
        by: who asked for it.
        chosen: the documents.
        columns: (type, field) pairs that they have or could have, in the order of their types.
        hiding: how sensitive values are hidden.
        settings: where the documents are.
        tenant_id: whose.
    """

    at: datetime
    by: str
    chosen: exports.Chosen
    columns: tuple[tuple[str | None, str], ...]
    hiding: Hiding
    settings: Settings
    tenant_id: str

    def records(self) -> Iterator[Record]:
        """The documents, newest first, read in batches."""
        store = database(self.settings)
        with store.connect() as connection:
            people = queue.people(connection, self.tenant_id)
        for start in range(0, len(self.chosen.ids), _BATCH):
            ids = self.chosen.ids[start : start + _BATCH]
            with store.connect() as connection:
                found = list(exports.with_fields(connection, self.tenant_id, ids))
            for document, fields in found:
                hidden = tuple(self.hiding.field(stored, document.type) for stored in fields)
                yield Record(self._hidden(document), hidden, people.get(document.reviewed_by or "", ""))

    def _hidden(self, document: Document) -> Document:
        return replace(
            document,
            filename=self.hiding.text(document.filename),
            reasons=[{**reason, "sentence": self.hiding.text(str(reason["sentence"]))} for reason in document.reasons],
            reject_reason=None if document.reject_reason is None else self.hiding.text(document.reject_reason),
        )


def begin(
    which: Filters | Sequence[str], form: ExportFormat, hiding: Hiding, user: User, settings: Settings
) -> Export:  # fmt: skip
    """Chooses the documents and writes the export down, before the first byte of it leaves.

    Args:
        which: what documents must match, or their ids.
        form: the format, for the audit trail.
        hiding: how sensitive values are hidden.
        user: who asks; only documents of their tenant are found.
        settings: of this process.
    """
    with database(settings).begin() as connection:
        if isinstance(which, Filters):
            chosen = exports.matching(connection, user.tenant_id, which, MOST_DOCUMENTS)
        else:
            chosen = exports.named(connection, user.tenant_id, which[:MOST_CHOSEN])
        columns = _columns(chosen, exports.field_names(connection, user.tenant_id, chosen.ids))
        if chosen.ids:
            audit.record(connection, user.tenant_id, user.id, "exported", documents=len(chosen.ids),
                         format=form, hidden=hiding.mode, persons_hidden=hiding.persons)  # fmt: skip
    return Export(datetime.now(UTC), user.name, chosen, columns, hiding, settings, user.tenant_id)


def _columns(
    chosen: exports.Chosen, stored: Sequence[tuple[str | None, str]]
) -> tuple[tuple[str | None, str], ...]:  # fmt: skip
    """Those of the types' definitions, then what documents have beside: of an earlier type or definition."""
    known = [name for name in DOC_TYPES if name in chosen.types]
    others = sorted(name for name in chosen.types if name is not None and name not in known)
    types: list[str | None] = [*known, *others, *([None] if None in chosen.types else [])]
    pairs = [
        pair
        for type_name in types
        for pair in (
            *((type_name, spec.name) for spec in DOC_TYPES.fields_of(type_name)),
            *((of, name) for of, name in stored if of == type_name),
        )
    ]
    return tuple(dict.fromkeys(pairs))
