"""What a confidence is worth: the share of values with such a confidence that have turned out right.

A value's shown confidence is the product of its parts. The decision goes by its calibrated form, a probability: by
Platt scaling, sigmoid(slope x logit(confidence) + offset), with an offset for each field; where a field has been seen
often enough, by a step function that never falls (isotonic regression). What was learned stands in `calibration.json`;
`./fuse train calibration` makes it.
Sources: J. Platt, "Probabilistic outputs for support vector machines" (1999); B. Zadrozny and C. Elkan, KDD 2002.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.types import Extraction, FieldValue

LEARNED_FILE = Path(__file__).with_name("calibration.json")
_LEAST, _MOST = 0.001, 0.999


@dataclass(frozen=True, slots=True)
class Steps:
    """A step function that never falls: `values[i]` from confidence `starts[i]` on."""

    starts: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, confidence: float) -> float:
        """The probability at a confidence."""
        return self.values[max(bisect_right(self.starts, confidence) - 1, 0)]


@dataclass(frozen=True, slots=True)
class Calibrator:
    """What was learned of confidences.

    Attributes:
        slope: of the logit of the confidence.
        offset: of all fields.
        offsets: what is added for a field, by "type.field".
        steps: of fields that have been seen often, by "type.field"; they stand for the rest.
    """

    slope: float = 1.0
    offset: float = 0.0
    offsets: Mapping[str, float] = field(default_factory=dict)
    steps: Mapping[str, Steps] = field(default_factory=dict)

    def probability(self, doc_type: str, name: str, confidence: float) -> float:
        """How likely a value is right.

        Args:
            doc_type, name: of the field.
            confidence: as shown, 0..1.
        """
        key = f"{doc_type}.{name}"
        if key in self.steps:
            return self.steps[key](confidence)
        score = self.slope * logit(confidence) + self.offset + self.offsets.get(key, 0.0)
        return 1.0 / (1.0 + math.exp(-score))

    def to_json(self) -> str:
        """As it is kept in a file."""
        told = {
            "slope": self.slope,
            "offset": self.offset,
            "offsets": dict(sorted(self.offsets.items())),
            "steps": {key: [list(each.starts), list(each.values)] for key, each in sorted(self.steps.items())},
        }
        return json.dumps(told, indent=1) + "\n"

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> Calibrator:
        """Reads what `to_json` wrote."""
        steps = {key: Steps(tuple(starts), tuple(values)) for key, (starts, values) in told["steps"].items()}
        return Calibrator(told["slope"], told["offset"], told["offsets"], steps)


def logit(confidence: float) -> float:
    """log(p / (1 - p)), for confidences short of 0 and 1."""
    p = min(max(confidence, _LEAST), _MOST)
    return math.log(p / (1.0 - p))


@lru_cache(maxsize=1)
def learned() -> Calibrator:
    """The calibrator that is shipped."""
    return Calibrator.from_json(json.loads(LEARNED_FILE.read_text()))


def calibrated(extraction: Extraction, doc_type: str, by: Calibrator | None = None) -> Extraction:
    """The extraction with what each confidence is worth.

    Args:
        extraction: checked.
        doc_type: its type.
        by: the calibrator; the shipped one unless given.
    """
    by = by or learned()

    def worth(value: FieldValue) -> FieldValue:
        if value.confidence is None:
            return value
        return replace(value, calibrated=by.probability(doc_type, value.name, value.confidence))

    return replace(extraction, fields=tuple(map(worth, extraction.fields)))
