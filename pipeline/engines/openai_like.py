"""Servers that speak OpenAI's protocol: vLLM, llama.cpp, LM Studio, hosted ones."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import httpx2
import openai

from pipeline.engines.deadline import in_time, whole
from pipeline.engines.legible import count_of, dict_of, legible, legible_json, list_of, logprob_of
from pipeline.engines.protocol import Answer, EngineOptions, Prompt, Token, ToolCall
from pipeline.errors import LlmAway, LlmBusy, LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmSlow, LlmTooLong

_PROBE_S = 5.0
_WITHOUT_KEY = "none"
"""The client insists on a key; servers of one's own want none."""
_CUT = "does not match the expected"
"""So llama.cpp calls an answer that was cut at its longest in the middle of a schema, with status 500."""
_THOUGHTS = ("reasoning_content", "reasoning")
"""Where servers put what a model thought: llama.cpp and DeepSeek, vLLM."""
_TOO_LONG = ("context_length", "context length", "exceed", "too long", "maximum context")


class OpenAiLikeEngine:
    """A model on a server with `/chat/completions`."""

    name = "openai"

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._client = openai.OpenAI(
            base_url=options.base_url,
            api_key=options.api_key or _WITHOUT_KEY,
            timeout=options.seconds,
            max_retries=0,  # retries are counted and spaced by the workers
        )

    @property
    def model(self) -> str:
        """The model it asks."""
        return self._options.model

    def ask(self, prompt: Prompt) -> Answer:
        """Asks and waits for the whole answer; see `LlmEngine.ask`."""
        started = time.monotonic()
        seconds = self._options.seconds
        body = in_time(lambda: self._post(self._request(prompt), started + seconds), seconds)
        return _answer(_parsed(body), time.monotonic() - started, self._options.model)

    def models(self) -> Sequence[str]:
        """The models that the server has."""
        try:
            return [model.id for model in self._client.with_options(timeout=_PROBE_S).models.list()]
        except openai.OpenAIError as error:
            raise _refusal(error) from error

    def close(self) -> None:
        """Gives its connections back."""
        self._client.close()

    def _post(self, request: dict[str, Any], end: float) -> bytes:
        """The answer's bytes, read here: the client looks at neither clock nor length until all is there."""
        try:
            with self._client.chat.completions.with_streaming_response.create(**request) as response:
                return whole(response.iter_bytes(), end)
        except openai.OpenAIError as error:
            raise _refusal(error) from error
        except httpx2.TimeoutException as error:
            raise LlmSlow from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise LlmAway from error

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._options.model,
            "messages": [{"role": each.role, "content": each.content} for each in prompt.messages],
            "temperature": self._options.temperature,
            "seed": self._options.seed,
            "max_tokens": prompt.most_tokens,
        }
        if prompt.schema is not None:
            schema = {"name": "answer", "strict": True, "schema": dict(prompt.schema)}
            # Without a number llama.cpp tells twenty other tokens with each: a kilobyte that nobody reads.
            request |= {"response_format": {"type": "json_schema", "json_schema": schema}, "logprobs": True,
                        "top_logprobs": 1}  # fmt: skip
        elif prompt.tools:
            request["tools"] = [
                {"type": "function", "function": {"name": tool.name, "description": tool.description,
                                                  "parameters": dict(tool.parameters)}}
                for tool in prompt.tools
            ]  # fmt: skip
        return request


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise LlmAway("It sent something that is not JSON.") from error
    if not isinstance(told, dict) or not list_of(told.get("choices")):
        raise LlmAway("It sent something that is no answer.")
    return told


def _answer(told: dict[str, Any], seconds: float, model: str) -> Answer:
    """The answer of a call that ended by itself."""
    choice = dict_of(list_of(told["choices"])[0])
    reason = choice.get("finish_reason")
    usage = dict_of(told.get("usage"))
    counts = count_of(usage.get("prompt_tokens")), count_of(usage.get("completion_tokens"))
    if reason == "length":
        raise LlmTooLong("The answer came to its longest.").after(*counts)
    if reason not in ("stop", "tool_calls"):
        raise LlmCutOff().after(*counts)
    message = dict_of(choice.get("message"))
    text = legible(str(message.get("content") or ""))
    calls = tuple(_call(dict_of(dict_of(each).get("function"))) for each in list_of(message.get("tool_calls")))
    if not text and not calls:
        raise LlmNoSense("It was empty.").after(*counts)
    tokens = tuple(
        Token(legible(str(each.get("token", ""))), logprob_of(each.get("logprob")))
        for each in map(dict_of, list_of(dict_of(choice.get("logprobs")).get("content")))
    )
    thinks = any(message.get(name) for name in _THOUGHTS)
    return Answer(text, legible(str(told.get("model") or model)), *counts, seconds, tokens, calls, thinks)


def _call(function: dict[str, Any]) -> ToolCall:
    try:
        arguments = json.loads(str(function.get("arguments") or "{}"))
    except (ValueError, RecursionError) as error:
        raise LlmNoSense("A tool's arguments are no JSON.") from error
    return ToolCall(legible(str(function.get("name") or "")), legible_json(dict_of(arguments)))


def _refusal(error: openai.OpenAIError) -> LlmError:
    """The error that the client's error means; what the server says is not passed on, as it may quote a prompt."""
    match error:
        case openai.APITimeoutError():
            return LlmSlow()
        case openai.APIConnectionError() | openai.APIResponseValidationError():
            return LlmAway()
        case openai.APIStatusError(status_code=status):
            if status in (429, 503):
                return LlmBusy()
            if _CUT in str(error):
                return LlmTooLong("The answer came to its longest.")
            if status >= 500:
                return LlmAway(f"It answered with status {status}.")
            if status in (400, 413) and any(word in str(error).lower() for word in _TOO_LONG):
                return LlmTooLong()
            return LlmRefused(f"It answered with status {status}.")
        case _:
            return LlmAway()
