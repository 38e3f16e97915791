"""`./fuse bench reading`: what reading costs and how good it is, against how everybody else does it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from app.console import CommandFailed, err, out, progress_bar
from app.reading_processes import Read, ReadingProcess
from app.settings import ROOT

if TYPE_CHECKING:
    from pipeline.evaluate.reading_documents import ReadingCase
    from pipeline.evaluate.reading_figures import Measured, ReadingFigures
    from pipeline.evaluate.reading_ways import WayName

_FOLDER = ROOT.parent / "shared" / "documents" / "dev"
_WIDTH_IN_A_FILE = 160
WAYS: tuple[WayName, ...] = ("naive", "ocrmypdf", "bare", "fast", "full", "ours")
_SLOW_WAYS: tuple[WayName, ...] = ("naive", "ocrmypdf")
_DRAWN_EACH, _EVERY, _SLOW_EVERY = 3, 2, 6
_QUICK_EACH, _QUICK_EVERY, _QUICK_SLOW_EVERY, _QUICK_SCAN_PAGES = 1, 12, 4, 8


def reading(
    documents: Annotated[
        Path | None,
        typer.Option(help="A folder of real documents; X.ocr.txt beside X is its true text.", show_default=False),
    ] = None,
    each: Annotated[int, typer.Option(min=0, help="Drawn documents of each of four variants.")] = _DRAWN_EACH,
    every: Annotated[int, typer.Option(min=1, help="Of the folder, one document in so many.")] = _EVERY,
    pages: Annotated[int, typer.Option(min=0, help="Pages of the long scan; 0 leaves that part out.")] = 100,
    way: Annotated[
        list[str] | None,
        typer.Option(help=f"Only this way, several times if you like: {', '.join(WAYS)}.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws other documents.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="A few documents only: a look in about two minutes.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print what goes into docs/benchmarks.md.")] = False,
) -> None:
    """Read drawn and real documents in several ways, in turn, and compare their CPU time and their errors.

    Each way has a process with its models loaded; each document goes through all of them before the next one. The slow
    ways read a part of the documents. Ctrl+C shows what was measured so far. Needs no running system: it starts one of
    its own in a temporary folder. What the figures mean: docs/benchmarks.md
    """
    # Here, because they load OCR and OpenCV, which no other command should wait for.
    from app.reading_tables import sheets_of
    from pipeline.evaluate.reading_figures import ReadingFigures

    if unknown := set(way or ()) - set(WAYS):
        raise CommandFailed(f"There is no way {sorted(unknown)[0]}. Choose from {', '.join(WAYS)}.")
    if documents is not None and not documents.is_dir():
        raise CommandFailed(f"There is no folder {documents}.")
    if quick:
        each, every = min(each, _QUICK_EACH), max(every, _QUICK_EVERY)
        pages = min(pages, _QUICK_SCAN_PAGES)
    figures = ReadingFigures()
    with tempfile.TemporaryDirectory(prefix="fuse-bench-") as folder, suppress(KeyboardInterrupt):
        cases = _cases(documents, Path(folder), each, every, _QUICK_SLOW_EVERY if quick else _SLOW_EVERY, seed)
        _measure(cases, way or WAYS, figures)
        if pages:
            _scale(pages, seed, figures)
    if not figures.measured and figures.scale is None:
        raise CommandFailed("Nothing was measured.")
    console = out if out.is_terminal else Console(width=_WIDTH_IN_A_FILE, highlight=False)
    for sheet in sheets_of(figures):
        console.print(sheet.markdown() if markdown else sheet.rich(), soft_wrap=markdown, markup=not markdown)
    for failed in figures.failures():
        err.print(f"{failed.way} could not read {failed.document}: {failed.error}", markup=False)


def _cases(
    documents: Path | None, folder: Path, each: int, every: int, slow_every: int, seed: int
) -> list[ReadingCase]:
    from pipeline.evaluate.manifest import ManifestError
    from pipeline.evaluate.reading_documents import draw_cases, folder_cases

    with err.status("Drawing documents …"):
        cases = draw_cases(folder, each, seed)
    real = documents or _FOLDER
    if not real.is_dir():
        err.print("There are no real documents beside this repository: only drawn ones are read.")
        return cases
    try:
        return [*cases, *folder_cases(real, every, slow_every)]
    except ManifestError as error:
        raise CommandFailed(str(error)) from None


def ways_for(case: ReadingCase, ways: Sequence[WayName], turn: int) -> list[WayName]:
    """The ways that read a document, each document beginning with another one.

    A picture has no text layer: "ours" is "full" there, and is not read twice. A document with a text layer that the
    slow ways leave out is read "ours" only: nobody would send it to OCR.
    """
    from pipeline.kinds import FileKind, kind_of

    if case.born_digital and not case.slow_ways:
        return [way for way in ways if way == "ours"]
    taken = [way for way in ways if case.slow_ways or way not in _SLOW_WAYS]
    if kind_of(case.path.read_bytes()) is not FileKind.PDF and "full" in taken:
        taken = [way for way in taken if way != "ours"]
    start = turn % len(taken) if taken else 0
    return taken[start:] + taken[:start]


def _measure(cases: Sequence[ReadingCase], wanted: Sequence[str], figures: ReadingFigures) -> None:
    """Lets all ways read all documents; what is measured goes into the figures at once."""
    from pipeline.evaluate.reading_ways import ocrmypdf_installed

    ways = [way for way in WAYS if way in wanted]
    if "ocrmypdf" in ways and not ocrmypdf_installed():
        ways.remove("ocrmypdf")
        err.print(
            "OCRmyPDF is not installed and is left out. To compare with it: "
            ".venv/bin/pip install -r requirements-bench.txt"
        )
    plan = [(case, ways_for(case, ways, turn)) for turn, case in enumerate(cases)]
    with ExitStack() as running, progress_bar() as progress:
        task = progress.add_task("Loading", total=sum(len(taken) for _, taken in plan))
        processes = {}
        for way in ways:
            processes[way] = ReadingProcess(way)
            running.callback(processes[way].stop)
            figures.loading_cpu_s[way] = processes[way].loading_cpu_s
        for case, taken in plan:
            for row in _through(case, taken, processes, progress, task):
                figures.measured.append(row)


def _scale(pages: int, seed: int, figures: ReadingFigures) -> None:
    """Measures the long scan; what failed is said, and what was measured before stays."""
    from app.commands.bench_reading_scale import measure_scale

    try:
        for figures.scale in measure_scale(pages, seed):
            pass
    except CommandFailed as failure:
        err.print(str(failure), markup=False)


def _through(
    case: ReadingCase,
    ways: Sequence[WayName],
    processes: dict[WayName, ReadingProcess],
    progress: Progress,
    task: TaskID,
) -> Iterator[Measured]:
    for way in ways:
        progress.update(task, description=f"{way}: {case.group}")
        row = _row(case, way, processes[way].read(case.path))
        yield row
        if way == "full" and "ours" in processes and "ours" not in ways:  # a picture: both are the same
            yield replace(row, way="ours")
        progress.advance(task)


def _row(case: ReadingCase, way: WayName, read: Read) -> Measured:
    from pipeline.evaluate.reading_figures import Measured
    from pipeline.evaluate.text_quality import compare_pages

    quality = compare_pages(case.truth, read.pages) if case.truth is not None and not read.error else None
    return Measured(case.path.name, case.group, way, case.pages, read.cpu_s, read.wall_s, quality, read.error)
