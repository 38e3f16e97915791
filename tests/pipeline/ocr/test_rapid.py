"""The reader by RapidOCR's models, on drawn pages whose text is known."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytest

from pipeline.ocr import find_engine, find_second, models
from pipeline.ocr.rapid import RapidEngine
from pipeline.ocr.text_lines import find_lines
from pipeline.reading.options import ReadingOptions
from pipeline.reading.picture import read_picture, turned
from pipeline.render import Gray

pytestmark = pytest.mark.skipif(not models.installed(), reason="RapidOCR's models are not installed")

LINES = ("Invoice number 4711-0815", "Beginning balance 12,345.67", "South David, NH 75167", "Total due 1,098.00 EUR")


@pytest.fixture(scope="module")
def page() -> Gray:
    picture = np.full((1100, 850), 250, np.uint8)
    for i, text in enumerate(LINES):
        cv2.putText(picture, text, (80, 150 + 120 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 20, 2, cv2.LINE_AA)
    return picture


def test_words_stand_where_they_are(page: Gray) -> None:
    words = RapidEngine().read(page, 3)
    assert " ".join(word.text for word in words) == " ".join(LINES)
    for word in words:
        box = word.box
        assert box.page == 3
        row = page[round(box.y0 * 1100) : round(box.y1 * 1100), round(box.x0 * 850) : round(box.x1 * 850)]
        assert (row < 100).any(axis=0).mean() > 0.5, f"no ink under {word.text}"
        assert (row < 100).any(axis=1).mean() > 0.8, f"the box of {word.text} is too high"
    assert words[0].box.x0 == pytest.approx(80 / 850, abs=0.01)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_page_is_turned_back(page: Gray, degrees: int) -> None:
    seen = read_picture(turned(page, -degrees % 360), 1, ReadingOptions())
    assert seen.turn == degrees
    assert " ".join(word.text for word in seen.words) == " ".join(LINES)


@pytest.mark.parametrize("angle", [-4.0, 3.0])
def test_a_slanted_page_is_read_line_by_line(page: Gray, angle: float) -> None:
    around = cv2.getRotationMatrix2D((425, 550), angle, 0.9)
    slanted = np.asarray(cv2.warpAffine(page, around, (850, 1100), borderValue=250), np.uint8)
    read = " ".join(word.text for word in RapidEngine().read(slanted, 1))
    assert read == " ".join(LINES)


def test_light_letters_on_a_dark_ground(page: Gray) -> None:
    assert " ".join(word.text for word in RapidEngine().read(cv2.bitwise_not(page), 1)) == " ".join(LINES)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(40, 300), (300, 40), (3000, 200), (200, 3000), (9, 9), (1, 2000)])
def test_no_shape_of_picture_breaks_it(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    for picture in (np.full(shape, 255, np.uint8), np.zeros(shape, np.uint8), noise):
        for word in RapidEngine().read(picture, 1):
            assert 0 <= word.box.x0 <= word.box.x1 <= 1
            assert 0 <= word.box.y0 <= word.box.y1 <= 1


def test_long_pictures_are_covered_by_canvases_that_overlap() -> None:
    tall = np.full((2600, 500), 250, np.uint8)
    for i in range(25):
        cv2.putText(tall, f"line {i:02d}", (60, 80 + 100 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 20, 2, cv2.LINE_AA)
    assert len(find_lines(tall)) == 25


def test_a_very_long_line_is_read_in_parts() -> None:
    text = " ".join(f"word{i:03d}" for i in range(40))
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 2)
    page = np.full((400, width + 100), 250, np.uint8)
    cv2.putText(page, text, (50, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2, cv2.LINE_AA)
    quad = np.array([[45, 170], [width + 55, 170], [width + 55, 212], [45, 212]], np.float32)
    words = RapidEngine().read_quad(page, quad, 1)
    assert " ".join(word.text for word in words) == text
    assert [word.box.x0 for word in words] == sorted(word.box.x0 for word in words)
    assert words[-1].box.x1 == pytest.approx((width + 50) / (width + 100), abs=0.01)


def test_the_models_work_in_a_forked_child(page: Gray) -> None:
    """As they do in the workers' children; a pool of threads would not survive the fork."""
    RapidEngine().read(page, 1)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if len(RapidEngine().read(page, 1)) > 8 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_who_reads_first_and_who_second() -> None:
    first = find_engine()
    assert first.name == "rapidocr"
    assert find_second("auto", first) is None
    tesseract = find_engine("tesserocr")
    second = find_second("auto", tesseract)
    assert second is not None
    assert second.name == "rapidocr"
    assert find_second("off", tesseract) is None
