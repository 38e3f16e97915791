"""Tesseract inside this process: warm, about 1.2 CPU seconds for a full page at 300 dpi.

Set `OMP_THREAD_LIMIT=1`: Tesseract's own threads cost four times the CPU for the same page.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.render import Gray
from pipeline.types import Box, Word

try:
    import tesserocr
except ImportError:
    tesserocr = None

TESSDATA_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
SURE_OF_TURN = 2.0
"""Tesseract's own measure: how much better the best direction fits than the next."""


def installed() -> bool:
    """Whether tesserocr's wheel is here."""
    return tesserocr is not None


def tessdata_folder(language: str) -> str | None:
    """The folder that holds the language's model, or None."""
    return next((f for f in TESSDATA_FOLDERS if (Path(f) / f"{language}.traineddata").exists()), None)


class TesserocrEngine:
    """Tesseract as a library; its model stays loaded in this process, and in the processes forked from it."""

    name = "tesserocr"
    steady = False

    def __init__(self, folder: str, language: str) -> None:
        self._api = _warm_api(folder, language)

    def warm_up(self) -> None:
        """See `OcrEngine`; the model is loaded already."""

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """See `OcrEngine`."""
        height, width = picture.shape
        api = self._api
        api.SetPageSegMode(tesserocr.PSM.SPARSE_TEXT if sparse else tesserocr.PSM.AUTO)
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        api.Recognize()
        words = list(self._iterate(api.GetIterator(), page, width, height))
        api.Clear()
        return words

    def turn_needed(self, picture: Gray) -> int:
        """See `OcrEngine`; by Tesseract's script detection, where its model is installed."""
        folder = tessdata_folder("osd")
        if folder is None:
            return 0
        height, width = picture.shape
        api = _warm_api(folder, "osd", tesserocr.PSM.OSD_ONLY)
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        found = api.DetectOrientationScript()
        api.Clear()
        if found is None or found["orient_conf"] < SURE_OF_TURN:
            return 0
        return -int(found["orient_deg"]) % 360

    @staticmethod
    def _iterate(iterator: Any, page: int, width: int, height: int) -> Iterator[Word]:
        if iterator is None:
            return
        line = -1
        for item in tesserocr.iterate_level(iterator, tesserocr.RIL.WORD):
            if item.IsAtBeginningOf(tesserocr.RIL.TEXTLINE):
                line += 1
            bounds = item.BoundingBox(tesserocr.RIL.WORD)
            text = item.GetUTF8Text(tesserocr.RIL.WORD) if bounds else ""
            if not text.strip():
                continue
            x0, y0, x1, y1 = bounds
            box = Box(page, x0 / width, y0 / height, x1 / width, y1 / height)
            yield Word(text.strip(), box, item.Confidence(tesserocr.RIL.WORD) / 100, max(line, 0))


@lru_cache(maxsize=3)
def _warm_api(folder: str, language: str, mode: int = 3) -> Any:
    tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)  # it tells the terminal of each odd picture
    return tesserocr.PyTessBaseAPI(path=folder, lang=language, psm=mode)
