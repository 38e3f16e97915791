"""OCR: a page's picture in, words with boxes and confidences out."""

from __future__ import annotations

import shutil

from pipeline.errors import EngineMissing
from pipeline.ocr import tesseract
from pipeline.ocr.engine import OcrEngine as OcrEngine
from pipeline.ocr.tesseract_program import PytesseractEngine

ENGINES = ("auto", "tesserocr", "pytesseract")


def find_engine(name: str = "auto", language: str = "eng") -> OcrEngine:
    """The engine of that name; "auto": tesserocr where it is installed, else the `tesseract` program.

    Raises:
        EngineMissing: neither is there, or the language's model is not.
    """
    folder = tesseract.tessdata_folder(language)
    if name in ("auto", "tesserocr") and tesseract.installed() and folder is not None:
        return tesseract.TesserocrEngine(folder, language)
    if name in ("auto", "pytesseract") and shutil.which("tesseract") and folder is not None:
        return PytesseractEngine(language)
    raise EngineMissing
