"""What a server sent, made what all of the rest can hold: UTF-8, PostgreSQL's text and JSON, JSON itself.

A model may write anything: NUL and halves of surrogate pairs (as JSON escapes), numbers that are none. Neither a column
nor a request takes those, so they end here.
"""

from __future__ import annotations

import math
from typing import Any

_UNSAYABLE = "\ufffd"
_MOST_DEEP = 20
_LARGEST_COUNT = 2**31 - 1
"""Of PostgreSQL's integer."""
_LEAST = -9999.0
"""As OpenAI tells a probability of next to nothing."""


def legible(text: str) -> str:
    """The text, with U+FFFD for what can't be written; halves of a pair that follow each other are made one."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", _UNSAYABLE) if "\0" in text else text


def legible_json(value: Any, deep: int = _MOST_DEEP) -> Any:
    """JSON of legible texts; null for numbers that are none, and for what is nested too deep."""
    match value:
        case str():
            return legible(value)
        case float():
            return value if math.isfinite(value) else None
        case dict() if deep:
            return {legible(str(key)): legible_json(each, deep - 1) for key, each in value.items()}
        case list() | tuple() if deep:
            return [legible_json(each, deep - 1) for each in value]
        case dict() | list() | tuple():
            return None
        case _:
            return value


def list_of(told: Any) -> list[Any]:
    """A list; an empty one for what is none."""
    return told if isinstance(told, list) else []


def dict_of(told: Any) -> dict[str, Any]:
    """An object; an empty one for what is none."""
    return told if isinstance(told, dict) else {}


def count_of(told: Any) -> int | None:
    """A number of tokens; None for what is none."""
    is_count = isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= _LARGEST_COUNT
    return told if is_count else None


def logprob_of(told: Any) -> float:
    """The logarithm of a probability; next to nothing for what is none."""
    if not isinstance(told, int | float) or isinstance(told, bool) or not told >= _LEAST:
        return _LEAST
    return float(min(told, 0.0))
