"""Servers that speak OpenAI's protocol: vLLM, llama.cpp, LM Studio, hosted ones."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import openai

from pipeline.engines.protocol import Answer, EngineOptions, Prompt, Token, ToolCall
from pipeline.errors import LlmAway, LlmBusy, LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmSlow, LlmTooLong

_PROBE_S = 5.0
_WITHOUT_KEY = "none"
"""The client insists on a key; servers of one's own want none."""
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
        try:
            return _Stream(started, self._options).read(self._client.chat.completions.create(**self._request(prompt)))
        except openai.OpenAIError as error:
            raise _refusal(error) from error

    def models(self) -> Sequence[str]:
        """The models that the server has."""
        try:
            return [model.id for model in self._client.with_options(timeout=_PROBE_S).models.list()]
        except openai.OpenAIError as error:
            raise _refusal(error) from error

    def close(self) -> None:
        """Gives its connections back."""
        self._client.close()

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        """Streamed, so that a call can be ended when its time is over, however slowly it drips."""
        request: dict[str, Any] = {
            "model": self._options.model,
            "messages": [{"role": each.role, "content": each.content} for each in prompt.messages],
            "temperature": self._options.temperature,
            "seed": self._options.seed,
            "max_tokens": prompt.most_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if prompt.schema is not None:
            schema = {"name": "answer", "strict": True, "schema": dict(prompt.schema)}
            request |= {"response_format": {"type": "json_schema", "json_schema": schema}, "logprobs": True}
        elif prompt.tools:
            request["tools"] = [
                {"type": "function", "function": {"name": tool.name, "description": tool.description,
                                                  "parameters": dict(tool.parameters)}}
                for tool in prompt.tools
            ]  # fmt: skip
        return request


class _Stream:
    """An answer that arrives piece by piece."""

    def __init__(self, started: float, options: EngineOptions) -> None:
        self._started = started
        self._options = options
        self._text: list[str] = []
        self._tokens: list[Token] = []
        self._calls: dict[int, tuple[str, str]] = {}
        self._reason: str | None = None
        self._counts: tuple[int | None, int | None] = (None, None)
        self._model = options.model

    def read(self, chunks: Any) -> Answer:
        with chunks:
            for chunk in chunks:
                if time.monotonic() - self._started > self._options.seconds:
                    raise LlmSlow
                self._take(chunk)
        if self._reason not in ("stop", "tool_calls"):
            raise LlmCutOff
        text = "".join(self._text)
        calls = tuple(ToolCall(name, _arguments(told)) for name, told in self._calls.values())
        if not text and not calls:
            raise LlmNoSense("It was empty.")
        return Answer(text, self._model, *self._counts, time.monotonic() - self._started, tuple(self._tokens), calls)

    def _take(self, chunk: Any) -> None:
        self._model = chunk.model or self._model
        if chunk.usage is not None:
            self._counts = (chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
        for choice in chunk.choices[:1]:
            self._reason = choice.finish_reason or self._reason
            if choice.delta.content:
                self._text.append(choice.delta.content)
            for call in choice.delta.tool_calls or ():
                name, told = self._calls.get(call.index, ("", ""))
                given = call.function
                self._calls[call.index] = (
                    (name or (given.name or ""), told + (given.arguments or "")) if given else (name, told)
                )
            for token in (choice.logprobs.content or ()) if choice.logprobs else ():
                self._tokens.append(Token(token.token, token.logprob))


def _arguments(told: str) -> dict[str, Any]:
    try:
        arguments = json.loads(told or "{}")
    except ValueError as error:
        raise LlmNoSense("A tool's arguments are no JSON.") from error
    return arguments if isinstance(arguments, dict) else {}


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
            if status >= 500:
                return LlmAway(f"It answered with status {status}.")
            if status in (400, 413) and any(word in str(error).lower() for word in _TOO_LONG):
                return LlmTooLong()
            return LlmRefused(f"It answered with status {status}.")
        case openai.APIError():  # told in the middle of an answer: llama.cpp could not read its own model's words
            return LlmCutOff()
        case _:
            return LlmAway()
