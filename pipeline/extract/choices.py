"""Choices and check boxes: the ticked box and what is printed beside it, or the printed word that is a choice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from pipeline.doctypes.definition import NOT_TICKED, TICKED, FieldSpec
from pipeline.extract.candidate import found
from pipeline.extract.layout import Anchor, find, letters, right_of, text_of, until_gap
from pipeline.extract.scene import Scene
from pipeline.types import Box, FieldValue, Mark, Page, Word

_LIKE_ENOUGH = 85.0
_LIKE_A_PHRASE = 0.86
_BESIDE = 0.04
"""How far a choice may stand from its box, as a share of the page's width."""
_EMPTY, _SURELY_TICKED = 0.06, 0.18
"""The ink in a box, as a share of its inside; `pipeline.reading.marks` calls one ticked from 0.12 on."""


def find_choice(spec: FieldSpec, scene: Scene) -> FieldValue | None:
    """The value of a field that is one of a few.

    Args:
        spec: a CHOICE.
        scene: the document.
    """
    pages = [rows.page for rows in scene.pages]
    return _checked(spec, pages) or _labelled(spec, scene) or named_choice(spec, pages)


def named_choice(spec: FieldSpec, pages: Sequence[Page]) -> FieldValue | None:
    """The first choice, in the definition's order, whose phrases stand on a page: "passport card" before "passport"."""
    for choice, phrases in spec.choice_phrases.items():
        for anchor in (each for page in pages for each in find(page, phrases)):
            if anchor.score >= _LIKE_A_PHRASE:
                return found(spec.name, choice, anchor.words, 0.95 * anchor.score)
    return None


def _checked(spec: FieldSpec, pages: Sequence[Page]) -> FieldValue | None:
    """The choice beside the one checked box; a second checked box makes it doubtful."""
    hits = [
        (choice, anchor)
        for page in pages
        for choice in spec.choices
        for anchor in find(page, (choice,))
        if _is_checked(page, anchor)
    ]
    if not hits:
        return None
    choice, anchor = hits[0]
    rivals = {each for each, _ in hits}
    return found(spec.name, choice, anchor.words, anchor.score * (0.95 if len(rivals) == 1 else 0.4))


def _is_checked(page: Page, anchor: Anchor) -> bool:
    return any(mark.checked and 0 <= anchor.box.x0 - mark.box.x1 <= _BESIDE for mark in _on_row(page, anchor))


def _on_row(page: Page, anchor: Anchor) -> list[Mark]:
    middle = (anchor.box.y0 + anchor.box.y1) / 2
    return [mark for mark in page.marks if mark.box.y0 <= middle <= mark.box.y1]


def find_check_box(spec: FieldSpec, pages: Sequence[Page]) -> FieldValue | None:
    """Whether the box beside a field's label is ticked: the one before the label, or else the one behind it.

    Args:
        spec: a CHECK_BOX.
        pages: the document.
    """
    anchors = [(anchor, page) for page in pages for anchor in find(page, spec.anchors)]
    for anchor, page in sorted(anchors, key=lambda each: -each[0].score):
        mark = _box_of(page, anchor)
        if mark is not None:
            value = TICKED if mark.checked else NOT_TICKED
            told = found(spec.name, value, anchor.words, anchor.score * _sureness(mark))
            return replace(told, boxes=(Box.around((anchor.box, mark.box)),))
    return None


def _box_of(page: Page, anchor: Anchor) -> Mark | None:
    row = _on_row(page, anchor)
    before = [(anchor.box.x0 - mark.box.x1, mark) for mark in row if mark.box.x1 <= anchor.box.x0]
    behind = [(mark.box.x0 - anchor.box.x1, mark) for mark in row if mark.box.x0 >= anchor.box.x1]
    for side in (before, behind):
        gap, mark = min(side, key=lambda each: each[0], default=(1.0, None))
        if gap <= _BESIDE:
            return mark
    return None


def _sureness(mark: Mark) -> float:
    """A box with a speck in it, or with a thin tick, is told neither way for sure."""
    return 0.95 if mark.fill <= _EMPTY or mark.fill >= _SURELY_TICKED else 0.6


def _labelled(spec: FieldSpec, scene: Scene) -> FieldValue | None:
    """What stands beside the field's label, made one of the choices."""
    for rows, labels in zip(scene.pages, scene.labels, strict=True):
        for label in labels:
            if label.field != spec.name:
                continue
            beside = until_gap(right_of(rows.page, label.box, 0.5), 3 * rows.em_x)
            choice, likeness = nearest_choice(spec, beside)
            if choice is not None:
                return found(spec.name, choice, beside, 0.95 * likeness)
    return None


def nearest_choice(spec: FieldSpec, words: Sequence[Word]) -> tuple[str | None, float]:
    """The choice that a text means, and how alike they are, 0..1; None when it is like none of them."""
    text = letters(text_of(words))
    if not text:
        return None, 0.0
    best = max(spec.choices, key=lambda choice: fuzz.ratio(text, letters(choice)))
    likeness = fuzz.ratio(text, letters(best))
    first = re.sub(r"\W", "", words[0].text).lower()
    if likeness < _LIKE_ENOUGH:
        exact = [choice for choice in spec.choices if letters(choice) == first]
        return (exact[0], 0.9) if exact else (None, 0.0)
    return best, likeness / 100
