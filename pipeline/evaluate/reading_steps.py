"""What each step of reading a picture buys: its cost and its character errors, tried on pages with known text.

Each page goes through all steps in turn. The trade-off of reading doubtful Tesseract pages again needs no readings of
its own: both readings of a page are there, and which pages would be read again follows from the doubt.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipeline.evaluate.reading_documents import ReadingCase
from pipeline.evaluate.text_quality import TextQuality, compare_text
from pipeline.kinds import kind_of
from pipeline.ocr import OcrEngine, find_engine
from pipeline.ocr.doubt import doubt
from pipeline.ocr.merging import merge
from pipeline.reading.combs import read_combs
from pipeline.reading.looks import evened, read_patiently
from pipeline.reading.options import ReadingOptions
from pipeline.reading.picture import read_picture, turned
from pipeline.render import Gray, open_document
from pipeline.types import Page, PageSource, Word

_DPI = 300.0
DOUBTS = (1.01, 0.5, 0.3, 0.2, 0.1, 0.05, 0.0)
"""From which doubt a page is read again; 1.01: none, 0: each."""
Step = Callable[[Gray], list[Word]]


@dataclass(slots=True)
class StepFigures:
    """What a step cost and gave, over all pages.

    Attributes:
        cpu_s: seconds.
        pages: how many.
        again: of them, read by a second reader.
        quality: errors against the true text.
    """

    cpu_s: float = 0.0
    pages: int = 0
    again: int = 0
    quality: TextQuality = field(default_factory=TextQuality)

    def add(self, truth: Sequence[str], words: Sequence[Word], cpu_s: float, again: bool = False) -> None:
        """Counts one page."""
        self.cpu_s += cpu_s
        self.pages += 1
        self.again += again
        self.quality += compare_text(truth, _lines(words))


def measure_steps(cases: Iterable[ReadingCase]) -> Iterator[tuple[dict[str, StepFigures], dict[str, StepFigures]]]:
    """Reads the pages of the cases that have true text; after each case gives the figures so far.

    Yields:
        Figures by step, and by the rule for reading again.
    """
    steps, rules = _steps(), {_rule(at): StepFigures() for at in DOUBTS}
    figures: dict[str, StepFigures] = defaultdict(StepFigures)
    turn = 0
    for case in cases:
        for truth, picture in _pages(case):
            read = {}
            for name, step in [*steps.items(), *_turned_steps(turn).items()]:
                began = time.process_time()
                words = step(picture)
                read[name] = words, time.process_time() - began
                figures[name].add(truth, *read[name])
            _count_rules(rules, truth, read[TESSERACT], read[RAPID])
            turn += 1
        yield dict(figures), rules


TESSERACT = "Tesseract (psm 3)"
RAPID = "RapidOCR"


def _steps() -> dict[str, Step]:
    tesseract, once, twice = find_engine("tesserocr"), find_engine("rapidocr", careful=False), find_engine("rapidocr")
    merged = _merging(tesseract, once)
    return {
        TESSERACT: lambda picture: tesseract.read(picture, 1),
        "Tesseract, small pictures doubled, evened and sparse looks": lambda p: read_patiently(tesseract, p, 1),
        "Tesseract, deskewed": lambda picture: tesseract.read(_deskewed(picture), 1),
        RAPID: lambda picture: once.read(picture, 1),
        "RapidOCR, light evened before": lambda picture: once.read(evened(picture), 1),
        "RapidOCR, deskewed before": lambda picture: once.read(_deskewed(picture), 1),
        "RapidOCR, merged with Tesseract everywhere": merged,
        "RapidOCR, doubtful lines looked at twice": lambda picture: twice.read(picture, 1),
        "RapidOCR, twice, combs (full profile)": lambda picture: read_combs(picture, 1, twice.read(picture, 1)),
    }


def _merging(tesseract: OcrEngine, rapid: OcrEngine) -> Step:
    def read(picture: Gray) -> list[Word]:
        return merge(tesseract.read(picture, 1), rapid.read(picture, 1))

    return read


def _turned_steps(turn: int) -> dict[str, Step]:
    """The page turned by a quarter, a half or three quarters: read as it lies, and turned upright first."""
    degrees = (90, 180, 270)[turn % 3]
    once = find_engine("rapidocr", careful=False)
    return {
        "RapidOCR, pages turned": lambda picture: once.read(turned(picture, degrees), 1),
        "RapidOCR, pages turned, then upright": lambda p: list(
            read_picture(turned(p, degrees), 1, ReadingOptions(profile="fast")).words
        ),
    }


def _rule(at: float) -> str:
    if at > 1:
        return "Tesseract, nothing read again"
    return f"... RapidOCR again where the doubt is {at:g} or more" if at else "... RapidOCR again everywhere"


def _count_rules(
    rules: dict[str, StepFigures],
    truth: Sequence[str],
    first: tuple[list[Word], float],
    second: tuple[list[Word], float],
) -> None:
    uncertain = doubt(first[0])
    for at in DOUBTS:
        again = uncertain >= at
        words = merge(first[0], second[0]) if again else first[0]
        rules[_rule(at)].add(truth, words, first[1] + second[1] * again, again)


def _pages(case: ReadingCase) -> Iterator[tuple[Sequence[str], Gray]]:
    data = case.path.read_bytes()
    with open_document(data, kind_of(data)) as document:
        for number, truth in enumerate(case.truth or (), 1):
            if number <= document.page_count:
                yield truth, document.gray(number, _DPI)


def _lines(words: Sequence[Word]) -> list[str]:
    page = Page(1, 1, 1, PageSource.OCR, "", tuple(words))
    return [" ".join(word.text for word in line) for line in page.lines]


def _deskewed(picture: Gray) -> Gray:
    """The picture turned by the small angle at which its rows of ink are sharpest (projection profile)."""
    scale = 600 / picture.shape[1]
    ink = np.asarray(255 - cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    angles = [i / 2 for i in range(-10, 11)]
    sharpness = [float(np.var(_rotated(ink, angle, 0).sum(axis=1, dtype=np.float64))) for angle in angles]
    return _rotated(picture, angles[int(np.argmax(sharpness))], 255)


def _rotated(picture: Gray, angle: float, border: int) -> Gray:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderValue=(border,)), np.uint8)
