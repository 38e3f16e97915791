from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from db import batches, documents, jobs, line, reviews, runs
from db.session import engine
from tests.db import store


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _split(connection: Connection, count: int = 3) -> tuple[documents.Added, list[str]]:
    added = documents.add(connection, store.new_document())
    parts = [[[5 * n + 1], [5 * n + 2]] for n in range(count)]
    return added, batches.split(connection, store.claim(connection, added.job_id), parts)


def _claims(connection: Connection, job_id: str, count: int) -> list[jobs.Claim]:
    return [store.claim(connection, job_id) for _ in range(count)]


def test_only_the_last_batch_ends_the_reading(connection: Connection) -> None:
    added, ids = _split(connection)
    held = _claims(connection, ids[0], 3)
    assert [each.job_id for each in held] == ids
    assert batches.finish(connection, held[1]) is None
    assert batches.finish(connection, held[0]) is None
    joined = batches.finish(connection, held[2])
    assert joined is not None
    assert (joined.held.job_id, joined.problem) == (added.job_id, None)
    assert joined.wall_ms > 0
    next_job = jobs.finish_reading(connection, joined.held, store.READING, "v1", joined.wall_ms)
    assert store.claim(connection, next_job).stage == "classification"


def test_a_split_job_is_due_for_nobody(connection: Connection) -> None:
    _, ids = _split(connection)
    _claims(connection, ids[0], 3)
    connection.execute(text("UPDATE jobs SET woken_at = NULL"))
    assert line.claim(connection, ids[0], "w", 60.0) is None
    assert (jobs.due(connection, 0.0), jobs.count_due(connection)) == ([], {})


def test_every_batch_has_a_wake_up(connection: Connection) -> None:
    added, ids = _split(connection)
    assert [job for _, job, _ in jobs.unsent(connection)] == [added.job_id, *ids]


def test_the_first_batch_that_lacks_pages_names_the_problem(connection: Connection) -> None:
    _, ids = _split(connection)
    held = _claims(connection, ids[0], 3)
    batches.finish(connection, held[2], "worker_lost")
    batches.finish(connection, held[1], "time_limit")
    joined = batches.finish(connection, held[0])
    assert joined is not None
    assert joined.problem == "time_limit"


def test_a_batch_ends_once(connection: Connection) -> None:
    _, ids = _split(connection)
    [held] = _claims(connection, ids[0], 1)
    batches.finish(connection, held)
    with pytest.raises(jobs.StaleFence):
        batches.finish(connection, held)


def test_a_batch_of_a_lost_worker_is_claimed_again_and_ends_once(connection: Connection) -> None:
    _, ids = _split(connection, 2)
    lost, other = _claims(connection, ids[0], 2)
    connection.execute(text("UPDATE jobs SET lease_until = now() - interval '1 s' WHERE id = :id"), {"id": lost.job_id})
    again = store.claim(connection, ids[0])
    assert (again.job_id, again.batch) == (lost.job_id, lost.batch)
    assert batches.finish(connection, other) is None
    with pytest.raises(jobs.StaleFence):
        batches.finish(connection, lost)
    assert batches.finish(connection, again) is not None


@pytest.mark.parametrize("attempt", range(10))
def test_of_two_batches_that_end_at_once_one_ends_the_reading(database_url: str, attempt: int) -> None:
    with engine(database_url).begin() as connection:
        _, ids = _split(connection, 2)
        held = _claims(connection, ids[0], 2)
    together = Barrier(2)

    def end(claim: jobs.Claim) -> bool:
        with engine(database_url).begin() as connection:
            connection.execute(text("SELECT 1"))
            together.wait()
            joined = batches.finish(connection, claim)
            if joined is not None:
                jobs.finish_reading(connection, joined.held, store.READING, "v1", joined.wall_ms)
            return joined is not None

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(end, held)) == [False, True]
    with engine(database_url).connect() as connection:
        states = connection.execute(text("SELECT stage, state FROM jobs ORDER BY stage, state")).all()
        assert [tuple(row) for row in states] == [("classification", "waiting"), *[("ocr", "done")] * 3]
        assert connection.execute(text("SELECT count(*) FROM stage_results")).scalar_one() == 1


def test_a_batch_that_ends_waits_for_one_that_ends_right_now(database_url: str) -> None:
    """Without the lock, each would see the other one open, and nobody would end the reading."""
    with engine(database_url).begin() as connection:
        _, ids = _split(connection, 2)
        first, second = _claims(connection, ids[0], 2)
    with ThreadPoolExecutor(1) as pool:
        with engine(database_url).begin() as one:
            assert batches.finish(one, first) is None

            def end() -> bool:
                with engine(database_url).begin() as other:
                    return batches.finish(other, second) is not None

            ending = pool.submit(end)
            with pytest.raises(TimeoutError):
                ending.result(0.3)
        assert ending.result(10)


def test_a_batch_that_cannot_be_done_ends_the_whole_reading(connection: Connection) -> None:
    """No engine: the document is a dead letter, and what other batches still write is refused."""
    added, ids = _split(connection)
    held, at_work = _claims(connection, ids[0], 2)
    jobs.bury(connection, held, "error", {"code": "engine_missing", "sentence": "None.", "field": None})
    with pytest.raises(jobs.StaleFence):
        jobs.save_pages(connection, at_work, [store.page(6)])
    with pytest.raises(jobs.StaleFence):
        batches.finish(connection, at_work)
    assert line.claim(connection, ids[0], "w", 60.0) is None
    reviews.retry(connection, store.LOCAL_TENANT, added.document_id, store.LOCAL_ADMIN, "ocr")
    again = store.claim(connection, ids[0])
    assert (again.generation, again.batch) == (2, None)


def test_people_see_one_reading(connection: Connection) -> None:
    added, ids = _split(connection)
    held = _claims(connection, ids[0], 3)
    [stage] = runs.stages_of(connection, added.document_id)
    assert (stage["stage"], stage["state"]) == ("ocr", "running")
    status = runs.job_status(connection, store.LOCAL_TENANT, added.job_id)
    assert (status.status, status.stage, status.state) == ("ocr", "ocr", "running")
    known = documents.find_by_hash(connection, store.LOCAL_TENANT, store.new_document().sha256)
    assert known is not None
    assert known.job_id == added.job_id
    jobs.save_pages(connection, held[0], [store.page(1), store.page(2)])
    assert runs.job_status(connection, store.LOCAL_TENANT, added.job_id).pages_read == 2


def test_a_batch_given_back_keeps_its_attempts(connection: Connection) -> None:
    _, ids = _split(connection)
    jobs.give_back(connection, store.claim(connection, ids[0]))
    again = store.claim(connection, ids[0])
    assert (again.job_id, again.attempts) == (ids[0], 1)
