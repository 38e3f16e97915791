from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import documents, jobs, line, runs
from db.session import engine
from pipeline.types import Decision, Extraction, Reading, TypeGuess
from tests.db import store


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _expire(connection: Connection) -> None:
    connection.execute(text("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE state = 'running'"))


def test_a_job_is_claimed_once_until_its_lease_runs_out(connection: Connection) -> None:
    job_id = documents.add(connection, store.new_document()).job_id
    first = store.claim(connection, job_id)
    assert line.claim(connection, job_id, "other", 60.0) is None
    _expire(connection)
    second = store.claim(connection, job_id, "other")
    assert (second.fence, second.attempts) == (first.fence + 1, 2)


@pytest.mark.parametrize(
    "write",
    [
        lambda c, held: jobs.heartbeat(c, held, 60.0),
        lambda c, held: jobs.save_pages(c, held, [store.page()]),
        lambda c, held: jobs.finish_reading(c, held, store.READING, "v1", 1.0),
        lambda c, held: jobs.give_back(c, held),
        lambda c, held: jobs.try_again(c, held, "child_crashed", 1.0),
        lambda c, held: jobs.bury(c, held, "error", {"code": "x", "sentence": "x", "field": None}),
    ],
    ids=["heartbeat", "page", "result", "give back", "try again", "bury"],
)
def test_who_lost_the_lease_can_write_nothing(connection: Connection, write) -> None:  # type: ignore[no-untyped-def]
    job_id = documents.add(connection, store.new_document()).job_id
    late = store.claim(connection, job_id)
    _expire(connection)
    store.claim(connection, job_id, "other")
    with pytest.raises(jobs.StaleFence):
        write(connection, late)


def test_a_stage_has_one_result_even_without_the_fence(connection: Connection) -> None:
    """The second wall: with the fence out of the way, the unique constraint still refuses a second result."""
    added = documents.add(connection, store.new_document())
    held = store.claim(connection, added.job_id)
    jobs.finish_reading(connection, held, store.READING, "v1", 1.0)
    connection.execute(text("UPDATE jobs SET state = 'running' WHERE id = :id"), {"id": added.job_id})
    with pytest.raises(jobs.StaleFence):
        jobs.finish_reading(connection, held, store.READING, "v1", 1.0)


def test_each_stage_leaves_the_next_job_and_its_wake_up(connection: Connection) -> None:
    added = documents.add(connection, store.new_document())
    held = store.claim(connection, added.job_id)
    next_job = jobs.finish_reading(connection, held, store.READING, "v1", 1.0)
    assert [(job, stage) for _, job, stage in jobs.unsent(connection)] == [
        (added.job_id, "ocr"),
        (next_job, "classification"),
    ]
    jobs.mark_sent(connection, [added.job_id, next_job])
    assert jobs.unsent(connection) == []


def test_the_way_of_a_document(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    document = documents.get(connection, store.LOCAL_TENANT, doc_id)
    assert (document.processing_status, document.type, document.machine_type) == ("needs_review", "w9", "w9")
    assert document.confidence == pytest.approx(0.72)
    assert document.reasons == [store.DOUBT.to_json()]
    [name] = documents.fields_of(connection, doc_id)
    assert (name.value, name.source, name.boxes) == ("Jordan Blake", "machine", [[1, 0.1, 0.1, 0.3, 0.12]])
    assert name.parts == {"engine": 0.8, "validation": 1.0, "clarity": 0.9}
    stages = runs.stages_of(connection, doc_id)
    assert [(s["stage"], s["state"], s["wall_ms"]) for s in stages] == [
        ("ocr", "done", 10.0),
        ("classification", "done", 5.0),
        ("extraction", "done", 7.0),
    ]


def test_a_failed_job_waits_before_it_is_due_again(connection: Connection) -> None:
    job_id = documents.add(connection, store.new_document()).job_id
    jobs.try_again(connection, store.claim(connection, job_id), "child_crashed", 60.0)
    assert line.claim(connection, job_id, "w", 60.0) is None
    assert jobs.due(connection, 0.0) == []
    connection.execute(text("UPDATE jobs SET run_at = now() - interval '1 second'"))
    assert jobs.due(connection, 0.0) == [(job_id, "ocr")]


def test_a_job_given_back_keeps_its_attempts(connection: Connection) -> None:
    job_id = documents.add(connection, store.new_document()).job_id
    jobs.give_back(connection, store.claim(connection, job_id))
    assert store.claim(connection, job_id).attempts == 1


def test_due_jobs_are_not_woken_again_at_once(connection: Connection) -> None:
    job_id = documents.add(connection, store.new_document()).job_id
    assert jobs.count_due(connection) == {"ocr": 1}
    assert jobs.due(connection, 10.0) == [(job_id, "ocr")]
    assert jobs.due(connection, 10.0) == []
    store.claim(connection, job_id)
    assert jobs.count_due(connection) == {}
    _expire(connection)
    connection.execute(text("UPDATE jobs SET woken_at = now() - interval '1 minute'"))
    assert jobs.due(connection, 10.0) == [(job_id, "ocr")]


def test_a_type_that_a_person_set_stays(connection: Connection) -> None:
    from db import reviews

    doc_id = store.reviewable(connection)
    version = documents.get(connection, store.LOCAL_TENANT, doc_id).version
    _, job_id = reviews.change_type(connection, store.LOCAL_TENANT, doc_id, version, store.LOCAL_ADMIN, "government_id")
    jobs.finish_extraction(
        connection, store.claim(connection, job_id), Extraction(()), Decision("review", 0.5), "v1", 1
    )
    retried, _ = reviews.retry(connection, store.LOCAL_TENANT, doc_id, store.LOCAL_ADMIN, "classification")
    jobs.finish_classification(connection, store.claim(connection, retried), TypeGuess("w9", 0.99), "v1", 1.0)
    document = documents.get(connection, store.LOCAL_TENANT, doc_id)
    assert (document.type, document.machine_type) == ("government_id", "w9")


def test_a_lost_workers_job_is_woken_although_its_stage_has_wake_ups_enough(connection: Connection) -> None:
    lost, waiting = (documents.add(connection, store.new_document(content)).job_id for content in (b"one", b"two"))
    store.claim(connection, lost)
    _expire(connection)
    assert jobs.due(connection, 10.0, stages=()) == [(lost, "ocr")]
    assert jobs.due(connection, 10.0, stages=("ocr",)) == [(waiting, "ocr")]


@pytest.mark.parametrize(
    "words",
    [
        [f"сло{chr(0x430 + i % 32)}{chr(0x430 + i // 32 % 32)}{chr(0x430 + i // 1024 % 32)}во" for i in range(80_000)],
        [f"well-known-word{i}" for i in range(40_000)],
    ],
    ids=["cyrillic", "hyphens"],
)
def test_a_text_too_long_for_search_is_stored_as_far_as_it_fits(connection: Connection, words: list[str]) -> None:
    added = documents.add(connection, store.new_document())
    held = store.claim(connection, added.job_id)
    long = Reading((store.page(words=" ".join(words)),), 1)
    jobs.finish_reading(connection, held, long, "v1", 1.0)
    stored = connection.execute(text("SELECT ocr_text FROM docs")).scalar_one()
    assert 10_000 < len(stored) < len(long.text)
    assert long.text.startswith(stored)


def test_a_damaged_page_makes_the_document_partial(connection: Connection) -> None:
    added = documents.add(connection, store.new_document())
    held = store.claim(connection, added.job_id)
    jobs.finish_reading(connection, held, Reading((store.page(),), 2), "v1", 1.0)
    assert documents.get(connection, store.LOCAL_TENANT, added.document_id).partial
