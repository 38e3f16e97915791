"""The whole system with a language model's server that is away, slow, killed or mad: documents end all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest
from redis import Redis

from app.settings import Settings
from db import documents, reviews
from db.embedded import EmbeddedPostgres, EmbeddedRedis
from pipeline.samples import Sample, draw
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT
from tests.faults.model_system import BREAKER_S, SECONDS, alone, check_stands, codes, unfinished, values, with_model
from tests.faults.system import LEASE_S, System, free_port, own_database
from tests.pipeline.engines.fake_ollama import LOADING, asks_for_fields, documents_in, honest
from tests.pipeline.engines.llama_server import running_server
from tests.pipeline.engines.scripted_server import Script, Turn, drips, serving
from tests.pipeline.engines.tiny_model import write_tiny_model
from workers.breaker import Breaker, State
from workers.consult import breaker_of

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]
TALKATIVE = 22
"""The seed of a model of noise that ends some of its answers, and says more in them than null."""


@dataclass
class Asking:
    """A system whose model's server is up while a test says so."""

    system: System
    port: int

    @contextmanager
    def server(self, *turns: Turn) -> Iterator[Script]:
        with serving(*turns, port=self.port) as script:
            yield script

    def breaker(self) -> Breaker:
        asked = self.system.settings.model_copy(update={"llm": "ollama", "llm_url": f"http://127.0.0.1:{self.port}"})
        return breaker_of(asked, Redis.from_url(self.system.settings.redis_url))


@pytest.fixture(scope="module")
def shared(
    postgres_server: EmbeddedPostgres, redis_server: EmbeddedRedis, template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Asking]:  # fmt: skip
    """One system for all tests: its start takes longer than they do."""
    home = tmp_path_factory.mktemp("system") / "home"
    port = free_port()
    with own_database(postgres_server, template_database) as url:
        settings = Settings(home=home, database_url=url, redis_url=redis_server.url, sampling_rate=0.0)
        with with_model(settings, f"http://127.0.0.1:{port}") as system:
            yield Asking(system, port)


@pytest.fixture
def asking(shared: Asking) -> Asking:
    """The system with all its processes, nothing to do and a closed breaker."""
    dead = [name for name, process in shared.system.processes.items() if process.poll() is not None]
    shared.system.start(*dead)
    assert not unfinished(shared.system)
    shared.system.acknowledged.clear()
    shared.breaker().succeeded()
    return shared


def upload(system: System, *numbers: int) -> dict[str, Sample]:
    """Receipts with a text layer: quick to read. Gives them by document."""
    samples = [draw("receipt", "digital", number) for number in numbers]
    return {system.upload(sample.data, sample.filename).json()["document_id"]: sample for sample in samples}


def calls(system: System, sent: Mapping[str, Sample]) -> list[tuple[str, float]]:
    """Outcome and milliseconds of each call."""
    rows = system.rows("SELECT outcome, latency_ms FROM llm_calls WHERE doc_id = ANY(:ids)", ids=list(sent))
    return [(str(outcome), float(str(ms))) for outcome, ms in rows]


def attempts(system: System, sent: Mapping[str, Sample]) -> list[int]:
    query = "SELECT attempts FROM jobs WHERE stage = 'extraction' AND doc_id = ANY(:ids)"
    return [int(str(row[0])) for row in system.rows(query, ids=list(sent))]


def test_a_server_that_is_away_and_comes_back(asking: Asking) -> None:
    system = asking.system
    started = time.monotonic()
    sent = upload(system, *range(8))
    system.wait_until_done(30)
    assert time.monotonic() - started < 20  # nobody waits for the server
    check_stands(system, sent)
    assert all("model_missing" in codes(system, doc_id) for doc_id in sent)
    assert set(system.statuses().values()) == {"needs_review"}
    assert asking.breaker().look() is not State.CLOSED

    touched, *others = sent
    with system.store.begin() as connection:
        version = documents.get(connection, LOCAL_TENANT, touched).version
        reviews.correct(connection, LOCAL_TENANT, touched, version, LOCAL_ADMIN, {"total": 7.0})
    shown = "SELECT version, reasons, processing_status FROM docs WHERE id = :id"
    before = system.rows(shown, id=touched)
    time.sleep(2 * BREAKER_S)  # an outage outlasts its trials
    with asking.server(honest({}, "receipt")) as script:
        system.wait_for(lambda: not unfinished(system), 40, "they are read again")
        assert not any("model_missing" in codes(system, doc_id) for doc_id in others)
        assert len(script.requests) == len(others)
    assert asking.breaker().look() is State.CLOSED
    assert system.rows(shown, id=touched) == before
    assert values(system, touched)["total"] == 7.0
    system.acknowledged.remove(touched)
    check_stands(system, {doc_id: sent[doc_id] for doc_id in others})


def test_a_server_that_drips_a_byte_a_second(asking: Asking) -> None:
    """The deadline is the whole call's; leases are kept, documents that need no model go on."""
    system = asking.system
    with asking.server(drips(b" ", every_s=1.0)) as script:
        sent = upload(system, *range(20, 23))
        system.wait_for(lambda: script.requests, 20, "the model is asked")
        letter = draw("other", "digital", 1)
        note = system.upload(letter.data, letter.filename).json()["document_id"]
        system.wait_until_done(30)
        assert "model_missing" not in codes(system, note)
        system.acknowledged.remove(note)
        assert all("model_missing" in codes(system, doc_id) for doc_id in sent)
        check_stands(system, sent)
        told = calls(system, sent)
        assert {outcome for outcome, _ in told} == {"llm_slow"}
        assert all(900 * SECONDS < ms < 1000 * SECONDS + 1500 for _, ms in told)
        fences = "SELECT max(fence - attempts) FROM jobs WHERE stage = 'extraction' AND doc_id = ANY(:ids)"
        assert system.rows(fences, ids=list(sent)) == [(0,)]  # no lease ran out
        script.turns = [honest({}, "receipt")]
        system.wait_for(lambda: not unfinished(system), 40, "they are read again")
    check_stands(system, sent)
    assert not any("model_missing" in codes(system, doc_id) for doc_id in sent)


class Gate:
    """Answers honestly, but not before it is let."""

    def __init__(self) -> None:
        self.open = Event()

    def turn(self, request: BaseHTTPRequestHandler) -> None:
        assert self.open.wait(60)
        honest({}, "receipt")(request)


def extracting(system: System) -> str:
    """The worker that holds the one extraction."""
    names = {system.processes[name].pid: name for name in ("llm1", "llm2")}
    ((worker,),) = system.rows("SELECT worker FROM jobs WHERE stage = 'extraction' AND state = 'running'")
    return names[int(str(worker).rpartition(":")[2])]


def test_a_worker_killed_in_the_middle_of_a_call(asking: Asking) -> None:
    system, gate = asking.system, Gate()
    with asking.server(gate.turn) as script:
        sent = upload(system, 30)
        system.wait_for(lambda: script.requests, 30, "the model is asked")
        system.kill(extracting(system))
        killed = time.monotonic()
        system.wait_for(lambda: len(script.requests) == 2, LEASE_S + 20, "the other worker asks")
        assert time.monotonic() - killed > LEASE_S - 1.5
        gate.open.set()
        system.wait_until_done(30)
        assert len(script.requests) == 2
    check_stands(system, sent)
    assert "model_missing" not in codes(system, *sent)
    assert [outcome for outcome, _ in calls(system, sent)] == ["ok"]
    assert attempts(system, sent) == [2]


def test_a_worker_killed_between_the_answer_and_its_commit(asking: Asking) -> None:
    """The answer is paid for and stored: whoever takes the document over uses it."""
    system = asking.system
    with asking.server(honest({}, "receipt")) as script:
        with system.store.connect() as blocking:
            blocking.exec_driver_sql("LOCK TABLE fields IN SHARE MODE")  # only an extraction writes there
            sent = upload(system, 40)
            waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%fields%'"
            system.wait_for(lambda: system.rows(waits), 30, "the stage is about to be written")
            assert [outcome for outcome, _ in calls(system, sent)] == ["ok"]
            system.kill(extracting(system))
            blocking.rollback()
        system.wait_until_done(30)
        assert len(script.requests) == 1
    check_stands(system, sent)
    assert [outcome for outcome, _ in calls(system, sent)] == ["ok"]
    assert attempts(system, sent) == [2]


@pytest.mark.parametrize("fault", ["killed", "flushed"])
def test_redis_lost_while_calls_run(asking: Asking, redis_server: EmbeddedRedis, fault: str) -> None:
    system, gate = asking.system, Gate()
    with asking.server(gate.turn) as script:
        sent = upload(system, *({"killed": range(50, 54), "flushed": range(60, 64)}[fault]))
        system.wait_for(lambda: script.requests, 30, "a call runs")
        if fault == "killed":
            redis_server.kill()
            gate.open.set()
            system.wait_for(lambda: calls(system, sent), 20, "its answer is stored")
            redis_server.start()
        else:
            with Redis.from_url(redis_server.url) as connection:
                connection.flushall()
            gate.open.set()
        system.wait_until_done(60)
        assert len(script.requests) == len(sent)
    check_stands(system, sent)
    assert not any("model_missing" in codes(system, doc_id) for doc_id in sent)


def test_a_server_that_loads_while_types_are_asked_for(shared: Asking, settings: Settings) -> None:
    """What was refused is asked for again; what went on without an answer is read again, from its type on."""
    shared.system.stop()
    shared.breaker().succeeded()
    with (
        serving(LOADING) as script,
        with_model(settings, script.address, FUSE_LLM_CLASSIFY="all") as system,
    ):
        sent = upload(system, *range(70, 73))
        system.wait_until_done(40)
        check_stands(system, sent)
        assert all("model_missing" in codes(system, doc_id) for doc_id in sent)
        script.turns = [honest({}, "receipt")]
        system.wait_for(lambda: not unfinished(system), 40, "they are read again")
        check_stands(system, sent)
        assert not any("model_missing" in codes(system, doc_id) for doc_id in sent)
        said = "SELECT DISTINCT type, type_evidence->>'model' FROM docs"
        assert system.rows(said) == [("receipt", "receipt")]


def test_a_worker_killed_between_an_answer_about_several_types_and_its_commit(
    shared: Asking, settings: Settings, redis_server: EmbeddedRedis
) -> None:
    """Each document's part of the answer is stored with it: nobody is asked what any of them is a second time."""
    shared.system.stop()
    shared.breaker().succeeded()
    gate = Gate()
    with serving(gate.turn) as script, with_model(settings, script.address, FUSE_LLM_CLASSIFY="all") as system:
        for name in ("llm1", "llm2"):
            system.kill(name)
        sent = upload(system, *range(80, 84))
        due = "SELECT 1 FROM jobs WHERE stage = 'classification' AND state = 'waiting'"
        system.wait_for(lambda: len(system.rows(due)) == len(sent), 40, "all types are to be asked for")
        system.start("llm1")
        system.wait_for(lambda: script.requests, 30, "the model is asked")
        assert len(documents_in(script.requests[0])) == len(sent)
        with system.store.connect() as blocking:
            blocking.exec_driver_sql("LOCK TABLE stage_results IN SHARE MODE")
            gate.open.set()
            waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%stage_results%'"
            system.wait_for(lambda: system.rows(waits), 30, "the first type is about to be written")
            assert [outcome for outcome, _ in calls(system, sent)] == ["ok"] * len(sent)
            system.kill("llm1")
            blocking.rollback()
        with Redis.from_url(redis_server.url) as connection:
            assert connection.delete(*connection.keys("fuse:type:*"))  # it knows the types, too
        system.start("llm2")
        system.wait_until_done(40)
        of_types = [request for request in script.requests if not asks_for_fields(request)]
        assert len(of_types) == 1
        assert len(script.requests) == 1 + len(sent)
        check_stands(system, sent)
        said = "SELECT DISTINCT type, type_evidence->>'model' FROM docs"
        assert system.rows(said) == [("receipt", "receipt")]
        tried = "SELECT min(attempts), max(attempts) FROM jobs WHERE stage = 'classification'"
        assert system.rows(tried) == [(2, 2)]
        spent = "SELECT sum(calls) FROM usage"
        assert system.rows(spent) == [(len(script.requests),)]


_ANSWERED = "SELECT 1 FROM llm_calls WHERE outcome IN ('ok', 'llm_no_sense', 'llm_too_long')"
"""Noise may well come to its longest: that is an answer of the server's, too."""


@pytest.mark.slow
def test_a_real_server_with_noise_killed_in_mid_answer(shared: Asking, settings: Settings, tmp_path: Path) -> None:
    """llama.cpp with random weights: what it says is nonsense in the right shape."""
    shared.system.stop()
    write_tiny_model(tmp_path / "tiny.gguf", TALKATIVE)
    more = {"FUSE_LLM": "openai", "FUSE_LLM_CONTEXT_TOKENS": "2048"}
    with (
        running_server(tmp_path / "tiny.gguf", 4096) as server,  # it counts letters, not words
        with_model(settings, server.base_url, **more) as system,
    ):
        sent = upload(system, *range(3))
        system.wait_for(lambda: system.rows("SELECT 1 FROM llm_calls"), 30, "the first call is over")
        server.kill()
        away = "SELECT 1 FROM llm_calls WHERE outcome IN ('llm_away', 'llm_cut_off')"
        system.wait_for(lambda: system.rows(away), 30, "its end is noticed")
        before = len(system.rows(_ANSWERED))
        server.start()
        sent |= upload(system, *range(3, 5))
        system.wait_for(lambda: len(system.rows(_ANSWERED)) > before, 40, "it is asked again, and answers")
        system.wait_until_done(40)
        check_stands(system, sent)
        for doc_id, sample in sent.items():
            assert alone(sample).decision.outcome == "accept" or system.statuses()[doc_id] == "needs_review"
