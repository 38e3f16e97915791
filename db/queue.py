"""The queue's work: whose a document is, how urgent, and what stands in the way of deciding many at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, select

from db import audit, filters
from db.documents import DocumentNotFound
from db.filters import Filters
from db.queue_counts import WAITING
from db.reviews import NotReviewable, VersionConflict
from db.tables import docs, fields, review_locks, users
from pipeline.metrics.threshold import NOT_SURE_ENOUGH

PRIORITIES = (1, 0, -1)
MOST_AT_ONCE = 10_000
DECIDED = ("approved", "rejected", "auto_approved")


class UnknownPerson(Exception):
    """There is no such person. Choose somebody from the list."""

    code = "unknown_person"


class OpenElsewhere(Exception):
    """Somebody has this document open for review. Wait until they are done, or ask them."""

    code = "open_elsewhere"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that something is to be done to together with others.

    Attributes:
        id, version, filename, type, status, assignee_id, priority: of the document now.
        reasons: codes of why a person must look; doubts about a value that a person has set since are left out.
        open_with: the name of whoever has it open for review.
    """

    id: str
    version: int
    filename: str
    type: str | None
    status: str
    assignee_id: str | None
    priority: int
    reasons: frozenset[str]
    open_with: str | None


def people(connection: Connection, tenant_id: str) -> dict[str, str]:
    """The tenant's people: id -> name, by name."""
    rows = connection.execute(
        select(users.c.id, users.c.name).where(users.c.tenant_id == tenant_id).order_by(func.lower(users.c.name))
    )
    return {row[0]: row[1] for row in rows}


def open_with(connection: Connection, tenant_id: str, doc_ids: Collection[str]) -> dict[str, str]:
    """Of some documents, those that somebody has open for review: id -> the person's name."""
    rows = connection.execute(
        select(review_locks.c.doc_id, users.c.name)
        .join_from(review_locks, users, users.c.id == review_locks.c.user_id)
        .where(
            review_locks.c.tenant_id == tenant_id,
            review_locks.c.doc_id.in_(list(doc_ids)),
            review_locks.c.expires_at > func.now(),
        )
    )
    return {row[0]: row[1] for row in rows}


def matching(connection: Connection, tenant_id: str, wanted: Filters, order: str) -> list[Candidate]:
    """The queue's documents that match, in order, at most `MOST_AT_ONCE` of them."""
    return _candidates(connection, tenant_id, *filters.by_name(tenant_id, wanted).values(), order=order)


def chosen(connection: Connection, tenant_id: str, doc_ids: Collection[str]) -> list[Candidate]:
    """Those of the documents that still wait for a person."""
    return _candidates(connection, tenant_id, docs.c.id.in_(list(doc_ids)), order="doubtful")


def decided(connection: Connection, tenant_id: str, doc_ids: Collection[str]) -> int:
    """How many of the documents a person has approved or rejected, or the machine has accepted."""
    return connection.execute(
        select(func.count()).where(
            docs.c.tenant_id == tenant_id, docs.c.id.in_(list(doc_ids)), docs.c.processing_status.in_(DECIDED)
        )
    ).scalar_one()


def _candidates(
    connection: Connection, tenant_id: str, *conditions: ColumnElement[bool], order: str
) -> list[Candidate]:
    reason = func.jsonb_array_elements(docs.c.reasons).table_valued("value").lateral("reason")
    of_field = reason.c.value.op("->>")("field")
    code = reason.c.value.op("->>")("code")
    set_by_person = exists().where(fields.c.doc_id == docs.c.id, fields.c.name == of_field, fields.c.source == "human")
    # A person's value is surely what they meant; that sums add up with it, or that it stands on the page, it isn't.
    settled = and_(code.in_(NOT_SURE_ENOUGH), of_field.is_not(None), set_by_person)
    codes = select(func.array_agg(code.distinct())).where(not_(settled)).scalar_subquery()
    holder = (
        select(users.c.name)
        .join_from(review_locks, users, users.c.id == review_locks.c.user_id)
        .where(
            review_locks.c.tenant_id == tenant_id,
            review_locks.c.doc_id == docs.c.id,
            review_locks.c.expires_at > func.now(),
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            docs.c.id, docs.c.version, docs.c.filename, docs.c.type, docs.c.processing_status, docs.c.assignee_id,
            docs.c.priority, codes, holder,
        )
        .where(docs.c.tenant_id == tenant_id, docs.c.processing_status.in_(WAITING), *conditions)
        .order_by(*filters.sorting(order))
        .limit(MOST_AT_ONCE)
    )  # fmt: skip
    return [Candidate(*row[:7], frozenset(row[7] or ()), row[8]) for row in rows]


def hold(connection: Connection, tenant_id: str, doc_id: str, version: int) -> None:
    """Holds a waiting document until the transaction's end.

    Raises:
        DocumentNotFound: the tenant has no such document.
        VersionConflict: it is not as the person saw it.
        NotReviewable: it no longer waits for a person.
    """
    row = connection.execute(
        select(docs.c.version, docs.c.processing_status)
        .where(docs.c.tenant_id == tenant_id, docs.c.id == doc_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise DocumentNotFound(doc_id)
    if row.version != version:
        raise VersionConflict(row.version)
    if row.processing_status not in WAITING:
        raise NotReviewable


def assign(
    connection: Connection, tenant_id: str, doc_id: str, version: int, user_id: str, assignee_id: str | None
) -> None:
    """Makes a document somebody's work, or nobody's; what it says stays as it is, and so does its version.

    Raises:
        UnknownPerson: the tenant has no such person.
        DocumentNotFound, VersionConflict, NotReviewable: see `hold`.
    """
    if assignee_id is not None and assignee_id not in people(connection, tenant_id):
        raise UnknownPerson(UnknownPerson.__doc__)
    hold(connection, tenant_id, doc_id, version)
    _set(connection, tenant_id, doc_id, {"assignee_id": assignee_id})
    audit.record(connection, tenant_id, user_id, "assigned", doc_id, assignee=assignee_id)


def prioritise(connection: Connection, tenant_id: str, doc_id: str, version: int, user_id: str, priority: int) -> None:
    """Says how urgent a document is; its version stays.

    Raises:
        ValueError: no such priority.
        DocumentNotFound, VersionConflict, NotReviewable: see `hold`.
    """
    if priority not in PRIORITIES:
        raise ValueError("priority must be -1, 0 or 1")
    hold(connection, tenant_id, doc_id, version)
    _set(connection, tenant_id, doc_id, {"priority": priority})
    audit.record(connection, tenant_id, user_id, "prioritised", doc_id, priority=priority)


def _set(connection: Connection, tenant_id: str, doc_id: str, values: Mapping[str, str | int | None]) -> None:
    connection.execute(docs.update().where(docs.c.tenant_id == tenant_id, docs.c.id == doc_id).values(**values))
