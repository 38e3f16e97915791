"""Amounts that must add up: which candidates for subtotal, tax and total go together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

from pipeline.doctypes.definition import SumRule
from pipeline.extract.ranking import Ranked

_TRIED = 5
_BONUS = 3.0
"""What a sum that holds adds to the score of those that make it."""
_CENT = 0.011
Choice = dict[str, Ranked | None]


def choose_together(ranked: Mapping[str, Sequence[Ranked]], rules: Sequence[SumRule]) -> Choice:
    """The best candidate of each field, where those of a sum are chosen together.

    Args:
        ranked: candidates per field and helper, the likeliest first.
        rules: the sums of the type.

    Returns:
        A candidate per field, or None where none is likelier than the field's absence.
    """
    chosen: Choice = {name: _best(candidates) for name, candidates in ranked.items()}
    for rule in rules:
        names = [name for name in (rule.total, *rule.plus, *rule.minus) if name in ranked]
        if rule.total not in names:
            continue
        options = [_options(ranked[name]) for name in names]
        best = max(product(*options), key=lambda combination: _worth(rule, dict(zip(names, combination, strict=True))))
        combination = dict(zip(names, best, strict=True))
        if holds(rule, {name: _value(each) for name, each in combination.items()}):
            chosen |= combination
    return chosen


def holds(rule: SumRule, values: Mapping[str, float | None]) -> bool | None:
    """Whether the amounts add up; None when too few of them are known to say so."""
    total = values.get(rule.total)
    parts = [name for name in (*rule.plus, *rule.minus) if values.get(name) is not None]
    if total is None or any(values.get(name) is None for name in rule.needed) or not parts:
        return None
    whole = sum(values.get(name) or 0.0 for name in rule.plus) - sum(values.get(name) or 0.0 for name in rule.minus)
    return abs(whole - total) <= _CENT


def _worth(rule: SumRule, combination: Choice) -> float:
    score = sum(each.score if each is not None else 0.0 for each in combination.values())
    if holds(rule, {name: _value(each) for name, each in combination.items()}):
        score += _BONUS * math.sqrt(sum(each is not None for each in combination.values()))
    return score


def _options(candidates: Sequence[Ranked]) -> list[Ranked | None]:
    """The likeliest candidates, one for each value, and none."""
    distinct: dict[object, Ranked] = {}
    for each in candidates:
        distinct.setdefault(each.candidate.value, each)
    return [*list(distinct.values())[:_TRIED], None]


def _best(candidates: Sequence[Ranked]) -> Ranked | None:
    return candidates[0] if candidates and candidates[0].score > 0 else None


def _value(ranked: Ranked | None) -> float | None:
    value = ranked.candidate.value if ranked is not None else None
    return float(value) if isinstance(value, int | float) else None
