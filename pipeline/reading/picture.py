"""Reading a page's picture: turned upright, read by OCR, read again where the first reader is to be doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.errors import CloudAway, CloudRefused
from pipeline.ocr import OcrEngine, find_engine, find_second, models
from pipeline.ocr.doubt import doubt
from pipeline.ocr.merging import merge
from pipeline.reading.codes import find_codes
from pipeline.reading.combs import read_combs
from pipeline.reading.looks import read_patiently
from pipeline.reading.marks import find_marks
from pipeline.reading.options import ReadingOptions
from pipeline.render import Gray
from pipeline.types import Code, Mark, Word

_ODD_DOUBT = 0.4
_TALL_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What was seen on a picture.

    Attributes:
        words: in reading order.
        marks: check boxes.
        turn: how many degrees clockwise the picture had to be turned to stand upright. Boxes are fractions of the
            picture after that turn.
        readers: the engines' names.
        codes: bar codes.
        problem: the code of the error that kept the second reader from reading.
    """

    words: tuple[Word, ...]
    marks: tuple[Mark, ...]
    turn: int = 0
    readers: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    problem: str | None = None


def read_picture(picture: Gray, number: int, options: ReadingOptions) -> PictureReading:
    """Reads a page's picture by OCR.

    Args:
        picture: the page as the file shows it.
        number: the page's number, for the boxes.
        options: how.

    Raises:
        EngineMissing: there is no engine.
    """
    full = options.profile == "full"
    engine = find_engine(options.engine, options.language, careful=full)
    words = _read(engine, picture, number)
    turn = engine.turn_needed(picture) if _odd(words) else 0
    if turn:
        picture = turned(picture, turn)
        words = _read(engine, picture, number)
    readers, problem = [engine.name], None
    if full and doubt(words) >= options.reread_from:
        try:
            second = _second(options, engine)
            if second is not None:
                words = merge(words, _read(second, picture, number))
                readers.append(second.name)
        except (CloudAway, CloudRefused) as error:  # the document must not wait for a service
            problem = error.code
    if models.installed():
        words = read_combs(picture, number, words)
    marks, codes = tuple(find_marks(picture, number)), find_codes(picture, number)
    return PictureReading(tuple(words), marks, turn, tuple(readers), codes, problem)


def _second(options: ReadingOptions, first: OcrEngine) -> OcrEngine | None:
    region, endpoint = options.textract_region, options.textract_endpoint
    return find_second(options.second, first, options.language, region, endpoint)


def turned(picture: Gray, degrees: int) -> Gray:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(picture, -degrees // 90))


def _read(engine: OcrEngine, picture: Gray, number: int) -> list[Word]:
    return engine.read(picture, number) if engine.steady else read_patiently(engine, picture, number)


def _odd(words: Sequence[Word]) -> bool:
    """Whether the page may lie on its side or stand on its head: much is unsure, or words are higher than wide."""
    long = [word.box for word in words if len(word.text) >= 4]
    tall = sum(box.y1 - box.y0 > box.x1 - box.x0 for box in long)
    return doubt(words) >= _ODD_DOUBT or tall > _TALL_SHARE * len(long)
