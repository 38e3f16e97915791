"""What a threshold would do, told from the documents that people have reviewed; nothing is promised on thin data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.compare import compare
from pipeline.metrics.quality import Share

NOT_SURE_ENOUGH = ("below_threshold", "document_uncertain", "type_uncertain")
"""Codes of the reasons that `pipeline.route` gives for a confidence alone; with any other, a check has failed, or
something is missing.
"""
LEAST_FOR_A_PROMISE = 30
"""Of fewer documents the 95 % interval is wider than 11 points even if all of them are right."""


@dataclass(frozen=True, slots=True)
class ReviewedDocument:
    """A document that a person has approved.

    Attributes:
        confidence: the machine's, of the whole document, 0..1.
        fit: whether nothing but the threshold or the random check spoke against accepting it.
        right: whether type and values were right as the machine had them, before any correction.
    """

    confidence: float
    fit: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a threshold would have done to reviewed documents.

    Attributes:
        threshold: from this confidence on a document passes without a person.
        reviewed: how many documents it is told from.
        passing: those that would have passed, and how many of them were right.
    """

    threshold: float
    reviewed: int
    passing: Share

    @property
    def to_review(self) -> int:
        """How many would have gone to a person."""
        return self.reviewed - self.passing.n

    @property
    def can_promise(self) -> bool:
        """Whether enough of them would have passed to say how often such a document is right."""
        return self.passing.n >= LEAST_FOR_A_PROMISE


def expect(documents: Iterable[ReviewedDocument], threshold: float) -> Expectation:
    """Says what would have passed at a threshold, and how much of it was right.

    Args:
        documents: of one type, reviewed.
        threshold: 0..1.
    """
    known = list(documents)
    passing = [each for each in known if each.fit and each.confidence >= threshold]
    return Expectation(threshold, len(known), Share(sum(each.right for each in passing), len(passing)))


def values_right(changes: Iterable[Sequence[Any]], type_name: str) -> bool:
    """Whether a document's values count as right as the machine had them.

    Args:
        changes: (field's name, the machine's value, the person's value) of each value that a person changed.
        type_name: of the document; its definition gives each field's rule.
    """
    return all(compare(machine, human, type_name, name).score.right for name, machine, human in changes)
