from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.extract.layout import rows
from pipeline.extract.slant import laid_back, slant_of, straightened
from pipeline.types import Box, FieldValue, Page, Word
from tests.pipeline.test_ground import page

TABLE = page(*[f"0{i}/02 CARD PAYMENT SHOP 1{i}.50 9{i}.00" for i in range(1, 9)])


def askew(straight: Page, slope: float) -> Page:
    words = tuple(
        replace(w, box=Box(1, w.box.x0, w.box.y0 + slope * w.box.x0, w.box.x1, w.box.y1 + slope * w.box.x0))
        for w in straight.words
    )
    return replace(straight, words=words)


@pytest.mark.parametrize("slope", [0.05, -0.04, 0.01])
def test_a_page_askew_is_straightened(slope: float) -> None:
    crooked = askew(TABLE, slope)
    measured = slant_of(crooked)
    assert measured == pytest.approx(slope, rel=0.02)
    found = [[w.text for w in row] for row in rows(straightened(crooked, measured).words)]
    assert found == [[w.text for w in row] for row in rows(TABLE.words)]
    assert len(found) == 8


def test_a_straight_page_stays_as_it_is() -> None:
    assert slant_of(TABLE) == 0.0
    assert straightened(TABLE, 0.0) is TABLE


def test_too_few_lines_tell_nothing() -> None:
    few = page("a b c d", "e f g h")
    assert slant_of(askew(few, 0.05)) == 0.0


def test_boxes_are_laid_back_to_where_the_words_stand() -> None:
    crooked = askew(TABLE, 0.05)
    slant = slant_of(crooked)
    word: Word = crooked.words[-1]
    straight = straightened(crooked, slant).words[-1]
    value = laid_back(FieldValue("x", "x", "x", (straight.box,)), {1: slant})
    assert value.boxes[0].y0 == pytest.approx(word.box.y0, abs=1e-9)
