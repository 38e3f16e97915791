"""What a person may do to a document, for the pages and the API alike: checked, stored, and the workers woken."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Connection

from app.auth import User
from app.date_order import date_order
from app.settings import Settings
from app.wiring import database, redis
from db import cache, comments, documents, drafts, review_locks, reviews, unsent
from db.documents import StoredField
from pipeline.dates import DateOrder
from pipeline.doctypes import DOC_TYPES, FieldKind, FieldSpec
from pipeline.entry import first_wrong_cell, validate_value
from pipeline.printed import places_of
from pipeline.types import UNKNOWN_TYPE, Page
from workers.queues import wake

Cell = tuple[int, str]
"""A table's row, counted from 0, and the name of a column."""


class InvalidValues(Exception):
    """Some values are not valid. Mend them and save again."""

    code = "invalid_values"

    def __init__(self, sentences: Mapping[str, str], cells: Mapping[str, Cell]) -> None:
        super().__init__(self.__doc__)
        self.sentences = dict(sentences)
        self.cells = dict(cells)


class EmptyComment(Exception):
    """A comment needs some words."""

    code = "empty_comment"


class UnknownType(Exception):
    """There is no document type of that name."""

    code = "unknown_type"


Boxes = Mapping[str, Sequence[Sequence[float]]]
"""Field -> where a person marked its value, as (page, x0, y0, x1, y1) in shares of the page."""


def save(
    doc_id: str,
    version: int,
    entries: Mapping[str, Any],
    user: User,
    settings: Settings,
    marked: Boxes | None = None,
) -> int:
    """Stores what a person entered; gives the document's new version. What the person had typed over the version
    they saw ends, and what they had typed into these fields over older ones.

    Args:
        doc_id: which document.
        version: the version the person saw.
        entries: field name -> what was typed (text; rows for a table; None or "" for "not on the document").
        user: who.
        settings: of this process.
        marked: where values stand, as far as the person marked them, also of fields without an entry; where other
            new values stand is looked for.

    Raises:
        InvalidValues: field -> sentence; nothing was stored.
        VersionConflict, NotReviewable, DocumentNotFound: see `db.reviews`.
    """
    with database(settings).begin() as connection:
        document = documents.get(connection, user.tenant_id, doc_id)
        values = _validated(document.type, entries, date_order(connection, doc_id))
        stored = {row.name: row for row in documents.fields_of(connection, doc_id)}
        changed = {name: value for name, value in values.items() if name not in stored or stored[name].value != value}
        pages = documents.pages_of(connection, doc_id) if changed else ()
        specs = {spec.name: spec for spec in DOC_TYPES.fields_of(document.type)}
        boxes = {
            name: _places(specs[name], value, str(entries[name]), stored.get(name), pages)
            for name, value in changed.items()
            if value is not None
        }
        boxes |= {name: [list(box) for box in places] for name, places in (marked or {}).items()}
        newer = reviews.correct(connection, user.tenant_id, doc_id, version, user.id, values, boxes)
        _end_drafts(connection, user, doc_id, version, {*entries, *(marked or {})})
    if newer != version:
        _drop_examples(document, user, settings)
    return newer


def approve(doc_id: str, version: int, user: User, settings: Settings, session: str = "") -> int:
    """Accepts a document as it stands; gives its new version. Raises as `save` does.

    `session`: the browser session whose lock says how long the person had the document open; its lock ends.
    """
    with database(settings).begin() as connection:
        document = documents.get(connection, user.tenant_id, doc_id)
        seconds = review_locks.seconds_held(connection, user.tenant_id, doc_id, session)
        newer = reviews.approve(connection, user.tenant_id, doc_id, version, user.id, seconds)
        _put_aside(connection, user, doc_id, session)
    _drop_examples(document, user, settings)
    return newer


def reject(doc_id: str, version: int, reason: str, user: User, settings: Settings, session: str = "") -> int:
    """Refuses a document; gives its new version. `session` as for `approve`. Raises as `save` does."""
    with database(settings).begin() as connection:
        document = documents.get(connection, user.tenant_id, doc_id)
        seconds = review_locks.seconds_held(connection, user.tenant_id, doc_id, session)
        newer = reviews.reject(connection, user.tenant_id, doc_id, version, user.id, reason, seconds)
        _put_aside(connection, user, doc_id, session)
    if document.processing_status == "approved":
        _drop_examples(document, user, settings)
    return newer


def reopen(doc_id: str, version: int, user: User, settings: Settings) -> int:
    """Takes an approval or a rejection back; gives the new version. Raises as `save` does."""
    with database(settings).begin() as connection:
        document = documents.get(connection, user.tenant_id, doc_id)
        newer = reviews.reopen(connection, user.tenant_id, doc_id, version, user.id)
    _drop_examples(document, user, settings)
    return newer


def comment(doc_id: str, body: str, user: User, settings: Settings) -> None:
    """Says something about a document to those who see it next.

    Raises:
        EmptyComment: it holds no words.
        DocumentNotFound: see `db.documents`.
    """
    if not body.strip():
        raise EmptyComment(EmptyComment.__doc__)
    with database(settings).begin() as connection:
        documents.get(connection, user.tenant_id, doc_id)
        comments.add(connection, user.tenant_id, doc_id, user.id, body.strip())


def retry(doc_id: str, stage: str, user: User, settings: Settings) -> str:
    """Runs a document again from a stage; gives the job's id."""
    with database(settings).begin() as connection:
        job_id, stage = reviews.retry(connection, user.tenant_id, doc_id, user.id, stage)
    wake([(job_id, stage)], settings)
    return job_id


def change_type(doc_id: str, version: int, type_name: str, user: User, settings: Settings) -> int:
    """Sets another type and extracts again; gives the new version.

    Raises:
        UnknownType: no such type; otherwise as `save` does.
    """
    if type_name not in DOC_TYPES:
        raise UnknownType(UnknownType.__doc__)
    with database(settings).begin() as connection:
        document = documents.get(connection, user.tenant_id, doc_id)
        version, job_id = reviews.change_type(connection, user.tenant_id, doc_id, version, user.id, type_name)
    _drop_examples(document, user, settings)
    wake([(job_id, "extraction")], settings)
    return version


def _end_drafts(connection: Connection, user: User, doc_id: str, version: int, fields: Set[str]) -> None:
    drafts.drop(connection, doc_id, user.id, version)
    for draft in drafts.of_document(connection, user.tenant_id, doc_id, user.id):
        left = {name: typed for name, typed in draft.entries.items() if name not in fields}
        if draft.doc_version < version and left != draft.entries:
            drafts.replace(connection, doc_id, user.id, draft, left)


def _put_aside(connection: Connection, user: User, doc_id: str, session: str) -> None:
    """A decided document has no draft and no reason to reject that was not sent, and nobody has it open."""
    drafts.drop(connection, doc_id, user.id)
    unsent.keep(connection, user.tenant_id, doc_id, user.id, reason="")
    review_locks.release(connection, user.tenant_id, doc_id, session)


def _drop_examples(document: documents.Document, user: User, settings: Settings) -> None:
    """What people have found right is an example for the language model from now on, not in five minutes."""
    if settings.llm == "off" or document.type is None:
        return
    with redis(settings, answer_within_s=2.0) as connection:
        of_types = cache.type_examples_key(user.tenant_id)
        cache.drop(connection, cache.examples_key(user.tenant_id, document.type), of_types)


def _places(
    spec: FieldSpec, value: Any, entry: str, before: StoredField | None, pages: Sequence[Page]
) -> list[list[float]]:
    """Where a value that a person typed stands: words that say it; a box stays where it is, ticked or not."""
    if spec.kind is FieldKind.TABLE:
        return [] if before is None else _places_of_rows(value, before)
    if spec.kind is FieldKind.CHECK_BOX:
        return [] if before is None else [list(box) for box in before.boxes]
    return [box.to_json() for box in places_of(spec, value, entry, pages)]


def _places_of_rows(rows: Sequence[Any], before: StoredField) -> list[list[float]]:
    """Where a table's rows stand, each of which has a place: those that stay, or that stand between two that stay."""
    known = before.value or []
    if len(known) != len(before.boxes):
        return []
    kept: list[list[float]] = []
    was, now = ([json.dumps(row, sort_keys=True) for row in each] for each in (known, rows))
    same = SequenceMatcher(None, was, now, autojunk=False)
    for tag, start, end, new_start, new_end in same.get_opcodes():
        if tag == "equal" or (tag == "replace" and end - start == new_end - new_start):
            kept += [list(box) for box in before.boxes[start:end]]
    return kept


def _validated(type_name: str | None, entries: Mapping[str, Any], order: DateOrder) -> dict[str, Any]:
    specs = {spec.name: spec for spec in DOC_TYPES.fields_of(type_name)}
    values: dict[str, Any] = {}
    sentences: dict[str, str] = {}
    cells: dict[str, Cell] = {}
    for name, entry in entries.items():
        if name not in specs:
            sentences[name] = f"A document of type {type_name or UNKNOWN_TYPE} has no field {name!r}."
            continue
        if entry is None or entry == "":
            values[name] = None
            continue
        values[name], sentence = validate_value(specs[name], entry, order)
        if sentence is not None:
            sentences[name] = sentence
            if wrong := first_wrong_cell(specs[name], entry, order):
                cells[name] = wrong.row, wrong.column
    if sentences:
        raise InvalidValues(sentences, cells)
    return values
