"""Combs: rows of little boxes for one character each, as forms have them for tax numbers and dates.

Engines take the boxes' sides for letters, or see single characters that they leave out. So the boxes are found as what
they are, their contents set side by side without the lines, and read as one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from pipeline.ocr.recognition import LineWord, read_line
from pipeline.render import Gray
from pipeline.types import Box, Word

_WIDTH_OF_PAGE = (0.010, 0.035)
_HEIGHT_OF_WIDTH = (0.8, 2.4)
_FULL = 0.7
"""Share of its upright rectangle that a box's inside fills at least."""
_ALIKE = 0.25
_NEXT = 0.3
_SAME_NUMBER = 1.9
"""Widths of a box: so far apart at most stand neighbours, and so far the parts of one number."""
_LEAST_CELLS = 4
_INSET = 0.12
_INK_SHARE = 0.006
_LETTER_PX = 32
_GAP_PX = 10
_LEAST_CONFIDENCE = 0.2


@dataclass(frozen=True, slots=True)
class Cell:
    """The inside of a box of a comb, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Content:
    """What stands in a cell: its picture and where its ink begins and ends, in pixels of the page."""

    cell: Cell
    x0: int
    x1: int
    y0: int
    y1: int


def read_combs(picture: Gray, page: int, words: Sequence[Word]) -> list[Word]:
    """Reads the combs of a page, and puts what stands in them in the place of what was read there before.

    Args:
        picture: the page, upright.
        page: its number, for the boxes.
        words: what was read on it.
    """
    found = list(words)
    for comb in find_combs(picture):
        read = _read_comb(picture, comb, page)
        if read is None:
            continue
        area = _box(picture, page, comb[0], comb[-1])
        neighbour = min(found, key=lambda word: abs(word.box.y0 - area.y0), default=read)
        found = [word for word in found if not _inside(word.box, area)]
        found.append(Word(read.text, read.box, read.confidence, neighbour.line))
    return found


def find_combs(picture: Gray) -> list[list[Cell]]:
    """Finds the combs of a page: boxes of one size in a row, from left to right; the parts of a number together."""
    ink = np.asarray(cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1], np.uint8)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if hierarchy is None:
        return []
    cells = []
    least, most = (share * picture.shape[1] for share in _WIDTH_OF_PAGE)
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0], strict=True):
        x, y, width, height = cv2.boundingRect(contour)
        if parent < 0 or not (least <= width <= most and _HEIGHT_OF_WIDTH[0] <= height / width <= _HEIGHT_OF_WIDTH[1]):
            continue
        if cv2.contourArea(contour) >= _FULL * width * height:
            cells.append(Cell(x, y, width, height))
    return [comb for comb in _rows(cells) if len(comb) >= _LEAST_CELLS and _is_comb(comb)]


def _rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: cell.x):
        row = next((row for row in rows if _goes_on(row[-1], cell)), None)
        if row is None:
            rows.append([cell])
        else:
            row.append(cell)
    return rows


def _goes_on(last: Cell, cell: Cell) -> bool:
    alike = abs(cell.height - last.height) <= _ALIKE * last.height and abs(cell.y - last.y) <= _ALIKE * last.height
    return alike and -_NEXT <= _gap(last, cell) <= _SAME_NUMBER


def _is_comb(comb: Sequence[Cell]) -> bool:
    """Whether most boxes share a side with the next, and are of one width."""
    shared = sum(_gap(a, b) <= _NEXT for a, b in pairwise(comb))
    usual = median(cell.width for cell in comb)
    return shared >= len(comb) / 2 and all(abs(cell.width - usual) <= _ALIKE * usual for cell in comb)


def _gap(a: Cell, b: Cell) -> float:
    """What lies between two boxes, in widths of a box."""
    return (b.x - a.x - a.width) / a.width


def _read_comb(picture: Gray, comb: Sequence[Cell], page: int) -> Word | None:
    """What stands in a comb, as one word; a dash between its parts; None: nothing, or nothing that can be read."""
    contents = [content for cell in comb if (content := _content(picture, cell)) is not None]
    if len(contents) < 2:
        return None
    characters = _characters(picture, contents)
    if characters is None:
        return None
    text = ""
    for i, (content, (character, _)) in enumerate(zip(contents, characters, strict=True)):
        parted = i > 0 and _parted(comb, contents[i - 1].cell, content.cell)
        text += ("-" if parted else "") + character
    confidence = float(np.prod([probability for _, probability in characters]))
    if confidence < _LEAST_CONFIDENCE:
        return None
    return Word(text, _box(picture, page, contents[0].cell, contents[-1].cell), confidence, 0)


def _parted(comb: Sequence[Cell], a: Cell, b: Cell) -> bool:
    """Whether two cells that hold something belong to different parts of the number."""
    between = comb[comb.index(a) : comb.index(b) + 1]
    return any(_gap(left, right) > _NEXT for left, right in pairwise(between))


def _content(picture: Gray, cell: Cell) -> _Content | None:
    """Where the ink in a cell is, without what is left of its frame; None when it is empty."""
    dx, dy = max(2, round(cell.width * _INSET)), max(2, round(cell.height * _INSET / 2))
    inside = picture[cell.y + dy : cell.y + cell.height - dy, cell.x + dx : cell.x + cell.width - dx]
    threshold = (float(np.median(inside)) + float(picture[cell.y : cell.y + cell.height, cell.x - 1].min())) / 2
    count, _, boxes, _ = cv2.connectedComponentsWithStats((inside < threshold).astype(np.uint8), connectivity=8)
    parts = [boxes[i] for i in range(1, count) if boxes[i][4] >= _INK_SHARE * inside.size / 4]
    if sum(int(part[4]) for part in parts) < _INK_SHARE * inside.size:
        return None
    x0, y0 = min(int(part[0]) for part in parts), min(int(part[1]) for part in parts)
    x1, y1 = max(int(part[0] + part[2]) for part in parts), max(int(part[1] + part[3]) for part in parts)
    return _Content(cell, cell.x + dx + x0, cell.x + dx + x1, cell.y + dy + y0, cell.y + dy + y1)


def _characters(picture: Gray, contents: Sequence[_Content]) -> list[tuple[str, float]] | None:
    """Each cell's character and its probability: read side by side; where that gives another number, one by one."""
    together = _said(read_line(_side_by_side(picture, contents)))
    if len(together) == len(contents):
        return together
    singly = [_said(read_line(_side_by_side(picture, [content]))) for content in contents]
    return [said[0] for said in singly] if all(len(said) == 1 for said in singly) else None


def _said(words: Sequence[LineWord]) -> list[tuple[str, float]]:
    """The characters of a line, each with its word's confidence shared out."""
    return [(character, word.confidence ** (1 / len(word.text))) for word in words for character in word.text]


def _side_by_side(picture: Gray, contents: Sequence[_Content]) -> Gray:
    """The cells' inks in a line's picture, 48 px high, at one scale."""
    scale = _LETTER_PX / max(content.y1 - content.y0 for content in contents)
    top = (48 - _LETTER_PX) // 2
    parts = [np.full((48, _GAP_PX), _paper(picture, contents[0]), np.uint8)]
    for content in contents:
        ink = picture[content.y0 : content.y1, content.x0 : content.x1]
        width, height = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
        part = np.full((48, width + _GAP_PX), _paper(picture, content), np.uint8)
        below = top + _LETTER_PX - height if height > _LETTER_PX / 2 else (48 - height) // 2
        part[below : below + height, :width] = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
        parts.append(part)
    return np.asarray(np.hstack(parts), np.uint8)


def _paper(picture: Gray, content: _Content) -> int:
    cell = content.cell
    return int(np.percentile(picture[cell.y : cell.y + cell.height, cell.x : cell.x + cell.width], 80))


def _box(picture: Gray, page: int, first: Cell, last: Cell) -> Box:
    height, width = picture.shape
    y0, y1 = min(first.y, last.y), max(first.y + first.height, last.y + last.height)
    return Box(page, first.x / width, y0 / height, (last.x + last.width) / width, y1 / height)


def _inside(box: Box, area: Box) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return area.x0 <= x <= area.x1 and area.y0 <= y <= area.y1
