"""Files that a person sends together, each taken or refused by itself, and how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app import uploading
from app.auth import User
from app.settings import Settings
from db import documents, runs
from pipeline.errors import Rejected
from pipeline.intake import display_name

_FINISHED = ("needs_review", "auto_approved", "approved", "rejected", "error")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent: taken (with ids), or refused (with a sentence)."""

    filename: str
    document_id: str = ""
    job_id: str = ""
    duplicate: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has come.

    Attributes:
        sent: the file.
        status: its document's; "" when it was refused.
        type, confidence: what was found, once it is known.
        pages_read, page_count: while it is read.
    """

    sent: Sent
    status: str = ""
    type: str | None = None
    confidence: float | None = None
    pages_read: int = 0
    page_count: int = 0

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return not self.status or self.status in _FINISHED

    @property
    def share(self) -> float:
        """How much is done, 0..1; reading is most of it."""
        if self.finished:
            return 1.0
        read = self.pages_read / self.page_count if self.page_count else 0.0
        return {"classifying": 0.85, "extracting": 0.92}.get(self.status, 0.05 + 0.75 * read)


def send(filename: str, data: bytes, user: User, settings: Settings) -> Sent:
    """Takes a file in; one that is refused says why instead of raising."""
    name = display_name(filename)
    try:
        added = uploading.submit(data, filename, user, settings)
    except Rejected as refusal:
        return Sent(name, refusal=refusal.sentence)
    return Sent(name, added.document_id, added.job_id, added.duplicate)


def progress_of(connection: Connection, user: User, batch: Sequence[Sent]) -> list[Progress]:
    """How far each file has come."""
    return [_progress(connection, user, sent) for sent in batch]


def _progress(connection: Connection, user: User, sent: Sent) -> Progress:
    if sent.refusal:
        return Progress(sent)
    document = documents.get(connection, user.tenant_id, sent.document_id)
    if document.processing_status in _FINISHED:
        return Progress(sent, document.processing_status, document.type, document.confidence,
                        document.page_count, document.page_count)  # fmt: skip
    job = runs.job_status(connection, user.tenant_id, sent.job_id)
    return Progress(sent, document.processing_status, document.type, None, job.pages_read, job.page_count)
