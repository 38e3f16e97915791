"""`./fuse bench`: how fast the running system is."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from app.client import Client, address_of
from app.commands.bench_extraction import extraction
from app.commands.bench_llm import llm
from app.commands.bench_reading import reading
from app.commands.bench_steps import steps
from app.commands.bench_ui import ui
from app.console import CommandFailed, err, out
from app.running import free_port
from app.settings import ROOT, Settings

if TYPE_CHECKING:
    from pipeline.samples import Sample

bench = typer.Typer(help="Measure the running system.", no_args_is_help=True)


bench.command()(reading)
bench.command()(steps)
bench.command()(extraction)
bench.command()(llm)
bench.command()(ui)


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


@bench.command()
def start() -> None:
    """Clone this repository into a new folder and tell how long until it is ready, and how long to stop.

    The clone makes its own .venv, so that this takes as long as a newcomer waits; what pip has in its cache is not
    fetched again. The clone is removed afterwards.
    """
    if not (ROOT / ".git").exists():
        raise CommandFailed("This needs a clone made with git: it clones the repository again.")
    table = Table("", "Seconds", show_edge=False)
    with tempfile.TemporaryDirectory(prefix="fuse-bench-") as folder:
        clone = Path(folder) / "fuse"
        begun = time.monotonic()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        for round_name in ("from clone to ready", "second start"):
            with err.status(f"Measuring: {round_name} …"):
                process = _launch(clone)
                try:
                    _wait_until_ready(clone, process)
                    table.add_row(round_name, f"{time.monotonic() - begun:.1f}")
                finally:
                    begun = time.monotonic()
                    process.send_signal(signal.SIGINT)
                    process.wait()
                table.add_row("stop", f"{time.monotonic() - begun:.1f}")
            begun = time.monotonic()
    out.print(table)


def _launch(clone: Path) -> subprocess.Popen[bytes]:
    """Starts the clone's system on a free port."""
    port = free_port()
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "FUSE_HOME")}
    with (clone / "bench.log").open("wb") as log:
        return subprocess.Popen(
            [str(clone / "fuse"), "up"], env={**env, "FUSE_PORT": str(port)}, stdout=log, stderr=subprocess.STDOUT
        )


def _wait_until_ready(clone: Path, process: subprocess.Popen[bytes]) -> None:
    while not (clone / ".fuse" / "run.json").exists():
        if process.poll() is not None:
            last_words = (clone / "bench.log").read_text()[-1000:]
            raise CommandFailed(f"The clone's ./fuse up failed:\n{last_words}")
        time.sleep(0.02)


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
