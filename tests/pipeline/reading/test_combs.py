"""Rows of boxes for one character each."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.ocr import models
from pipeline.reading.combs import find_combs, read_combs
from pipeline.render import Gray
from pipeline.types import Box, Word

pytestmark = pytest.mark.skipif(not models.installed(), reason="RapidOCR's models are not installed")

WIDTH, HEIGHT = 2550, 1000
CELL = (60, 100)


def form(parts: str, *, turn: float = 0.0, noise: float = 0.0, thickness: int = 3) -> Gray:
    """A form with one comb; a dash in `parts` leaves a gap, a space an empty cell."""
    page = np.full((HEIGHT, WIDTH), 245, np.uint8)
    cv2.putText(page, "Employer identification number", (1400, 380), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 3)
    x = 1400
    for character in parts:
        if character != "-":
            cv2.rectangle(page, (x, 420), (x + CELL[0], 420 + CELL[1]), 40, thickness)
            if character != " ":
                cv2.putText(page, character, (x + 12, 495), cv2.FONT_HERSHEY_SIMPLEX, 1.8, 20, 4)
        x += CELL[0]
    if turn:
        around = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn, 1.0)
        page = np.asarray(cv2.warpAffine(page, around, (WIDTH, HEIGHT), borderValue=245), np.uint8)
    if noise:
        grain = np.random.default_rng(1).normal(0, noise, page.shape)
        page = np.clip(page + grain, 0, 255).astype(np.uint8)
    return page


@pytest.mark.parametrize(
    ("parts", "how"),
    [
        ("63-3002147", {}),
        ("086-40-1890", {}),
        ("63-3002147", {"turn": 1.5}),
        ("63-3002147", {"turn": -2.0, "noise": 12.0}),
        ("20261123", {"thickness": 2}),
    ],
)
def test_what_stands_in_a_comb_is_one_word(parts: str, how: dict[str, float]) -> None:
    (word,) = read_combs(form(parts, **how), 1, [])  # type: ignore[arg-type]
    assert word.text == parts
    assert word.confidence > 0.5
    assert word.box.x0 == pytest.approx(1400 / WIDTH, abs=0.01)
    assert word.box.x1 == pytest.approx((1400 + CELL[0] * len(parts)) / WIDTH, abs=0.01)


def test_an_empty_comb_says_nothing() -> None:
    assert len(find_combs(form("  -       "))) == 1
    assert read_combs(form("  -       "), 1, []) == []


def test_it_takes_the_place_of_what_was_read_inside_and_leaves_the_rest() -> None:
    stray = Word("6|3", Box(1, 1410 / WIDTH, 0.44, 1500 / WIDTH, 0.5), 0.4, 3)
    label = Word("Employer", Box(1, 1400 / WIDTH, 0.34, 1600 / WIDTH, 0.38), 1.0, 2)
    read = read_combs(form("63-3002147"), 1, [label, stray])
    assert [word.text for word in read] == ["Employer", "63-3002147"]


@pytest.mark.parametrize("columns", [2, 3])
def test_a_table_of_wide_cells_is_no_comb(columns: int) -> None:
    page = np.full((HEIGHT, WIDTH), 245, np.uint8)
    for row in range(5):
        for column in range(columns):
            cv2.rectangle(page, (300 + 300 * column, 200 + 80 * row), (600 + 300 * column, 280 + 80 * row), 40, 3)
    assert find_combs(page) == []
