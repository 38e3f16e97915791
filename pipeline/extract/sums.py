"""Amounts that must add up: which candidates for subtotal, tax and total go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from pipeline.doctypes.definition import SumRule
from pipeline.extract.ranking import Ranked

_TRIED = 8
_BONUS = 5.5
"""What a sum that holds adds to the score of those that make it."""
_LARGEST = 3.0
"""And where it stands on one row and has the largest amount: of a table of sums by tax rate, that over all rates."""
_CENT = 0.011
_FLOOR_OF_REQUIRED = -2.5
Choice = dict[str, Ranked | None]


def choose_together(
    ranked: Mapping[str, Sequence[Ranked]], rules: Sequence[SumRule], required: frozenset[str] = frozenset()
) -> Choice:
    """The best candidate of each field, where those of a sum are chosen together.

    Args:
        ranked: candidates per field and helper, the likeliest first.
        rules: the sums of the type.
        required: fields that are on each document of the type: a weak candidate is better than none.

    Returns:
        A candidate per field, or None where the field's absence is likelier.
    """
    chosen: Choice = {name: _best(candidates, name in required) for name, candidates in ranked.items()}
    for rule in rules:
        names = [name for name in rule.names if name in ranked]
        if rule.total not in names:
            continue
        options = [_options(ranked[name], name == rule.total or name in rule.needed) for name in names]
        best = max(product(*options), key=lambda combination: _worth(rule, dict(zip(names, combination, strict=True))))
        combination = dict(zip(names, best, strict=True))
        if makes_sum(rule, combination):
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
    """How good a choice is: by its scores, and by whether it adds up; shipping and discounts speak only then."""
    amounts = [each for name in (rule.total, *rule.needed) if (each := combination.get(name)) is not None]
    score = sum(each.score for each in amounts)
    if makes_sum(rule, combination):
        one_row = len({(each.candidate.page, each.candidate.row) for each in amounts}) == 1
        score += _BONUS + (_LARGEST if one_row and "largest" in amounts[0].because else 0.0)
    return score


def makes_sum(rule: SumRule, combination: Choice) -> bool:
    """Whether the amounts add up and that means something: any three may by chance, but not beside their labels."""
    if not holds(rule, amounts_of(combination)):
        return False
    total, *parts = (combination.get(name) for name in (rule.total, *rule.needed))
    labelled = [each is not None and has_label(each) for each in parts]
    return total is not None and (has_label(total) or "largest" in total.because) and any(labelled)


def has_label(ranked: Ranked) -> bool:
    """Whether a label of the field stands beside or above a candidate."""
    return ranked.because.get("label beside", 0.0) > 0 or ranked.because.get("label above", 0.0) > 0


def _options(candidates: Sequence[Ranked], needed: bool) -> list[Ranked | None]:
    """The likeliest candidates, one for each value, and none; of an amount that may be absent only what is likely."""
    if not needed:
        best = _best(candidates)
        return [best, None] if best is not None else [None]
    distinct: dict[object, Ranked] = {}
    for each in candidates:
        distinct.setdefault(each.candidate.value, each)
    return [*list(distinct.values())[:_TRIED], None]


def _best(candidates: Sequence[Ranked], required: bool = False) -> Ranked | None:
    floor = _FLOOR_OF_REQUIRED if required else 0.0
    return candidates[0] if candidates and candidates[0].score > floor else None


def amounts_of(chosen: Choice) -> dict[str, float | None]:
    """The amounts of chosen candidates."""
    return {name: _value(each) for name, each in chosen.items()}


def _value(ranked: Ranked | None) -> float | None:
    value = ranked.candidate.value if ranked is not None else None
    return float(value) if isinstance(value, int | float) else None
