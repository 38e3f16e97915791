"""OCR: a page's picture in, words with boxes and confidences out.

Two engines: Tesseract inside this process (tesserocr, warm, about 1.2 CPU seconds for a full page) and, where its
wheel is absent, the `tesseract` program (pytesseract). Set `OMP_THREAD_LIMIT=1`: Tesseract's own threads cost four
times the CPU for the same page.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import cv2

from pipeline.errors import EngineMissing
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
ENGINES = ("auto", "tesserocr", "pytesseract")


class OcrEngine(Protocol):
    """Reads a picture."""

    name: str

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """Gives the words of a picture; boxes are fractions of it, `page` goes into them.

        `sparse` looks for text anywhere, in no order: for cards and photos on which no block of text is found.
        """
        ...


def find_engine(name: str = "auto", language: str = "eng") -> OcrEngine:
    """The engine of that name; "auto": tesserocr where it is installed, else the `tesseract` program.

    Raises:
        EngineMissing: neither is there, or the language's model is not.
    """
    folder = tessdata_folder(language)
    if name in ("auto", "tesserocr") and tesserocr is not None and folder is not None:
        return TesserocrEngine(folder, language)
    if name in ("auto", "pytesseract") and shutil.which("tesseract") and folder is not None:
        return PytesseractEngine(language)
    raise EngineMissing


def tessdata_folder(language: str) -> str | None:
    """The folder that holds the language's model, or None."""
    return next((f for f in TESSDATA_FOLDERS if (Path(f) / f"{language}.traineddata").exists()), None)


class TesserocrEngine:
    """Tesseract as a library; its model stays loaded in this process, and in the processes forked from it."""

    name = "tesserocr"

    def __init__(self, folder: str, language: str) -> None:
        self._api = _warm_api(folder, language)

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


@lru_cache(maxsize=2)
def _warm_api(folder: str, language: str) -> Any:
    tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)  # it tells the terminal of each odd picture
    return tesserocr.PyTessBaseAPI(path=folder, lang=language, psm=tesserocr.PSM.AUTO)


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
