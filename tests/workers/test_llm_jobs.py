"""Extraction and classification as the workers run them, against a server that speaks Ollama's protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app import reviewing
from app.auth import current_user
from db import documents, jobs, model_calls, rereads, reviews
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
from workers.breaker import State
from workers.consult import breaker_of
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


def test_a_dear_document_goes_to_a_person(working: Any) -> None:
    with working(honest(TRUE, "receipt"), llm_usd_per_million_prompt=20_000.0) as workers:
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


def test_without_an_answer_the_built_in_classifier_stands(working: Any) -> None:
    with working(BROKEN) as workers:
        with workers.store.begin() as connection:
            doc_id, job_id = read(connection, "a", [page_of(UNSURE.format("n"))])
        workers.run(job_id)
        assert workers.rows("SELECT state FROM jobs WHERE id = :id", id=job_id) == [("done",)]
        assert workers.document(doc_id).type is not None


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
            _, job_id = classified(connection, "another")
        workers.run(job_id)
        assert ["tools" in request for request in workers.script.requests] == [False]


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
