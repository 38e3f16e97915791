"""Tesseract as a program: the fallback where tesserocr has no wheel."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2

from pipeline.ocr.tesseract import SURE_OF_TURN
from pipeline.render import Gray
from pipeline.types import Box, Word


class PytesseractEngine:
    """The `tesseract` program, given a file: half again as fast as given a picture in memory."""

    name = "pytesseract"
    steady = False

    def __init__(self, language: str) -> None:
        self._language = language

    def warm_up(self) -> None:
        """See `OcrEngine`; a program can't be kept warm."""

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

    def turn_needed(self, picture: Gray) -> int:
        """See `OcrEngine`; by Tesseract's script detection, where its model is installed."""
        import pytesseract

        with tempfile.TemporaryDirectory(prefix="fuse-ocr-") as folder:
            path = str(Path(folder) / "page.png")
            cv2.imwrite(path, picture)
            try:
                found = pytesseract.image_to_osd(path, config="--dpi 300", output_type=pytesseract.Output.DICT)
            except pytesseract.TesseractError:  # too little text on it, or no model for this
                return 0
        return int(found["rotate"]) % 360 if found["orientation_conf"] >= SURE_OF_TURN else 0
