"""Extraction and classification as the workers run them, against a server that speaks Ollama's protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest

from app import reviewing
from app.auth import current_user
from db import cache, documents, jobs, model_calls, rereads, review_locks, reviews
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT, add_tenant
from tests.pipeline.engines.fake_ollama import (
    BROKEN,
    LOADING,
    NO_MODEL,
    REPETITION,
    answering,
    asks_for_fields,
    chat,
    copying,
    documents_in,
    honest,
    typed,
)
from tests.pipeline.engines.scripted_server import Turn, replies, says_bytes
from tests.pipeline.written_pages import page_of
from tests.workers.llm_worker import Workers
from tests.workers.read_documents import RECEIPT, TRUE, classified, read
from workers import consult, desk
from workers.breaker import State
from workers.consult import breaker_of
from workers.shutdown import Drain
from workers.sweeper import wake_rereads


def test_a_model_that_agrees_is_asked_once_and_all_of_it_is_kept(working: Any) -> None:
    with working(honest(TRUE, "receipt"), llm_usd_per_million_prompt=10.0) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        assert workers.document(doc_id).processing_status in ("needs_review", "auto_approved")
        assert not workers.codes(doc_id) & {"engines_disagree", "model_only", "model_missing", "model_failed"}
        (call,) = workers.calls(doc_id)
        assert (call.template, call.template_version, call.outcome, call.prompt_tokens) == ("extraction", 2, "ok", 100)
        assert call.usd == pytest.approx(100 * 10 / 1e6)
        assert json.loads(call.answer or "")["total"] == "8.56"
        assert "Hollow Oak" in call.prompt[-1]["content"]
        assert workers.rows("SELECT calls, prompt_tokens, answer_tokens FROM usage") == [(1, 100, 20)]


def test_a_model_that_disagrees_sends_the_document_to_a_person_with_our_value(working: Any) -> None:
    with working(honest({**TRUE, "total": "10.00"}, "receipt")) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        assert "engines_disagree" in workers.codes(doc_id)
        assert workers.value(doc_id, "total") == 8.56


def test_an_answer_that_was_stored_before_its_worker_died_is_used_again(working: Any) -> None:
    with working(honest(TRUE, "receipt")) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        workers.change("DELETE FROM stage_results WHERE stage = 'extraction'")
        workers.change(
            "UPDATE jobs SET state = 'running', lease_until = now() - interval '1 s' WHERE id = :id", id=job_id
        )
        workers.run(job_id)
        assert len(workers.script.requests) == 1
        assert len(workers.calls(doc_id)) == 1
        assert workers.rows("SELECT attempts, state FROM jobs WHERE id = :id", id=job_id) == [(2, "done")]


def test_a_person_who_runs_a_document_again_gets_a_new_answer(working: Any) -> None:
    with working(honest(TRUE, "receipt")) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        with workers.store.begin() as connection:
            again, _ = reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "extraction")
        workers.run(again)
        assert len(workers.script.requests) == 2


@pytest.mark.parametrize("turn", [BROKEN, REPETITION, says_bytes(b"<html>"), LOADING])
def test_a_failure_that_may_pass_is_tried_again_and_then_the_built_in_result_stands(working: Any, turn: Turn) -> None:
    with working(turn, max_attempts=3) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        for attempt in (1, 2, 3):
            workers.run(job_id)
            workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting' AND stage <> 'reread'")
            assert len(workers.script.requests) == attempt
        assert workers.document(doc_id).processing_status == "needs_review"
        assert "model_missing" in workers.codes(doc_id)
        assert workers.value(doc_id, "total") == 8.56
        assert workers.rows("SELECT state, generation FROM jobs WHERE stage = 'reread'") == [("waiting", 1)]


def test_a_refusal_is_not_tried_again_and_the_document_goes_to_a_person(working: Any) -> None:
    with working(NO_MODEL) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        assert len(workers.script.requests) == 1
        assert "model_failed" in workers.codes(doc_id)
        assert workers.rows("SELECT 1 FROM jobs WHERE stage = 'reread'") == []


@pytest.mark.parametrize("said", ["no JSON at all", '{"total": 1}', '{"total": NaN}', "[" * 5000, '{"a":1}' * 3])
def test_nonsense_is_asked_for_once_more_and_nothing_of_it_is_taken(working: Any, said: str) -> None:
    with working(answering(lambda _: said)) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        assert len(workers.script.requests) == 2
        assert "model_failed" in workers.codes(doc_id)
        assert workers.value(doc_id, "total") == 8.56


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


def due_again(workers: Workers) -> str:
    """The one document that is to be read again, now."""
    workers.change("UPDATE jobs SET run_at = now() WHERE stage = 'reread'")
    ((job_id,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
    return str(job_id)


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


def test_a_tenant_without_budget_goes_on_without_the_model(working: Any) -> None:
    with working(honest(TRUE, "receipt"), llm_day_tokens=120) as workers:
        with workers.store.begin() as connection:
            found = [classified(connection, f"r{n}") for n in range(2)]
        for _, job_id in found:
            workers.run(job_id)
        assert len(workers.script.requests) == 1
        assert ["model_missing" in workers.codes(doc_id) for doc_id, _ in found] == [False, True]
        ((reread,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
        workers.change("UPDATE jobs SET run_at = now() WHERE stage = 'reread'")
        for _ in range(8):  # waiting for money is no attempt
            workers.run(str(reread))
            workers.change("UPDATE jobs SET run_at = now() WHERE stage = 'reread'")
        assert workers.rows("SELECT state, attempts FROM jobs WHERE stage = 'reread'") == [("waiting", 0)]


@pytest.mark.parametrize(
    "turn",
    [honest(TRUE, "receipt"), replies(lambda _: chat("and so on", done_reason="length"))],
    ids=["answered", "for nothing"],
)
def test_a_dear_document_goes_to_a_person(working: Any, turn: Turn) -> None:
    with working(turn, llm_usd_per_million_prompt=20_000.0) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        assert "llm_cost" in workers.codes(doc_id)


UNSURE = "Statement of delivery {}\nGoods received in good order\nSigned by the driver"


def test_doubtful_types_of_one_tenant_are_asked_about_together(working: Any) -> None:
    with working(honest(TRUE, "other")) as workers:
        with workers.store.begin() as connection:
            stranger = add_tenant(connection, "Another")
            found = [read(connection, f"d{n}", [page_of(UNSURE.format(n))]) for n in range(5)]
            theirs, _ = read(connection, "x", [page_of(UNSURE.format("x"))], stranger)
        for _ in range(2):  # the tenants have their turns
            workers.run(found[0][1])
        shown = sorted((documents_in(request) for request in workers.script.requests), key=len)
        assert [len(each) for each in shown] == [1, 5]
        assert "delivery x" in shown[0][0]
        assert not any("delivery x" in each for each in shown[1])
        for number, (doc_id, _) in enumerate(found):
            assert workers.document(doc_id).type == "other"
            (call,) = workers.calls(doc_id)
            assert call.prompt[-1]["content"] == UNSURE.format(number)
            assert UNSURE.format(number).splitlines()[0] in (call.answer or "")
            assert call.prompt_tokens == 20
        assert workers.calls(theirs) == []  # are another tenant's


def test_what_the_model_mixes_up_is_asked_about_singly(working: Any) -> None:
    def mixing(request: dict[str, Any]) -> str:
        shown = documents_in(request)
        told = {
            f"document_{n}": {"document_type": "other", "evidence": [shown[n % len(shown)].splitlines()[0]]}
            for n in range(1, len(shown) + 1)
        }
        return json.dumps(told)

    with working(answering(mixing)) as workers:
        with workers.store.begin() as connection:
            found = [read(connection, f"d{n}", [page_of(UNSURE.format(n))]) for n in range(3)]
        workers.run(found[0][1])
        assert [len(documents_in(request)) for request in workers.script.requests] == [3, 1, 1, 1]


def test_a_type_that_only_the_model_tells_goes_to_a_person(working: Any) -> None:
    with working(answering(typed("receipt"))) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = read(connection, "d", [page_of("Zzz qqq\nxxx yyy vvv www")])
        workers.run(job_id)
        ((extraction,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'extraction'")
        workers.run(str(extraction))
        document = workers.document(doc_id)
        assert (document.type, document.processing_status) == ("receipt", "needs_review")
        assert "type_model_only" in workers.codes(doc_id)


def test_a_type_that_was_told_is_not_asked_for_again(working: Any) -> None:
    with working(answering(typed("other"))) as workers:
        with workers.store.begin() as connection:
            _, first = read(connection, "a", [page_of(UNSURE.format("n"))])
        workers.run(first)
        with workers.store.begin() as connection:
            _, second = read(connection, "b", [page_of(UNSURE.format("n"))])
        workers.run(second)
        assert len(workers.script.requests) == 1


def through(workers: Workers, doc_id: str, *stages: str) -> None:
    """Runs the document's stages, however often they were put back."""
    for stage in stages:
        job = "SELECT id FROM jobs WHERE doc_id = :doc AND stage = :stage AND state = 'waiting'"
        while rows := workers.rows(job, doc=doc_id, stage=stage):
            workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting' AND stage <> 'reread'")
            workers.run(str(rows[0][0]))


NAMELESS = "Zzz qqq\nxxx yyy vvv www"
"""Only a model can say what it is."""


@pytest.mark.parametrize("turn", [BROKEN, REPETITION, LOADING])
def test_a_type_without_an_answer_is_asked_for_again_and_then_the_built_in_one_stands(working: Any, turn: Turn) -> None:
    with working(turn, max_attempts=3) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = read(connection, "a", [page_of(NAMELESS)])
        for attempt in (1, 2, 3):
            assert workers.rows("SELECT state, attempts FROM jobs WHERE id = :id", id=job_id) == [
                ("waiting", attempt - 1)
            ]
            workers.run(job_id)
            assert len(workers.script.requests) == attempt
            workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
        assert workers.rows("SELECT state FROM jobs WHERE id = :id", id=job_id) == [("done",)]
        assert workers.document(doc_id).type == "unknown"
        through(workers, doc_id, "extraction")
        assert workers.document(doc_id).processing_status == "needs_review"
        assert "model_missing" in workers.codes(doc_id)

        workers.script.turns = [honest(TRUE, "receipt")]
        workers.run(due_again(workers))
        document = workers.document(doc_id)
        assert (document.type, document.machine_type, document.processing_status) == ("receipt",) * 2 + (
            "needs_review",
        )
        assert "type_model_only" in workers.codes(doc_id)
        assert not workers.codes(doc_id) & {"model_missing", "type_unknown"}
        assert workers.rows("SELECT state, last_error FROM jobs WHERE stage = 'reread'") == [("done", "read_again")]
        ((told,),) = workers.rows("SELECT result FROM stage_results WHERE stage = 'classification'")
        assert (told["type"], told["model"], told["model_missing"]) == ("receipt", "receipt", None)
        assert len(workers.script.requests) == 5  # its type, its fields


def test_one_refusal_while_the_model_loads_is_waited_for(working: Any) -> None:
    with working(LOADING, honest(TRUE, "receipt")) as workers:
        with workers.store.begin() as connection:
            doc_id, _ = read(connection, "a", [page_of(NAMELESS)])
        through(workers, doc_id, "classification", "extraction")
        assert workers.document(doc_id).type == "receipt"
        assert "model_missing" not in workers.codes(doc_id)
        assert workers.rows("SELECT 1 FROM jobs WHERE stage = 'reread'") == []


def test_the_waits_between_the_tries_double(working: Any) -> None:
    with working(LOADING, backoff_s=1.0) as workers:
        with workers.store.begin() as connection:
            _, job_id = read(connection, "a", [page_of(NAMELESS)])
        waits = []
        for _ in range(4):
            workers.run(job_id)
            wait = "SELECT extract(epoch FROM run_at - now()) FROM jobs WHERE id = :id"
            waits.append(float(workers.rows(wait, id=job_id)[0][0]))
            workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
        assert waits == pytest.approx([1, 2, 4, 8], abs=0.5)


def test_types_that_were_asked_for_together_are_asked_for_again_singly(working: Any) -> None:
    """Together it may have been too much, or one of them may be what the server stumbles over."""
    with working(LOADING, honest(TRUE, "other")) as workers:
        with workers.store.begin() as connection:
            found = [read(connection, f"d{n}", [page_of(UNSURE.format(n))]) for n in range(3)]
        workers.run(found[0][1])
        state = "SELECT DISTINCT state, attempts, last_error FROM jobs WHERE stage = 'classification'"
        assert workers.rows(state) == [("waiting", 1, "llm_busy")]
        for doc_id, _ in found:
            through(workers, doc_id, "classification")
        assert [len(documents_in(request)) for request in workers.script.requests] == [3, 1, 1, 1]
        assert workers.rows("SELECT DISTINCT machine_type, type_evidence->>'model' FROM docs") == [("other", "other")]


def test_a_type_that_is_known_already_stands_although_the_server_is_away(working: Any) -> None:
    with working(answering(typed("other")), LOADING) as workers:
        with workers.store.begin() as connection:
            first, _ = read(connection, "a", [page_of(UNSURE.format("n"))])
        through(workers, first, "classification")
        with workers.store.begin() as connection:
            second, _ = read(connection, "b", [page_of(UNSURE.format("n"))])
            third, job_id = read(connection, "c", [page_of(UNSURE.format("m"))])
        workers.run(job_id)
        assert [workers.document(each).processing_status for each in (second, third)] == ["extracting", "classifying"]


def test_while_the_breaker_is_open_nobody_waits_for_a_type(working: Any) -> None:
    with working(honest({}, "receipt")) as workers:
        breaker = breaker_of(workers.settings, workers.redis)
        for _ in range(5):
            breaker.failed()
        with workers.store.begin() as connection:
            doc_id, job_id = read(connection, "a", [page_of(NAMELESS)])
        workers.run(job_id)
        assert workers.document(doc_id).processing_status == "extracting"
        through(workers, doc_id, "extraction")
        assert "model_missing" in workers.codes(doc_id)
        workers.run(due_again(workers))  # is no attempt while it is open
        assert workers.rows("SELECT state, attempts FROM jobs WHERE stage = 'reread'") == [("waiting", 0)]
        breaker.succeeded()
        workers.run(due_again(workers))
        assert workers.document(doc_id).type == "receipt"


def test_a_type_that_no_model_can_tell_is_given_up(working: Any) -> None:
    """The server answers others meanwhile, so that it is the document's fault."""
    with working(BROKEN, max_attempts=2, llm_breaker_s=0.1) as workers:
        with workers.store.begin() as connection:
            doc_id, _ = read(connection, "a", [page_of(NAMELESS)])
        through(workers, doc_id, "classification", "extraction")
        for _ in range(4):
            breaker_of(workers.settings, workers.redis).succeeded()
            workers.run(due_again(workers))
        assert workers.rows("SELECT state, attempts FROM jobs WHERE stage = 'reread'") == [("done", 2)]
        assert workers.document(doc_id).type == "unknown"
        assert "model_missing" in workers.codes(doc_id)
        assert len(workers.script.requests) == 4


def test_a_type_whose_model_refuses_is_not_asked_for_again(working: Any) -> None:
    with working(NO_MODEL) as workers:
        with workers.store.begin() as connection:
            doc_id, _ = read(connection, "a", [page_of(NAMELESS)])
        through(workers, doc_id, "classification", "extraction")
        assert len(workers.script.requests) == 1
        assert workers.document(doc_id).type == "unknown"
        assert "model_missing" not in workers.codes(doc_id)
        assert workers.rows("SELECT 1 FROM jobs WHERE stage = 'reread'") == []


@pytest.mark.parametrize("way", [{"llm_classify": "doubtful"}, {"llm_classify": "off"}])
def test_a_type_that_nobody_asks_for_is_not_missing(working: Any, way: dict[str, str]) -> None:
    text = RECEIPT if way["llm_classify"] == "doubtful" else NAMELESS
    with working(LOADING, max_attempts=1, **way) as workers:
        with workers.store.begin() as connection:
            doc_id, _ = read(connection, "a", [page_of(text)])
        through(workers, doc_id, "classification")
        assert workers.script.requests == []
        assert workers.document(doc_id).type_evidence["model_missing"] is None


def test_a_document_with_fields_is_not_accepted_before_the_model_was_heard_about_its_type(working: Any) -> None:
    with working(LOADING, honest(TRUE, "receipt"), max_attempts=1, llm_classify="all", sampling_rate=0.0) as workers:
        with workers.store.begin() as connection:
            doc_id, _ = read(connection, "a", [page_of(RECEIPT)])
        through(workers, doc_id, "classification", "extraction")
        assert len(workers.script.requests) == 2
        assert workers.codes(doc_id) == {"model_missing"}
        assert workers.document(doc_id).processing_status == "needs_review"
        workers.run(due_again(workers))
        assert workers.document(doc_id).processing_status == "auto_approved"
        assert len(workers.script.requests) == 3  # its fields were asked for before


def test_a_type_that_a_person_has_set_is_not_missing(working: Any) -> None:
    with working(LOADING, honest(TRUE, "receipt"), max_attempts=1) as workers:
        with workers.store.begin() as connection:
            doc_id, _ = read(connection, "a", [page_of(NAMELESS)])
        through(workers, doc_id, "classification", "extraction")
        reviewing.change_type(
            doc_id, workers.document(doc_id).version, "receipt", current_user(), workers.settings
        )  # fmt: skip
        through(workers, doc_id, "extraction")
        assert "model_missing" not in workers.codes(doc_id)
        assert workers.rows("SELECT generation FROM jobs WHERE stage = 'reread'") == [(1,)]
        before = workers.document(doc_id)
        workers.run(due_again(workers))
        assert workers.document(doc_id) == before


def corrected(workers: Workers, name: str) -> str:
    """A receipt that a person has corrected and approved."""
    with workers.store.begin() as connection:
        doc_id, job_id = classified(connection, name, RECEIPT.replace("Hollow Oak", f"{name.title()} Hill"))
    workers.run(job_id)
    with workers.store.begin() as connection:
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        boxes = {"vendor_name": [[1, 0.0, 0.0, 1.0, 0.05]]}
        version = reviews.correct(
            connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"vendor_name": f"{name} Hill"}, boxes
        )
        reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    return doc_id


def calling(how: str) -> Turn:
    """A model that asks for two examples, by a call or (as small ones do) in its text."""
    arguments = {"document_type": "receipt", "limit": 2}

    def reply(request: dict[str, Any]) -> dict[str, Any]:
        if "tools" not in request:
            return chat(copying(TRUE)(request))
        if how == "called":
            call = {"function": {"name": "get_gold_examples", "arguments": arguments}}
            return chat("", message={"role": "assistant", "content": "", "tool_calls": [call]})
        return chat("Sure! " + json.dumps({"name": "get_gold_examples", "parameters": arguments}))

    return replies(reply)


@pytest.mark.parametrize("how", ["called", "written"])
def test_the_model_asks_for_examples_and_gets_them_in_the_next_call(working: Any, how: str) -> None:
    with working(calling(how)) as workers:
        for name in ("birch", "cedar", "maple"):
            corrected(workers, name)
        workers.redis.flushall()
        workers.script.requests.clear()
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection)
        workers.run(job_id)
        request, extraction = workers.script.requests
        assert "format" not in request
        assert "tools" not in extraction
        asked = extraction["messages"][-1]["content"]
        assert ("Maple Hill" in asked, "Cedar Hill" in asked, "Birch Hill" in asked) == (True, True, False)
        with workers.store.connect() as connection:
            (used,) = model_calls.tools_used(connection, LOCAL_TENANT, doc_id)
        assert (used["tool"], used["how"], used["outcome"], used["results"]) == ("get_gold_examples", how, "ok", 2)

        workers.script.requests.clear()  # what is asked for depends on the type only: it is known for five minutes
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection, "another")
        workers.run(job_id)
        assert ["tools" in request for request in workers.script.requests] == [False]
        with workers.store.connect() as connection:
            (used,) = model_calls.tools_used(connection, LOCAL_TENANT, doc_id)
        assert (used["how"], used["outcome"], used["results"]) == ("cached", "ok", 2)


def tooled(said: Callable[[], dict[str, Any]]) -> Turn:
    """A model that says something where it is offered tools, and is right about the fields."""
    return replies(lambda request: said() if "tools" in request else chat(copying(TRUE)(request)))


def called(document_type: str, limit: int = 2) -> dict[str, Any]:
    call = {"function": {"name": "get_gold_examples", "arguments": {"document_type": document_type, "limit": limit}}}
    return chat("", message={"role": "assistant", "content": "", "tool_calls": [call]})


def after_corrections(workers: Workers) -> tuple[str, str]:
    """A receipt whose extraction is due, after two others were corrected."""
    for name in ("birch", "cedar"):
        corrected(workers, name)
    workers.redis.flushall()
    workers.script.requests.clear()
    with workers.store.begin() as connection:
        return classified(connection)


def test_a_model_that_talks_instead_of_calling_gets_examples_all_the_same(working: Any) -> None:
    with working(tooled(lambda: chat("Sure, here is how I would do it", done_reason="length"))) as workers:
        doc_id, job_id = after_corrections(workers)
        workers.run(job_id)
        assert not workers.codes(doc_id) & {"model_missing", "model_failed"}
        assert [call.outcome for call in workers.calls(doc_id)] == ["llm_too_long", "ok"]
        assert "Birch Hill" in workers.script.requests[-1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("document_type", "logged"),
    [("Receipt", [("called", "ok", 2)]), ("invoice", [("called", "bad_arguments", 0), ("plain", "ok", 2)])],
)
def test_examples_of_the_type_are_given_whatever_type_was_asked_for(
    working: Any, document_type: str, logged: list[tuple[str, str, int]]
) -> None:
    with working(tooled(lambda: called(document_type))) as workers:
        doc_id, job_id = after_corrections(workers)
        workers.run(job_id)
        assert "Birch Hill" in workers.script.requests[-1]["messages"][-1]["content"]
        with workers.store.connect() as connection:
            used = model_calls.tools_used(connection, LOCAL_TENANT, doc_id)
        assert [(each["how"], each["outcome"], each["results"]) for each in used] == logged


def test_the_claim_is_kept_while_the_model_is_asked_which_examples_it_wants(working: Any) -> None:
    def slowly() -> dict[str, Any]:
        sleep(1.5)
        workers.run(job_id)  # another worker is woken
        return called("receipt")

    with working(tooled(slowly), lease_s=1.0, heartbeat_s=0.1) as workers:
        doc_id, job_id = after_corrections(workers)
        workers.run(job_id)
        assert workers.rows("SELECT state, attempts, fence FROM jobs WHERE id = :id", id=job_id) == [("done", 1, 1)]
        assert [call.template for call in workers.calls(doc_id)] == ["example_request", "extraction"]
        assert len(workers.script.requests) == 2


def test_a_worker_that_shuts_down_does_not_wait_for_a_wish(working: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drain = Drain()

    def hanging() -> dict[str, Any]:
        drain.begin(0.0)
        sleep(3.0)
        return called("receipt")

    with working(tooled(hanging)) as workers:
        _, job_id = after_corrections(workers)
        monkeypatch.setattr(desk, "DRAIN", drain)
        started = monotonic()
        workers.run(job_id)
        assert monotonic() - started < 2.0
        assert workers.rows("SELECT state FROM jobs WHERE id = :id", id=job_id) == [("waiting",)]


def test_a_correction_while_the_model_is_asked_leaves_no_older_examples(working: Any) -> None:
    key = cache.examples_key(LOCAL_TENANT, "receipt")

    def meanwhile() -> dict[str, Any]:
        assert workers.redis.exists(key)
        cache.drop(workers.redis, key)  # as `reviewing.approve` does
        return called("receipt")

    with working(tooled(meanwhile)) as workers:
        _, job_id = after_corrections(workers)
        workers.run(job_id)
        assert len(workers.script.requests) == 2
        assert not workers.redis.exists(key)


def test_a_correction_while_examples_are_made_is_not_lost(working: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = consult._made_examples
    key = cache.examples_key(LOCAL_TENANT, "receipt")

    def meanwhile(*args: Any) -> Any:
        examples = made(*args)
        cache.drop(workers.redis, key)
        return examples

    with working(honest(TRUE, "receipt"), llm_examples="plain") as workers:
        _, job_id = after_corrections(workers)
        monkeypatch.setattr(consult, "_made_examples", meanwhile)
        workers.run(job_id)
        assert "Birch Hill" in workers.script.requests[-1]["messages"][-1]["content"]
        assert not workers.redis.exists(key)


def test_a_value_as_a_person_typed_it_is_found_and_is_in_the_example(working: Any) -> None:
    with working(honest(TRUE, "receipt"), llm_examples="plain") as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection, "one")
        workers.run(job_id)
        admin, version = current_user(), workers.document(doc_id).version
        entries = {"total": "8.00", "date": "2025-04-03", "vendor_name": "Hollow Oak Grocery"}
        version = reviewing.save(doc_id, version, entries, admin, workers.settings)
        reviewing.approve(doc_id, version, admin, workers.settings)
        assert workers.rows("SELECT name FROM fields WHERE source = 'human' AND boxes = '[]'") == []
        with workers.store.begin() as connection:
            _, job_id = classified(connection, "two", RECEIPT.replace("Hollow", "Birch"))
        workers.run(job_id)
        asked = workers.script.requests[-1]["messages"][-1]["content"]
        told = json.loads(asked.split("-> ")[1].splitlines()[0])
        wanted = {"total": "8.00", "date": "03/04/2025", "vendor_name": "Hollow Oak Grocery", "currency": "USD"}
        assert {name: told.get(name) for name in wanted} == wanted


def test_a_document_is_no_example_for_itself(working: Any) -> None:
    with working(honest(TRUE, "receipt"), llm_examples="plain") as workers:
        doc_id = corrected(workers, "birch")
        workers.redis.flushall()
        workers.script.requests.clear()
        with workers.store.begin() as connection:
            again, _ = reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "extraction")
        workers.run(again)
        assert "other documents" not in workers.script.requests[0]["messages"][-1]["content"]


def test_no_tenant_sees_another_tenants_examples(working: Any) -> None:
    with working(honest(TRUE, "receipt"), llm_examples="plain") as workers:
        corrected(workers, "birch")
        with workers.store.begin() as connection:
            stranger = add_tenant(connection, "Another")
            _, job_id = classified(connection, "theirs", tenant_id=stranger)
        workers.script.requests.clear()
        workers.run(job_id)
        assert "Birch Hill" not in json.dumps(workers.script.requests)


def test_rereads_leave_other_jobs_alone(working: Any) -> None:
    with working(honest(TRUE, "receipt")) as workers, workers.store.begin() as connection:
        classified(connection)
        assert rereads.due(connection, 0.0, 10) == []
        assert "reread" not in jobs.count_due(connection)


def test_a_new_correction_is_an_example_at_once(working: Any) -> None:
    with working(honest(TRUE, "receipt"), llm_examples="plain") as workers:
        corrected(workers, "birch")
        workers.redis.flushall()
        with workers.store.begin() as connection:
            _, job_id = classified(connection, "first")
        workers.run(job_id)
        assert "Birch Hill" in workers.script.requests[-1]["messages"][-1]["content"]
        with workers.store.begin() as connection:
            doc_id, job_id = classified(connection, "cedar", RECEIPT.replace("Hollow Oak", "Cedar Hill"))
        workers.run(job_id)
        admin = current_user()
        version = reviewing.save(
            doc_id, workers.document(doc_id).version, {"vendor_name": "Cedar Hill Grocery LLC", "total": "8.00"}, admin,
            workers.settings,
        )  # fmt: skip
        reviewing.approve(doc_id, version, admin, workers.settings)
        with workers.store.begin() as connection:
            _, job_id = classified(connection, "second")
        workers.run(job_id)
        assert "Cedar Hill" in workers.script.requests[-1]["messages"][-1]["content"]
