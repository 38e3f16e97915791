"""Reads single lines of text with the second reader's recognizer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.ocr.models import Floats, recognizer
from pipeline.ocr.text_lines import Quad
from pipeline.render import Gray

Ink = npt.NDArray[np.bool_]
"""Which pixels, or columns of pixels, are ink."""

_HEIGHT = 48
WIDTHS = (*range(64, 513, 64), *range(640, 1025, 128), *range(1280, 2049, 256))
"""Lines are padded to one of these (a new width costs the compiler 10 ms, and memory); longer ones are cut."""
_LONGEST = 4 * WIDTHS[-1]
_MARGIN = 5
"""Rows at the line's top and bottom that may hold the neighbours' ink."""
_WORD_GAP = 11
"""Columns without ink, of a line 48 px high, that separate words though no space was said."""
_LATE = 1.6
"""... when the next character also comes this much later than characters of the line usually do."""


@dataclass(frozen=True, slots=True)
class LineWord:
    """A word of a line.

    Attributes:
        text: as read.
        start, end: where it begins and ends, as shares of the line's length.
        top, bottom: where its ink begins and ends, as shares of the line's height.
        confidence: the probability of all its characters together.
    """

    text: str
    start: float
    end: float
    top: float
    bottom: float
    confidence: float


@dataclass(frozen=True, slots=True)
class _Emitted:
    """A character said, the pixel column of its middle, and how likely it is."""

    text: str
    x: float
    probability: float


def cut_out(picture: Gray, quad: Quad) -> Gray | None:
    """The line's own picture, straightened, 48 px high; None when there is nothing of it on the picture."""
    width = float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])))
    height = float(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])))
    if width < 2 or height < 2:
        return None
    length = round(min(max(width * _HEIGHT / height, 16), _LONGEST))
    shrink = height / _HEIGHT
    if shrink > 2:  # a direct warp would skip pixels
        picture, quad = _shrunk(picture, quad, shrink)
    target = np.array([[0, 0], [length, 0], [length, _HEIGHT], [0, _HEIGHT]], np.float32)
    warp = cv2.getPerspectiveTransform(quad, target)
    return np.asarray(
        cv2.warpPerspective(picture, warp, (length, _HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _shrunk(picture: Gray, quad: Quad, by: float) -> tuple[Gray, Quad]:
    x, y, w, h = cv2.boundingRect(np.round(quad).astype(np.int32))
    x, y = max(x - 2, 0), max(y - 2, 0)
    part = picture[y : y + h + 4, x : x + w + 4]
    if part.size == 0:
        return picture, quad
    small = cv2.resize(part, None, fx=1 / by, fy=1 / by, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.asarray((quad - np.array((x, y))) / by, np.float32)


def read_line(line: Gray, only: frozenset[str] | None = None) -> list[LineWord]:
    """Reads a line's picture as `cut_out` gives it.

    Args:
        line: 48 px high.
        only: the characters that may stand there; None: any.
    """
    length = line.shape[1]
    if length > WIDTHS[-1]:
        columns: Ink = np.asarray(_ink(line)[_MARGIN:-_MARGIN].any(axis=0))
        cut = _gap_between(length * 0.4, length * 0.6, columns)[0]
        left, right = read_line(line[:, :cut], only), read_line(line[:, cut:], only)
        return [*_within(left, 0.0, cut / length), *_within(right, cut / length, 1.0)]
    padded = np.zeros((1, 3, _HEIGHT, next(w for w in WIDTHS if w >= length)), np.float32)
    padded[0, :, :, :length] = line.astype(np.float32) / 127.5 - 1.0
    model, characters = recognizer()
    steps = model(padded)[0]
    if only is not None:
        steps = steps * np.array([not character or character in only for character in characters], np.float32)
        steps /= np.maximum(steps.sum(axis=1, keepdims=True), 1e-9)
    pixels_per_step = padded.shape[3] / steps.shape[0]
    return _words(list(_emitted(steps, characters, pixels_per_step)), _ink(line))


def _within(words: Sequence[LineWord], start: float, end: float) -> Iterator[LineWord]:
    """The words of a part of a line, with their places on the whole line."""
    for word in words:
        yield replace(word, start=start + word.start * (end - start), end=start + word.end * (end - start))


def _emitted(steps: Floats, characters: tuple[str, ...], pixels_per_step: float) -> Iterator[_Emitted]:
    """The characters said: CTC's best path, repetitions said once."""
    best = steps.argmax(axis=1)
    for step in np.flatnonzero((best != 0) & (np.diff(best, prepend=-1) != 0)):
        yield _Emitted(characters[best[step]], (step + 0.5) * pixels_per_step, float(steps[step, best[step]]))


def _ink(line: Gray) -> Ink:
    """Which pixels of the line are ink, whether dark on light or light on dark."""
    _, light = cv2.threshold(line, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ink = np.asarray(light == 0)
    return ~ink if ink.mean() > 0.5 else ink


def _words(emitted: list[_Emitted], ink: Ink) -> list[LineWord]:
    """Cuts what was said at its spaces, and the line's picture at the widest gap near each of them."""
    columns: Ink = np.asarray(ink[_MARGIN:-_MARGIN].any(axis=0))
    pitch = float(np.median(np.diff([character.x for character in emitted]))) if len(emitted) > 1 else 0.0
    words: list[list[_Emitted]] = []
    before: _Emitted | None = None
    for character in emitted:
        if character.text != " ":
            if before is None or before.text == " " or _far_apart(before, character, pitch, columns):
                words.append([])
            words[-1].append(character)
        before = character
    cuts = [_gap_between(left[-1].x, right[0].x, columns)[0] for left, right in itertools.pairwise(words)]
    ends = [*cuts, ink.shape[1]]
    return [_word(word, ink, start, end) for word, start, end in zip(words, [0, *cuts], ends, strict=False)]


def _far_apart(before: _Emitted, character: _Emitted, pitch: float, columns: Ink) -> bool:
    """Whether a space was left out: the next character comes late for this line, and there is nothing in between."""
    late = character.x - before.x > _LATE * pitch
    return late and _gap_between(before.x, character.x, columns)[1] >= _WORD_GAP


def _gap_between(left: float, right: float, columns: Ink) -> tuple[int, int]:
    """The widest run of columns without ink between two places: its middle and its width; their middle if none."""
    first, last = int(left), max(int(right), int(left) + 1)
    empty = np.concatenate(([0], (~columns[first:last]).astype(np.int8), [0]))
    starts, ends = np.flatnonzero(np.diff(empty) == 1), np.flatnonzero(np.diff(empty) == -1)
    if starts.size == 0:
        return (first + last) // 2, 0
    widest = int(np.argmax(ends - starts))
    return first + int(starts[widest] + ends[widest]) // 2, int(ends[widest] - starts[widest])


def _word(said: list[_Emitted], ink: Ink, start: int, end: int) -> LineWord:
    """The word, in the smallest rectangle that holds its ink."""
    height, length = ink.shape
    part = ink[_MARGIN:-_MARGIN, start:end]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    left, right = (int(columns[0]), int(columns[-1]) + 1) if columns.size else (0, end - start)
    top, bottom = (int(rows[0]) + _MARGIN, int(rows[-1]) + _MARGIN + 1) if rows.size else (_MARGIN, height - _MARGIN)
    return LineWord(
        "".join(character.text for character in said),
        (start + left) / length,
        (start + right) / length,
        top / height,
        bottom / height,
        float(np.prod([character.probability for character in said])),
    )
