from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis, RedisError
from sqlalchemy import Engine, text

from app.settings import Settings
from db import documents, jobs, rereads, review_locks
from db.embedded import EmbeddedRedis
from db.session import engine
from tests.db import store
from workers.breaker import State
from workers.queues import queue, wake
from workers.sweeper import dispatch, sweep, wake_rereads


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


def _read_without_model(database: Engine, content: bytes) -> str:
    """A document that is due to be read again."""
    with database.begin() as transaction:
        doc_id = store.reviewable(transaction, content)
        stage = text("SELECT * FROM jobs WHERE doc_id = :id AND stage = 'extraction'")
        held = jobs.Claim.from_row(transaction.execute(stage, {"id": doc_id}).mappings().one())
        rereads.add(transaction, held, 0.0)
        return doc_id


def test_what_somebody_has_open_is_not_woken_and_keeps_nothing_from_being_woken(
    database: Engine, connection: Redis
) -> None:
    opened, _ = (_read_without_model(database, content) for content in (b"one", b"two"))
    with database.begin() as transaction:
        review_locks.take(transaction, store.LOCAL_TENANT, opened, store.LOCAL_ADMIN, "tab")
    assert wake_rereads(database, connection, State.HALF_OPEN, rewake_s=60.0) == 1, "the other one tries the server"
    connection.flushall()
    assert wake_rereads(database, connection, State.CLOSED, rewake_s=60.0) == 0
    with database.begin() as transaction:
        review_locks.release(transaction, store.LOCAL_TENANT, opened, "tab")
    assert wake_rereads(database, connection, State.CLOSED, rewake_s=60.0) == 1
