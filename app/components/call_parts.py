"""A call of the language model in people's words: how it ended, what it took, and its texts, each with a name.

Everything here is plain data; `model_conversation` draws it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.components.wording import NOT_KNOWN, dollars, milliseconds, model_outcome, moment
from db import model_calls
from db.model_calls import CallShown

HASH = "Prompt hash"
_EXAMPLE_REQUEST = "example_request"
_ABOUT = {
    "extraction": "asked for the values",
    "classification": "asked for the type",
    _EXAMPLE_REQUEST: "offered examples",
}
_MOST_GROWTH = 5
"""What is nested for nesting's sake grows without end when it is laid out."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a call; `language`: what to colour it as, None for plain text."""

    name: str
    text: str
    language: str | None = None


def about(call: CallShown) -> str:
    """What a call was for."""
    return _ABOUT.get(call.template, call.template.replace("_", " "))


def went_well(call: CallShown) -> bool:
    """Whether it was answered, and in JSON where JSON was asked for."""
    return call.outcome == model_calls.OK and (call.template == _EXAMPLE_REQUEST or _is_json(call.answer or ""))


def outcome(call: CallShown) -> str:
    """How a call ended, in a sentence."""
    if call.outcome == model_calls.OK and not went_well(call):
        return "Answered, but not in JSON, as it was asked to."
    if call.tool_calls:
        return f"Asked for the tool {', '.join(str(each.get('name')) for each in call.tool_calls)}."
    return model_outcome(call.outcome)


def call_facts(call: CallShown, of_several_runs: bool) -> dict[str, str]:
    """What a call took, and what it can be told by: name -> text.

    Args:
        call: which.
        of_several_runs: whether its document was run more than once.
    """
    rows = {
        "Model": call.model,
        "Prompt template": f"{call.template}, version {call.template_version}",
        "Tokens": f"{_number(call.prompt_tokens)} in, {_number(call.answer_tokens)} out",
        "Time": milliseconds(call.latency_ms),
        "Cost": dollars(call.usd) if call.usd else "",
        "Asked": moment(call.created_at),
        "Run": str(call.generation) if of_several_runs else "",
        HASH: call.prompt_hash,
    }
    return {name: text for name, text in rows.items() if text}


def call_parts(call: CallShown) -> list[Part]:
    """A call's texts, the newest first: its answer, then what led to it back to the rules."""
    said: list[Part] = []
    if call.tool_calls:
        said.append(Part("Answer", json.dumps(call.tool_calls, indent=2, ensure_ascii=False), "json"))
    elif call.answer:
        laid_out = _laid_out(call.answer)
        said.append(Part("Answer", call.answer) if laid_out is None else Part("Answer", laid_out, "json"))
    questions = ["Question"] if call.template == _EXAMPLE_REQUEST else ["Question and document"]
    names = {"system": ["Rules"], "user": [*questions, "Asked again"], "assistant": ["First answer"]}
    seen: list[Part] = []
    for message in call.prompt:
        left = names.get(message["role"]) or [f"Message {len(seen) + 1}"]
        seen.append(Part(left.pop(0), message["content"]))
    return [*said, *reversed(seen)]


def _number(tokens: int | None) -> str:
    return NOT_KNOWN if tokens is None else f"{tokens:,}"


def _is_json(answer: str) -> bool:
    """Small models put their JSON between ```; that is taken too."""
    try:
        json.loads(answer.strip().removeprefix("```json").removeprefix("```").removesuffix("```"))
    except (ValueError, RecursionError):
        return False
    return True


def _laid_out(answer: str) -> str | None:
    """JSON with a line for each value; None for what is no JSON, and for what would not say the same any more."""
    try:
        told = json.loads(answer, object_pairs_hook=_each_once, parse_float=_exactly)
    except (ValueError, RecursionError):
        return None
    pretty = json.dumps(told, indent=2, ensure_ascii=False)
    return pretty if len(pretty) <= _MOST_GROWTH * len(answer) else None


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(told := dict(pairs)) < len(pairs):
        raise ValueError("says something twice")
    return told


def _exactly(written: str) -> float:
    if repr(number := float(written)) != written:
        raise ValueError("is a number that is written otherwise")
    return number
