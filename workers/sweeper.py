"""Sends what was not sent, and wakes what was lost: the reason why neither Redis nor a worker may lose a document."""

from __future__ import annotations

import structlog
from redis import Redis
from sqlalchemy import Engine

from db import jobs, rereads
from workers.breaker import State
from workers.queues import push, queue

log = structlog.get_logger()

_SENDER_S = 1.0
"""Whoever commits a wake-up sends it right after; what is still unsent then was forgotten."""


def dispatch(store: Engine, connection: Redis) -> int:
    """Sends the outbox's wake-ups; gives how many. They are noted as sent only after Redis has them."""
    with store.begin() as transaction:
        waiting = jobs.unsent(transaction, waiting_s=_SENDER_S)
        if waiting:
            push([(job_id, stage) for _, job_id, stage in waiting], connection)
            jobs.mark_sent(transaction, [job_id for _, job_id, _ in waiting])
    return len(waiting)


_AT_ONCE = 20
"""Documents that are read again wait behind all others; more wake-ups than that would only lie in Redis."""


def wake_rereads(store: Engine, connection: Redis, breaker: State, rewake_s: float) -> int:
    """Wakes documents that went on without the language model; gives how many.

    Args:
        store: the database.
        connection: to Redis.
        breaker: what it says: none while it is open, one to try the server when that may be back.
        rewake_s: how long after a wake-up a job is left alone.
    """
    limit = {State.CLOSED: _AT_ONCE, State.HALF_OPEN: 1, State.OPEN: 0}[breaker] - queue("reread", connection).count
    if limit <= 0:
        return 0
    with store.begin() as transaction:
        due = rereads.due(transaction, rewake_s, limit)
        push(due, connection)
    return len(due)


def sweep(store: Engine, connection: Redis, rewake_s: float) -> int:
    """Wakes jobs that are due although nobody was woken for them lately; gives how many.

    A stage whose queue in Redis is as long as its work in Postgres needs nothing: its wake-ups only wait. A job whose
    worker was lost is woken all the same: its wake-up is used up.
    """
    with store.begin() as transaction:
        short = [
            stage for stage, count in jobs.count_due(transaction).items() if queue(stage, connection).count < count
        ]
        lost = jobs.due(transaction, rewake_s, short)
        push(lost, connection)
    if lost:
        log.info("woken_again", jobs=len(lost))
    return len(lost)
