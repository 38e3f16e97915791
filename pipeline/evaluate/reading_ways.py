"""The ways of reading that `./fuse bench reading` compares. Each is loaded once, and then reads file after file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from pipeline.kinds import FileKind, kind_of
from pipeline.ocr.tesseract import tessdata_folder
from pipeline.reading import ReadingOptions, read_pages
from pipeline.render import open_document
from pipeline.run import process
from pipeline.types import Page, Rules

PageLines = list[str]
"""What a way gives for a page: its lines of text."""
Reader = Callable[[Path], list[PageLines]]
"""Reads a file: its pages."""
WayName = Literal["naive", "ocrmypdf", "bare", "fast", "full", "ours", "pipeline"]

_DPI = 300
_LANGUAGE = "eng"


def load_way(name: WayName) -> Reader:
    """Loads what a way needs, models included, and gives its reader.

    - naive: `pdf2image` and `pytesseract.image_to_data` at 300 dpi, as everybody calls them.
    - ocrmypdf: OCRmyPDF with OCR forced, pages rendered by pypdfium2 (Ghostscript is not needed so), its defaults
      otherwise; the text from its sidecar file.
    - bare: a warm tesserocr on pypdfium2's grey pictures at 300 dpi, page segmentation mode 3, and nothing else.
    - fast: ours with OCR forced, one reader; full: ours with OCR forced, as it is set up; ours: as it is set up.
    - pipeline: all stages, from the file to the decision, without workers, database and limits.

    Raises:
        ModuleNotFoundError: the way's package is not installed.
    """
    return _LOADERS[name]()


def ocrmypdf_installed() -> bool:
    """Whether OCRmyPDF can be compared with."""
    return find_spec("ocrmypdf") is not None


def _naive() -> Reader:
    import pytesseract
    from pdf2image import convert_from_path
    from PIL import Image, ImageSequence

    def read(path: Path) -> list[PageLines]:
        if kind_of(path.read_bytes()) is FileKind.PDF:
            pictures: Iterable[Image.Image] = convert_from_path(path, dpi=_DPI)
        else:
            pictures = (frame.convert("RGB") for frame in ImageSequence.Iterator(Image.open(path)))
        return [_lines_of_table(pytesseract.image_to_data(p, output_type=pytesseract.Output.DICT)) for p in pictures]

    return read


def _lines_of_table(table: dict[str, list[Any]]) -> PageLines:
    lines: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for i, text in enumerate(table["text"]):
        if text.strip():
            lines[table["block_num"][i], table["par_num"][i], table["line_num"][i]].append(text)
    return [" ".join(words) for words in lines.values()]


def _ocrmypdf() -> Reader:
    if not ocrmypdf_installed():
        raise ModuleNotFoundError("ocrmypdf")

    def read(path: Path) -> list[PageLines]:
        with tempfile.TemporaryDirectory(prefix="fuse-ocrmypdf-") as folder:
            text = Path(folder) / "text.txt"
            subprocess.run(
                [sys.executable, "-m", "ocrmypdf", "--quiet", "--mode", "force", "--rasterizer", "pypdfium",
                 "--image-dpi", str(_DPI), "--sidecar", text, path, Path(folder) / "out.pdf"],
                check=True, capture_output=True,
            )  # fmt: skip
            return [page.splitlines() for page in text.read_text().split("\f")]

    return read


def _bare() -> Reader:
    import tesserocr

    tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
    folder = tessdata_folder(_LANGUAGE)
    if folder is None:
        raise ModuleNotFoundError("Tesseract's model")
    api = tesserocr.PyTessBaseAPI(path=folder, lang=_LANGUAGE, psm=tesserocr.PSM.AUTO)

    def read(path: Path) -> list[PageLines]:
        data = path.read_bytes()
        pages = []
        with open_document(data, kind_of(data)) as document:
            for number in range(1, document.page_count + 1):
                picture = document.gray(number, _DPI)
                height, width = picture.shape
                api.SetImageBytes(picture.tobytes(), width, height, 1, width)
                pages.append(api.GetUTF8Text().splitlines())
        return pages

    return read


def _ours(options: ReadingOptions) -> Callable[[], Reader]:
    def load() -> Reader:
        import_module("pipeline.warm")  # for what it loads

        def read(path: Path) -> list[PageLines]:
            data = path.read_bytes()
            return _lines(read_pages(data, kind_of(data), options))

        return read

    return load


def _pipeline() -> Reader:
    import_module("pipeline.warm")

    def read(path: Path) -> list[PageLines]:
        return _lines(process(path.read_bytes(), ReadingOptions(), Rules()).reading.pages)

    return read


def _lines(pages: Iterable[Page]) -> list[PageLines]:
    return [[" ".join(word.text for word in line) for line in page.lines] for page in pages]


_LOADERS: dict[WayName, Callable[[], Reader]] = {
    "naive": _naive,
    "ocrmypdf": _ocrmypdf,
    "bare": _bare,
    "fast": _ours(ReadingOptions(profile="fast", force_ocr=True)),
    "full": _ours(ReadingOptions(force_ocr=True)),
    "ours": _ours(ReadingOptions()),
    "pipeline": _pipeline,
}
