"""Ollama's side of `/api/chat`, as tried out with a real one: what an honest model says, and its bad days."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.pipeline.engines.scripted_server import Turn, replies, says

MODEL = "llama3.2:3b-instruct-q4_K_M"
_ENCLOSED = re.compile(r"<(document-[0-9a-f]{16})>\n(.*?)\n</\1>", re.DOTALL)
Reply = Callable[[dict[str, Any]], str]


def chat(content: str, **changes: Any) -> dict[str, Any]:
    """A whole answer."""
    body = {
        "model": MODEL,
        "message": {"role": "assistant", "content": content},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 100,
        "eval_count": 20,
    }
    return body | changes


def answering(reply: Reply) -> Turn:
    """Answers each prompt with what a function makes of the request."""
    return replies(lambda request: chat(reply(request)))


REPETITION = says(chat("aaaa", done=False, done_reason=None, prompt_eval_count=None, eval_count=None))
LOADING = says({"error": "server busy, maximum pending requests exceeded"}, 503)
NO_MODEL = says({"error": "model 'x' not found"}, 404)
BROKEN = says({"error": "failed to parse grammar"}, 500)


def copying(values: dict[str, Any]) -> Reply:
    """A model that copies these values into the schema it is given, and null for the rest."""

    def reply(request: dict[str, Any]) -> str:
        return json.dumps({name: values.get(name) for name in request["format"]["properties"]})

    return reply


def typed(name: str) -> Reply:
    """A model that takes every document for this type, and copies its first line for evidence."""

    def reply(request: dict[str, Any]) -> str:
        shown = documents_in(request)
        told = {
            f"document_{n}": {"document_type": name, "evidence": [text.splitlines()[0]]}
            for n, text in enumerate(shown, 1)
        }
        return json.dumps(told)

    return reply


def documents_in(request: dict[str, Any]) -> list[str]:
    """What stands between the delimiters."""
    return [text for _, text in _ENCLOSED.findall(request["messages"][1]["content"])]


def asks_for_fields(request: dict[str, Any]) -> bool:
    """Whether a request is about a document's fields."""
    return "format" in request and "document_1" not in request["format"]["properties"]


def honest(values: dict[str, Any], doc_type: str) -> Turn:
    """A model that is right about everything it is asked."""
    copy, tell = copying(values), typed(doc_type)
    return answering(lambda request: copy(request) if asks_for_fields(request) else tell(request))


def server(values: dict[str, Any]) -> Turn:
    """A whole server: lists its model, keeps to small schemas, and copies these values into large ones."""

    def reply(request: dict[str, Any]) -> dict[str, Any]:
        if "format" not in request:
            return chat("I have no tools.")
        properties = request["format"]["properties"]
        if "answer" in properties:
            return chat(json.dumps({"answer": properties["answer"]["enum"][0]}))
        return chat(copying(values)(request))

    def turn(request: Any) -> None:
        if request.command == "GET":
            says({"models": [{"model": MODEL}]})(request)
        else:
            replies(reply)(request)

    return turn
