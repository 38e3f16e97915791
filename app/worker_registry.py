"""The worker processes that have signed on in Redis, as RQ keeps them. Only read: nothing there is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from rq.utils import utcparse
from rq.worker_registration import REDIS_WORKER_KEYS

from app import wiring
from app.settings import Settings

_ANSWER_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A worker that lives, or died so lately that Redis still knows it.

    Attributes:
        name: "host:process", as in a job's row.
        stages: whose wake-ups it takes.
        state: RQ's word: "idle", "busy", "suspended".
        started_at, seen_at: when it signed on, and when it last said that it lives.
        done: wake-ups it has handled.
    """

    name: str
    stages: tuple[str, ...]
    state: str
    started_at: datetime | None
    seen_at: datetime | None
    done: int


def registered(settings: Settings) -> list[WorkerProcess]:
    """The workers that have signed on, of every machine.

    Raises:
        redis.RedisError: Redis is away.
        app.wiring.NotConfigured: no address of it is set.
    """
    with wiring.redis(settings, answer_within_s=_ANSWER_WITHIN_S) as connection:
        return _read(connection)


def _read(connection: Redis) -> list[WorkerProcess]:
    # RQ's own Worker.all() takes workers that are gone out of the registry, which is not a reader's business.
    names = sorted(connection.smembers(REDIS_WORKER_KEYS))
    with connection.pipeline(transaction=False) as pipeline:
        for name in names:
            pipeline.hgetall(name)
        rows = pipeline.execute()
    known = [_process({key.decode(): value.decode() for key, value in row.items()}) for row in rows if row]
    return sorted(known, key=lambda process: process.name)


def _process(row: dict[str, str]) -> WorkerProcess:
    return WorkerProcess(
        name=f"{row.get('hostname', '')}:{row.get('pid', '')}",
        stages=tuple(filter(None, row.get("queues", "").split(","))),
        state=row.get("state", ""),
        started_at=_moment(row.get("birth")),
        seen_at=_moment(row.get("last_heartbeat")),
        done=int(row.get("successful_job_count", 0)),
    )


def _moment(text: str | None) -> datetime | None:
    return utcparse(text).replace(tzinfo=UTC) if text else None
