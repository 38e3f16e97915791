"""Extraction and classification as the workers run them, against a server that speaks Ollama's protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest

from db import reviews
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT
from tests.pipeline.engines.fake_ollama import (
    BROKEN,
    LOADING,
    NO_MODEL,
    REPETITION,
    answering,
    chat,
    honest,
)
from tests.pipeline.engines.scripted_server import Turn, replies, says_bytes
from tests.workers.read_documents import TRUE, classified


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
