"""Numbered boxes of IRS information returns: a small label on top, a value below."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.utils import simpleSplit

from pipeline.samples.sheet import Face, Sheet


@dataclass(frozen=True, slots=True)
class TaxBox:
    """One box: its rectangle in points from the form's top left corner, the printed label, the typed lines."""

    x: float
    y: float
    width: float
    height: float
    label: str
    lines: tuple[str, ...] = ()


def draw_boxes(sheet: Sheet, left: float, top: float, boxes: list[TaxBox], label: Face, typed: str) -> None:
    """Draws the boxes of a form whose corner is at (left, top); one-line amounts ("$") stand at the right edge."""
    for box in boxes:
        x, y = left + box.x, top + box.y
        sheet.box(x, y, box.width, box.height, weight=0.6)
        labels = simpleSplit(box.label, label.regular, 6.2, box.width - 6)
        sheet.lines(x + 3, y + 7.2, labels, label.regular, 6.2, 6.8)
        line = y + box.height - 4.5 - 11 * (len(box.lines) - 1)
        for words in box.lines:
            if words.startswith("$"):
                sheet.text(x + 4, line, "$", typed, 9)
                sheet.text(x + box.width - 5, line, words[1:], typed, 9.5, align="right")
            else:
                sheet.text(x + 8, line, words, typed, 9.5)
            line += 11
