"""Servers that speak OpenAI's protocol, on a socket: streamed answers, their errors, their bad days."""

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
    says_events,
    serving,
)

PROMPT = Prompt((Message("user", "What is it?"),), {"type": "object"}, 64)


def piece(content: str | None = None, reason: str | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content, **delta}, "finish_reason": reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny", "choices": [choice]}


def counts(prompt: int, answer: int) -> dict[str, Any]:
    usage = {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
    return piece() | {"choices": [], "usage": usage}


@contextmanager
def engine_at(*turns: Turn, seconds: float = 5.0) -> Iterator[tuple[OpenAiLikeEngine, Script]]:
    with serving(*turns) as script:
        engine = OpenAiLikeEngine(EngineOptions(f"{script.address}/v1", "tiny", seconds=seconds))
        try:
            yield engine, script
        finally:
            engine.close()


def test_an_answer_in_pieces_with_counts_and_logprobs() -> None:
    first = piece('{"a": ')
    first["choices"][0]["logprobs"] = {"content": [{"token": "{", "logprob": -0.5, "bytes": None, "top_logprobs": []}]}
    with engine_at(says_events(first, piece('"b"}'), piece(None, "stop"), counts(12, 5))) as (engine, script):
        answer = engine.ask(PROMPT)
    assert (answer.text, answer.prompt_tokens, answer.answer_tokens) == ('{"a": "b"}', 12, 5)
    assert answer.tokens == (Token("{", -0.5),)
    request = script.requests[0]
    assert (request["temperature"], request["seed"], request["max_tokens"]) == (0.0, 7, 64)
    assert request["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_a_tool_call_in_pieces() -> None:
    def call(name: str | None, arguments: str) -> dict[str, Any]:
        function = {"name": name, "arguments": arguments}
        return piece(tool_calls=[{"index": 0, "id": "c", "type": "function", "function": function}])

    prompt = Prompt((Message("user", "Examples?"),), tools=(Tool("get_gold_examples", "Some.", {"type": "object"}),))
    events = (call("get_gold_examples", '{"lim'), call(None, 'it": 3}'), piece(None, "tool_calls"))
    with engine_at(says_events(*events)) as (engine, script):
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
        (says_events(piece('{"a"'), piece(None, "length")), LlmCutOff),
        (says_events(piece('{"a"')), LlmCutOff),
        (says_events(piece(None, "stop")), LlmNoSense),
        (says_events({"error": {"code": 500, "message": "does not match the expected format"}}), LlmCutOff),
        (says_bytes(b"<html>Bad Gateway</html>", 502), LlmAway),
        (breaks_off(b'data: {"id": "1"', "text/event-stream"), LlmAway),
    ],
    ids=["no model", "no key", "too long", "too many", "loading", "boom", "length", "no end", "empty",
         "told in the middle", "bad gateway", "broken off"],
)  # fmt: skip
def test_its_bad_days_are_typed(turn: Turn, error: type[LlmError]) -> None:
    with engine_at(turn) as (engine, _), pytest.raises(LlmError) as raised:
        engine.ask(PROMPT)
    assert type(raised.value) is error


def test_a_drip_is_too_slow() -> None:
    event = b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"t","choices":[]}\n\n'
    with engine_at(drips(event, content_type="text/event-stream"), seconds=0.5) as (engine, _), pytest.raises(LlmSlow):
        engine.ask(PROMPT)


def test_the_models_of_the_server() -> None:
    listed = {"object": "list", "data": [{"id": "tiny", "object": "model", "created": 1, "owned_by": "us"}]}
    with engine_at(says(listed)) as (engine, _):
        assert engine.models() == ["tiny"]
