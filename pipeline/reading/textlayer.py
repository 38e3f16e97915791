"""Words from a PDF page's text layer, and whether that layer is good enough to be trusted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from ctypes import c_int
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from pipeline.types import Box, Word

_MIN_CHARACTERS = 20
_MAX_BAD_SHARE = 0.05
_SCAN_IMAGE_SHARE = 0.1
_SCAN_MIN_CHARACTERS = 400
_DEVICE = 1_000_000
_MIN_WORD_HEIGHT = 1e-4
_LEADERS = re.compile(r"[.·_…]{3,}")


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What a page's text layer holds.

    Attributes:
        words: in reading order.
        good: whether to trust it instead of OCR.
        why: the sentence that says so.
    """

    words: tuple[Word, ...]
    good: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Glyph:
    character: str
    x0: float
    y0: float
    x1: float
    y1: float


def read_text_layer(page: Any, number: int) -> TextLayer:
    """Reads the text layer of a pypdfium2 page.

    It is good when it has at least 20 characters, nearly all of them real ones (no replacement or private-use
    characters, no control codes), and the page is not a scan with a scrap of text on it.
    """
    glyphs = _glyphs(page)
    characters = [g.character for g in glyphs if not g.character.isspace()]
    words = tuple(_words(glyphs, number))
    if len(characters) < _MIN_CHARACTERS:
        return TextLayer(words, False, f"its text layer has only {len(characters)} characters")
    bad = sum(map(_is_bad, characters)) / len(characters)
    if bad > _MAX_BAD_SHARE:
        return TextLayer(words, False, f"{bad:.0%} of its text layer's characters don't map to letters")
    if len(characters) < _SCAN_MIN_CHARACTERS and _image_share(page) > _SCAN_IMAGE_SHARE:
        return TextLayer(words, False, "a picture covers it, with little text above")
    return TextLayer(words, True, f"its text layer has {len(characters)} characters")


def _is_bad(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in ("Co", "Cc", "Cn", "Cs")


def _glyphs(page: Any) -> list[_Glyph]:
    """Every character with its box, in fractions of the displayed page; whitespace has an empty box.

    The boxes are the loose ones, as high as the font: the ink of a hyphen or a dot is too low to tell its line.
    """
    textpage = page.get_textpage()
    try:
        to_page = _Placement(page)
        box = pdfium_c.FS_RECTF()
        glyphs = []
        for index in range(textpage.count_chars()):
            code = pdfium_c.FPDFText_GetUnicode(textpage, index)
            character = chr(code) if code and not 0xD800 <= code <= 0xDFFF else "\ufffd"
            pdfium_c.FPDFText_GetLooseCharBox(textpage, index, box)
            glyphs.append(_Glyph(character, *to_page.box(box.left, box.top, box.right, box.bottom)))
        return glyphs
    finally:
        textpage.close()


class _Placement:
    """From PDF user space to fractions of the displayed page: an affine map, read off three points."""

    def __init__(self, page: Any) -> None:
        self._origin = self._device(page, 0, 0)
        # A long base keeps the whole-pixel answers of PDFium precise.
        base = 1000.0
        right, up = self._device(page, base, 0), self._device(page, 0, base)
        self._x = ((right[0] - self._origin[0]) / base, (right[1] - self._origin[1]) / base)
        self._y = ((up[0] - self._origin[0]) / base, (up[1] - self._origin[1]) / base)

    @staticmethod
    def _device(page: Any, x: float, y: float) -> tuple[float, float]:
        device_x, device_y = c_int(), c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, device_x, device_y)
        return device_x.value / _DEVICE, device_y.value / _DEVICE

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._x[0] + y * self._y[0],
            self._origin[1] + x * self._x[1] + y * self._y[1],
        )

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _words(glyphs: Sequence[_Glyph], number: int) -> list[Word]:
    """Joins neighbouring glyphs to words, and words to lines."""
    pieces: list[tuple[str, Box]] = []
    run: list[_Glyph] = []
    leaders = _leaders("".join(glyph.character for glyph in glyphs))
    for index, glyph in enumerate(glyphs):
        if index in leaders or glyph.character.isspace() or _is_bad(glyph.character):
            _close_run(run, number, pieces)
            run = []
        elif run and _breaks(run[-1], glyph):
            _close_run(run, number, pieces)
            run = [glyph]
        else:
            run.append(glyph)
    _close_run(run, number, pieces)
    return in_lines(pieces)


def _leaders(text: str) -> set[int]:
    """The places of dots and dashes that lead the eye to a column ("Balance .......... 1,121.77")."""
    return {place for match in _LEADERS.finditer(text) for place in range(*match.span())}


def _breaks(before: _Glyph, glyph: _Glyph) -> bool:
    """Whether a gap or a jump separates two glyphs that no space separates."""
    height = max(before.y1 - before.y0, glyph.y1 - glyph.y0, _MIN_WORD_HEIGHT)
    gap = glyph.x0 - before.x1
    off_line = min(before.y1, glyph.y1) - max(before.y0, glyph.y0) < -0.5 * height
    return off_line or gap > 1.5 * height or gap < -3 * height


def _close_run(run: Sequence[_Glyph], number: int, pieces: list[tuple[str, Box]]) -> None:
    if not run:
        return
    box = Box.around([Box(number, g.x0, g.y0, g.x1, g.y1) for g in run])
    if box.x1 <= 0 or box.y1 <= 0 or box.x0 >= 1 or box.y0 >= 1:  # off the displayed page
        return
    inside = Box(number, max(box.x0, 0.0), max(box.y0, 0.0), min(box.x1, 1.0), min(box.y1, 1.0))
    pieces.append(("".join(g.character for g in run), inside))


def in_lines(pieces: Sequence[tuple[str, Box]]) -> list[Word]:
    """Orders words in lines, top to bottom and left to right.

    Words share a line when their middles are less than half a height apart and no gap of more than three heights
    lies between them; so columns of a page are lines of their own.
    """
    rows: list[list[tuple[str, Box]]] = []
    for text, box in sorted(pieces, key=lambda p: (p[1].y0 + p[1].y1) / 2):
        row = rows[-1] if rows else None
        if row is not None and _same_row(row[-1][1], box):
            row.append((text, box))
        else:
            rows.append([(text, box)])
    words: list[Word] = []
    line = -1
    for row in rows:
        row.sort(key=lambda p: p[1].x0)
        previous: Box | None = None
        for text, box in row:
            if previous is None or box.x0 - previous.x1 > 3 * max(previous.y1 - previous.y0, box.y1 - box.y0):
                line += 1
            words.append(Word(text, box, 1.0, line))
            previous = box
    return words


def _same_row(a: Box, b: Box) -> bool:
    height = max(min(a.y1 - a.y0, b.y1 - b.y0), _MIN_WORD_HEIGHT)
    if max(a.y1 - a.y0, b.y1 - b.y0) > 3 * height:  # text turned by 90 degrees, at the edge of a form
        return False
    return abs((a.y0 + a.y1) - (b.y0 + b.y1)) / 2 < 0.5 * height


def _image_share(page: Any) -> float:
    """The share of the page that its largest picture covers, 0..1."""
    width, height = page.get_size()
    area = max(width * height, 1.0)
    largest = 0.0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        x0, y0, x1, y1 = item.get_bounds()
        largest = max(largest, abs(x1 - x0) * abs(y1 - y0) / area)
    return min(largest, 1.0)
