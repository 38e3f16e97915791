"""Which documents a list shows and in which order, as SQL."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, literal, or_, text

from db import review_target
from db.searched_words import searched_words
from db.tables import docs

NOBODY = "none"
"""In place of an assignee's id: assigned to nobody."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents a list shows; empty or None means all.

    Attributes:
        statuses, types: any of these.
        query: words in the text, as typed into a search engine ("quoted phrase", -not).
        filename: part of the file's name.
        reason: a review reason's code.
        max_confidence: no more confident than this, 0..1, or of unknown confidence.
        confidence: at least the first and below the second, 0..1; a second of 1 takes 1 in.
        confidence_known: whether a confidence is known at all.
        older_than_h: uploaded longer ago than this.
        overdue: whether the review's target is past.
        uploader: a user's id.
        assignee: a user's id, or `NOBODY`.
        priority: -1, 0 or 1.
    """

    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    query: str = ""
    filename: str = ""
    reason: str = ""
    max_confidence: float | None = None
    confidence: tuple[float, float] | None = None
    confidence_known: bool | None = None
    older_than_h: float | None = None
    overdue: bool | None = None
    uploader: str = ""
    assignee: str = ""
    priority: int | None = None


def conditions(tenant_id: str, filters: Filters) -> list[ColumnElement[bool]]:
    """What a document must meet, the tenant included."""
    return [docs.c.tenant_id == tenant_id, *by_name(tenant_id, filters).values()]


def by_name(tenant_id: str, filters: Filters) -> dict[str, ColumnElement[bool]]:
    """The condition of each filter that is set: status, type, text, reason, confidence, age, uploader, assignee,
    priority.
    """
    found: dict[str, list[ColumnElement[bool]]] = {
        "status": [docs.c.processing_status.in_(filters.statuses)] if filters.statuses else [],
        "type": [docs.c.type.in_(filters.types)] if filters.types else [],
        "text": _of_text(filters),
        "reason": [docs.c.reasons.contains([{"code": filters.reason}])] if filters.reason else [],
        "confidence": _of_confidence(filters),
        "age": _of_age(tenant_id, filters),
        "uploader": [docs.c.uploaded_by == filters.uploader] if filters.uploader else [],
        "assignee": _of_assignee(filters),
        "priority": [] if filters.priority is None else [docs.c.priority == filters.priority],
    }
    return {name: and_(*each) for name, each in found.items() if each}


def _of_text(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.query:
        words = func.to_tsvector(text("'english'"), docs.c.ocr_text)
        found.append(words.op("@@")(searched_words(filters.query)))
    if filters.filename:
        found.append(docs.c.filename.icontains(filters.filename, autoescape=True))
    return found


def _of_confidence(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.max_confidence is not None:
        found.append(or_(docs.c.confidence <= filters.max_confidence, docs.c.confidence.is_(None)))
    if filters.confidence is not None:
        found.append(within(filters.confidence))
    if filters.confidence_known is not None:
        found.append(docs.c.confidence.is_not(None) if filters.confidence_known else docs.c.confidence.is_(None))
    return found


def within(band: tuple[float, float]) -> ColumnElement[bool]:
    """A confidence of at least the first and below the second; a second of 1 takes 1 in."""
    low, high = band
    return and_(docs.c.confidence >= low, docs.c.confidence < high if high < 1 else docs.c.confidence <= 1)


def _of_age(tenant_id: str, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.older_than_h is not None:
        found.append(older_than(filters.older_than_h))
    if filters.overdue is not None:
        found.append(overdue(tenant_id) if filters.overdue else ~overdue(tenant_id))
    return found


def older_than(hours: float) -> ColumnElement[bool]:
    """Uploaded longer ago than so many hours."""
    return docs.c.created_at < func.now() - literal(timedelta(hours=hours))


def overdue(tenant_id: str) -> ColumnElement[bool]:
    """Uploaded longer ago than the tenant's target for reviews."""
    return docs.c.created_at < func.now() - review_target.interval(tenant_id)


def _of_assignee(filters: Filters) -> list[ColumnElement[bool]]:
    if not filters.assignee:
        return []
    return [docs.c.assignee_id.is_(None) if filters.assignee == NOBODY else docs.c.assignee_id == filters.assignee]


@dataclass(frozen=True, slots=True)
class _Key:
    """What is sorted by, and how its value is read back from a cursor."""

    column: ColumnElement[Any]
    read: Callable[[Any], Any]
    descending: bool = False

    @property
    def sorting(self) -> ColumnElement[Any]:
        return self.column.desc() if self.descending else self.column.asc()

    def beyond(self, value: Any) -> ColumnElement[bool]:
        return and_(self.column < value if self.descending else self.column > value)


def _read_time(value: Any) -> datetime:
    return datetime.fromisoformat(value)


def _read_id(value: Any) -> str:
    return str(UUID(value))


_DOUBT = func.coalesce(docs.c.confidence, -1.0)
_ORDERS: dict[str, tuple[_Key, ...]] = {
    "newest": (_Key(docs.c.created_at, _read_time, descending=True), _Key(docs.c.id, _read_id, descending=True)),
    "oldest": (_Key(docs.c.created_at, _read_time), _Key(docs.c.id, _read_id)),
    "doubtful": (_Key(_DOUBT, float), _Key(docs.c.id, _read_id)),
    "priority": (
        _Key(docs.c.priority, int, descending=True),
        _Key(docs.c.created_at, _read_time),
        _Key(docs.c.id, _read_id),
    ),
}


def sorting(order: str) -> list[ColumnElement[Any]]:
    """ORDER BY of "newest", "oldest", "doubtful" (least confident first) or "priority" (high first, then oldest)."""
    return [key.sorting for key in _ORDERS[order]]


def sort_keys(order: str) -> list[ColumnElement[Any]]:
    """The columns that `cursor` needs in a row."""
    return [key.column.label(f"sort_key_{place}") for place, key in enumerate(_ORDERS[order])]


def cursor(order: str, row: RowMapping) -> str:
    """Names the place after a row."""
    values = [row[f"sort_key_{place}"] for place in range(len(_ORDERS[order]))]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([order, *plain], default=str).encode()).decode()


def after(order: str, place: str | None) -> ColumnElement[bool] | None:
    """What comes after a cursor's place; None for a cursor that is not ours."""
    if not place:
        return None
    keys = _ORDERS[order]
    try:
        made_for, *plain = json.loads(base64.urlsafe_b64decode(place.encode()))
        if made_for != order:
            return None
        values = [key.read(value) for key, value in zip(keys, plain, strict=True)]
    except (ValueError, TypeError, AttributeError):
        return None
    beyond = [
        and_(*(before.column == value for before, value in zip(keys[:n], values[:n], strict=True)),
             key.beyond(values[n]))
        for n, key in enumerate(keys)
    ]  # fmt: skip
    return or_(*beyond)
