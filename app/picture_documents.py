"""What the pictures of the screens show: samples, and reviews for Quality to measure; all through the API."""

from __future__ import annotations

from typing import Any, Protocol

from app.client import Client
from app.console import CommandFailed
from pipeline.types import UNKNOWN_TYPE

_REVIEWED = ("approved", "rejected")
_LEFT_WAITING = 4
"""For the pictures of Queue and Review."""
_CORRECTED = 3
"""Of so many documents one is corrected: figures that are all perfect show little."""


class Reviewer(Protocol):
    """What is needed of `app.client.Client`."""

    def document(self, document_id: str) -> dict[str, Any]:
        """All that is known of a document."""
        ...

    def correct(self, document_id: str, version: int, values: dict[str, Any]) -> int:
        """Sets values; gives the document's new version."""
        ...

    def approve(self, document_id: str, version: int) -> None:
        """Accepts a document as it stands."""
        ...


def add_samples(client: Client) -> None:
    """Adds the dozen samples, and waits until they are read.

    Raises:
        CommandFailed: the system is away, or too slow.
    """
    from pipeline.samples import draw_dozen  # drawing needs reportlab and OpenCV, which other commands don't

    receipts = [client.upload(sample.filename, sample.data) for sample in draw_dozen()]
    if client.wait({receipt.job_id for receipt in receipts if not receipt.refused}, lambda _: None):
        raise CommandFailed("The samples are not read after an hour. The Operations page shows why.")


def shown_in_review(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """The document of the pictures of Review: a statement shows more than any other type; else whatever is there."""
    waiting = [each for each in documents if each["processing_status"] == "needs_review"]
    statements = [each for each in waiting or documents if each["type"] == "bank_statement"]
    return (statements or waiting or documents)[0]


def review_some(client: Reviewer, documents: list[dict[str, Any]]) -> int:
    """Approves most documents, where nobody has reviewed any yet; gives how many.

    They are approved as they stand, but for one in three: its least certain value of several words loses the last.

    Args:
        client: of the system.
        documents: all of them, as a list shows them.
    """
    if any(each["processing_status"] in _REVIEWED for each in documents):
        return 0
    approved = _to_approve(documents)
    for place, document in enumerate(approved):
        version = document["version"]
        changes = _change(client.document(document["id"])) if place % _CORRECTED == 0 else {}
        if changes:
            version = client.correct(document["id"], version, changes)
        client.approve(document["id"], version)
    return len(approved)


def _to_approve(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose type is known, without some that go on waiting; the least certain come first."""
    known = [each for each in documents if each["type"] not in (None, UNKNOWN_TYPE)]
    waiting = [each for each in known if each["processing_status"] == "needs_review"]
    passed = [each for each in known if each["processing_status"] == "auto_approved"]
    shown = shown_in_review(waiting)["id"] if waiting else None
    others = [each for each in waiting if each["id"] != shown]
    return sorted([*others[: max(0, len(waiting) - _LEFT_WAITING)], *passed], key=_confidence)


def _confidence(one: dict[str, Any]) -> float:
    return float(one["confidence"] or 0)


def _change(document: dict[str, Any]) -> dict[str, Any]:
    """A correction that any text takes, without digits, which checks may be about; nothing where there is no such."""
    values = [each for each in document["fields"] if _has_words(each["value"])]
    if not values:
        return {}
    doubtful = min(values, key=_confidence)
    return {doubtful["name"]: doubtful["value"].rsplit(maxsplit=1)[0]}


def _has_words(value: Any) -> bool:
    return isinstance(value, str) and len(value.split()) > 1 and not any(character.isdigit() for character in value)
