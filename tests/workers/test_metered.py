"""Every call is kept, none is made twice, none goes past breaker, slots and budget: with a real database and Redis."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, text

from db import documents, model_calls, usage
from db.embedded import EmbeddedPostgres, EmbeddedRedis
from db.model_calls import Caller
from db.session import engine
from pipeline.engines.fake import FakeEngine, Reply
from pipeline.engines.protocol import Answer, Message, Origin, Prompt, Token, ToolCall
from pipeline.errors import (
    LlmAway,
    LlmBusy,
    LlmCutOff,
    LlmError,
    LlmNoSense,
    LlmOverBudget,
    LlmPaused,
    LlmRefused,
    LlmSlow,
    LlmTooLong,
)
from tests.db.store import LOCAL_TENANT, new_document
from workers.breaker import FAILURES, Breaker, State
from workers.budget import Budget
from workers.metered import MeteredEngine
from workers.slots import Slots

PROMPT = Prompt((Message("user", "What is it?"),), origin=Origin("extraction", 2, "d", "key"))


UNLIMITED = Budget(hour_calls=0)


def other(key: str) -> Prompt:
    return replace(PROMPT, origin=Origin("extraction", 2, "d", key))


class Bench:
    """Documents, and engines metered on their behalf."""

    def __init__(self, store: Engine, redis: Redis) -> None:
        self.store, self.redis = store, redis
        self.breaker = Breaker(redis, "fake", open_s=0.3)
        with store.begin() as connection:
            added = [documents.add(connection, new_document(name)) for name in (b"one", b"two", b"three")]
        self.docs = [each.document_id for each in added]

    def caller(self, doc: int = 0, generation: int = 1) -> Caller:
        return Caller(LOCAL_TENANT, self.docs[doc], generation, "extraction")

    def metered(
        self, fake: Any, callers: Sequence[Caller] = (), budget: Budget = UNLIMITED, wait_s: float = 5.0, slots: int = 4
    ) -> MeteredEngine:
        callers = callers or [self.caller()]
        return MeteredEngine(
            fake, callers, self.store, self.breaker, Slots(self.redis, slots, 30.0), budget, wait_s=wait_s
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.store.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def calls(self, doc: int = 0) -> list[model_calls.CallShown]:
        with self.store.connect() as connection:
            return model_calls.calls_of(connection, LOCAL_TENANT, self.docs[doc])

    def spent(self) -> usage.Spent:
        with self.store.connect() as connection:
            return usage.spent(connection, LOCAL_TENANT)


@pytest.fixture
def bench(database_url: str, redis_url: str) -> Iterator[Bench]:
    with Redis.from_url(redis_url, socket_timeout=2.0) as connection:
        yield Bench(engine(database_url), connection)


def fail(bench: Bench, error: LlmError, times: int) -> FakeEngine:
    fake = FakeEngine([error])
    for number in range(times):
        with pytest.raises(type(error)):
            bench.metered(fake).ask(other(f"fails {number}"))
    return fake


@pytest.mark.parametrize(
    ("doc", "generation", "prompt", "model", "asked_again"),
    [
        (0, 1, PROMPT, "fake", False),
        (0, 1, replace(PROMPT, messages=(Message("user", "<another delimiter>"),)), "fake", False),  # the key counts
        (1, 1, PROMPT, "fake", True),
        (0, 2, PROMPT, "fake", True),  # a person has run the document again
        (0, 1, other("another"), "fake", True),
        (0, 1, PROMPT, "another", True),
    ],
    ids=["the same", "another delimiter", "another document", "another run", "another prompt", "another model"],
)
def test_what_a_stored_answer_is_used_for(
    bench: Bench, doc: int, generation: int, prompt: Prompt, model: str, asked_again: bool
) -> None:
    fake = FakeEngine(["first", "second"])
    assert bench.metered(fake).ask(PROMPT).text == "first"
    fake.model = model
    again = bench.metered(fake, [bench.caller(doc, generation)]).ask(prompt)
    assert again.text == ("second" if asked_again else "first")
    assert len(fake.asked) == (2 if asked_again else 1)


def test_prompts_from_nowhere_are_told_apart_by_their_words(bench: Bench) -> None:
    fake = FakeEngine(["first", "second"])
    one, two = (Prompt((Message("user", words),)) for words in ("one", "two"))
    assert [bench.metered(fake).ask(each).text for each in (one, two, one)] == ["first", "second", "first"]


def test_a_stored_answer_is_the_whole_answer(bench: Bench) -> None:
    whole = Answer('{"a": "ü €"}', "tiny", 41, 7, 1.25, (Token("{", -0.5), Token("ü", -0.123)),
                   (ToolCall("get_gold_examples", {"limit": 3}),))  # fmt: skip
    fake = FakeEngine([whole])
    budget = Budget(usd_per_prompt_token=0.1, usd_per_answer_token=1.0)
    assert bench.metered(fake, budget=budget).ask(PROMPT) == whole
    assert bench.metered(fake, budget=budget).ask(PROMPT) == whole
    (call,) = bench.calls()
    assert (call.engine, call.model, call.template, call.template_version) == ("fake", "tiny", "extraction", 2)
    assert (call.prompt, call.answer, call.outcome) == ([{"role": "user", "content": "What is it?"}], whole.text, "ok")
    assert (call.prompt_tokens, call.answer_tokens, call.latency_ms) == (41, 7, 1250.0)
    assert call.usd == pytest.approx(41 * 0.1 + 7)
    spent = bench.spent()
    assert (spent.calls_this_hour, spent.tokens_today) == (1, 48)
    assert spent.usd_today == pytest.approx(call.usd)


@pytest.mark.parametrize("error", [LlmAway(), LlmSlow(), LlmCutOff(), LlmBusy(), LlmTooLong(), LlmRefused()])
def test_a_failure_is_kept_and_is_no_answer(bench: Bench, error: LlmError) -> None:
    fake = FakeEngine([error, "at last"])
    with pytest.raises(type(error)):
        bench.metered(fake).ask(PROMPT)
    (failed,) = bench.calls()
    assert (failed.outcome, failed.answer, failed.prompt_tokens) == (error.code, None, None)
    assert bench.spent().calls_this_hour == 1
    assert bench.metered(fake).ask(PROMPT).text == "at last"
    assert [call.outcome for call in bench.calls()] == [error.code, "ok"]


@pytest.mark.parametrize("error", [LlmAway(), LlmSlow(), LlmCutOff()])
def test_what_speaks_against_the_server_opens_the_breaker(bench: Bench, error: LlmError) -> None:
    fake = fail(bench, error, FAILURES)
    with pytest.raises(LlmPaused):
        bench.metered(fake).ask(PROMPT)
    assert len(fake.asked) == FAILURES
    assert len(bench.calls()) == FAILURES


@pytest.mark.parametrize("error", [LlmRefused(), LlmTooLong(), LlmBusy(), LlmNoSense()])
def test_what_does_not_speak_against_the_server_leaves_the_breaker_closed(bench: Bench, error: LlmError) -> None:
    fail(bench, LlmAway(), FAILURES - 1)
    fail(bench, error, 2 * FAILURES)
    assert bench.breaker.look() is State.CLOSED
    fail(bench, LlmAway(), 1)
    assert bench.breaker.look() is State.OPEN


def test_an_answer_begins_the_count_anew(bench: Bench) -> None:
    fail(bench, LlmAway(), FAILURES - 1)
    bench.metered(FakeEngine(["well"])).ask(PROMPT)
    fail(bench, LlmAway(), FAILURES - 1)
    assert bench.breaker.look() is State.CLOSED


def test_a_stored_answer_needs_neither_server_nor_slot_nor_money(bench: Bench) -> None:
    bench.metered(FakeEngine(["first"])).ask(PROMPT)
    fail(bench, LlmAway(), FAILURES)
    poor = bench.metered(FakeEngine([LlmAway()]), budget=Budget(day_tokens=1, hour_calls=1), slots=0, wait_s=0.0)
    assert poor.ask(PROMPT).text == "first"


def test_who_has_no_money_left_does_not_call(bench: Bench) -> None:
    fake, budget = FakeEngine([Answer("x", "m", 5, 5, 0.1)]), Budget(day_tokens=10)
    bench.metered(fake, budget=budget).ask(PROMPT)
    with pytest.raises(LlmOverBudget):
        bench.metered(fake, budget=budget).ask(other("next"))
    assert (len(fake.asked), len(bench.calls())) == (1, 1)


def test_what_failed_is_paid_for_if_the_server_counted_it(bench: Bench) -> None:
    budget = Budget(hour_calls=0, day_tokens=200, usd_per_prompt_token=1e-3)
    fake = FakeEngine([LlmTooLong().after(100, 20)])
    for _ in range(2):
        with pytest.raises(LlmTooLong):
            bench.metered(fake, budget=budget).ask(PROMPT)
    assert [(call.prompt_tokens, call.answer_tokens, call.usd) for call in bench.calls()] == [(100, 20, 0.1)] * 2
    with pytest.raises(LlmOverBudget):
        bench.metered(fake, budget=budget).ask(PROMPT)


def test_while_the_breaker_is_open_nobody_waits_for_a_slot(bench: Bench) -> None:
    fail(bench, LlmAway(), FAILURES)
    began = time.monotonic()
    with Slots(bench.redis, 1, 30.0).one(0.0), pytest.raises(LlmPaused):
        bench.metered(FakeEngine(["x"]), slots=1, wait_s=20.0).ask(PROMPT)
    assert time.monotonic() - began < 10.0


def test_who_gets_no_slot_does_not_call(bench: Bench) -> None:
    fake = FakeEngine(["x"])
    with Slots(bench.redis, 1, 30.0).one(0.0), pytest.raises(LlmBusy):
        bench.metered(fake, slots=1, wait_s=0.1).ask(PROMPT)
    assert fake.asked == []
    assert bench.metered(fake, slots=1, wait_s=0.1).ask(PROMPT).text == "x"


def test_one_of_many_makes_the_trial(bench: Bench) -> None:
    fail(bench, LlmAway(), FAILURES)
    time.sleep(0.35)
    fake = Blocking()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(bench.metered(fake, slots=8).ask, other(str(n))) for n in range(8)]
        time.sleep(0.3)
        fake.released.set()
        errors = [each.exception() for each in asked]
    assert sorted(type(error).__name__ for error in errors) == ["LlmPaused"] * 7 + ["NoneType"]
    assert fake.calls == 1
    assert bench.breaker.look() is State.CLOSED


def test_a_call_from_before_the_breaker_opened_does_not_end_another_ones_trial(bench: Bench) -> None:
    """It ends in a way that says nothing about the server, while the trial runs."""
    straggler, trial = Blocking(LlmRefused()), Blocking()
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(bench.metered(straggler).ask, other("late"))
        assert straggler.begun.wait(5)
        fail(bench, LlmAway(), FAILURES)
        time.sleep(0.35)
        tried = pool.submit(bench.metered(trial).ask, other("trial"))
        assert trial.begun.wait(5)
        straggler.released.set()
        assert isinstance(late.exception(5), LlmRefused)
        state = bench.breaker.ask()
        trial.released.set()
        assert tried.exception(5) is None
    assert state is State.OPEN


class Blocking:
    """An engine that answers when it is let."""

    name = model = "fake"

    def __init__(self, reply: str | LlmError = "x") -> None:
        self.begun, self.released, self.calls, self._lock = Event(), Event(), 0, Lock()
        self._reply = reply

    def ask(self, prompt: Prompt) -> Answer:
        with self._lock:
            self.calls += 1
        self.begun.set()
        assert self.released.wait(20)
        if isinstance(self._reply, LlmError):
            raise self._reply
        return Answer(self._reply, "fake", 1, 1, 0.1)

    def models(self) -> Sequence[str]:
        return ()

    def close(self) -> None:
        pass


TOGETHER = json.dumps({"document_1": {"type": "w9"}, "document_2": {"type": "lease"}})


def batch(*parts: str) -> Prompt:
    return Prompt(
        (Message("system", "Be exact."), Message("user", " | ".join(parts))),
        origin=Origin("classification", 1, "d", "together", parts, tuple(f"key of {part}" for part in parts)),
    )


def test_of_a_call_about_several_documents_each_keeps_its_own_share(bench: Bench) -> None:
    fake = FakeEngine([Answer(TOGETHER, "m", 101, 21, 0.5, (Token("{", -0.1),))])
    callers = [bench.caller(0), bench.caller(1)]
    budget = Budget(usd_per_prompt_token=1.0)
    bench.metered(fake, callers, budget).ask(batch("first text", "second text"))
    (first,), (second,) = bench.calls(0), bench.calls(1)
    assert [first.prompt[-1]["content"], second.prompt[-1]["content"]] == ["first text", "second text"]
    assert [json.loads(call.answer or "") for call in (first, second)] == [{"type": "w9"}, {"type": "lease"}]
    for call, others in ((first, ("second text", "lease")), (second, ("first text", "w9"))):
        row = bench.rows(f"SELECT llm_calls::text FROM llm_calls WHERE prompt_hash = '{call.prompt_hash}'")
        own = next(text for (text,) in row if call.prompt[-1]["content"] in text)
        assert not any(each in own for each in others)
    assert (first.prompt_tokens, first.answer_tokens) == (51, 11)
    assert first.usd + second.usd == pytest.approx(101.0)
    assert bench.spent().calls_this_hour == 1
    assert bench.spent().tokens_today == 122


@pytest.mark.parametrize(
    "said", ["no JSON", "[1]", '{"document_1": {}}', '{"document_1": "first text of another"', "[" * 5000, "null", ""]
)
def test_an_answer_about_several_that_can_not_be_parted_is_kept_with_none(bench: Bench, said: str) -> None:
    bench.metered(FakeEngine([said]), [bench.caller(0), bench.caller(1)]).ask(batch("first text", "second text"))
    assert bench.calls(1)[0].answer is None
    assert bench.calls(0)[0].answer in (None, "{}")


PARTS = ['{"type": "w9"}', '{"type": "lease"}']


def test_each_finds_its_own_part_again_with_whomever_it_is_asked_about(bench: Bench) -> None:
    first, second, third = (bench.caller(doc) for doc in range(3))
    bench.metered(FakeEngine([TOGETHER]), [first, second]).ask(batch("a", "b"))
    told = bench.metered(FakeEngine([]), [third, second, first]).told_before(["key of c", "key of b", "key of a"])
    assert told == [[], [PARTS[1]], [PARTS[0]]]


@pytest.mark.parametrize(
    ("doc", "generation", "key", "model", "found"),
    [
        (0, 1, "key of a", "fake", True),
        (1, 1, "key of a", "fake", False),  # the other one's key
        (0, 2, "key of a", "fake", False),  # a person has run the document again
        (0, 1, "key of another beginning", "fake", False),
        (0, 1, "key of a", "another", False),
    ],
)
def test_what_a_part_is_used_for(bench: Bench, doc: int, generation: int, key: str, model: str, found: bool) -> None:
    fake = FakeEngine([TOGETHER])
    bench.metered(fake, [bench.caller(0), bench.caller(1)]).ask(batch("a", "b"))
    fake.model = model
    assert bench.metered(fake, [bench.caller(doc, generation)]).told_before([key]) == [[PARTS[0]] if found else []]


def test_all_that_was_said_of_a_part_is_found_in_order_and_no_failure(bench: Bench) -> None:
    """In answers about several, mended ones, and about it alone."""
    both, alone = [bench.caller(0), bench.caller(1)], replace(batch("a"), messages=(Message("user", "a?"),))
    assert alone.origin is not None
    alone = replace(alone, origin=replace(alone.origin, key="alone"))
    bench.metered(FakeEngine([TOGETHER]), both).ask(batch("a", "b"))
    mended = batch("a", "b")
    assert mended.origin is not None
    mended = replace(mended, origin=replace(mended.origin, key="mended"))
    bench.metered(FakeEngine([f"```json\n{TOGETHER.replace('w9', 'w2')}\n```"]), both).ask(mended)
    with pytest.raises(LlmBusy):
        bench.metered(FakeEngine([LlmBusy()])).ask(alone)
    bench.metered(FakeEngine(["alone"])).ask(alone)
    told = bench.metered(FakeEngine([]), [bench.caller(0)]).told_before(["key of a"])
    assert told == [[PARTS[0], '{"type": "w2"}', "alone"]]


def test_what_a_part_hides_in_escapes_no_column_holds(bench: Bench) -> None:
    said = '{"document_1": {"a": "\\u0000 \\ud800 \\u00fc"}, "document_2": {}}'
    bench.metered(FakeEngine([said]), [bench.caller(0), bench.caller(1)]).ask(batch("a", "b"))
    ((kept,),) = bench.metered(FakeEngine([]), [bench.caller(0)]).told_before(["key of a"])
    assert json.loads(kept) == {"a": "\0 \ufffd ü"}


def test_two_that_ask_the_same_at_once_leave_one_answer(bench: Bench) -> None:
    both = Barrier(2)

    def reply(_: Prompt) -> str:
        both.wait(5)
        return "x"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: bench.metered(FakeEngine([reply])).ask(PROMPT), range(2)))
    assert [answer.text for answer in answers] == ["x", "x"]
    assert len(bench.calls()) == 1
    assert bench.spent().calls_this_hour == 2  # both were made


def test_a_database_that_is_away_while_an_answer_is_stored_is_waited_for(
    bench: Bench, postgres_server: EmbeddedPostgres
) -> None:
    fake, blocking = FakeEngine(["asked again"]), Blocking("dear")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(bench.metered(blocking).ask, PROMPT)
        assert blocking.begun.wait(5)
        postgres_server.stop("fast", for_good=False)
        blocking.released.set()
        time.sleep(2.0)
        assert not asked.done()
        postgres_server.start()
        assert asked.result(20).text == "dear"
    assert blocking.calls == 1
    assert bench.metered(fake).ask(PROMPT).text == "dear"
    assert fake.asked == []
    assert [call.outcome for call in bench.calls()] == ["ok"]


def test_a_lost_redis_costs_no_answer(bench: Bench, redis_server: EmbeddedRedis) -> None:
    def reply(_: Prompt) -> str:
        redis_server.kill()
        return "x"

    fake: list[Reply] = [reply, "y", LlmAway()]
    metered = bench.metered(FakeEngine(fake))
    assert metered.ask(PROMPT).text == "x"
    assert metered.ask(other("next")).text == "y"
    with pytest.raises(LlmAway):
        metered.ask(other("third"))
    assert [call.outcome for call in bench.calls()] == ["ok", "ok", "llm_away"]


SPOILT = "nul \0 half \ud800 other half \udfff"


@pytest.mark.parametrize("error", [False, True])
def test_what_postgres_can_not_hold_is_kept_without_it(bench: Bench, error: bool) -> None:
    """NUL, halves of surrogate pairs, numbers that are none or too large: a model may write anything."""
    answer = Answer(SPOILT, SPOILT, 10**12, -5, 0.1, (Token(SPOILT, float("nan")), Token("x", float("-inf"))),
                    (ToolCall(SPOILT, {SPOILT: [SPOILT, float("nan"), {"limit": float("inf")}]}),))  # fmt: skip
    fake = FakeEngine([LlmAway() if error else answer])
    prompt = Prompt((Message("user", SPOILT),), origin=Origin("extraction", 2, "d", "spoilt"))
    if error:
        with pytest.raises(LlmAway):
            bench.metered(fake).ask(prompt)
    else:
        bench.metered(fake).ask(prompt)
        again = bench.metered(fake).ask(prompt)
        assert (len(fake.asked), again.text) == (1, "nul \ufffd half \ufffd other half \ufffd")
        assert again.tool_calls[0].arguments
        assert all(token.logprob <= 0 for token in again.tokens)
    (call,) = bench.calls()
    assert call.prompt[0]["content"] == "nul \ufffd half \ufffd other half \ufffd"
