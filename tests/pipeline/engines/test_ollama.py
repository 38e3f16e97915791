"""Ollama as it really behaves, replayed on a socket: each row of what was found out about it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeline.engines import ollama as ollama_engine
from pipeline.engines.ollama import OllamaEngine
from pipeline.engines.protocol import EngineOptions, Message, Prompt, Token, Tool, ToolCall
from pipeline.errors import LlmAway, LlmBusy, LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmSlow, LlmTooLong
from tests.pipeline.engines.scripted_server import Script, Turn, breaks_off, drips, says, says_bytes, serving

PROMPT = Prompt((Message("system", "Be exact."), Message("user", "What is it?")), {"type": "object"}, 64)
TOOL = Tool("get_gold_examples", "Examples of a type.", {"type": "object", "properties": {}})


def reply(content: str = '{"a": "b"}', **more: Any) -> dict[str, Any]:
    return {
        "model": "llama3.2:3b", "message": {"role": "assistant", "content": content}, "done": True,
        "done_reason": "stop", "prompt_eval_count": 41, "eval_count": 7,
    } | more  # fmt: skip


@contextmanager
def engine_at(*turns: Turn, seconds: float = 5.0) -> Iterator[tuple[OllamaEngine, Script]]:
    with serving(*turns) as script:
        engine = OllamaEngine(EngineOptions(script.address, "llama3.2:3b", context_tokens=4096, seconds=seconds))
        try:
            yield engine, script
        finally:
            engine.close()


def test_an_answer_with_its_counts_and_logprobs() -> None:
    logprobs = [{"token": "b", "logprob": -0.2, "top_logprobs": []}]
    with engine_at(says(reply(logprobs=logprobs))) as (engine, _):
        answer = engine.ask(PROMPT)
    assert (answer.text, answer.model) == ('{"a": "b"}', "llama3.2:3b")
    assert (answer.prompt_tokens, answer.answer_tokens) == (41, 7)
    assert answer.tokens == (Token("b", -0.2),)


def test_a_prompt_is_never_cut_and_the_model_stays_loaded() -> None:
    with engine_at(says(reply())) as (engine, script):
        engine.ask(PROMPT)
        engine.ask(Prompt((Message("user", "Another."),), None, 9, (TOOL,)))
    first, second = script.requests
    assert (first["truncate"], first["shift"], first["think"], first["stream"]) == (False, False, False, False)
    assert first["keep_alive"] == -1
    assert first["options"] == {"temperature": 0.0, "seed": 7, "num_ctx": 4096, "num_predict": 64}
    assert second["options"]["num_ctx"] == first["options"]["num_ctx"]
    assert (first["format"], first["logprobs"]) == ({"type": "object"}, True)
    assert "tools" not in first
    assert "format" not in second
    assert second["tools"][0]["function"]["name"] == "get_gold_examples"


@pytest.mark.parametrize("turn", [says(reply(done_reason="length")), says(reply(""))], ids=["length", "empty"])
def test_what_failed_was_counted_all_the_same(turn: Turn) -> None:
    with engine_at(turn) as (engine, _), pytest.raises(LlmError) as raised:
        engine.ask(PROMPT)
    assert raised.value.tokens == (41, 7)


@pytest.mark.parametrize("thought", ["", "Let me see."])
def test_a_model_that_thinks_all_the_same_is_found_out(thought: str) -> None:
    message = {"role": "assistant", "content": "{}", "thinking": thought}
    with engine_at(says(reply(message=message))) as (engine, _):
        assert engine.ask(PROMPT).thinks is bool(thought)


def test_a_tool_call() -> None:
    call = {"function": {"name": "get_gold_examples", "arguments": {"limit": 3}}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    with engine_at(says(reply(message=message))) as (engine, _):
        assert engine.ask(PROMPT).tool_calls == (ToolCall("get_gold_examples", {"limit": 3}),)


def test_a_tool_call_that_is_written_as_text_is_text() -> None:
    """Small models do that; whoever offered the tools makes a call of it."""
    written = '{"name": "get_gold_examples", "parameters": {"limit": 3}}'
    with engine_at(says(reply(written))) as (engine, _):
        answer = engine.ask(Prompt((Message("user", "Examples?"),), tools=(TOOL,)))
    assert (answer.text, answer.tool_calls) == (written, ())


def test_tools_and_a_schema_are_never_sent_together() -> None:
    """Ollama then gives neither: the calls are empty."""
    with engine_at(says(reply())) as (engine, script):
        engine.ask(Prompt((Message("user", "What is it?"),), {"type": "object"}, 9, (TOOL,)))
    assert script.requests[0].keys() & {"tools", "format"} == {"format"}


def test_whatever_is_asked_the_model_is_not_loaded_again() -> None:
    """A change of `num_ctx` or `keep_alive` would: it takes seconds to minutes."""
    prompts = (PROMPT, Prompt((Message("user", "long " * 3000),), None, 2000), Prompt(PROMPT.messages, tools=(TOOL,)))
    with engine_at(says(reply())) as (engine, script):
        for prompt in prompts:
            engine.ask(prompt)
    sent = {(each["model"], each["keep_alive"], each["options"]["num_ctx"]) for each in script.requests}
    assert sent == {("llama3.2:3b", -1, 4096)}
    assert all(each["truncate"] is False and each["think"] is False for each in script.requests)


def test_a_model_that_is_loading_is_busy_and_then_answers() -> None:
    """503 comes only while it loads: patience is asked for, nothing is broken."""
    busy = says({"error": "server busy, please try again. maximum pending requests exceeded"}, 503)
    with engine_at(busy, busy, says(reply())) as (engine, script):
        for _ in range(2):
            with pytest.raises(LlmBusy) as raised:
                engine.ask(PROMPT)
            assert raised.value.transient and not raised.value.counts
        assert engine.ask(PROMPT).text == '{"a": "b"}'
    assert len(script.requests) == 3


def test_counts_are_optional() -> None:
    with engine_at(says(reply(prompt_eval_count=None, eval_count=None))) as (engine, _):
        answer = engine.ask(PROMPT)
    assert (answer.prompt_tokens, answer.answer_tokens, answer.tokens) == (None, None, ())


@pytest.mark.parametrize("ask", ["ask", "models"])
def test_a_server_that_says_nothing_is_not_waited_for_without_end(ask: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's own timeout is none."""
    monkeypatch.setattr(ollama_engine, "_CONNECT_S", 0.5)
    with engine_at(lambda _: time.sleep(4.0), seconds=0.5) as (engine, _):
        started = time.monotonic()
        with pytest.raises(LlmSlow):
            engine.ask(PROMPT) if ask == "ask" else engine.models()
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        (says({"error": "model 'x' not found"}, 404), LlmRefused),
        (says({"error": '"x" does not support thinking'}, 400), LlmRefused),
        (says({"error": '"x" does not support tools'}, 400), LlmRefused),
        (says({"error": "this model is missing data required for image input"}, 400), LlmRefused),
        (says({"error": 'invalid JSON schema in format: unrecognized schema type "money"'}, 400), LlmRefused),
        (says({"error": "the input length exceeds the context length"}, 400), LlmTooLong),
        (says({"error": "server busy, maximum pending requests exceeded"}, 503), LlmBusy),
        (says({"error": "too many requests"}, 429), LlmBusy),
        (says({"error": "failed to parse grammar"}, 500), LlmAway),
        (says(reply(done=False, done_reason=None, prompt_eval_count=None, eval_count=None)), LlmCutOff),
        (says(reply(done_reason="length")), LlmTooLong),
        (says(reply(prompt_eval_count=4000, eval_count=200)), LlmTooLong),  # it forgot the prompt's beginning
        (says(reply("")), LlmNoSense),
        (says([1, 2]), LlmAway),
        (says({"done": True}), LlmAway),
        (says_bytes(b"<html>Bad Gateway</html>"), LlmAway),
        (says_bytes(b"<html>Bad Gateway</html>", 502), LlmAway),
        (breaks_off(b'{"model": "llama'), LlmAway),
    ],
    ids=["no model", "no thinking", "no tools", "no images", "schema", "too long", "busy", "too many", "grammar",
         "repetition", "length", "shifted", "empty", "a list",
         "no message", "no JSON", "bad gateway", "broken off"],
)  # fmt: skip
def test_its_bad_days_are_typed(turn: Turn, error: type[LlmError]) -> None:
    with engine_at(turn) as (engine, _), pytest.raises(LlmError) as raised:
        engine.ask(PROMPT)
    assert type(raised.value) is error


def test_a_drip_is_too_slow_although_each_byte_is_in_time() -> None:
    with engine_at(drips(b" "), seconds=0.5) as (engine, _):
        started = time.monotonic()
        with pytest.raises(LlmSlow):
            engine.ask(PROMPT)
        assert time.monotonic() - started < 10 * 0.5


def test_nobody_there() -> None:
    with serving(says({})) as script:
        address = script.address
    engine = OllamaEngine(EngineOptions(address, "m", seconds=2.0))
    with pytest.raises(LlmAway):
        engine.ask(PROMPT)
    with pytest.raises(LlmAway):
        engine.models()
    engine.close()


def test_the_models_of_the_server() -> None:
    with engine_at(says({"models": [{"model": "llama3.2:3b"}, {"model": "qwen:4b"}]})) as (engine, script):
        assert engine.models() == ["llama3.2:3b", "qwen:4b"]
    assert script.paths == ["/api/tags"]


def test_errors_never_quote_what_was_asked() -> None:
    secret = "900-12-3456"
    with engine_at(says({"error": f"bad prompt: {secret}"}, 400)) as (engine, _), pytest.raises(LlmRefused) as raised:
        engine.ask(Prompt((Message("user", secret),)))
    assert secret not in str(raised.value)
