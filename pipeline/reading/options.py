"""How to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read.

    Attributes:
        engine: OCR engine, see `pipeline.ocr.find_engine`.
        language: Tesseract's name of the language.
        dpi: resolution at which PDF pages are rendered for OCR.
        profile: "full": what the first engine reads badly is read by a second one; "fast": never.
        force_ocr: read the picture of every page, also where its text layer is good (for benchmarks).
    """

    engine: str = "auto"
    language: str = "eng"
    dpi: float = 300.0
    profile: Literal["full", "fast"] = "full"
    force_ocr: bool = False
