"""How to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Engine = Literal["auto", "rapidocr", "tesserocr", "pytesseract"]
Second = Literal["auto", "off", "rapidocr", "tesserocr", "textract"]


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read.

    Attributes:
        engine: who reads pictures; "auto": RapidOCR, else Tesseract as a library, else the `tesseract` program,
            whichever is installed first.
        second: who reads a page again that the first reader is unsure of; "auto": RapidOCR after Tesseract, and nobody
            after RapidOCR (measured: Tesseract has nothing to add to it).
        reread_from: the doubt (see `pipeline.ocr.doubt`) from which a page is read again, 0..1.
        profile: "full": doubtful lines are looked at twice, and the second reader is asked; "fast": neither.
        force_ocr: read the picture of every page, also where its text layer is good (for benchmarks).
        language: Tesseract's name of the language; RapidOCR reads all Latin letters.
        dpi: resolution at which PDF pages are rendered for OCR.
        textract_region: where Textract is asked, when it is the second reader.
        textract_endpoint: its address, when it is not Amazon's own.
    """

    engine: Engine = "auto"
    second: Second = "auto"
    reread_from: float = 0.1
    profile: Literal["full", "fast"] = "full"
    force_ocr: bool = False
    language: str = "eng"
    dpi: float = 300.0
    textract_region: str = ""
    textract_endpoint: str | None = None
