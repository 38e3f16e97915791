"""How many documents wait for a person, in all and under each choice of each filter, counted over the whole queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, Connection, Select, Text, and_, case, cast, func, literal, select, true
from sqlalchemy import union_all as union

from db import filters
from db.filters import NOBODY, Filters
from db.tables import docs

WAITING = ("needs_review", "error")
"""Where a person has to do something."""
BANDS: Mapping[str, tuple[float, float]] = {
    "0-50": (0.0, 0.5),
    "50-75": (0.5, 0.75),
    "75-90": (0.75, 0.9),
    "90-100": (0.9, 1.0),
}
"""Choices of confidence, in percent."""
AGES_H: Mapping[str, float] = {"1h": 1, "1d": 24, "3d": 72, "7d": 168}
"""Choices of age: older than so many hours."""
OVERDUE, ON_TIME, UNKNOWN = "overdue", "on-time", "none"


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of documents that wait for a person.

    Attributes:
        waiting, overdue, failed, mine, unassigned: of the whole queue.
        matching: that all filters leave.
        choices: filter -> choice -> how many it would leave, with the other filters as they are.
    """

    waiting: int
    overdue: int
    failed: int
    mine: int
    unassigned: int
    matching: int
    choices: Mapping[str, Mapping[str, int]]


def counts(connection: Connection, tenant_id: str, wanted: Filters, user_id: str) -> Counts:
    """Counts the queue, in one statement.

    Args:
        connection: any.
        tenant_id: whose queue.
        wanted: the filters that are set.
        user_id: whose work is "mine".
    """
    names = filters.by_name(tenant_id, wanted)
    queue = _queue(tenant_id, names)
    selects = [*_of_whole_queue(queue, user_id), _tally("all", "matching", queue, _met(queue, names))]
    for name, options in _choices(queue).items():
        others = _met(queue, names, but=name)
        selects += [_tally(name, option, queue, and_(others, condition)) for option, condition in options.items()]
    selects += [_groups(name, column, queue, _met(queue, names, but=name)) for name, column in _columns(queue).items()]
    everything = union(*selects, _reasons(queue, _met(queue, names, but="reason")))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(everything):
        if row[2]:
            found[row[0]][row[1]] = row[2]
    total = found.pop("all", {})
    return Counts(
        waiting=total.get("waiting", 0),
        overdue=total.get("overdue", 0),
        failed=total.get("failed", 0),
        mine=total.get("mine", 0),
        unassigned=total.get("unassigned", 0),
        matching=total.get("matching", 0),
        choices=dict(found),
    )


def _queue(tenant_id: str, names: Mapping[str, ColumnElement[bool]]) -> CTE:
    """Every waiting document, with what is counted by and which filters it meets."""
    band = case(*((filters.within(each), name) for name, each in BANDS.items()), else_=UNKNOWN)
    ages = {name: filters.older_than(hours) for name, hours in AGES_H.items()}
    return (
        select(
            docs.c.type,
            docs.c.processing_status.label("status"),
            docs.c.reasons,
            band.label("confidence"),
            cast(docs.c.uploaded_by, Text).label("uploader"),
            func.coalesce(cast(docs.c.assignee_id, Text), NOBODY).label("assignee"),
            cast(docs.c.priority, Text).label("priority"),
            filters.overdue(tenant_id).label("overdue"),
            *(condition.label(f"older_{name}") for name, condition in ages.items()),
            *(condition.label(f"meets_{name}") for name, condition in names.items()),
        )
        .where(docs.c.tenant_id == tenant_id, docs.c.processing_status.in_(WAITING))
        .cte("queue")
    )


def _met(queue: CTE, names: Mapping[str, ColumnElement[bool]], but: str = "") -> ColumnElement[bool]:
    return and_(true(), *(queue.c[f"meets_{name}"] for name in names if name != but))


def _of_whole_queue(queue: CTE, user_id: str) -> list[Select[str, str, int]]:
    return [
        _tally("all", "waiting", queue, true()),
        _tally("all", "overdue", queue, queue.c.overdue),
        _tally("all", "failed", queue, queue.c.status == "error"),
        _tally("all", "mine", queue, queue.c.assignee == user_id),
        _tally("all", "unassigned", queue, queue.c.assignee == NOBODY),
    ]


def _choices(queue: CTE) -> dict[str, dict[str, ColumnElement[bool]]]:
    """Choices that overlap, so that they can't be grouped by."""
    older: dict[str, ColumnElement[bool]] = {name: queue.c[f"older_{name}"] for name in AGES_H}
    return {"age": {OVERDUE: queue.c.overdue, ON_TIME: ~queue.c.overdue, **older}}


def _columns(queue: CTE) -> dict[str, ColumnElement[str]]:
    return {name: queue.c[name] for name in ("type", "status", "confidence", "uploader", "assignee", "priority")}


def _tally(name: str, option: str, queue: CTE, condition: ColumnElement[bool]) -> Select[str, str, int]:
    return select(literal(name), literal(option), func.count()).select_from(queue).where(condition)


def _groups(name: str, column: ColumnElement[str], queue: CTE, condition: ColumnElement[bool]) -> Select[str, str, int]:
    return (
        select(literal(name), column, func.count())
        .select_from(queue)
        .where(condition, column.is_not(None))
        .group_by(column)
    )


def _reasons(queue: CTE, condition: ColumnElement[bool]) -> Select[str, str, int]:
    """A document with a reason twice counts once."""
    each = func.jsonb_array_elements(queue.c.reasons).table_valued("value").lateral("each")
    codes = select(each.c.value.op("->>")("code").label("code")).distinct().lateral("codes")
    return (
        select(literal("reason"), codes.c.code, func.count())
        .select_from(queue.join(codes, true()))
        .where(condition, codes.c.code.is_not(None))
        .group_by(codes.c.code)
    )
