"""Gold examples: asked for by a tool, given plainly, kept for a while, never stale and never of another tenant."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest

from app import reviewing
from app.auth import current_user
from db import cache, model_calls, reviews
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT, add_tenant
from tests.pipeline.engines.fake_ollama import (
    chat,
    copying,
    honest,
)
from tests.pipeline.engines.scripted_server import Turn, replies
from tests.workers.llm_worker import Workers, corrected
from tests.workers.read_documents import RECEIPT, TRUE, classified
from workers import desk, kept_examples
from workers.shutdown import Drain


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
    made = kept_examples._made
    key = cache.examples_key(LOCAL_TENANT, "receipt")

    def meanwhile(*args: Any) -> Any:
        examples = made(*args)
        cache.drop(workers.redis, key)
        return examples

    with working(honest(TRUE, "receipt"), llm_examples="plain") as workers:
        _, job_id = after_corrections(workers)
        monkeypatch.setattr(kept_examples, "_made", meanwhile)
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
