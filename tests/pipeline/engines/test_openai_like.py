"""Servers that speak OpenAI's protocol, on a socket: answers, their errors, their bad days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeline.engines.openai_like import OpenAiLikeEngine
from pipeline.engines.protocol import EngineOptions, Message, Prompt, Token, Tool, ToolCall
from pipeline.errors import LlmAway, LlmBusy, LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmSlow, LlmTooLong
from tests.pipeline.engines.scripted_server import (
    Script,
    Turn,
    breaks_off,
    drips,
    says,
    says_bytes,
    serving,
)

PROMPT = Prompt((Message("user", "What is it?"),), {"type": "object"}, 64)


def answer_of(content: str | None, reason: str | None = "stop", **changes: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **changes.pop("message", {})}
    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": changes.pop("logprobs", None)}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "tiny", "choices": [choice]} | changes


@contextmanager
def engine_at(*turns: Turn, seconds: float = 5.0) -> Iterator[tuple[OpenAiLikeEngine, Script]]:
    with serving(*turns) as script:
        engine = OpenAiLikeEngine(EngineOptions(f"{script.address}/v1", "tiny", seconds=seconds))
        try:
            yield engine, script
        finally:
            engine.close()


def test_an_answer_with_counts_and_logprobs() -> None:
    logprobs = {"content": [{"token": "{", "logprob": -0.5, "bytes": None, "top_logprobs": []}]}
    usage = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
    with engine_at(says(answer_of('{"a": "b"}', logprobs=logprobs, usage=usage))) as (engine, script):
        answer = engine.ask(PROMPT)
    assert (answer.text, answer.prompt_tokens, answer.answer_tokens) == ('{"a": "b"}', 12, 5)
    assert answer.tokens == (Token("{", -0.5),)
    request = script.requests[0]
    assert (request["temperature"], request["seed"], request["max_tokens"]) == (0.0, 7, 64)
    assert request["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_a_tool_call() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "get_gold_examples", "arguments": '{"limit": 3}'}}
    prompt = Prompt((Message("user", "Examples?"),), tools=(Tool("get_gold_examples", "Some.", {"type": "object"}),))
    told = answer_of(None, "tool_calls", message={"tool_calls": [call]})
    with engine_at(says(told)) as (engine, script):
        assert engine.ask(prompt).tool_calls == (ToolCall("get_gold_examples", {"limit": 3}),)
    assert "response_format" not in script.requests[0]


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        (says({"error": {"message": "The model `x` does not exist"}}, 404), LlmRefused),
        (says({"error": {"message": "bad key"}}, 401), LlmRefused),
        (says({"error": {"message": "request exceeds the available context size"}}, 400), LlmTooLong),
        (says({"error": {"message": "slow down"}}, 429), LlmBusy),
        (says({"error": {"message": "loading"}}, 503), LlmBusy),
        (says({"error": {"message": "boom"}}, 500), LlmAway),
        (says(answer_of('{"a"', "length")), LlmTooLong),
        (says(answer_of('{"a"', None)), LlmCutOff),
        (says(answer_of("")), LlmNoSense),
        (says({"error": {"code": 500, "message": "told with 200"}}), LlmAway),
        (says({"choices": []}), LlmAway),
        (says_bytes(b"<html>Bad Gateway</html>", 502), LlmAway),
        (says_bytes(b"<html>It works</html>"), LlmAway),
        (breaks_off(b'{"id": "1"'), LlmAway),
    ],
    ids=["no model", "no key", "too long", "too many", "loading", "boom", "length", "no end", "empty",
         "told with 200", "no choice", "bad gateway", "no JSON", "broken off"],
)  # fmt: skip
def test_its_bad_days_are_typed(turn: Turn, error: type[LlmError]) -> None:
    with engine_at(turn) as (engine, _), pytest.raises(LlmError) as raised:
        engine.ask(PROMPT)
    assert type(raised.value) is error


@pytest.mark.parametrize(("content", "reason"), [('{"a"', "length"), ("", "stop")], ids=["length", "empty"])
def test_what_failed_was_counted_all_the_same(content: str, reason: str) -> None:
    usage = {"prompt_tokens": 41, "completion_tokens": 7}
    with engine_at(says(answer_of(content, reason, usage=usage))) as (engine, _), pytest.raises(LlmError) as raised:
        engine.ask(PROMPT)
    assert raised.value.tokens == (41, 7)


@pytest.mark.parametrize("where", ["reasoning_content", "reasoning"])
def test_a_model_that_thinks_all_the_same_is_found_out(where: str) -> None:
    with engine_at(says(answer_of("{}", message={where: "Let me see."}))) as (engine, _):
        assert engine.ask(PROMPT).thinks
    with engine_at(says(answer_of("{}"))) as (engine, _):
        assert not engine.ask(PROMPT).thinks


def test_a_drip_is_too_slow() -> None:
    with engine_at(drips(b" "), seconds=0.5) as (engine, _), pytest.raises(LlmSlow):
        engine.ask(PROMPT)


def test_the_models_of_the_server() -> None:
    listed = {"object": "list", "data": [{"id": "tiny", "object": "model", "created": 1, "owned_by": "us"}]}
    with engine_at(says(listed)) as (engine, _):
        assert engine.models() == ["tiny"]
