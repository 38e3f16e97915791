"""OCR: a page's picture in, words with boxes and confidences out."""

from __future__ import annotations

import shutil

from pipeline.errors import EngineMissing
from pipeline.ocr import models, tesseract
from pipeline.ocr.engine import OcrEngine as OcrEngine
from pipeline.ocr.rapid import RapidEngine
from pipeline.ocr.tesseract_program import PytesseractEngine
from pipeline.ocr.textract import TextractEngine

ENGINES = ("auto", "rapidocr", "tesserocr", "pytesseract")
SECOND_READERS = ("auto", "off", "rapidocr", "tesserocr", "textract")


def find_engine(name: str = "auto", language: str = "eng", careful: bool = True) -> OcrEngine:
    """The engine of that name; "auto": RapidOCR, else tesserocr, else the `tesseract` program, as is installed.

    Args:
        name: one of `ENGINES`.
        language: Tesseract's name of the language.
        careful: whether RapidOCR looks twice at lines that it is unsure of.

    Raises:
        EngineMissing: it is not installed, or the language's model is not.
    """
    if name in ("auto", "rapidocr") and models.installed():
        return RapidEngine(careful)
    folder = tesseract.tessdata_folder(language)
    if name in ("auto", "tesserocr") and tesseract.installed() and folder is not None:
        return tesseract.TesserocrEngine(folder, language)
    if name in ("auto", "pytesseract") and shutil.which("tesseract") and folder is not None:
        return PytesseractEngine(language)
    raise EngineMissing


def find_second(
    name: str, first: OcrEngine, language: str = "eng", region: str = "", endpoint: str | None = None
) -> OcrEngine | None:
    """Who reads again what the first reader is unsure of; None: nobody.

    "auto": RapidOCR after Tesseract, where it is installed. Nobody after RapidOCR: Tesseract has nothing to add to it.

    Args:
        name: one of `SECOND_READERS`.
        first: who has read.
        language: Tesseract's name of the language.
        region: where Textract is asked.
        endpoint: Textract's address, when it is not Amazon's own.

    Raises:
        EngineMissing: the engine asked for by name is not installed.
        CloudRefused: Textract is asked for, without a region.
    """
    if name == "off" or name == first.name:
        return None
    if name == "auto":
        return RapidEngine() if models.installed() and first.name != RapidEngine.name else None
    if name == TextractEngine.name:
        return TextractEngine(region, endpoint)
    return find_engine(name, language)
