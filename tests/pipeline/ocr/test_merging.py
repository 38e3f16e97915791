"""Two readings made one, and their order."""

from __future__ import annotations

from pipeline.ocr.doubt import doubt
from pipeline.ocr.merging import merge, slope_of
from pipeline.ocr.rows import in_rows
from pipeline.types import Box, Word


def word(text: str, x: float, y: float, confidence: float = 0.9, line: int = 0, width: float | None = None) -> Word:
    return Word(text, Box(1, x, y, x + (0.01 * len(text) if width is None else width), y + 0.02), confidence, line)


def texts(words: list[Word]) -> list[str]:
    return [w.text for w in words]


def test_the_surer_reading_wins() -> None:
    first = [word("Tota1", 0.1, 0.1, 0.6), word("12.50", 0.2, 0.1, 0.95)]
    second = [word("Total", 0.1, 0.1, 0.9), word("I2.S0", 0.2, 0.1, 0.4)]
    assert texts(merge(first, second)) == ["Total", "12.50"]


def test_agreement_makes_surer_and_keeps_the_finer_cut() -> None:
    merged = merge(
        [word("Date", 0.1, 0.1, 0.7), word("2024", 0.145, 0.1, 0.8)], [word("Date2024", 0.1, 0.1, 0.6, width=0.09)]
    )
    assert texts(merged) == ["Date", "2024"]
    assert min(w.confidence for w in merged) >= 0.97


def test_what_one_did_not_see_is_believed_when_it_is_sure() -> None:
    first = [word("faint", 0.1, 0.3, 0.85), word("speck", 0.5, 0.3, 0.3)]
    assert texts(merge(first, [word("clear", 0.1, 0.1, 0.5)])) == ["clear", "faint"]


def test_empty_readings() -> None:
    assert merge([], []) == []
    assert texts(merge([], [word("a", 0.1, 0.1)])) == ["a"]


def test_rows_follow_the_slope_of_the_page() -> None:
    """Two lines that fall by more than their distance from each other, from left to right."""
    slope = 0.05
    pieces = [
        [word(f"{name}{i}", x, y + slope * x)]
        for name, y in (("a", 0.1), ("b", 0.13))
        for i, x in enumerate((0.1, 0.5, 0.9))
    ]
    ordered = in_rows(pieces, slope)
    assert texts(ordered) == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert texts(in_rows(pieces, 0.0)) != texts(ordered)


def test_columns_are_lines_of_their_own() -> None:
    ordered = in_rows([[word("left", 0.1, 0.1)], [word("right", 0.7, 0.1)], [word("next", 0.145, 0.1)]], 0.0)
    assert texts(ordered) == ["left", "next", "right"]
    assert [w.line for w in ordered] == [0, 0, 1]


def test_slope() -> None:
    fallen = [word("a", 0.1, 0.10), word("b", 0.9, 0.14)]
    assert abs(slope_of(fallen) - 0.05) < 1e-6
    assert slope_of([word("alone", 0.1, 0.1)]) == 0.0


def test_doubt_counts_letters() -> None:
    sure, unsure = word("x" * 60, 0.1, 0.1, 0.95, 0), word("y" * 20, 0.1, 0.2, 0.5, 1)
    assert doubt([sure, unsure]) == 0.25
    assert doubt([unsure]) == 1.0, "a page with hardly a letter is always doubted"
