"""`./fuse eval`: how good, how sure and how fast the pipeline is on labelled documents."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app import wiring
from app.console import CommandFailed, err, out

_WIDTH_IN_A_FILE = 132


def evaluate(
    manifest: Annotated[Path, typer.Argument(help="Labelled documents: one JSON object per line.")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write every prediction, score and time to this file.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Documents at a time.")] = os.cpu_count() or 1,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many documents, the first ones.")] = None,
    doc_type: Annotated[str | None, typer.Option("--type", help="Only documents of this type.")] = None,
    files: Annotated[bool, typer.Option("--files", help="Show what became of each file.")] = False,
    readings: Annotated[
        Path | None,
        typer.Option(help="Keep the pages as read in this folder, and take them from there: reading costs nothing."),
    ] = None,
) -> None:
    """Run labelled documents through the pipeline and show how good the results are.

    Needs no database and no running system, and changes nothing. What each figure means: docs/evaluation.md
    """
    # Tesseract's own threads cost four times the CPU; the children inherit this.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    # Here, because they load OCR and OpenCV, which no other command should wait for.
    from app.evaluation_tables import table_of_files, tables_of
    from pipeline import evaluate as evaluation
    from pipeline.types import Rules

    if json_file is not None and not json_file.parent.is_dir():
        raise CommandFailed(f"There is no folder {json_file.parent}: make it, or name another file after --json.")
    try:
        documents = evaluation.load_manifest(manifest, doc_type, limit)
    except evaluation.ManifestError as error:
        raise CommandFailed(str(error)) from None
    settings = wiring.settings()
    options = wiring.reading_options(settings)
    setup = evaluation.Setup(
        options=options,
        rules=Rules(),
        intake_limits=wiring.intake_limits(),
        stage_limits=wiring.stage_limits(settings),
        readings=evaluation.KeptReadings(readings, options) if readings is not None else None,
    )
    with _progress() as progress:
        task = progress.add_task("Reading", total=len(documents))
        result = evaluation.evaluate(documents, setup, workers, lambda _: progress.advance(task))
    if json_file is not None:
        json_file.write_text(json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    console = out if out.is_terminal else Console(width=_WIDTH_IN_A_FILE, highlight=False)
    tables = [table_of_files(result.cases)] if files else []
    for table in [*tables, *tables_of(result.summary)]:
        console.print(table)
        console.print()


def _progress() -> Progress:
    """A bar on standard error, where a person looks at it."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal or "CI" in os.environ,
    )
