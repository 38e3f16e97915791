"""Answers of a wanted shape: asked for by schema, checked, asked for once more with the error, and then given up."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.engines.answer_schema import schema_of
from pipeline.engines.protocol import Answer, LlmEngine, Message, Prompt
from pipeline.errors import LlmNoSense

_Shape = TypeVar("_Shape", bound=BaseModel)
_MOST_ERRORS = 5
_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Structured(Generic[_Shape]):
    """A checked answer.

    Attributes:
        value: as asked for.
        answers: what the engine said, the last one made `value`; two where the first had to be repaired.
    """

    value: _Shape
    answers: tuple[Answer, ...]


def ask_for(engine: LlmEngine, prompt: Prompt, shape: type[_Shape]) -> Structured[_Shape]:
    """Asks for an answer of a shape; one that is not gets one chance to be mended.

    Args:
        engine: whom.
        prompt: what; its schema is the shape's.
        shape: a pydantic model that servers can be asked for (`pipeline.engines.answer_schema`).

    Raises:
        LlmNoSense: neither answer had the shape.
        LlmError: the engine gave none.
    """
    prompt = replace(prompt, schema=schema_of(shape))
    first = engine.ask(prompt)
    try:
        return Structured(_checked(first.text, shape), (first,))
    except ValidationError as error:
        wrong = _told(error)
    second = engine.ask(_again(prompt, first.text, wrong))
    try:
        return Structured(_checked(second.text, shape), (first, second))
    except ValidationError:
        raise LlmNoSense from None  # the error quotes the answer


def unfenced(text: str) -> str:
    """An answer without the fence that some models put around their JSON."""
    fenced = _FENCE.match(text)
    return fenced[1] if fenced else text


def _checked(text: str, shape: type[_Shape]) -> _Shape:
    return shape.model_validate_json(unfenced(text))


def _again(prompt: Prompt, said: str, wrong: str) -> Prompt:
    origin = prompt.origin
    if origin is not None:
        origin = replace(origin, key=hashlib.sha256(f"{origin.key}\n{said}".encode()).hexdigest())
    return replace(prompt, messages=(*prompt.messages, *_repair(said, wrong)), origin=origin)


def _repair(said: str, wrong: str) -> tuple[Message, Message]:
    return (
        Message("assistant", said),
        Message("user", f"That answer does not fit the schema: {wrong}. Answer again, with the JSON object alone."),
    )


def _told(error: ValidationError) -> str:
    """What is wrong and where, without the values."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_ERRORS]
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the whole'}: {each['type']}" for each in found)
