"""Answers about several documents' types whose worker died before it made anything of them: nobody asks again."""

from __future__ import annotations

import json
from time import sleep
from typing import Any

import pytest

from db import reviews
from pipeline.opinion.type_examples import TypeExample
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT
from tests.pipeline.engines.fake_ollama import LOADING, answering, documents_in, honest
from tests.pipeline.engines.scripted_server import Turn
from tests.pipeline.written_pages import page_of
from tests.workers.llm_worker import Workers
from tests.workers.read_documents import TRUE, read
from workers import asked_types, kept_examples
from workers.desk import Desk

UNSURE = "Statement of delivery {}\nGoods received in good order\nSigned by the driver"
OTHER = honest(TRUE, "other")


class Killed(BaseException):
    """Nothing of ours catches it."""


def due(workers: Workers, *names: str) -> list[tuple[str, str]]:
    """Documents whose types are to be asked for, as (document id, job id)."""
    with workers.store.begin() as connection:
        return [read(connection, name, [page_of(UNSURE.format(name))]) for name in names]


def killed_after_the_answer(workers: Workers, job_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker that was asked dies before it makes anything of what it was told; Redis has not heard of it either."""

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(asked_types, "reconciled", lambda guess, said: guess if said is None else die())
        workers.run(job_id)
    workers.change("UPDATE jobs SET lease_until = now() - interval '1 s' WHERE state = 'running'")


def classify_all(workers: Workers) -> None:
    open_jobs = (
        "SELECT id FROM jobs WHERE stage = 'classification' AND state IN ('waiting', 'running') "
        "AND run_at <= now() ORDER BY place LIMIT 1"
    )
    while rows := workers.rows(open_jobs):
        workers.run(str(rows[0][0]))


def shown(workers: Workers) -> list[list[str]]:
    """By request, which documents it is about."""
    return [[text.splitlines()[0].split()[-1] for text in documents_in(each)] for each in workers.script.requests]


def test_nobody_asks_again_who_takes_them_over_one_by_one(working: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with working(OTHER) as workers:
        found = due(workers, "a", "b", "c")
        killed_after_the_answer(workers, found[0][1], monkeypatch)
        classify_all(workers)
        assert shown(workers) == [["a", "b", "c"]]
        for doc_id, _ in found:
            document = workers.document(doc_id)
            assert (document.type, document.type_evidence["model"], document.processing_status) == (
                "other", "other", "extracting",
            )  # fmt: skip
            assert [call.outcome for call in workers.calls(doc_id)] == ["ok"]
        assert workers.rows("SELECT calls FROM usage") == [(1,)]


def test_only_who_is_new_among_them_is_asked_about(working: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with working(OTHER) as workers:
        (_, job_id), *_ = due(workers, "a", "b", "c")
        killed_after_the_answer(workers, job_id, monkeypatch)
        workers.change("UPDATE jobs SET attempts = 0 WHERE state = 'running'")  # so that they are taken together
        due(workers, "d", "e")
        classify_all(workers)
        assert shown(workers) == [["a", "b", "c"], ["d", "e"]]
        assert workers.rows("SELECT DISTINCT type_evidence->>'model' FROM docs") == [("other",)]


def test_other_examples_meanwhile_are_no_reason_to_ask_again(working: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with working(OTHER) as workers:
        (_, job_id), *_ = due(workers, "a", "b")
        killed_after_the_answer(workers, job_id, monkeypatch)
        monkeypatch.setattr(kept_examples, "of_types", lambda *_: (TypeExample("e", "receipt", "Birch", True),))
        classify_all(workers)
        assert shown(workers) == [["a", "b"]]


def test_one_that_was_asked_about_alone_is_not_asked_about_again(working: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with working(OTHER) as workers:
        ((_, job_id),) = due(workers, "a")
        killed_after_the_answer(workers, job_id, monkeypatch)
        classify_all(workers)
        assert shown(workers) == [["a"]]


def test_a_person_who_runs_one_again_gets_a_new_answer(working: Any) -> None:
    with working(OTHER) as workers:
        found = due(workers, "a", "b")
        workers.run(found[0][1])
        for (job_id,) in workers.rows("SELECT id FROM jobs WHERE stage = 'extraction'"):
            workers.run(str(job_id))
        workers.redis.flushall()
        with workers.store.begin() as connection:
            again, _ = reviews.retry(connection, LOCAL_TENANT, found[1][0], LOCAL_ADMIN, "classification")
        workers.run(again)
        assert shown(workers) == [["a", "b"], ["b"]]


def mixing(wrong: str) -> Turn:
    """A model that, of several, takes the evidence for one of them from another."""

    def reply(request: dict[str, Any]) -> str:
        texts = documents_in(request)
        firsts = [text.splitlines()[0] for text in texts]
        told = {}
        for number, first in enumerate(firsts, 1):
            misled = len(firsts) > 1 and first.endswith(wrong)
            told[f"document_{number}"] = {"document_type": "other", "evidence": [firsts[0] if misled else first]}
        return json.dumps(told)

    return answering(reply)


def test_what_was_told_of_the_others_counts_though_the_server_fails_then(working: Any) -> None:
    """One that was mixed up is asked about alone, and that call fails: only that document waits."""
    with working(mixing("c"), LOADING, OTHER) as workers:
        found = due(workers, "a", "b", "c")
        workers.run(found[0][1])
        states = "SELECT state FROM jobs WHERE stage = 'classification' ORDER BY place"
        assert workers.rows(states) == [("done",), ("done",), ("waiting",)]
        workers.change("UPDATE jobs SET run_at = now()")
        classify_all(workers)
        assert shown(workers) == [["a", "b", "c"], ["c"], ["c"]]
        assert workers.document(found[2][0]).type_evidence["model"] == "other"


def test_one_that_was_mixed_up_is_asked_about_alone_by_whoever_takes_it_over(
    working: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(request: Any) -> None:
        sleep(1.0)
        LOADING(request)

    def dies(_: Desk) -> None:
        if len(workers.script.requests) == 2:
            raise Killed

    with working(mixing("c"), hangs, mixing("c")) as workers:
        (_, job_id), *_ = due(workers, "a", "b", "c")
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(Desk, "tick", dies)
            workers.run(job_id)
        while not workers.rows("SELECT 1 FROM llm_calls WHERE outcome = 'llm_busy'"):  # here, the thread lives on
            sleep(0.05)
        workers.change("UPDATE jobs SET attempts = 0, lease_until = now() - interval '1 s' WHERE state = 'running'")
        due(workers, "d", "e")
        classify_all(workers)
        assert shown(workers) == [["a", "b", "c"], ["c"], ["d", "e"], ["c"]]
        assert workers.rows("SELECT DISTINCT type_evidence->>'model' FROM docs") == [("other",)]
