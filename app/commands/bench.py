"""`./fuse bench`: how fast the running system is."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from app.client import Client, address_of
from app.console import CommandFailed, err, out
from app.settings import Settings

if TYPE_CHECKING:
    from pipeline.samples import Sample

bench = typer.Typer(help="Measure the running system.", no_args_is_help=True)


@bench.callback()
def about() -> None:
    """Measure the running system."""


@bench.command()
def throughput(
    documents: Annotated[int, typer.Option("--documents", "-n", min=1, help="How many to send.")] = 60,
    variant: Annotated[str, typer.Option(help="digital, scan, photo, fax, or mixed.")] = "mixed",
    seed: Annotated[int | None, typer.Option(help="Draws the same documents again, on an empty system.")] = None,
    server: Annotated[str | None, typer.Option(help="The address of a system elsewhere.")] = None,
) -> None:
    """Send drawn documents and tell how many per minute are read, classified and extracted.

    They are all different and stay in the system afterwards: measure on one that you can throw away
    (FUSE_HOME=/tmp/fuse-bench FUSE_PORT=8600 ./fuse up).
    """
    with Client(address_of(Settings(), server)) as client:
        first = random.randrange(1_000_000) if seed is None else seed
        with err.status(f"Drawing {documents} documents (seed {first}) …"):
            samples = _draw(documents, variant, first)
        started = time.monotonic()
        receipts = [client.upload(sample.filename, sample.data) for sample in samples]
        accepted_s = time.monotonic() - started
        refused = [receipt for receipt in receipts if receipt.refused]
        if refused:
            raise CommandFailed(f"{len(refused)} were refused, the first one with: {refused[0].message}")
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("Reading", total=documents)
            late = client.wait({receipt.job_id for receipt in receipts}, lambda _: progress.advance(task))
        seconds = time.monotonic() - started
    known = sum(receipt.duplicate for receipt in receipts)
    if late or known:
        raise CommandFailed(f"{len(late)} were not finished and {known} were known already: this measured nothing.")
    out.print(
        f"{documents} documents in {seconds:.1f} s: [bold]{documents / seconds * 60:.1f} documents per minute[/]; "
        f"an upload was acknowledged after {accepted_s / documents * 1000:.0f} ms on average."
    )


def _draw(count: int, variant: str, seed: int) -> list[Sample]:
    """Draws documents of all types in turn."""
    from pipeline.samples import DOC_TYPES_DRAWN, VARIANTS, draw  # heavy, and of no use to the other commands

    if variant not in (*VARIANTS, "mixed"):
        raise CommandFailed(f"There is no variant {variant}. Choose from {', '.join(VARIANTS)}, mixed.")
    variants = VARIANTS if variant == "mixed" else (variant,)
    return [
        draw(DOC_TYPES_DRAWN[i % len(DOC_TYPES_DRAWN)], variants[i // len(DOC_TYPES_DRAWN) % len(variants)], seed + i)
        for i in range(count)
    ]
