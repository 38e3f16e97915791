"""`./fuse bench`: how fast the running system is."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.progress import Progress

from app.client import Client, address_of
from app.console import CommandFailed, err, out
from app.settings import Settings

bench = typer.Typer(help="Measure the running system.", no_args_is_help=True)


@bench.callback()
def about() -> None:
    """Measure the running system."""


@bench.command()
def throughput(
    documents: Annotated[int, typer.Option("--documents", "-n", min=1, help="How many to send.")] = 60,
    server: Annotated[str | None, typer.Option(help="The address of a system elsewhere.")] = None,
) -> None:
    """Send drawn documents and tell how many per minute are read, classified and extracted.

    They are all different and stay in the system afterwards: measure on one that you can throw away
    (FUSE_HOME=/tmp/fuse-bench FUSE_PORT=8600 ./fuse up).
    """
    with Client(address_of(Settings(), server)) as client:
        files = list(_draw(documents))
        started = time.monotonic()
        receipts = [client.upload(name, data) for name, data in files]
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
