"""Taking a file in: checked, stored, written down, and only then acknowledged."""

from __future__ import annotations

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.auth import User
from app.settings import Settings
from app.wiring import AT_ONCE, blobs, database, intake_limits
from db import audit, documents
from db.blobs import blob_key, sha256_of
from pipeline import child
from pipeline.errors import EmptyFile, FileTooLarge, Rejected, StageFailed, TooComplex
from pipeline.intake import display_name, inspect
from pipeline.kinds import MAX_BYTES
from workers.queues import wake

log = structlog.get_logger()


def submit(data: bytes, filename: str, user: User, settings: Settings) -> documents.Added:
    """Takes a file in for a user; a refusal is written down in the audit trail.

    The bytes go to the blob store first, then document, job, wake-up and audit event are committed together; after
    that the worker is woken if Redis is there. The same bytes again give the same document.

    Args:
        data: the whole file.
        filename: as the sender calls it.
        user: who sends it.
        settings: of this process.

    Raises:
        Rejected: the file is not taken; `code` and sentence say why.
        sqlalchemy.exc.OperationalError: the database is away; nothing was promised.
    """
    try:
        return _take(data, filename, user, settings)
    except Rejected as refusal:
        _note_refusal(refusal, len(data), user, settings)
        raise


def refuse_unsent(size_bytes: int, user: User, settings: Settings) -> FileTooLarge:
    """Says why a file is not taken that was too large to be sent here at all; it is written down as others are."""
    refusal = _too_large(settings)
    _note_refusal(refusal, size_bytes, user, settings)
    return refusal


def most_bytes(settings: Settings) -> int:
    """How large a file may be."""
    return min(settings.max_upload_bytes, MAX_BYTES)


def _take(data: bytes, filename: str, user: User, settings: Settings) -> documents.Added:
    if not data:
        raise EmptyFile
    if len(data) > most_bytes(settings):
        raise _too_large(settings)
    store = database(settings)
    sha256 = sha256_of(data)
    key = blob_key(user.tenant_id, sha256)
    known = _known(store, user, sha256)
    if known is not None:
        blobs(settings).put(key, data)  # mends a file that was lost
        return known
    added = _add(store, data, filename, key, user, settings)
    if not added.duplicate:
        wake([(added.job_id, "ocr")], settings)
    return added


def _too_large(settings: Settings) -> FileTooLarge:
    return FileTooLarge(f"At most {most_bytes(settings) / 1e6:g} MB are taken.")


def _note_refusal(refusal: Rejected, size_bytes: int, user: User, settings: Settings) -> None:
    try:
        with database(settings).begin() as connection:
            audit.record(
                connection, user.tenant_id, user.id, "upload_refused", code=refusal.code, size_bytes=size_bytes
            )
    except SQLAlchemyError as error:  # the sender is told what is wrong with the file all the same
        log.warning("refusal_not_noted", code=refusal.code, error=type(error).__name__)


def _known(store: Engine, user: User, sha256: str) -> documents.Added | None:
    with store.begin() as connection:
        known = documents.find_by_hash(connection, user.tenant_id, sha256)
        if known is not None:
            audit.record(connection, user.tenant_id, user.id, "uploaded_again", known.document_id)
        return known


def _add(
    store: Engine, data: bytes, filename: str, key: str, user: User, settings: Settings
) -> documents.Added:  # fmt: skip
    try:
        with AT_ONCE:
            intake = child.run(inspect, data, limits=intake_limits())
    except StageFailed as failure:
        log.warning("intake_failed", code=failure.code, key=key)
        raise TooComplex from None
    blobs(settings).put(key, data)
    new = documents.NewDocument(
        tenant_id=user.tenant_id,
        sha256=key.split("/")[3],
        blob_key=key,
        filename=display_name(filename),
        kind=intake.kind.value,
        content_type=intake.content_type,
        size_bytes=len(data),
        page_count=intake.page_count,
        uploaded_by=user.id,
    )
    with store.begin() as connection:
        return documents.add(connection, new)
