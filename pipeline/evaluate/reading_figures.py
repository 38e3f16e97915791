"""The figures of `./fuse bench reading`: what was measured, added up and held against the targets.

A ratio is always of the same documents: one that a way could not read is left out of every way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal

from pipeline.evaluate.reading_documents import BORN_DIGITAL, DRAWN_GROUPS, FOLDER_GROUPS, RECEIPTS, SCANS
from pipeline.evaluate.reading_ways import WayName
from pipeline.evaluate.text_quality import TextQuality

_WITH_TRUTH = (RECEIPTS, SCANS)
_OCR_OF_FOLDER = tuple(group for group in FOLDER_GROUPS if group != BORN_DIGITAL)
_BORN_DIGITAL = (DRAWN_GROUPS["digital"], BORN_DIGITAL)


@dataclass(frozen=True, slots=True)
class Measured:
    """One document, read one way.

    Attributes:
        document: its name, one for all ways.
        group: what kind of document it is.
        way: how it was read.
        pages: how many it has.
        cpu_s: CPU seconds of the process and the programs it ran.
        wall_s: seconds.
        quality: of the text; None without true text.
        error: the kind of failure, when it could not be read.
    """

    document: str
    group: str
    way: WayName
    pages: int
    cpu_s: float
    wall_s: float
    quality: TextQuality | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class WayFigures:
    """A way over some documents.

    Attributes:
        documents, pages: how many.
        cpu_s: CPU seconds of all.
        quality: the counts of those with true text, added up.
        mean_cer: the mean of the documents' character error rates; None without true text.
    """

    documents: int
    pages: int
    cpu_s: float
    quality: TextQuality
    mean_cer: float | None

    @property
    def cpu_s_per_page(self) -> float | None:
        """None without pages."""
        return self.cpu_s / self.pages if self.pages else None


@dataclass(frozen=True, slots=True)
class Scale:
    """What the measurements of memory, of two processes, and of the running system found; None: not measured.

    Attributes:
        pages: of the scan.
        peak_memory_bytes: of the process that read the scan.
        worker_memory_bytes: the largest peak among the processes of the running system's OCR workers.
        speedup: pages per second of two processes, against one; by the clock, so that other work on the machine
            counts.
        cpu_of_two_per_one: CPU seconds that two processes take for the same pages, against one: near 1 where they don't
            get in each other's way, whatever else runs.
        bare_cpu_s_per_page: of the pipeline in one process.
        system_cpu_s_per_page: of all processes of the running system.
    """

    pages: int
    peak_memory_bytes: int | None = None
    worker_memory_bytes: int | None = None
    speedup: float | None = None
    cpu_of_two_per_one: float | None = None
    bare_cpu_s_per_page: float | None = None
    system_cpu_s_per_page: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and what it must be.

    Attributes:
        what: the figure.
        limit: the bound.
        direction: "at least" or "at most" the limit.
        value: as measured; None: not measured.
        unit: behind the numbers.
    """

    what: str
    direction: Literal["at least", "at most"]
    limit: float
    value: float | None
    unit: str = "x"

    @property
    def met(self) -> bool | None:
        """None: not measured."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.direction == "at least" else self.value <= self.limit


@dataclass(slots=True)
class ReadingFigures:
    """All that was measured in a run.

    Attributes:
        measured: documents, each in each of its ways.
        loading_cpu_s: what it costs to start each way's process and load its models, once.
        scale: about the long scan; None: not measured.
    """

    measured: list[Measured] = field(default_factory=list)
    loading_cpu_s: dict[WayName, float] = field(default_factory=dict)
    scale: Scale | None = None

    def ways(self) -> list[WayName]:
        """Those that read anything, in the order in which they came."""
        return list(dict.fromkeys(each.way for each in self.measured))

    def failures(self) -> list[Measured]:
        """What could not be read."""
        return [each for each in self.measured if each.error]

    def compare(self, ways: Sequence[WayName], groups: Collection[str]) -> dict[WayName, WayFigures]:
        """The figures of ways over the documents of some groups that all of these ways have read."""
        inside = [each for each in self.measured if each.group in groups and not each.error and each.way in ways]
        read_by = {way: {each.document for each in inside if each.way == way} for way in ways}
        shared = set.intersection(*read_by.values()) if read_by else set()
        return {way: _add_up(each for each in inside if each.way == way and each.document in shared) for way in ways}

    def targets(self) -> list[Target]:
        """The targets, with what was measured."""
        return [*self._against_the_naive_way(), *self._against_tesseract(), *self._of_scale()]

    def _against_the_naive_way(self) -> list[Target]:
        groups = (*DRAWN_GROUPS.values(), *FOLDER_GROUPS)
        naive_full = self.compare(("naive", "full", "fast", "bare"), groups)
        digital = self.compare(("naive", "ours"), _BORN_DIGITAL)
        return [
            Target("naive way's CPU / ours, OCR forced", "at least", 6.0, _cpu(naive_full, "naive", "full")),
            Target("naive way's CPU / ours, OCR forced, fast", "at least", 6.0, _cpu(naive_full, "naive", "fast")),
            Target("CER of ours, OCR forced / naive way's", "at most", 1.0, _cer(naive_full, "full", "naive")),
            Target("CER of ours, OCR forced, fast / naive way's", "at most", 1.0, _cer(naive_full, "fast", "naive")),
            Target("CPU of ours, OCR forced, fast / bare loop's", "at most", 1.15, _cpu(naive_full, "fast", "bare")),
            Target("naive way's CPU / ours, born-digital", "at least", 80.0, _cpu(digital, "naive", "ours")),
        ]

    def _against_tesseract(self) -> list[Target]:
        ways: tuple[WayName, ...] = ("bare", "fast", "full")
        quality, cost = self.compare(ways, _WITH_TRUTH), self.compare(ways, _OCR_OF_FOLDER)
        return [
            Target("CER of ours / Tesseract's, receipts and scans", "at most", 0.5, _cer(quality, "full", "bare")),
            Target("CER of ours / Tesseract's, mean of documents", "at most", 0.5, _mean_cer(quality, "full", "bare")),
            Target("CPU of ours / Tesseract's, whole folder", "at most", 2.5, _cpu(cost, "full", "bare")),
            Target("CER of fast / Tesseract's, receipts and scans", "at most", 0.75, _cer(quality, "fast", "bare")),
            Target("CER of fast / Tesseract's, mean of documents", "at most", 0.75, _mean_cer(quality, "fast", "bare")),
            Target("CPU of fast / Tesseract's, whole folder", "at most", 1.2, _cpu(cost, "fast", "bare")),
        ]

    def _of_scale(self) -> list[Target]:
        scale = self.scale
        if scale is None:
            return []
        return [
            Target(f"peak memory, {scale.pages}-page scan, one process", "at most", 400.0,
                   _megabytes(scale.peak_memory_bytes), " MB"),
            Target(f"peak memory, {scale.pages}-page scan, per OCR worker", "at most", 400.0,
                   _megabytes(scale.worker_memory_bytes), " MB"),
            Target("two processes' speed / one's", "at least", 1.8, scale.speedup),
            Target("CPU of the running system / the bare pipeline's", "at most", 1.25,
                   _ratio(scale.system_cpu_s_per_page, scale.bare_cpu_s_per_page)),
        ]  # fmt: skip


def _add_up(measured: Iterable[Measured]) -> WayFigures:
    rows = list(measured)
    rated = [each.quality for each in rows if each.quality is not None]
    rates = [quality.cer for quality in rated if quality.cer is not None]
    return WayFigures(
        documents=len(rows),
        pages=sum(each.pages for each in rows),
        cpu_s=sum(each.cpu_s for each in rows),
        quality=sum(rated, TextQuality()),
        mean_cer=fmean(rates) if rates else None,
    )


def _ratio(above: float | None, below: float | None) -> float | None:
    return None if above is None or not below else above / below


def _cpu(figures: dict[WayName, WayFigures], above: WayName, below: WayName) -> float | None:
    return _ratio(figures[above].cpu_s_per_page, figures[below].cpu_s_per_page)


def _cer(figures: dict[WayName, WayFigures], above: WayName, below: WayName) -> float | None:
    return _ratio(figures[above].quality.cer, figures[below].quality.cer)


def _mean_cer(figures: dict[WayName, WayFigures], above: WayName, below: WayName) -> float | None:
    return _ratio(figures[above].mean_cer, figures[below].mean_cer)


def _megabytes(size: int | None) -> float | None:
    return None if size is None else size / 1e6
