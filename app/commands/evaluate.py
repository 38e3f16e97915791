"""`./fuse eval`: how good, how sure and how fast the pipeline is on labelled documents."""

from __future__ import annotations

import json
import os
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from app import wiring
from app.console import CommandFailed, out, progress_bar
from app.settings import Settings
from pipeline.engines.choice import EngineChoice
from pipeline.engines.probe import probe
from pipeline.opinion.questions import Ways

if TYPE_CHECKING:
    from pipeline.evaluate import Evaluation

_WIDTH_IN_A_FILE = 132


class EngineName(StrEnum):
    """The kinds of servers that a model may be asked on."""

    OLLAMA = "ollama"
    OPENAI = "openai"


def evaluate(
    manifest: Annotated[Path, typer.Argument(help="Labelled documents: one JSON object per line.")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write every prediction, score and time to this file.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Documents at a time.")] = os.cpu_count() or 1,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many documents, the first ones.")] = None,
    doc_type: Annotated[str | None, typer.Option("--type", help="Only documents of this type.")] = None,
    files: Annotated[bool, typer.Option("--files", help="Show what became of each file.")] = False,
    layouts: Annotated[
        bool, typer.Option("--layouts", help="Show how good each issuer's and layout's documents are read.")
    ] = False,
    readings: Annotated[
        Path | None,
        typer.Option(help="Keep the pages as read in this folder, and take them from there: reading costs nothing."),
    ] = None,
    engine: Annotated[
        EngineName | None,
        typer.Option(help="Ask a language model beside the built-in engine: its kind of server (docs/llm.md)."),
    ] = None,
) -> None:
    """Run labelled documents through the pipeline and show how good the results are.

    Needs no database and no running system, and changes nothing. What each figure means: docs/evaluation.md
    """
    # Here, because it loads OCR and OpenCV, which no other command should wait for.
    from app.evaluation_tables import table_of_files, table_of_layouts, tables_of

    if json_file is not None and not json_file.parent.is_dir():
        raise CommandFailed(f"There is no folder {json_file.parent}: make it, or name another file after --json.")
    result = run_manifest(manifest, workers, doc_type, limit, readings, engine)
    if json_file is not None:
        json_file.write_text(json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    console = out if out.is_terminal else Console(width=_WIDTH_IN_A_FILE, highlight=False)
    tables = [table_of_files(result.cases)] if files else []
    tables += [table_of_layouts(result.cases)] if layouts else []
    for table in [*tables, *tables_of(result.summary)]:
        console.print(table)
        console.print()


def run_manifest(
    manifest: Path,
    workers: int,
    doc_type: str | None = None,
    limit: int | None = None,
    readings: Path | None = None,
    engine: EngineName | None = None,
) -> Evaluation:
    """Runs the documents of a manifest through the pipeline, with a progress bar.

    Raises:
        CommandFailed: the manifest can't be used.
    """
    # Tesseract's own threads cost four times the CPU; the children inherit this.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    from pipeline import evaluate as evaluation
    from pipeline.types import Rules

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
        model=None if engine is None else _model(settings, engine),
    )
    with progress_bar() as progress:
        task = progress.add_task("Reading", total=len(documents))
        return evaluation.evaluate(documents, setup, workers, lambda _: progress.advance(task))


def _model(settings: Settings, engine: EngineName) -> tuple[EngineChoice, Ways]:
    """The model, after one look whether it is there: a run without any answer would measure nothing.

    Raises:
        CommandFailed: it is not, or can't do what is asked of it.
    """
    choice = wiring.llm_choice(settings, engine.value)
    assert choice is not None
    with closing(choice.open()) as server:
        for found in probe(server):
            if found.mend:
                raise CommandFailed(f"The language model can't be used: {found.found}. To mend it: {found.mend}.")
    return choice, wiring.llm_ways(settings)
