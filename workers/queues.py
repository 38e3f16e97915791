"""RQ carries wake-ups, nothing else: "job such-and-such may be due". What is true stands in Postgres.

Whoever can write to Redis could name any function for RQ to call, or a callback, or a webhook. `WakeUp` allows one
function with one uuid, and drops the rest; payloads are JSON, never pickle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import structlog
from redis import Redis, RedisError
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from app import wiring
from app.settings import Settings
from db import jobs

log = structlog.get_logger()

_FUNCTION = "workers.stages.run_job"


class ForgedWakeUp(Exception):
    """A message in Redis asks for something other than waking a job. It was not run."""


class WakeUp(Job):
    """The only kind of RQ job that our workers run."""

    def restore(self, raw_data: Any) -> Any:
        """Loads the message; callbacks and webhooks in it are dropped."""
        super().restore(raw_data)
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []

    @property
    def func(self) -> Callable[[str], None]:
        """The one function that may be called.

        Raises:
            ForgedWakeUp: the message names another function, or other arguments than one uuid.
        """
        from workers.stages import run_job  # stages wake the next job through this module

        if self.func_name != _FUNCTION or self.kwargs or not _is_one_uuid(self.args):
            raise ForgedWakeUp
        return run_job


def _is_one_uuid(arguments: Any) -> bool:
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        return False
    try:
        return str(UUID(arguments[0])) == arguments[0]
    except ValueError:
        return False


def queue(stage: str, connection: Redis) -> Queue:
    """The RQ queue of a stage; both have the same name."""
    return Queue(stage, connection=connection, serializer=JSONSerializer, job_class=WakeUp, default_timeout=-1)


def wake(due: Sequence[tuple[str, str]], settings: Settings) -> bool:
    """Wakes workers for jobs, as (job id, stage), and notes it in the outbox; gives whether that went well.

    Redis or Postgres being away is no failure: the outbox keeps what was not sent, and the scheduler sends it.
    """
    try:
        with wiring.redis(settings, answer_within_s=2.0) as connection:
            push(due, connection)
        with wiring.database(settings).begin() as transaction:
            jobs.mark_sent(transaction, [job_id for job_id, _ in due])
    except (RedisError, SQLAlchemyError) as error:
        log.warning("wake_up_postponed", jobs=len(due), error=type(error).__name__)
        return False
    return True


def push(due: Sequence[tuple[str, str]], connection: Redis) -> None:
    """Puts wake-ups into Redis."""
    for job_id, stage in due:
        queue(stage, connection).enqueue_call(
            _FUNCTION, args=(job_id,), description="wake-up", result_ttl=0, failure_ttl=60
        )
