"""The words on a page that announce a field of a type, or something else that a type's definition names.

All phrases are held against all runs of words of the page at once; where two labels claim the same words, the longer
one has them: "Invoice date" is not a "date", "Subtotal" is no "total".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from pipeline.doctypes.definition import DocType
from pipeline.extract.layout import letters
from pipeline.types import Box, Page, Word

_LIKE_ENOUGH = 85.0
_NEARLY_THE_SAME = 90.0
_SHORT, _LONG = 5, 10
"""Phrases of fewer letters than the first must match to the letter, or half the page is a label; those of fewer than
the second nearly.
"""
_LONGEST_RUN = 6
_TAIL = -1
"""The rank of a label that is the heading of a tail."""
_WIDE = 2.5
"""A gap of so many letter heights ends a run of words."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label on a page.

    Attributes:
        field: the field that it announces; None for something that is no field of the type.
        words: the words it consists of.
        box: around them.
        score: how well they match the phrase, 0..1.
        rank: place of the phrase among the field's anchors: 0 for the best.
        tail: whether it is the heading of a part behind which no value is looked for.
        helper: whether the field is only a helping one.
    """

    field: str | None
    words: tuple[Word, ...]
    box: Box
    score: float
    rank: int
    tail: bool = False
    helper: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    words: tuple[Word, ...]
    text: str


def find_labels(page: Page, doc_type: DocType) -> list[Label]:
    """The labels of a page, in reading order; no word belongs to two of them.

    Args:
        page: as read.
        doc_type: its fields' anchors, those of its helping amounts, and its other labels.
    """
    phrases = _phrases(doc_type)
    runs = [run for line in page.lines for run in _runs(line, page)]
    if not phrases or not runs:
        return []
    texts = [text for text, _, _ in phrases]
    scores = process.cdist([run.text for run in runs], texts, scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH,
                           dtype=np.float32)  # fmt: skip
    return _without_overlaps(runs, phrases, scores, frozenset(spec.name for spec in doc_type.helpers))


def _without_overlaps(runs: Sequence[_Run], phrases: Sequence[tuple[str, str | None, int]], scores: np.ndarray,
                      helpers: frozenset[str]) -> list[Label]:  # fmt: skip
    hits = [
        (int(r), int(p))
        for r, p in np.argwhere(scores > 0)
        if _close_enough(scores[r, p], phrases[p][0]) and not _lacks_a_word(runs[r].text, phrases[p][0])
    ]
    # Longest first, then best match, then the phrase that stands first in its list.
    hits.sort(key=lambda hit: (-len(phrases[hit[1]][0]) * scores[hit] ** 3, phrases[hit[1]][2]))
    taken: set[int] = set()
    labels = []
    for r, p in hits:
        words = runs[r].words
        if any(id(word) in taken for word in words):
            continue
        taken.update(id(word) for word in words)
        _, field, rank = phrases[p]
        box = Box.around([w.box for w in words])
        labels.append(Label(field, words, box, float(scores[r, p]) / 100, rank, rank == _TAIL, field in helpers))
    return sorted(labels, key=lambda label: (label.words[0].line, label.box.x0))


def _close_enough(score: float, phrase: str) -> bool:
    return score >= (99.9 if len(phrase) < _SHORT else _NEARLY_THE_SAME if len(phrase) < _LONG else _LIKE_ENOUGH)


def _lacks_a_word(text: str, phrase: str) -> bool:
    """Whether a text is a phrase without its first or last word: "Passport" is not "Passport No"."""
    return len(phrase) - len(text) > 1 and (phrase.startswith(text) or phrase.endswith(text))


def _runs(line: Sequence[Word], page: Page) -> Iterator[_Run]:
    """All runs of up to six neighbouring words that have letters; a wide gap ends a run."""
    parts = [letters(word.text) for word in line]
    for start in range(len(line)):
        text = ""
        for end in range(start, min(start + _LONGEST_RUN, len(line))):
            height = (line[end].box.y1 - line[end].box.y0) * page.height_pt / page.width_pt
            if end > start and line[end].box.x0 - line[end - 1].box.x1 > _WIDE * height:
                break
            text += parts[end]
            if parts[start] and parts[end] and any(c.isalpha() for c in text):
                yield _Run(tuple(line[start : end + 1]), text)


def _phrases(doc_type: DocType) -> list[tuple[str, str | None, int]]:
    """Every phrase of the type once, by its letters, with its field and its place in the field's list."""
    found: dict[str, tuple[str | None, int]] = {}
    for spec in (*doc_type.fields, *doc_type.helpers):
        for rank, phrase in enumerate(spec.anchors):
            found.setdefault(letters(phrase), (spec.name, rank))
    for phrase in doc_type.tail_labels:
        found.setdefault(letters(phrase), (None, _TAIL))
    for phrase in doc_type.other_labels:
        found.setdefault(letters(phrase), (None, 0))
    return [(text, field, rank) for text, (field, rank) in found.items() if text]
