"""Sends what was not sent, and wakes what was lost: the reason why neither Redis nor a worker may lose a document."""

from __future__ import annotations

import structlog
from redis import Redis
from sqlalchemy import Engine

from db import jobs
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
