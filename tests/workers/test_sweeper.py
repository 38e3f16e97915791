from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis, RedisError
from sqlalchemy import Engine, text

from app.settings import Settings
from db import documents
from db.embedded import EmbeddedRedis
from db.session import engine
from tests.db import store
from workers.queues import queue, wake
from workers.sweeper import dispatch, sweep


@pytest.fixture
def database(database_url: str) -> Engine:
    return engine(database_url)


@pytest.fixture
def connection(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


def _upload(database: Engine, content: bytes = b"one") -> str:
    with database.begin() as transaction:
        job_id = documents.add(transaction, store.new_document(content)).job_id
        transaction.execute(text("UPDATE outbox SET created_at = now() - interval '1 minute'"))
        return job_id


def _woken(connection: Redis) -> list[str]:
    return [job.args[0] for job in queue("ocr", connection).jobs]


def test_a_forgotten_wake_up_is_sent_once(database: Engine, connection: Redis) -> None:
    job_id = _upload(database)
    assert (dispatch(database, connection), dispatch(database, connection)) == (1, 0)
    assert _woken(connection) == [job_id]


def test_what_redis_did_not_take_stays_in_the_outbox(
    database: Engine, connection: Redis, redis_server: EmbeddedRedis
) -> None:
    job_id = _upload(database)
    redis_server.kill()
    with pytest.raises(RedisError):
        dispatch(database, connection)
    redis_server.start()
    assert dispatch(database, connection) == 1
    assert _woken(connection) == [job_id]


def test_a_young_wake_up_is_left_to_its_sender(database: Engine, connection: Redis) -> None:
    with database.begin() as transaction:
        documents.add(transaction, store.new_document())
    assert dispatch(database, connection) == 0


def test_a_flushed_queue_is_filled_again_but_not_twice(database: Engine, connection: Redis) -> None:
    job_id = _upload(database)
    dispatch(database, connection)
    connection.flushall()
    assert sweep(database, connection, rewake_s=10.0) == 0, "it was woken a moment ago"
    assert sweep(database, connection, rewake_s=0.0) == 1
    assert sweep(database, connection, rewake_s=0.0) == 0, "its wake-up waits in the queue"
    assert _woken(connection) == [job_id]


def test_a_lost_worker_is_noticed_behind_a_backlog(database: Engine, connection: Redis) -> None:
    lost = _upload(database, b"lost")
    with database.begin() as transaction:
        store.claim(transaction, lost)
        transaction.execute(text("UPDATE jobs SET lease_until = now() - interval '1 second'"))
    for number in range(5):
        _upload(database, str(number).encode())
    dispatch(database, connection)
    queue("ocr", connection).enqueue_call("workers.stages.run_job", args=(lost,))  # a stale one makes it long enough
    connection.lpop("rq:queue:ocr")
    with database.begin() as transaction:
        transaction.execute(text("UPDATE jobs SET woken_at = now() - interval '1 hour' WHERE id = :id"), {"id": lost})
    assert sweep(database, connection, rewake_s=10.0) == 1
    assert _woken(connection).count(lost) >= 1


def test_waking_survives_a_redis_that_is_away(
    settings: Settings, database: Engine, redis_server: EmbeddedRedis
) -> None:
    job_id = _upload(database)
    redis_server.kill()
    assert wake([(job_id, "ocr")], settings) is False
    redis_server.start()
    assert wake([(job_id, "ocr")], settings) is True
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM outbox WHERE sent_at IS NULL")).scalar_one() == 0
