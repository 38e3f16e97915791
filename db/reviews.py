"""What people do to documents: correct, approve, reject, retry, change the type.

Each takes the version that the person saw; if the document has moved on, `VersionConflict` says so and nothing
changes. Each correction is stored with before, after, who and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select, text, true
from sqlalchemy.dialects.postgresql import insert

from db import audit, jobs, model_calls
from db.documents import Document, DocumentNotFound, get
from db.tables import corrections, docs, fields, pages, stage_results
from db.tables import jobs as jobs_table
from pipeline.types import UNKNOWN_TYPE

REVIEWABLE = ("needs_review", "auto_approved", "approved", "rejected")
"""Statuses in which a person may change a document."""


class VersionConflict(Exception):
    """Somebody else has changed this document meanwhile. Look at the newer state and repeat your change there."""

    code = "version_conflict"

    def __init__(self, current_version: int) -> None:
        super().__init__(self.__doc__)
        self.current_version = current_version


class NotReviewable(Exception):
    """The document is still being processed. Wait until it is finished."""

    code = "not_reviewable"

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class TypeNotChosen(NotReviewable):
    """The document's type is not known. Choose it, then approve the document."""

    code = "type_not_chosen"


def correct(
    connection: Connection,
    tenant_id: str,
    doc_id: str,
    version: int,
    user_id: str,
    values: Mapping[str, Any],
    boxes: Mapping[str, list[list[float]]] | None = None,
) -> int:
    """Stores a person's values and their places; gives the document's new version (the same when nothing differs).

    Args:
        connection: an open transaction.
        tenant_id: whose.
        doc_id: which.
        version: the version that the person saw.
        user_id: who.
        values: field name -> normalised value (None: not on the document). Values equal to what is stored are no
            correction.
        boxes: where values stand on the page, as far as they were found or marked there; one that stays as it is gets
            its new place, which is no correction.

    Raises:
        DocumentNotFound, VersionConflict, NotReviewable: see there.
    """
    document = _locked(connection, tenant_id, doc_id, version)
    stored = {row.name: row for row in connection.execute(select(fields).where(fields.c.doc_id == doc_id))}
    changed = {name: value for name, value in values.items() if name not in stored or stored[name].value != value}
    stays = {name: row for name, row in stored.items() if name not in changed and row.value is not None}
    moved = {
        name: places for name, places in (boxes or {}).items() if name in stays and stays[name].boxes != places
    }  # fmt: skip
    if not changed and not moved:
        return document.version
    for name, value in changed.items():
        before = stored[name].value if name in stored else None
        _store_human_value(connection, document, name, value, (boxes or {}).get(name, []))
        _store_correction(connection, document, name, before, value, user_id)
    for name, places in moved.items():
        _store_places(connection, doc_id, name, places)
    for action, names in (("corrected", changed), ("place_marked", moved)):
        if names:
            _record(connection, document, user_id, action, fields=sorted(names))
    return _bump(connection, document)


def approve(
    connection: Connection, tenant_id: str, doc_id: str, version: int, user_id: str, seconds: float | None = None
) -> int:
    """Accepts the document as it stands; gives its new version.

    Args:
        connection: an open transaction.
        tenant_id: whose.
        doc_id: which.
        version: the version that the person saw.
        user_id: who.
        seconds: how long the person had it open; None: not known.

    Raises:
        TypeNotChosen: nobody knows what it is; what is approved counts as the truth.
        DocumentNotFound, VersionConflict, NotReviewable: see there.
    """
    document = _locked(connection, tenant_id, doc_id, version)
    if document.type in (None, UNKNOWN_TYPE):
        raise TypeNotChosen
    _record(connection, document, user_id, "approved")
    return _bump(connection, document, processing_status="approved", **_reviewed(user_id, seconds), reject_reason=None)


def reject(
    connection: Connection,
    tenant_id: str,
    doc_id: str,
    version: int,
    user_id: str,
    reason: str,
    seconds: float | None = None,
) -> int:
    """Refuses the document, saying why; gives its new version. Arguments as of `approve`; raises as `correct` does."""
    document = _locked(connection, tenant_id, doc_id, version)
    _record(connection, document, user_id, "rejected")
    return _bump(
        connection, document, processing_status="rejected", **_reviewed(user_id, seconds), reject_reason=reason
    )


def reopen(connection: Connection, tenant_id: str, doc_id: str, version: int, user_id: str) -> int:
    """Takes an approval or a rejection back: the document waits for a person again, with its values as they are.

    Raises:
        DocumentNotFound, VersionConflict, NotReviewable: see there.
    """
    document = _locked(connection, tenant_id, doc_id, version, ("approved", "rejected"))
    _record(connection, document, user_id, "reopened")
    undecided = {"reviewed_by": None, "reviewed_at": None, "review_seconds": None, "reject_reason": None}
    return _bump(connection, document, processing_status="needs_review", **undecided)


def change_type(
    connection: Connection, tenant_id: str, doc_id: str, version: int, user_id: str, type_name: str
) -> tuple[int, str]:
    """Sets the type a person sees and extracts again; gives the new version and the job's id."""
    document = _locked(connection, tenant_id, doc_id, version)
    _store_correction(connection, document, "type", document.type, type_name, user_id)
    _record(connection, document, user_id, "type_changed", before=document.type, after=type_name)
    theirs = fields.c.source == "machine" if type_name == document.type else true()
    connection.execute(fields.delete().where(fields.c.doc_id == doc_id, theirs))
    new_version = _bump(connection, document, type=type_name)
    return new_version, _run_again(connection, tenant_id, doc_id, "extraction")


def retry(connection: Connection, tenant_id: str, doc_id: str, user_id: str, stage: str) -> tuple[str, str]:
    """Runs a document again from a stage on, or from the first before it that has no result; gives job id and stage.

    Raises:
        DocumentNotFound: see there.
        NotReviewable: it is being processed now.
        ValueError: there is no such stage.
    """
    if stage not in jobs.STAGES:
        raise ValueError(f"stage must be one of {', '.join(jobs.STAGES)}")
    document = _locked(connection, tenant_id, doc_id, None, ("error", *REVIEWABLE))
    for earlier in jobs.STAGES[: jobs.STAGES.index(stage)]:
        if not _has_result(connection, doc_id, earlier):
            stage = earlier
            break
    _record(connection, document, user_id, "retried", stage=stage)
    if stage == "ocr":
        connection.execute(pages.delete().where(pages.c.doc_id == doc_id))
    _bump(connection, document, processing_status="received", reasons=[])
    return _run_again(connection, tenant_id, doc_id, stage), stage


def _has_result(connection: Connection, doc_id: str, stage: str) -> bool:
    return (
        connection.execute(
            select(stage_results.c.id).where(stage_results.c.doc_id == doc_id, stage_results.c.stage == stage)
        ).scalar_one_or_none()
        is not None
    )


def _run_again(connection: Connection, tenant_id: str, doc_id: str, stage: str) -> str:
    from_here = jobs.STAGES[jobs.STAGES.index(stage) :]
    connection.execute(
        stage_results.delete().where(stage_results.c.doc_id == doc_id, stage_results.c.stage.in_(from_here))
    )
    model_calls.forget_mask(connection, doc_id)
    generation = connection.execute(
        select(func.coalesce(func.max(jobs_table.c.generation), 0) + 1).where(jobs_table.c.doc_id == doc_id)
    ).scalar_one()
    connection.execute(docs.update().where(docs.c.id == doc_id).values(processing_status=jobs.STATUS_IN_STAGE[stage]))
    return jobs.add(connection, tenant_id, doc_id, stage, generation)


def _locked(
    connection: Connection, tenant_id: str, doc_id: str, version: int | None, statuses: tuple[str, ...] = REVIEWABLE
) -> Document:
    found = connection.execute(
        select(docs.c.id).where(docs.c.tenant_id == tenant_id, docs.c.id == doc_id).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise DocumentNotFound(doc_id)
    document = get(connection, tenant_id, doc_id)
    if version is not None and document.version != version:
        raise VersionConflict(document.version)
    if document.processing_status not in statuses:
        raise NotReviewable
    return document


def _store_human_value(
    connection: Connection, document: Document, name: str, value: Any, boxes: list[list[float]]
) -> None:
    human = {"value": value, "source": "human", "findings": [], "boxes": boxes, "updated_at": text("now()")}
    connection.execute(
        insert(fields)
        .values(doc_id=document.id, name=name, tenant_id=document.tenant_id, position=1000, **human)
        .on_conflict_do_update(index_elements=["doc_id", "name"], set_=human)
    )


def _store_places(connection: Connection, doc_id: str, name: str, boxes: list[list[float]]) -> None:
    connection.execute(
        fields.update()
        .where(fields.c.doc_id == doc_id, fields.c.name == name)
        .values(boxes=boxes, updated_at=text("now()"))
    )


def _store_correction(
    connection: Connection, document: Document, name: str, before: Any, after: Any, user_id: str
) -> None:
    connection.execute(
        corrections.insert().values(
            tenant_id=document.tenant_id,
            doc_id=document.id,
            field=name,
            before=before,
            after=after,
            user_id=user_id,
            doc_version=document.version,
        )
    )


def _record(connection: Connection, document: Document, user_id: str, action: str, **details: Any) -> None:
    """Adds the event of what `_bump` makes a version of, with the number of that version."""
    audit.record(
        connection, document.tenant_id, user_id, action, document.id, version=document.version + 1, **details
    )  # fmt: skip


def _reviewed(user_id: str, seconds: float | None) -> dict[str, Any]:
    return {"reviewed_by": user_id, "reviewed_at": text("now()"), "review_seconds": seconds}


def _bump(connection: Connection, document: Document, **values: Any) -> int:
    connection.execute(
        docs.update()
        .where(docs.c.id == document.id)
        .values(version=docs.c.version + 1, updated_at=text("now()"), **values)
    )
    return document.version + 1
