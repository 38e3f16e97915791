"""How to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read.

    Attributes:
        engine: OCR engine, see `pipeline.ocr.find_engine`.
        language: Tesseract's name of the language.
        dpi: resolution at which PDF pages are rendered for OCR.
    """

    engine: str = "auto"
    language: str = "eng"
    dpi: float = 300.0
