from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis, RedisError
from rq import SimpleWorker

from app.settings import Settings
from app.worker_registry import registered
from workers.queues import queue


def test_a_worker_that_signs_on_is_seen_until_it_signs_off(settings: Settings) -> None:
    assert registered(settings) == []
    with Redis.from_url(settings.redis_url) as redis:
        worker = SimpleWorker([queue("classification", redis), queue("extraction", redis)], connection=redis)
        worker.register_birth()
        (seen,) = registered(settings)
        assert (seen.name, seen.stages) == (f"{socket.gethostname()}:{os.getpid()}", ("classification", "extraction"))
        assert seen.started_at is not None
        assert abs(datetime.now(UTC) - seen.started_at) < timedelta(minutes=1)
        worker.set_state("busy")
        assert registered(settings)[0].state == "busy"
        worker.register_death()
    assert registered(settings) == []


def test_redis_that_is_away_is_an_error(settings: Settings) -> None:
    with pytest.raises(RedisError):
        registered(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
