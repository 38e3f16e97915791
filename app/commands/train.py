"""`./fuse train`: making the small models that are shipped, from documents drawn by code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from app.commands.evaluate import run_manifest
from app.console import CommandFailed, err, out

if TYPE_CHECKING:
    from pipeline.classify.fitting import Example, HeldOut
    from pipeline.evaluate import Case
    from pipeline.learning.confidences import Outcome

train = typer.Typer(help="Make the models that are shipped anew.", no_args_is_help=True)

_FEW = 50
_WORN_EACH = 10
"""One seed of so many is also drawn as a scan, a photo and a fax: reading them takes a hundred times as long."""


_KEPT = "Moving the weights helps in layouts left out: the moves are written."
_LEFT = "Moving the weights does not help in layouts left out: they stay as set by hand, with the temperature fitted."


@train.callback()
def about() -> None:
    """Make the models that are shipped anew."""


@train.command()
def classifier(
    seeds: Annotated[int, typer.Option(min=4, help="How many documents of each type to draw.")] = 60,
    workers: Annotated[int, typer.Option(min=1, help="Documents read at a time.")] = os.cpu_count() or 1,
    output: Annotated[Path | None, typer.Option(help="Where to write it; over the shipped one unless said.")] = None,
) -> None:
    """Draw documents of all types, read them, and fit how their types are told.

    The weights set by hand (cues in pipeline/doctypes, shapes in pipeline/classify) are where the fit starts and what
    it stays near. Real documents are not used: measure with ./fuse eval.
    """
    # Tesseract's own threads cost four times the CPU; the children inherit this.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    # Here, because they load NumPy and the drawing libraries, which no other command should wait for.
    from pipeline.classify.fitting import train as fit
    from pipeline.classify.type_model import LEARNED_FILE
    from pipeline.doctypes import DOC_TYPES

    target = output or LEARNED_FILE
    if not target.parent.is_dir():
        raise CommandFailed(f"There is no folder {target.parent}: make it, or name another file after --output.")
    plan = list(_plan(seeds))
    examples: list[Example] = []
    with (
        Progress(console=err, transient=True, disable=not err.is_terminal) as progress,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        task = progress.add_task("Drawing and reading", total=len(plan))
        for done in as_completed([pool.submit(_example, *each) for each in plan]):
            progress.advance(task)
            example = done.result()
            if example is not None:
                examples.append(example)
    # In the order of the plan: a fit adds up numbers, and their order must not depend on who was read first.
    examples.sort(key=lambda each: (each.doc_type, each.seed, sorted(each.features.all().items())))
    model, held_out = fit(examples, DOC_TYPES)
    target.write_text(model.to_json())
    _tell(held_out, model.temperature, target)


@train.command()
def calibration(
    manifest: Annotated[Path, typer.Argument(help="Labelled documents: one JSON object per line.")],
    readings: Annotated[
        Path | None, typer.Option(help="Keep the pages as read in this folder, and take them from there.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Documents at a time.")] = os.cpu_count() or 1,
    output: Annotated[Path | None, typer.Option(help="Where to write it; over the shipped one unless said.")] = None,
) -> None:
    """Run labelled documents, and learn how often values with some confidence are right.

    Tells the calibration error in documents of issuers and layouts (the manifest's "layout") that were left out.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    from pipeline.calibration import LEARNED_FILE
    from pipeline.learning.confidences import error_left_out, fit

    outcomes = _outcomes(run_manifest(manifest, workers, readings=readings).cases)
    if len(outcomes) < _FEW:
        raise CommandFailed(f"{len(outcomes)} values are too few to learn from: {_FEW} at least, some hundreds better.")
    before, after = error_left_out(outcomes)
    target = output or LEARNED_FILE
    target.write_text(fit(outcomes).to_json())
    groups = len({each.group for each in outcomes})
    out.print(
        f"{len(outcomes)} values of {groups} issuers and layouts, a fifth of those left out at a time:\n"
        f"  calibration error {before or 0:.3f} as shown, {after or 0:.3f} calibrated\nWritten: {target}",
        soft_wrap=True,
    )


def _outcomes(cases: Iterable[Case]) -> list[Outcome]:
    """The values given in documents whose type is right."""
    from pipeline.learning.confidences import Outcome

    return [
        Outcome(
            f"{case.labelled.doc_type}.{field.name}",
            field.shown,
            field.score.right,
            case.labelled.layout or case.labelled.id,
        )
        for case in cases
        if case.type_right
        for field in case.fields
        if field.shown is not None
    ]


def _plan(seeds: int) -> Iterator[tuple[str, str, int]]:
    """Type, variant and seed of what is to be drawn."""
    from pipeline.samples import DOC_TYPES_DRAWN, VARIANTS

    for seed in range(seeds):
        for doc_type in DOC_TYPES_DRAWN:
            for variant in VARIANTS if seed % _WORN_EACH == 0 else VARIANTS[:1]:
                yield doc_type, variant, seed


def _example(doc_type: str, variant: str, seed: int) -> Example | None:
    """Draws and reads a document; None when it is worn so much that nothing can be read."""
    from app import wiring
    from app.settings import Settings
    from pipeline.classify import describe
    from pipeline.classify.fitting import Example
    from pipeline.doctypes import DOC_TYPES
    from pipeline.intake import inspect
    from pipeline.reading import read_pages
    from pipeline.samples import draw

    data = draw(doc_type, variant, seed).data
    pages = read_pages(data, inspect(data).kind, wiring.reading_options(Settings()))
    legible = next((page for page in pages if page.words), None)
    return Example(describe(legible, DOC_TYPES), doc_type, seed) if legible is not None else None


def _tell(held_out: HeldOut, temperature: float, target: Path) -> None:
    out.print(
        f"{held_out.documents} drawn documents in {held_out.layouts} layouts; half of the layouts left out at a time:\n"
        f"  told right: {held_out.right:.1%} (by the weights set by hand alone {held_out.right_by_hand:.1%})\n"
        f"  with half of the phrases struck out: {held_out.right_struck:.1%} "
        f"(by hand alone {held_out.right_struck_by_hand:.1%}), "
        f"calibration error {held_out.calibration_error or 0:.3f} at temperature {temperature}\n"
        f"  {_KEPT if held_out.moves_help else _LEFT}\n"
        f"Written: {target} ({target.stat().st_size} bytes)",
        soft_wrap=True,
    )
