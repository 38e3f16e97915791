"""Which candidate is the field's value: a weighted sum of features, as a probability against all others and none.

P(candidate) = exp(score) / (1 + the sum of exp(score) over all candidates); the 1 is "the field is not there". The
weights are set by hand for each kind of field; a field's `leanings` come on top, and what was learned from documents
takes the place of both where it is there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract.candidates import Candidate
from pipeline.extract.features import Features, Surroundings, features

_EVERY_KIND = {
    "nothing known": -4.0,
    "label beside": 5.5,
    "label above": 4.5,
    "first choice of labels": 1.0,
    "other label beside": -3.0,
    "other label above": -0.7,
    "part of a label": -4.0,
    "below the sums": -2.5,
}
_BY_KIND: dict[FieldKind, Features] = {
    FieldKind.MONEY: {"two decimals": 1.5, "currency sign": 0.3, "zero": -0.5, "other amounts on the row": -0.7},
    FieldKind.DATE: {"implausible": -2.0, "only one order fits": 0.2, "other label beside": 1.0,
                     "inside a longer word": -2.5, "below the sums": 2.0},
    FieldKind.IDENTIFIER: {"digits": 0.5, "short": -0.7, "long": -0.5, "a date": -3.0, "an amount": -2.0,
                           "a phone number": -1.5, "letters before digits": 0.3, "in brackets": -2.0,
                           "behind a number sign": 1.5},
    FieldKind.NAME: {"digits": -3.0, "an address": -2.0, "long": -1.5, "short": -1.0, "ends with a colon": -2.0,
                     "small letters": -1.0, "misread": -3.0, "other label beside": 1.5},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and how likely it is the field's value.

    Attributes:
        candidate: it.
        score: the weighted sum of its features.
        probability: against all other candidates and against none of them.
        because: its features with what each adds to the score.
    """

    candidate: Candidate
    score: float
    probability: float
    because: Features


def weights_of(spec: FieldSpec) -> dict[str, float]:
    """The weights set by hand for a field: of every kind, of its kind, its own leanings."""
    weights = dict(_EVERY_KIND)
    for more in (_BY_KIND.get(spec.kind, {}), spec.leanings):
        for name, weight in more.items():
            weights[name] = weights.get(name, 0.0) + weight
    return weights


def rank(spec: FieldSpec, around: Surroundings, weights: Mapping[str, float] | None = None) -> list[Ranked]:
    """The candidates of a field, the likeliest first.

    Args:
        spec: the field.
        around: the candidates of its kind, and the document.
        weights: by feature; those set by hand unless given.
    """
    weights = weights_of(spec) if weights is None else weights
    scored = []
    for candidate in around.every:
        because = {name: value * weights.get(name, 0.0) for name, value in features(candidate, spec, around).items()}
        scored.append((candidate, weights["nothing known"] + sum(because.values()), because))
    shares = probabilities([score for _, score, _ in scored])
    ranked = [
        Ranked(candidate, score, share, because)
        for (candidate, score, because), share in zip(scored, shares, strict=True)
    ]
    return sorted(ranked, key=lambda each: -each.score)


def probabilities(scores: Sequence[float]) -> list[float]:
    """Of each score, against the others and against "none of them", whose score is 0."""
    highest = max([0.0, *scores])
    powers = [math.exp(score - highest) for score in scores]
    whole = math.exp(-highest) + sum(powers)
    return [power / whole for power in powers]
