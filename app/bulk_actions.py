"""One thing done to many documents: first a plan that says to which, and to which not and why; then one by one.

Each document is its own transaction, with the version that the plan was made with. One that has moved on is reported
and left as it is; nothing is tried twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app import reviewing
from app.auth import User
from app.rechecked import broken_by
from app.settings import Settings
from app.wiring import database
from db import documents, queue, reviews
from db.documents import DocumentNotFound
from db.queue import Candidate, OpenElsewhere, UnknownPerson
from db.reviews import NotReviewable, VersionConflict
from pipeline.metrics.threshold import NOT_SURE_ENOUGH
from pipeline.types import UNKNOWN_TYPE
from workers.queues import wake

Action = Literal["approve", "reject", "retry", "assign", "prioritise"]
DECISIONS: tuple[Action, ...] = ("approve", "reject", "retry")
"""What would take the document from under the hands of whoever has it open."""
APPROVABLE_UNSEEN = frozenset(NOT_SURE_ENOUGH)
"""Reasons beside which a document may be approved by whoever has not looked at it."""

Obstacle = Literal["gone", "changed", "open", "failed", "no_type", "must_look", "sampled", "already"]
"""Why a document is left out."""

_GONE = "The document is no longer there, or no longer waits. Nothing was done to it."


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done; `reason` is for a rejection, `stage` for a retry, and so on."""

    action: Action
    reason: str = ""
    stage: str = "ocr"
    assignee_id: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a task would do.

    Attributes:
        task: what is to be done.
        ready: to which documents.
        left_out: why not -> to which not.
    """

    task: Task
    ready: tuple[Candidate, ...]
    left_out: Mapping[Obstacle, tuple[Candidate, ...]] = field(default_factory=dict)


def plan(task: Task, found: Sequence[Candidate], seen: Mapping[str, int] | None = None) -> Plan:
    """Sorts out to which documents a task can be done.

    Args:
        task: what is to be done.
        found: the documents as they are now.
        seen: id -> version of those that a person chose one by one; None: all that match.
    """
    ready: list[Candidate] = []
    left_out: dict[Obstacle, list[Candidate]] = {}
    for candidate in found:
        obstacle = _obstacle(task, candidate, seen)
        if obstacle is None:
            ready.append(candidate)
        else:
            left_out.setdefault(obstacle, []).append(candidate)
    return Plan(task, tuple(ready), {obstacle: tuple(each) for obstacle, each in left_out.items()})


def _obstacle(task: Task, candidate: Candidate, seen: Mapping[str, int] | None) -> Obstacle | None:
    if seen is not None and seen.get(candidate.id) != candidate.version:
        return "changed"
    if task.action in DECISIONS and candidate.open_with is not None:
        return "open"
    if task.action in ("approve", "reject") and candidate.status not in reviews.REVIEWABLE:
        return "failed"
    if task.action == "approve":
        return _obstacle_to_approval(candidate)
    if task.action == "assign":
        return "already" if candidate.assignee_id == task.assignee_id else None
    if task.action == "prioritise":
        return "already" if candidate.priority == task.priority else None
    return None


def _obstacle_to_approval(candidate: Candidate) -> Obstacle | None:
    if candidate.type in (None, UNKNOWN_TYPE):
        return "no_type"
    beyond = candidate.reasons - APPROVABLE_UNSEEN
    if beyond - {"sampled"}:
        return "must_look"
    return "sampled" if beyond else None


def carry_out(task: Task, candidate: Candidate, user: User, settings: Settings) -> str | None:
    """Does a task to one document; gives a sentence when it could not be done, and then nothing was changed.

    Raises:
        SQLAlchemyError: the database is away.
    """
    try:
        if task.action in DECISIONS:
            _nobody_has_it_open(candidate, user, settings)
        if task.action == "approve" and (broken := _broken_by_people(candidate, user, settings)):
            return f"{' '.join(broken)} Open it and look."
        _do(task, candidate, user, settings)
    except DocumentNotFound:
        return _GONE
    except (VersionConflict, NotReviewable, OpenElsewhere, UnknownPerson) as error:
        return str(error)
    return None


def _nobody_has_it_open(candidate: Candidate, user: User, settings: Settings) -> None:
    with database(settings).connect() as connection:
        if queue.open_with(connection, user.tenant_id, (candidate.id,)):
            raise OpenElsewhere(OpenElsewhere.__doc__)


def _broken_by_people(candidate: Candidate, user: User, settings: Settings) -> list[str]:
    """Checks that values fail which people have set: they were not known when the document was read."""
    with database(settings).connect() as connection:
        document = documents.get(connection, user.tenant_id, candidate.id)
        stored = documents.fields_of(connection, candidate.id)
    return broken_by(document, stored, {row.name for row in stored if row.source == "human"})


def _do(task: Task, candidate: Candidate, user: User, settings: Settings) -> None:
    doc_id, version = candidate.id, candidate.version
    match task.action:
        case "approve":
            reviewing.approve(doc_id, version, user, settings)
        case "reject":
            reviewing.reject(doc_id, version, task.reason, user, settings)
        case "retry":
            _retry(doc_id, version, task.stage, user, settings)
        case "assign":
            with database(settings).begin() as connection:
                queue.assign(connection, user.tenant_id, doc_id, version, user.id, task.assignee_id)
        case "prioritise":
            with database(settings).begin() as connection:
                queue.prioritise(connection, user.tenant_id, doc_id, version, user.id, task.priority)


def _retry(doc_id: str, version: int, stage: str, user: User, settings: Settings) -> None:
    with database(settings).begin() as connection:
        queue.hold(connection, user.tenant_id, doc_id, version)
        job_id, stage = reviews.retry(connection, user.tenant_id, doc_id, user.id, stage)
    wake([(job_id, stage)], settings)
