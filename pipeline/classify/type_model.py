"""From features to probabilities: the weights set by hand, what training added to them, and the temperature."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.classify.page_shape import WEIGHTS
from pipeline.doctypes.definition import DocType

LEARNED_FILE = Path(__file__).with_name("learned.json")
OTHER = "other"
OTHER_START = 4.5
"""What a readable document has for "other" before anything speaks: about one strong cue of a type outweighs it."""
PRIOR_TEMPERATURE = 2.2
"""By what hand-set points are divided before the softmax: cues come together, so that their sum says too much."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is seen on a document.

    Attributes:
        phrases: cue phrase -> how much it counts by its place.
        shape: feature of `page_shape` -> 0..1.
    """

    phrases: Mapping[str, float]
    shape: Mapping[str, float]

    def all(self) -> dict[str, float]:
        """Both, by name."""
        return {**self.phrases, **self.shape}


@dataclass(frozen=True, slots=True)
class TypeModel:
    """What training found out.

    Attributes:
        moved: type -> {feature: points added to the weight set by hand}.
        start: type -> points added to what it starts with.
        temperature: by how much points are divided before the softmax.
    """

    moved: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    start: Mapping[str, float] = field(default_factory=dict)
    temperature: float = PRIOR_TEMPERATURE

    def contributions(self, features: Features, doc_type: DocType) -> dict[str, float]:
        """The points each feature gives to a type; features that give it none are left out."""
        by_hand, _ = weights_by_hand(doc_type)
        moved = self.moved.get(doc_type.name, {})
        points = {
            name: value * (by_hand.get(name, 0.0) + moved.get(name, 0.0)) for name, value in features.all().items()
        }
        return {name: each for name, each in points.items() if each}

    def points(self, features: Features, doc_types: Mapping[str, DocType]) -> dict[str, float]:
        """The sum for each type."""
        return {
            name: sum(self.contributions(features, doc_type).values())
            + self.start.get(name, 0.0)
            + weights_by_hand(doc_type)[1]
            for name, doc_type in doc_types.items()
        }

    def probabilities(self, features: Features, doc_types: Mapping[str, DocType]) -> dict[str, float]:
        """How likely each type is: a softmax over the points."""
        points = self.points(features, doc_types)
        highest = max(points.values())
        powers = {name: math.exp((each - highest) / self.temperature) for name, each in points.items()}
        total = sum(powers.values())
        return {name: power / total for name, power in powers.items()}

    def to_json(self) -> str:
        """As `from_json` reads it, one type a line; types of which nothing was moved are left out."""
        told = {
            name: {"start": self.start.get(name, 0.0), "moved": moved}
            for name in sorted({*self.moved, *self.start})
            if (moved := dict(self.moved.get(name, {}))) or self.start.get(name)
        }
        rows = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in told.items()]
        types = "{\n" + ",\n".join(rows) + "\n}" if rows else "{}"
        return f'{{"temperature": {self.temperature}, "types": {types}}}\n'

    @staticmethod
    def from_json(text: str) -> TypeModel:
        """Reads what `to_json` wrote."""
        told = json.loads(text)
        types = told["types"]
        return TypeModel(
            moved={name: row["moved"] for name, row in types.items()},
            start={name: row["start"] for name, row in types.items()},
            temperature=told["temperature"],
        )


def weights_by_hand(doc_type: DocType) -> tuple[dict[str, float], float]:
    """The weights of a type before any training, and what it starts with."""
    return {**doc_type.cues, **WEIGHTS.get(doc_type.name, {})}, OTHER_START if doc_type.name == OTHER else 0.0


LEARNED = TypeModel.from_json(LEARNED_FILE.read_text())
"""The model that is shipped."""
