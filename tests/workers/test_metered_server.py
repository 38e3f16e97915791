"""Sixteen calls at once through everything that stands before a real llama.cpp server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from redis import Redis

from db import documents, model_calls, usage
from db.model_calls import Caller
from db.session import engine
from pipeline.engines.openai_like import OpenAiLikeEngine
from pipeline.engines.protocol import EngineOptions, Message, Origin, Prompt
from tests.db.store import LOCAL_TENANT, new_document
from tests.pipeline.engines.llama_server import LlamaServer, running_server
from tests.pipeline.engines.tiny_model import write_tiny_model
from workers.breaker import Breaker, State
from workers.budget import Budget
from workers.metered import MeteredEngine
from workers.slots import Slots

CALLS, MOST = 16, 3
CHOICE = {
    "type": "object", "properties": {"kind": {"enum": ["w9", "invoice"]}}, "required": ["kind"],
    "additionalProperties": False,
}  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LlamaServer]:
    write_tiny_model(tmp_path / "tiny.gguf")
    with running_server(tmp_path / "tiny.gguf") as running:
        yield running


def prompt(number: int) -> Prompt:
    return Prompt((Message("user", f"What is {number}?"),), CHOICE, 200, origin=Origin("test", 1, "d", str(number)))


def test_all_are_answered_and_never_more_at_once_than_there_are_slots(
    server: LlamaServer, database_url: str, redis_url: str
) -> None:
    store, over, seen = engine(database_url), Event(), set[int]()
    connection = Redis.from_url(redis_url, socket_timeout=2.0)
    asked = OpenAiLikeEngine(EngineOptions(server.base_url, "tiny", seconds=30.0))
    breaker = Breaker(connection, "tiny")
    with store.begin() as transaction:
        added = [documents.add(transaction, new_document(bytes([n]))).document_id for n in range(CALLS)]

    def watch() -> None:
        while not over.is_set():
            seen.add(int(connection.zcard("fuse:llm:slots")))  # type: ignore[arg-type] # redis-py's own union
            time.sleep(0.001)

    def ask(number: int) -> str:
        caller = Caller(LOCAL_TENANT, added[number], 1, "extraction")
        slots = Slots(connection, MOST, 30.0)
        metered = MeteredEngine(asked, [caller], store, breaker, slots, Budget(), wait_s=60.0)
        return metered.ask(prompt(number)).text

    watching = Thread(target=watch)
    watching.start()
    with ThreadPoolExecutor(CALLS) as pool:
        answers = list(pool.map(ask, range(CALLS)))
    over.set()
    watching.join()
    assert all(json.loads(answer)["kind"] in ("w9", "invoice") for answer in answers)
    assert max(seen) == MOST
    assert connection.zcard("fuse:llm:slots") == 0
    assert breaker.look() is State.CLOSED
    with store.connect() as reading:
        kept = [call for doc_id in added for call in model_calls.calls_of(reading, LOCAL_TENANT, doc_id)]
        days = usage.by_day(reading, LOCAL_TENANT, 2)
    assert [(call.outcome, call.answer) for call in kept] == [("ok", answer) for answer in answers]
    assert sum(day["calls"] for day in days) == CALLS
    server.kill()
    with ThreadPoolExecutor(CALLS) as pool:  # without the server: all that is asked again is known
        assert list(pool.map(ask, range(CALLS))) == answers
    asked.close()
    connection.close()
