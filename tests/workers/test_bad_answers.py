"""Garbage and outages through a worker's stage: nothing of them is accepted, everything is stored, nothing is lost."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from db import documents
from pipeline.run import extract_fields
from tests.pipeline.engines.fake_ollama import BROKEN, answering, chat, honest
from tests.pipeline.engines.scripted_server import Turn, says, says_bytes
from tests.pipeline.engines.test_garbage import GOOD, RECEIPTS, SENT, UNSIGNED, WRITTEN
from tests.pipeline.written_pages import page_of
from tests.workers.llm_worker import Workers, corrected
from tests.workers.read_documents import RECEIPT, TRUE, classified
from workers.breaker import State
from workers.consult import breaker_of

BUILT_IN = {field.name: field.value for field in extract_fields([page_of(UNSIGNED)], RECEIPTS).fields if field.value}

TOKENS = [{"token": "\0\ud800", "logprob": float("nan")}, {"token": "{", "logprob": 1e308}, {"token": 5}]
CALLS = [{"function": {"name": "\0", "arguments": {"\ud800": ["\0", float("inf")]}}}]
ENVELOPES: dict[str, Turn] = {
    "counts that are none": says(chat(GOOD, prompt_eval_count=10**12, eval_count="many")),
    "log-probabilities that are none": says(chat(GOOD, logprobs=TOKENS)),
    "a model of another name": says(chat(GOOD, model="\0\udfff")),
    "calls nobody asked for": says(chat("", message={"role": "assistant", "content": GOOD, "tool_calls": CALLS})),
    "50 MB": says_bytes(SENT["50 MB of a word"]),
    "invalid UTF-8": says_bytes(SENT["invalid UTF-8"]),
}
TURNS = ENVELOPES | {name: says(chat(text)) for name, text in WRITTEN.items()}


def run(workers: Workers, text: str = UNSIGNED) -> str:
    with workers.store.begin() as connection:
        doc_id, job_id = classified(connection, text=text)
    workers.run(job_id)
    return doc_id


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS.keys())
def test_nothing_of_it_is_accepted_and_all_of_it_is_kept(working: Any, turn: Turn) -> None:
    with working(turn, max_attempts=1, llm_seconds=2.0) as workers:
        doc_id = run(workers)
        assert workers.rows("SELECT state, attempts FROM jobs WHERE stage = 'extraction'") == [("done", 1)]
        assert workers.rows("SELECT count(*) FROM stage_results WHERE stage = 'extraction'") == [(1,)]
        assert workers.document(doc_id).processing_status == "needs_review"
        with workers.store.connect() as connection:
            fields = {field.name: field for field in documents.fields_of(connection, doc_id)}
        for name, value in BUILT_IN.items():
            assert fields[name].value == value
        only_model = [field for field in fields.values() if field.name not in BUILT_IN and field.value is not None]
        codes = {(reason["code"], reason["field"]) for reason in workers.document(doc_id).reasons}
        assert all(("not_on_page", field.name) in codes for field in only_model)
        calls = workers.calls(doc_id)
        assert 1 <= len(calls) == len(workers.script.requests) <= 2
        assert all(call.answer or call.outcome != "ok" for call in calls)


def test_the_table_would_notice(working: Any) -> None:
    """An invented sender is stored and sent to a person; a sender on the page is no invention."""
    with working(says(chat(GOOD)), max_attempts=1) as workers:
        first = run(workers)
        assert ("not_on_page", "vendor_name") in {(r["code"], r["field"]) for r in workers.document(first).reasons}
        assert workers.value(first, "vendor_name") == "Hollow Oak Grocery LLC"
    assert "vendor_name" not in BUILT_IN
    assert BUILT_IN["total"] == 8.56
    assert len(WRITTEN) >= 12


@pytest.mark.parametrize("spoilt", ["Hol\0low", "Hol\ud800low"])
def test_a_call_by_a_tool_that_no_column_holds_is_logged(working: Any, spoilt: str) -> None:
    def reply(request: dict[str, Any]) -> str:
        if "tools" not in request:
            return GOOD
        return json.dumps({"name": f"get{spoilt}", "parameters": {"document_type": spoilt, "limit": float("nan")}})

    with working(answering(reply)) as workers:
        for name in ("birch", "cedar"):
            corrected(workers, name)
        workers.redis.flushall()
        doc_id = run(workers, RECEIPT)
        assert workers.document(doc_id).processing_status in ("needs_review", "auto_approved")
        ((outcome, arguments),) = workers.rows(
            "SELECT outcome, arguments FROM tool_usage_logs WHERE doc_id = :id AND how = 'written'", id=doc_id
        )
        assert (outcome, arguments["limit"]) == ("unknown_tool", None)


def test_an_outage_longer_than_all_attempts_is_outlived(working: Any) -> None:
    """Each trial that the breaker lets through finds the server still away; that is no fault of the document."""
    with working(BROKEN, max_attempts=3, llm_breaker_s=0.1) as workers:
        doc_id = run(workers, RECEIPT)
        workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
        for (job_id,) in workers.rows("SELECT id FROM jobs WHERE stage = 'extraction'") * 2:
            workers.run(str(job_id))
            workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
        ((reread,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
        for _ in range(8):
            time.sleep(0.12)
            workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
            workers.run(str(reread))
        assert len(workers.script.requests) > 8
        assert breaker_of(workers.settings, workers.redis).look() is not State.CLOSED
        assert "model_missing" in workers.codes(doc_id)
        workers.script.turns = [honest(TRUE, "receipt")]
        time.sleep(0.12)
        workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
        workers.run(str(reread))
        assert "model_missing" not in workers.codes(doc_id)
        assert workers.rows("SELECT state, last_error FROM jobs WHERE stage = 'reread'") == [("done", "read_again")]


def test_a_document_that_no_model_can_answer_is_given_up(working: Any) -> None:
    """The server answers others meanwhile, so that it is the document's fault."""
    with working(BROKEN, max_attempts=2, llm_breaker_s=0.1) as workers:
        run(workers, RECEIPT)
        workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
        ((job_id,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'extraction'")
        workers.run(str(job_id))
        ((reread,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
        for _ in range(4):
            breaker_of(workers.settings, workers.redis).succeeded()
            workers.change("UPDATE jobs SET run_at = now() WHERE state = 'waiting'")
            workers.run(str(reread))
        assert workers.rows("SELECT state, attempts FROM jobs WHERE stage = 'reread'") == [("done", 2)]
