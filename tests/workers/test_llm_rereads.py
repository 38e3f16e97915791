"""Documents that went on without the model: read again when its server is back, never over a person's head."""

from __future__ import annotations

from typing import Any

from app import reviewing
from app.auth import current_user
from db import documents, jobs, rereads, review_locks, reviews
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT
from tests.pipeline.engines.fake_ollama import (
    BROKEN,
    LOADING,
    NO_MODEL,
    asks_for_fields,
    chat,
    copying,
    honest,
)
from tests.pipeline.engines.scripted_server import replies
from tests.workers.llm_worker import due_again
from tests.workers.read_documents import TRUE, classified
from workers.breaker import State
from workers.consult import breaker_of
from workers.sweeper import wake_rereads


def test_while_the_breaker_is_open_documents_go_on_and_are_read_again_when_the_server_is_back(working: Any) -> None:
    with working(*[BROKEN] * 5, honest(TRUE, "receipt"), max_attempts=1, llm_breaker_s=1.0) as workers:
        with workers.store.begin() as connection:
            found = [classified(connection, f"r{n}") for n in range(7)]
        for _, job_id in found:
            workers.run(job_id)
        assert len(workers.script.requests) == 5
        assert all("model_missing" in workers.codes(doc_id) for doc_id, _ in found)
        breaker = breaker_of(workers.settings, workers.redis)
        assert breaker.look() is State.OPEN
        workers.change("UPDATE jobs SET run_at = now() WHERE stage = 'reread'")
        assert wake_rereads(workers.store, workers.redis, breaker.look(), 0.0) == 0

        workers.change("SELECT pg_sleep(1.1)")
        assert wake_rereads(workers.store, workers.redis, breaker.look(), 0.0) == 1
        waiting = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
        for (job_id,) in waiting:
            workers.run(str(job_id))
        assert breaker.look() is State.CLOSED
        assert not any("model_missing" in workers.codes(doc_id) for doc_id, _ in found)
        assert workers.rows("SELECT DISTINCT state, last_error FROM jobs WHERE stage = 'reread'") == [
            ("done", "read_again")
        ]


def test_what_a_person_has_touched_is_not_read_again(working: Any) -> None:
    with working(NO_MODEL, LOADING, honest({**TRUE, "total": "8.00"}, "receipt"), max_attempts=1) as workers:
        with workers.store.begin() as connection:
            classified(connection, "first")
            doc_id, _ = classified(connection, "second")
        for (job_id,) in workers.rows("SELECT id FROM jobs WHERE stage = 'extraction' ORDER BY place"):
            workers.run(str(job_id))
        version = workers.document(doc_id).version
        with workers.store.begin() as connection:
            reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"total": 7.0})
        before = workers.document(doc_id)
        ((reread,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
        workers.change("UPDATE jobs SET run_at = now() WHERE stage = 'reread'")
        workers.run(str(reread))
        assert workers.document(doc_id) == before
        assert workers.value(doc_id, "total") == 7.0
        assert len(workers.script.requests) == 2


def test_a_person_is_faster_than_the_second_reading(working: Any) -> None:
    """The correction comes while the model is asked."""

    def slowly(request: dict[str, Any]) -> dict[str, Any]:
        if asks_for_fields(request):
            with workers.store.begin() as connection:
                version = documents.get(connection, LOCAL_TENANT, doc_id).version
                reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"total": 7.0})
        return chat(copying(TRUE)(request))

    with working(LOADING, replies(slowly), max_attempts=1) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        ((reread,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
        workers.change("UPDATE jobs SET run_at = now() WHERE stage = 'reread'")
        workers.run(str(reread))
        assert workers.value(doc_id, "total") == 7.0
        assert "model_missing" in workers.codes(doc_id)
        assert workers.rows("SELECT last_error FROM jobs WHERE stage = 'reread'") == [("in_persons_hands",)]


def test_a_decision_that_was_taken_back_is_not_overridden(working: Any) -> None:
    with working(LOADING, honest(TRUE, "receipt"), max_attempts=1, sampling_rate=0.0) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        admin = current_user()
        version = reviewing.approve(doc_id, workers.document(doc_id).version, admin, workers.settings)
        reviewing.reopen(doc_id, version, admin, workers.settings)
        before = workers.document(doc_id)
        workers.run(due_again(workers))
        assert workers.document(doc_id) == before
        assert len(workers.script.requests) == 1


def test_what_somebody_has_open_is_read_again_when_it_is_put_aside(working: Any) -> None:
    with working(LOADING, honest(TRUE, "receipt"), max_attempts=1, sampling_rate=0.0) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        before = workers.document(doc_id)
        with workers.store.begin() as connection:
            review_locks.take(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "tab")
        workers.run(due_again(workers))
        assert workers.document(doc_id) == before
        assert len(workers.script.requests) == 1
        with workers.store.begin() as connection:
            review_locks.release(connection, LOCAL_TENANT, doc_id, "tab")
        workers.run(due_again(workers))
        assert "model_missing" not in workers.codes(doc_id)


def test_who_opens_a_document_while_the_model_is_asked_about_it_can_save(working: Any) -> None:
    def slowly(request: dict[str, Any]) -> dict[str, Any]:
        with workers.store.begin() as connection:
            review_locks.take(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "tab")
        return chat(copying(TRUE)(request))

    with working(LOADING, replies(slowly), max_attempts=1, sampling_rate=0.0) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        seen = workers.document(doc_id)
        workers.run(due_again(workers))
        assert len(workers.script.requests) == 2
        assert workers.rows("SELECT state, attempts, last_error FROM jobs WHERE stage = 'reread'") == [
            ("waiting", 0, "open_in_review")
        ]
        reviewing.save(doc_id, seen.version, {"total": "7.00"}, current_user(), workers.settings)
        workers.run(due_again(workers))
        assert workers.value(doc_id, "total") == 7.0
        assert workers.rows("SELECT state, last_error FROM jobs WHERE stage = 'reread'") == [
            ("done", "in_persons_hands")
        ]


def test_an_answer_that_came_while_somebody_had_the_document_open_is_not_paid_for_twice(working: Any) -> None:
    def slowly(request: dict[str, Any]) -> dict[str, Any]:
        with workers.store.begin() as connection:
            review_locks.take(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "tab")
        return chat(copying(TRUE)(request))

    with working(LOADING, replies(slowly), max_attempts=1) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        workers.run(due_again(workers))
        with workers.store.begin() as connection:
            review_locks.release(connection, LOCAL_TENANT, doc_id, "tab")
        workers.run(due_again(workers))
        assert "model_missing" not in workers.codes(doc_id)
        assert len(workers.script.requests) == 2


def test_rereads_leave_other_jobs_alone(working: Any) -> None:
    with working(honest(TRUE, "receipt")) as workers, workers.store.begin() as connection:
        classified(connection)
        assert rereads.due(connection, 0.0, 10) == []
        assert "reread" not in jobs.count_due(connection)
