"""RapidOCR's models: a third of Tesseract's errors on poor pictures, at about its cost as they are run here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.ocr.models import CANVAS
from pipeline.ocr.recognition import WIDTHS, LineWord, cut_out, read_line
from pipeline.ocr.rows import in_rows
from pipeline.ocr.text_lines import Quad, find_lines, runs_upwards
from pipeline.render import Gray
from pipeline.types import Box, Word

_LEAST_PROBABILITY = 0.5
"""Of a line's characters, in the geometric mean: what is less sure is taken for a picture's pattern."""
_DOUBTFUL = 0.8
_CUT_OFF = 0.05
_ZONE_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
_ZONE_LENGTH, _ZONE_FILLERS, _ZONE_WORDS = 22, 2, 4
_LONG = 4.0
"""Lines this much longer than high tell the page's slope."""
_SAMPLE = 6
"""Lines that are read to tell which way is up."""
_UPWARDS_SHARE = 0.6
_CLEARLY = 0.1
"""By this much the other way must be read more surely before the page is turned."""


class RapidEngine:
    """Finds lines and reads each; its models stay loaded in this process, and in the processes forked from it."""

    name = "rapidocr"
    steady = True

    def __init__(self, careful: bool = True) -> None:
        """With `careful`, lines that it is unsure of are read once more, cut out more closely."""
        self._careful = careful

    def warm_up(self) -> None:
        """See `OcrEngine`: loads the models, and runs each size once (a new one costs 10 ms)."""
        find_lines(np.full(CANVAS, 255, np.uint8))
        for width in reversed(WIDTHS):  # upwards, the largest would not fit into the memory of the others
            read_line(np.full((48, width), 255, np.uint8))

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """See `OcrEngine`; it finds text anywhere as it is, so `sparse` changes nothing."""
        quads = find_lines(picture)
        pieces = [words for quad in quads if (words := self.read_quad(picture, quad, page))]
        return in_rows(pieces, _slope(quads) * picture.shape[1] / picture.shape[0])

    def read_quad(self, picture: Gray, quad: Quad, page: int) -> list[Word]:
        """Reads one line; nothing when it is too unsure of it."""
        words = _read_cut(picture, quad)
        if self._careful and words and min(word.confidence for word in words) < _DOUBTFUL:
            words = max(words, _read_cut(picture, _closer(quad)), key=_mean_log_probability)
        if not words or _mean_log_probability(words) < np.log(_LEAST_PROBABILITY):
            return []
        return [Word(word.text, _box(word, quad, picture, page), word.confidence, 0) for word in words]

    def turn_needed(self, picture: Gray) -> int:
        """See `OcrEngine`: reads the longest lines as they stand and upside down, and believes the surer reading."""
        quads = find_lines(picture)
        lengths = [float(np.linalg.norm(quad[1] - quad[0])) for quad in quads]
        upwards = sum(length for quad, length in zip(quads, lengths, strict=True) if runs_upwards(quad))
        sideways = upwards > _UPWARDS_SHARE * sum(lengths)
        longest = [quads[i] for i in np.argsort(lengths)[::-1] if runs_upwards(quads[i]) == sideways][:_SAMPLE]
        if not longest:
            return 0
        # Text that runs upwards is cut out turned clockwise; so it is right when the page must be turned clockwise.
        here, flipped = _sureness(picture, longest, 0), _sureness(picture, longest, 2)
        if sideways:
            return 0 if abs(here - flipped) < _CLEARLY else (90 if here > flipped else 270)
        return 180 if flipped > here + _CLEARLY else 0


def _read_cut(picture: Gray, quad: Quad) -> list[LineWord]:
    line = cut_out(picture, quad)
    if line is None:
        return []
    words = read_line(line)
    return read_line(line, only=_ZONE_CHARACTERS) if _is_of_a_zone(words) else words


def _is_of_a_zone(words: list[LineWord]) -> bool:
    """Whether a line is one of a machine-readable zone: long, hardly any spaces, with fillers (ICAO Doc 9303)."""
    text = "".join(word.text for word in words)
    fillers = sum(text.count(sign) for sign in "<«‹")
    return len(text) >= _ZONE_LENGTH and fillers >= _ZONE_FILLERS and len(words) <= _ZONE_WORDS


def _closer(quad: Quad) -> Quad:
    """The line without its uppermost and lowermost pixels, where neighbours' letters may reach into it."""
    down_left, down_right = (quad[3] - quad[0]) * _CUT_OFF, (quad[2] - quad[1]) * _CUT_OFF
    return np.stack([quad[0] + down_left, quad[1] + down_right, quad[2] - down_right, quad[3] - down_left])


def _mean_log_probability(words: list[LineWord]) -> float:
    """Of a line's characters; by it, readings of different lengths can be compared."""
    letters = sum(len(word.text) for word in words)
    return sum(float(np.log(max(word.confidence, 1e-9))) for word in words) / letters if letters else -np.inf


def _sureness(picture: Gray, quads: list[Quad], quarter_turns: int) -> float:
    """The mean confidence of lines read with their pictures turned."""
    confidences = []
    for quad in quads:
        line = cut_out(picture, quad)
        words = [] if line is None else read_line(np.ascontiguousarray(np.rot90(line, quarter_turns)))
        letters = sum(len(word.text) for word in words)
        confidences.append(sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0)
    return float(np.mean(confidences))


def _slope(quads: list[Quad]) -> float:
    """How far lines fall, in pixels per pixel: the middle one's, weighted by length."""
    level = [(quad[1] - quad[0], quad[3] - quad[0]) for quad in quads if not runs_upwards(quad)]
    long = [along for along, down in level if np.linalg.norm(along) > _LONG * np.linalg.norm(down)]
    if not long:
        return 0.0
    slopes = np.array([along[1] / max(along[0], 1e-6) for along in long])
    weights = np.array([np.linalg.norm(along) for along in long])
    order = np.argsort(slopes)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(slopes[order[middle]])


def _box(word: LineWord, quad: Quad, picture: Gray, page: int) -> Box:
    """The upright box around a word's part of its line."""
    height, width = picture.shape
    corners = np.stack([_inside(quad, x, y) for x in (word.start, word.end) for y in (word.top, word.bottom)])
    x, y = np.clip(corners[:, 0] / width, 0, 1), np.clip(corners[:, 1] / height, 0, 1)
    return Box(page, float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _inside(quad: Quad, x: float, y: float) -> npt.NDArray[np.float32]:
    """The point at these shares of a line's length and height."""
    top = quad[0] + (quad[1] - quad[0]) * np.float32(x)
    bottom = quad[3] + (quad[2] - quad[3]) * np.float32(x)
    return np.asarray(top + (bottom - top) * np.float32(y))
