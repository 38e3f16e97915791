"""How sure a model was of each value it wrote, from the probabilities of the value's own tokens.

Servers tell a token's probability before the grammar forces the answer's shape: a brace or a key that was forced says
nothing, so only tokens of values count.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from pipeline.engines.protocol import Answer, Token


def value_scores(answer: Answer, names: Iterable[str]) -> dict[str, float]:
    """The geometric mean of the probabilities of each value's tokens, 0..1; without those that are not told.

    Args:
        answer: a JSON object, with the probabilities of its tokens.
        names: of its members, whose values are strings.
    """
    written = "".join(token.text for token in answer.tokens)
    begins = written.find("{")
    if begins < 0:
        return {}
    ends = list(accumulate(len(token.text) for token in answer.tokens))
    found = ((name, _place(written, begins, name)) for name in names)
    scores = ((name, _score(answer.tokens, ends, *place)) for name, place in found if place is not None)
    return {name: score for name, score in scores if score is not None}


def _place(written: str, begins: int, name: str) -> tuple[int, int] | None:
    """Where the characters of a string value stand, without its quotes."""
    key = re.compile(rf'"{re.escape(name)}"\s*:\s*(?=")').search(written, begins)
    if key is None:
        return None
    try:
        _, end = json.JSONDecoder().raw_decode(written, key.end())
    except (ValueError, RecursionError):
        return None
    return key.end() + 1, end - 1


def _score(tokens: Sequence[Token], ends: Sequence[int], start: int, end: int) -> float | None:
    own = [
        token.logprob
        for token, after in zip(tokens, ends, strict=True)
        if after > start and after - len(token.text) < end and token.text.strip('"')
    ]
    return math.exp(sum(own) / len(own)) if own else None
