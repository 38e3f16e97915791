"""Tools that a model may call. They read, nothing else: whatever a model was talked into, nothing changes.

A call and an answer by schema can't be had together (Ollama then gives neither), so a model is offered its tools in a
call of their own. Small models write their calls as text: that is understood as well.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.doctypes.definition import DocType
from pipeline.engines.protocol import Answer, LlmEngine, Tool, ToolCall
from pipeline.errors import LlmCutOff, LlmNoSense, LlmRefused, LlmTooLong
from pipeline.opinion.asking import Pace, at_once
from pipeline.opinion.examples import MOST_EXAMPLES, GoldExample
from pipeline.prompts.example_request import example_request

PLAIN_EXAMPLES = 3
"""How many a model gets that has no tools, or does not use them."""


class ExampleArguments(BaseModel):
    """What `get_gold_examples` takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document_type: str
    limit: int = Field(default=PLAIN_EXAMPLES, ge=1, le=MOST_EXAMPLES)


GET_GOLD_EXAMPLES = Tool(
    "get_gold_examples",
    "Gives lines of other documents of a type, and the values that people found right in them.",
    {
        "type": "object",
        "properties": {
            "document_type": {"type": "string", "description": "The type's name."},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_EXAMPLES},
        },
        "required": ["document_type", "limit"],
    },
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A tool's call as it was answered, for the log.

    Attributes:
        tool: its name, as called.
        arguments: as the model gave them.
        how: "called", "written" (as text), "cached" (as an earlier document's call asked), or "plain" (without being
            asked).
        outcome: "ok", or why not: "unknown_tool", "bad_arguments".
        results: how many it gave.
        wall_ms: how long that took.
    """

    tool: str
    arguments: Mapping[str, Any]
    how: str
    outcome: str
    results: int
    wall_ms: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a model's wish for examples came to.

    Attributes:
        examples: that it gets.
        limit: how many it wants: that depends on the type only, not on the examples that there are.
    """

    examples: tuple[GoldExample, ...]
    limit: int


class ToolRegistry:
    """The tools that there are, by name; each a function of checked arguments.

    Args:
        log: is told of every invocation, also of those that were refused.
    """

    def __init__(self, log: Callable[[Invocation], None]) -> None:
        self._log = log
        self._tools: dict[str, tuple[type[BaseModel], Callable[[Any], tuple[GoldExample, ...]]]] = {}

    def register(
        self, tool: Tool, arguments: type[BaseModel], function: Callable[[Any], tuple[GoldExample, ...]]
    ) -> None:
        """Adds a tool.

        Args:
            tool: as a model sees it.
            arguments: the model that its arguments are checked by.
            function: what it does; it must only read.
        """
        self._tools[tool.name] = (arguments, function)

    def invoke(self, call: ToolCall, how: str) -> tuple[GoldExample, ...] | None:
        """Answers a call; None for one that can't be answered. Nothing a model says raises."""
        started = time.monotonic()
        results, outcome = self._answer(call)
        wall_ms = (time.monotonic() - started) * 1000
        arguments = {key: value for key, value in call.arguments.items() if key in ExampleArguments.model_fields}
        self._log(Invocation(call.name[:80], arguments, how, outcome, len(results or ()), wall_ms))
        return results

    def _answer(self, call: ToolCall) -> tuple[tuple[GoldExample, ...] | None, str]:
        if call.name not in self._tools:
            return None, "unknown_tool"
        shape, function = self._tools[call.name]
        try:
            arguments = shape.model_validate(dict(call.arguments))
        except ValidationError:
            return None, "bad_arguments"
        results = function(arguments)
        return (results, "ok") if results else (None, "bad_arguments")


def wanted_examples(engine: LlmEngine, doc_type: DocType, registry: ToolRegistry, pace: Pace) -> Wanted:
    """The examples that a model asks for; a few without asking, where it has no tools or does not use them.

    Args:
        engine: whom.
        doc_type: of the document that comes next.
        registry: has `get_gold_examples`.
        pace: its tick is called while the answer is waited for.

    Raises:
        LlmError: the server gave no answer.
        Exception: what the tick raised.
    """
    try:
        (answer,) = at_once(engine.ask, [example_request(doc_type, GET_GOLD_EXAMPLES)], pace)
    except (LlmRefused, LlmNoSense, LlmTooLong, LlmCutOff):  # 400: it has no tools; or it talks instead of calling one
        answer = None
    call, how = (None, "plain") if answer is None else _call_in(answer)
    found = registry.invoke(call, how) if call is not None else None
    if call is None or found is None:
        return Wanted(given_examples(doc_type, registry), PLAIN_EXAMPLES)
    return Wanted(found, ExampleArguments.model_validate(dict(call.arguments)).limit)


def given_examples(
    doc_type: DocType, registry: ToolRegistry, limit: int = PLAIN_EXAMPLES, how: str = "plain"
) -> tuple[GoldExample, ...]:
    """Some examples, without a model being asked now."""
    arguments = {"document_type": doc_type.name, "limit": limit}
    return registry.invoke(ToolCall(GET_GOLD_EXAMPLES.name, arguments), how) or ()


def _call_in(answer: Answer) -> tuple[ToolCall | None, str]:
    if answer.tool_calls:
        return answer.tool_calls[0], "called"
    start = answer.text.find("{")
    if start < 0:
        return None, "plain"
    try:
        told, _ = json.JSONDecoder().raw_decode(answer.text, start)
    except (ValueError, RecursionError):
        return None, "plain"
    arguments = next((told[key] for key in ("parameters", "arguments") if isinstance(told.get(key), dict)), None)
    named = told.get("name")
    return (ToolCall(named, arguments), "written") if isinstance(named, str) and arguments else (None, "plain")
