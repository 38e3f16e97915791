"""The values of reviewed documents, scored: what the machine said against what a person approved.

Most values stand as the machine read them. The store counts those, so that only what people changed is compared one
by one: thousands of documents cost as little as a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.compare import compare
from pipeline.metrics.quality import BinCount, FieldQuality, Share, bin_of
from pipeline.types import JsonValue


@dataclass(frozen=True, slots=True)
class KeptValues:
    """Values of a field that a person let stand, counted.

    Attributes:
        type, name: of the field.
        part: part of the period that their documents were uploaded in, from 0.
        present: whether they are values; else "not on the document" was said and is true.
        bin: of their confidence, as `quality.bin_of` gives it; None: they carry none.
        n: how many.
        confidence_sum: of their confidences.
    """

    type: str
    name: str
    part: int
    present: bool
    bin: int | None
    n: int
    confidence_sum: float


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that a person changed: what the machine said, and what is true."""

    type: str
    name: str
    part: int
    machine: JsonValue
    human: JsonValue
    confidence: float | None


@dataclass(frozen=True, slots=True)
class ScoredValues:
    """Values of a field that have the same score.

    Attributes:
        type, name, part, n, bin, confidence_sum: as of `KeptValues`.
        right: whether they are right by their kind's rule.
        token_f1: overlap with the truth, 0..1; None where the document has no such field.
    """

    type: str
    name: str
    part: int
    n: int
    right: bool
    token_f1: float | None
    bin: int | None
    confidence_sum: float


def score(kept: Iterable[KeptValues], changed: Iterable[ChangedValue]) -> tuple[ScoredValues, ...]:
    """Scores what people let stand (it is right) and what they changed (which may be right all the same: "ACME" for
    "Acme").
    """
    return (*map(_kept, kept), *map(_changed, changed))


def quality_of(values: Iterable[ScoredValues]) -> FieldQuality:
    """Exact match and mean token F1 of scored values, as `quality.field_quality` of each of them."""
    known = list(values)
    present = [each for each in known if each.token_f1 is not None]
    n = sum(each.n for each in present)
    overlap = sum(each.n * each.token_f1 for each in present if each.token_f1 is not None)
    return FieldQuality(exact=_share(known), present=_share(present), token_f1=overlap / n if n else None)


def bin_counts(values: Iterable[ScoredValues]) -> Iterator[BinCount]:
    """Those that carry a confidence, for their calibration."""
    for each in values:
        if each.bin is not None:
            yield BinCount(each.bin, each.n, each.confidence_sum, each.n if each.right else 0)


def _share(values: Iterable[ScoredValues]) -> Share:
    known = list(values)
    return Share(sum(each.n for each in known if each.right), sum(each.n for each in known))


def _kept(kept: KeptValues) -> ScoredValues:
    return ScoredValues(
        kept.type, kept.name, kept.part, kept.n, True, 1.0 if kept.present else None, kept.bin, kept.confidence_sum
    )


def _changed(changed: ChangedValue) -> ScoredValues:
    found = compare(changed.machine, changed.human, changed.type, changed.name).score
    return ScoredValues(
        type=changed.type,
        name=changed.name,
        part=changed.part,
        n=1,
        right=found.right,
        token_f1=found.token_f1,
        bin=None if changed.confidence is None else bin_of(changed.confidence),
        confidence_sum=changed.confidence or 0.0,
    )
