"""The documents that `./fuse bench reading` reads: drawn ones, and a folder of real ones; with their true text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from pipeline.evaluate.manifest import load_manifest
from pipeline.kinds import kind_of
from pipeline.render import open_document
from pipeline.samples import DOC_TYPES_DRAWN, VARIANTS, draw

DRAWN_GROUPS = dict(
    zip(VARIANTS, ("drawn, born-digital", "drawn, scans", "drawn, photos", "drawn, faxes"), strict=True)
)
RECEIPTS = "real receipts with truth"
SCANS = "synthetic scans with truth"
BORN_DIGITAL = "folder, born-digital"
OTHERS = "other scans and photos"
FOLDER_GROUPS = (RECEIPTS, SCANS, BORN_DIGITAL, OTHERS)
_MOST_PAGES_FOR_SLOW_WAYS = 2
_SUFFIXES = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}


@dataclass(frozen=True, slots=True)
class ReadingCase:
    """A document to read.

    Attributes:
        path: its file.
        group: the row of the tables it counts in.
        pages: how many it has.
        truth: lines of text for each page; None where nobody wrote it down.
        slow_ways: whether the slow ways (naive, OCRmyPDF) read it too.
    """

    path: Path
    group: str
    pages: int
    truth: tuple[tuple[str, ...], ...] | None
    slow_ways: bool

    @property
    def born_digital(self) -> bool:
        """Whether it carries its text, so that OCR is not needed."""
        return self.group in (DRAWN_GROUPS["digital"], BORN_DIGITAL)


def draw_cases(folder: Path, each: int, seed: int) -> list[ReadingCase]:
    """Draws documents of all variants into a folder, `each` per variant, types in turn.

    The truth of a worn variant is the text layer of the same document, drawn born-digital.
    """
    cases = []
    types = cycle(doc_type for doc_type in DOC_TYPES_DRAWN if doc_type != "government_id")
    for number, (variant, group) in enumerate(DRAWN_GROUPS.items()):
        for place, doc_type in enumerate(islice(types, each)):
            sample = draw(doc_type, variant, seed + 100 * number + place)
            path = folder / f"{variant}-{place}-{sample.filename}"
            path.write_bytes(sample.data)
            truth = text_layer_lines(draw(doc_type, "digital", seed + 100 * number + place).data)
            cases.append(ReadingCase(path, group, page_count(path), truth, slow_ways=True))
    return cases


def text_layer_lines(pdf: bytes) -> tuple[tuple[str, ...], ...]:
    """The lines of a PDF's text layer, page by page, as PDFium gives them."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(tuple(page.get_textpage().get_text_range().splitlines()) for page in document)
    finally:
        document.close()


def page_count(path: Path) -> int:
    """How many pages a file has."""
    data = path.read_bytes()
    with open_document(data, kind_of(data)) as document:
        return document.page_count


def folder_cases(folder: Path, every: int, slow_every: int) -> list[ReadingCase]:
    """Every k-th document of a folder, by group and type, so that each kind keeps its share.

    Args:
        folder: with a `manifest.jsonl` (docs/evaluation.md), or just files; `X.ocr.txt` beside X is its true text,
            pages divided by form feeds.
        every: how many of them make one.
        slow_every: of those, how many make one that the slow ways read too. They read no long documents.
    """
    kinds: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path, group, doc_type in _files(folder):
        kinds[group, doc_type].append(path)
    taken: dict[str, list[Path]] = defaultdict(list)
    for (group, _), paths in sorted(kinds.items()):
        taken[group] += paths[::every]
    return [case for group, paths in taken.items() for case in _cases(group, paths, slow_every)]


def _files(folder: Path) -> list[tuple[Path, str, str]]:
    """Each file with its group and type."""
    if not (folder / "manifest.jsonl").exists():
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
        return [(path, SCANS if _truth_file(path).exists() else OTHERS, "") for path in files]
    return [
        (labelled.path, _group(labelled.path, labelled.doc_type, labelled.born_digital), labelled.doc_type or "")
        for labelled in load_manifest(folder / "manifest.jsonl")
    ]


def _group(path: Path, doc_type: str | None, born_digital: bool | None) -> str:
    if born_digital:
        return BORN_DIGITAL
    if not _truth_file(path).exists():
        return OTHERS
    return RECEIPTS if doc_type == "receipt" else SCANS


def _truth_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.ocr.txt")


def _cases(group: str, paths: Sequence[Path], slow_every: int) -> list[ReadingCase]:
    counted = [(path, page_count(path)) for path in paths]
    short = [path for path, pages in counted if pages <= _MOST_PAGES_FOR_SLOW_WAYS]
    slow = set(short[::slow_every])
    return [ReadingCase(path, group, pages, _truth(path), path in slow) for path, pages in counted]


def _truth(path: Path) -> tuple[tuple[str, ...], ...] | None:
    file = _truth_file(path)
    if not file.exists():
        return None
    return tuple(tuple(page.splitlines()) for page in file.read_text(encoding="utf-8").split("\f"))
