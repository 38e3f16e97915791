"""Ollama: its client lists the models; `/api/chat` is asked directly, as the client can't forbid cutting a prompt."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import ollama

from pipeline.engines.deadline import in_time, whole
from pipeline.engines.legible import count_of, legible, legible_json, list_of, logprob_of
from pipeline.engines.protocol import Answer, EngineOptions, Prompt, Token, Tool, ToolCall
from pipeline.errors import LlmAway, LlmBusy, LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmSlow, LlmTooLong

_CONNECT_S = 5.0


class OllamaEngine:
    """A model on an Ollama server."""

    name = "ollama"

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        timeout = httpx.Timeout(options.seconds, connect=min(_CONNECT_S, options.seconds))
        headers = {"Authorization": f"Bearer {options.api_key}"} if options.api_key else {}
        self._http = httpx.Client(base_url=options.base_url, timeout=timeout, headers=headers)
        self._client = ollama.Client(host=options.base_url, timeout=_CONNECT_S, headers=headers)

    @property
    def model(self) -> str:
        """The model it asks."""
        return self._options.model

    def ask(self, prompt: Prompt) -> Answer:
        """Asks and waits for the whole answer; see `LlmEngine.ask`."""
        started = time.monotonic()
        seconds = self._options.seconds
        body = in_time(lambda: self._post(_request(prompt, self._options), started + seconds), seconds)
        return _answer(body, time.monotonic() - started, self._options)

    def models(self) -> Sequence[str]:
        """The models that the server has."""
        try:
            return [str(each.model) for each in self._client.list().models]
        except ollama.ResponseError as error:
            raise LlmRefused(str(error.error)) from error
        except httpx.TimeoutException as error:
            raise LlmSlow from error
        except (ConnectionError, httpx.TransportError, ValueError) as error:
            raise LlmAway from error

    def close(self) -> None:
        """Gives its connections back."""
        self._http.close()

    def _post(self, request: Mapping[str, Any], end: float) -> Mapping[str, Any]:
        """The server's answer as JSON."""
        try:
            with self._http.stream("POST", "/api/chat", json=request) as response:
                received = whole(response.iter_bytes(), end)
        except httpx.TimeoutException as error:
            raise LlmSlow from error
        except httpx.RequestError as error:  # no connection, no HTTP, no gzip
            raise LlmAway from error
        if response.status_code != httpx.codes.OK:
            raise _refusal(response.status_code, received)
        try:
            body = json.loads(received)
        except (ValueError, RecursionError) as error:
            raise LlmAway("It sent something that is not JSON.") from error
        if not isinstance(body, dict):
            raise LlmAway("It sent something that is no answer.")
        return body


def _request(prompt: Prompt, options: EngineOptions) -> dict[str, Any]:
    request: dict[str, Any] = {
        "model": options.model,
        "messages": [{"role": each.role, "content": each.content} for each in prompt.messages],
        "stream": False,
        "think": False,
        "truncate": False,
        "shift": False,  # as little cut while it answers: it would forget the prompt's beginning
        "keep_alive": -1,
        "options": {
            "temperature": options.temperature,
            "seed": options.seed,
            "num_ctx": options.context_tokens,
            "num_predict": prompt.most_tokens,
        },
    }
    if prompt.schema is not None:
        request |= {"format": dict(prompt.schema), "logprobs": True}
    elif prompt.tools:
        request["tools"] = [_tool(tool) for tool in prompt.tools]
    return request


def _tool(tool: Tool) -> dict[str, Any]:
    described = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": described}


def _refusal(status: int, body: bytes) -> LlmError:
    """The error that a status means; what the server says is not passed on, as it may quote a prompt."""
    said = _said(body)
    match status:
        case 429 | 503:
            return LlmBusy()
        case 404:
            return LlmRefused("The server has no such model: ollama pull MODEL.")
        case 400 if any(word in said for word in ("context", "exceed", "truncat", "too long")):
            return LlmTooLong()
        case _ if status >= 500:
            return LlmAway(f"It answered with status {status}.")
        case _:
            return LlmRefused(f"It answered with status {status}.")


def _said(body: bytes) -> str:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(told.get("error", "")).lower() if isinstance(told, dict) else ""


def _answer(body: Mapping[str, Any], seconds: float, options: EngineOptions) -> Answer:
    """The answer of a call that ended by itself; counts are None where Ollama stopped a repetition."""
    message = body.get("message")
    if not isinstance(message, dict):
        raise LlmAway("It sent something that is no answer.")
    counts = count_of(body.get("prompt_eval_count")), count_of(body.get("eval_count"))
    if body.get("done") and body.get("done_reason") == "length":
        raise LlmTooLong("The answer came to its longest.").after(*counts)
    if not body.get("done") or body.get("done_reason") != "stop":
        raise LlmCutOff().after(*counts)
    if sum(count or 0 for count in counts) > options.context_tokens:  # a server that does not know `shift`
        raise LlmTooLong("The answer came to its longest.").after(*counts)
    calls = tuple(_call(each) for each in list_of(message.get("tool_calls")))
    text = legible(str(message.get("content") or ""))
    if not text and not calls:
        raise LlmNoSense("It was empty.").after(*counts)
    tokens = tuple(
        Token(legible(str(each.get("token", ""))), logprob_of(each.get("logprob")))
        for each in list_of(body.get("logprobs"))
        if isinstance(each, dict)
    )
    model = legible(str(body.get("model") or options.model))
    return Answer(text, model, *counts, seconds, tokens, calls, thinks=bool(message.get("thinking")))


def _call(told: Any) -> ToolCall:
    function = told.get("function") if isinstance(told, dict) else None
    if not isinstance(function, dict):
        raise LlmNoSense
    arguments = legible_json(function.get("arguments"))
    return ToolCall(legible(str(function.get("name", ""))), arguments if isinstance(arguments, dict) else {})
