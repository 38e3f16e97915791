"""Tesseract as a program: the fallback where tesserocr has no wheel."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2

from pipeline.render import Gray
from pipeline.types import Box, Word


class PytesseractEngine:
    """The `tesseract` program, given a file: half again as fast as given a picture in memory."""

    name = "pytesseract"

    def __init__(self, language: str) -> None:
        self._language = language

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """See `OcrEngine`."""
        import pytesseract  # only the fallback needs it

        height, width = picture.shape
        with tempfile.TemporaryDirectory(prefix="fuse-ocr-") as folder:
            path = str(Path(folder) / "page.png")
            cv2.imwrite(path, picture)
            table = pytesseract.image_to_data(
                path, self._language, "--psm 11" if sparse else "--psm 3", output_type=pytesseract.Output.DICT
            )
        words = []
        lines: dict[tuple[int, int, int], int] = {}
        for i, text in enumerate(table["text"]):
            if not text.strip():
                continue
            key = (table["block_num"][i], table["par_num"][i], table["line_num"][i])
            x0, y0 = table["left"][i], table["top"][i]
            x1, y1 = x0 + table["width"][i], y0 + table["height"][i]
            box = Box(page, x0 / width, y0 / height, x1 / width, y1 / height)
            words.append(Word(text.strip(), box, float(table["conf"][i]) / 100, lines.setdefault(key, len(lines))))
        return words
