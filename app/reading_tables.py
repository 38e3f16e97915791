"""The tables of `./fuse bench reading`, for a terminal and for docs/benchmarks.md. A dash is "not measured"."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from pipeline.evaluate.reading_documents import BORN_DIGITAL, DRAWN_GROUPS, FOLDER_GROUPS, RECEIPTS, SCANS
from pipeline.evaluate.reading_figures import ReadingFigures, Scale, Target, WayFigures
from pipeline.evaluate.reading_ways import WayName

_DASH = "—"
_NAMES: dict[WayName, str] = {
    "naive": "naive",
    "ocrmypdf": "OCRmyPDF",
    "bare": "bare Tesseract",
    "fast": "ours, forced, fast",
    "full": "ours, forced",
    "ours": "ours",
    "pipeline": "ours, all stages",
}
_COLUMNS = ("Pages", "n", "Way", "CPU s/page", "against the first", "CER", "mean CER", "CER in order", "word recall",
            "word precision")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's words: what both forms are made of."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def rich(self) -> Table:
        """For a terminal."""
        table = Table(*self.columns, title=self.title, title_justify="left")
        for row in self.rows:
            table.add_row(*map(escape, row))
        return table

    def markdown(self) -> str:
        """For a page of documentation."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return f"**{self.title}**\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def sheets_of(figures: ReadingFigures) -> Iterator[Sheet]:
    """The tables of a run; those without rows are left out."""
    ways = figures.ways()
    folder = [group for group in FOLDER_GROUPS if group != BORN_DIGITAL]
    tesseract: list[WayName] = [way for way in ("bare", "fast", "full") if way in ways]
    sheets = [
        _comparison(figures, "The same pages, every way", ways, [
            *((group, (group,)) for group in (*DRAWN_GROUPS.values(), *FOLDER_GROUPS)),
            ("all of these", (*DRAWN_GROUPS.values(), *FOLDER_GROUPS)),
        ]),
        _comparison(figures, "More of the folder: plain Tesseract and ours, OCR forced", tesseract, [
            *((group, (group,)) for group in folder),
            ("receipts and scans with truth", (RECEIPTS, SCANS)),
            ("whole folder, without text layers", folder),
        ]),
        Sheet("Loading, once per process (not counted above)", ("Way", "CPU s"),
              [(_NAMES[way], _number(cpu_s, 2)) for way, cpu_s in figures.loading_cpu_s.items()]),
        _scale(figures.scale) if figures.scale else None,
        Sheet("Targets", ("Figure", "wanted", "measured", ""), [_target(each) for each in figures.targets()]),
    ]  # fmt: skip
    return (sheet for sheet in sheets if sheet is not None and sheet.rows)


def _comparison(
    figures: ReadingFigures, title: str, ways: Sequence[WayName], slices: Sequence[tuple[str, Collection[str]]]
) -> Sheet:
    rows = []
    for label, groups in slices:
        compared = figures.compare(ways, groups)
        first = compared[ways[0]] if ways else None
        if first is None or not first.documents:
            continue
        for way, shown in compared.items():
            lead = (label, str(shown.pages)) if way == ways[0] else ("", "")
            rows.append((*lead, _NAMES[way], *_figures(shown, first)))
    return Sheet(title, _COLUMNS, rows)


def _figures(shown: WayFigures, first: WayFigures) -> tuple[str, ...]:
    quality, cost = shown.quality, shown.cpu_s_per_page
    share = cost / first.cpu_s_per_page if cost and first.cpu_s_per_page else None
    return (
        _number(cost, 2 if cost is None or cost >= 0.1 else 4),
        "" if shown is first else _times(share),
        *(_number(figure) for figure in (quality.cer, shown.mean_cer, quality.cer_in_order)),
        *(_number(figure) for figure in (quality.word_recall, quality.word_precision)),
    )


def _times(share: float | None) -> str:
    """How two costs relate, the first one being 1: "12.1x less", or "1.08x"."""
    return f"{1 / share:.1f}x less" if share and share < 0.95 else _number(share, 2, "x")


def _scale(scale: Scale) -> Sheet:
    def megabytes(size: int | None) -> str:
        return _number(size and size / 1e6, 0, " MB")

    return Sheet(
        f"A scan of {scale.pages} pages",
        ("", ""),
        (
            ("Peak memory of one process that reads it", megabytes(scale.peak_memory_bytes)),
            ("Peak memory in the running system, the largest OCR process", megabytes(scale.worker_memory_bytes)),
            ("Pages per second of two processes, against one", _number(scale.speedup, 2, "x")),
            ("CPU s of two processes for the same pages, against one", _number(scale.cpu_of_two_per_one, 2, "x")),
            ("The bare pipeline in one process, CPU s/page", _number(scale.bare_cpu_s_per_page)),
            ("The whole running system, CPU s/page", _number(scale.system_cpu_s_per_page)),
        ),
    )


def _target(target: Target) -> tuple[str, ...]:
    verdict = {True: "met", False: "missed", None: _DASH}[target.met]
    return (
        target.what,
        f"{target.direction} {target.limit:g}{target.unit}",
        _number(target.value, 0 if target.unit != "x" else 2, target.unit),
        verdict,
    )


def _number(value: float | None, digits: int = 3, unit: str = "") -> str:
    return _DASH if value is None else f"{value:.{digits}f}{unit}"
