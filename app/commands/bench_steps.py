"""`./fuse bench steps`: what each step of reading a picture costs and buys, and when a second reader pays."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from app.console import CommandFailed, err, out
from app.reading_tables import Sheet
from app.settings import ROOT

if TYPE_CHECKING:
    from pipeline.evaluate.reading_steps import StepFigures

_FOLDER = ROOT.parent / "shared" / "documents" / "dev"


def steps(
    documents: Annotated[
        Path, typer.Option(help="A folder of documents; X.ocr.txt beside X is its true text.")
    ] = _FOLDER,
    every: Annotated[int, typer.Option(min=1, help="Of the folder, one document in so many.")] = 3,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print what goes into docs/benchmarks.md.")] = False,
) -> None:
    """Read pages with known text step by step: CPU time and character errors of each step, and of reading again.

    Ctrl+C shows what was measured so far.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"  # before Tesseract is loaded
    from pipeline.evaluate.reading_documents import folder_cases  # these load OCR and OpenCV
    from pipeline.evaluate.reading_steps import measure_steps

    if not documents.is_dir():
        raise CommandFailed(f"There is no folder {documents}. Name one with --documents.")
    cases = [case for case in folder_cases(documents, every, 1) if case.truth is not None]
    if not cases:
        raise CommandFailed(f"No document in {documents} has its true text beside it (X.ocr.txt beside X).")
    figures: tuple[dict[str, StepFigures], dict[str, StepFigures]] = ({}, {})
    with suppress(KeyboardInterrupt):
        for so_far in track(measure_steps(cases), "Reading", total=len(cases), console=err, transient=True):
            figures = so_far
    titles = ("What each step buys", "Tesseract first: which pages a second reader reads again")
    for title, rows in zip(titles, figures, strict=True):
        sheet = _sheet(title, rows)
        out.print(sheet.markdown() if markdown else sheet.rich(), soft_wrap=markdown, markup=not markdown)


def _sheet(title: str, rows: dict[str, StepFigures]) -> Sheet:
    columns = ("Step", "pages", "read again", "CPU s/page", "CER", "CER in order", "word recall", "word precision")
    return Sheet(
        title,
        columns,
        [
            (
                name,
                str(row.pages),
                f"{row.again / row.pages:.0%}",
                f"{row.cpu_s / row.pages:.2f}",
                *(
                    "—" if value is None else f"{value:.3f}"
                    for value in (
                        row.quality.cer,
                        row.quality.cer_in_order,
                        row.quality.word_recall,
                        row.quality.word_precision,
                    )
                ),
            )
            for name, row in rows.items()
        ],
    )
