"""Types that a model is asked for: together, singly, again when there was no answer."""

from __future__ import annotations

import json
from time import sleep
from typing import Any

import pytest

from app import reviewing
from app.auth import current_user
from pipeline.run import classify_pages
from tests.db.store import add_tenant
from tests.pipeline.engines.fake_ollama import (
    BROKEN,
    LOADING,
    NO_MODEL,
    REPETITION,
    answering,
    chat,
    documents_in,
    honest,
    typed,
)
from tests.pipeline.engines.scripted_server import Turn, replies
from tests.pipeline.written_pages import page_of
from tests.workers.llm_worker import Workers, due_again
from tests.workers.read_documents import RECEIPT, TRUE, read
from workers import llm_jobs
from workers.consult import breaker_of

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


def slowly_classified(*what: Any) -> Any:
    sleep(0.5)
    return classify_pages(*what)


def test_all_claims_are_kept_while_the_documents_are_looked_at_one_after_the_other(
    working: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each child is done before a heartbeat is due, and all of them take longer than a lease."""

    def meanwhile(request: dict[str, Any]) -> dict[str, Any]:
        if len(workers.script.requests) == 1:
            workers.run(found[-1][1])  # another worker is woken
        return chat(typed("other")(request))

    monkeypatch.setattr(llm_jobs, "classify_pages", slowly_classified)
    with working(replies(meanwhile), lease_s=1.5, heartbeat_s=0.4) as workers:
        with workers.store.begin() as connection:
            found = [read(connection, f"d{n}", [page_of(UNSURE.format(n))]) for n in range(5)]
        workers.run(found[0][1])
        assert [len(documents_in(request)) for request in workers.script.requests] == [5]
        claims = "SELECT DISTINCT state, attempts, fence FROM jobs WHERE stage = 'classification'"
        assert workers.rows(claims) == [("done", 1, 1)]


def test_one_whose_claim_is_lost_meanwhile_costs_the_others_nothing(working: Any) -> None:
    def meanwhile(request: dict[str, Any]) -> dict[str, Any]:
        workers.change("UPDATE jobs SET fence = fence + 1 WHERE id = :id", id=found[0][1])
        return chat(typed("other")(request))

    with working(replies(meanwhile)) as workers:
        with workers.store.begin() as connection:
            found = [read(connection, f"d{n}", [page_of(UNSURE.format(n))]) for n in range(3)]
        workers.run(found[0][1])
        states = "SELECT state FROM jobs WHERE stage = 'classification' ORDER BY place"
        assert workers.rows(states) == [("running",), ("done",), ("done",)]


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
