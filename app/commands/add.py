"""`./fuse add`: sends files to the running system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.client import Client, Receipt, address_of, files_in
from app.console import err, out
from app.settings import Settings

_FAILED = "error"
_SIGNS = {"needs_review": "[yellow]?[/]", _FAILED: "[red]✗[/]", "rejected": "[red]✗[/]"}


def add(
    files: Annotated[list[Path], typer.Argument(help="PDF, PNG, JPG or TIFF files, or folders of them.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until each is read, and show what came of it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    server: Annotated[str | None, typer.Option(help="The address of a system elsewhere.")] = None,
) -> None:
    """Send files to the running system.

    Ends with exit code 1 when a file was refused or, with --wait, could not be processed.
    """
    paths = files_in(files)
    with Client(address_of(Settings(), server)) as client:
        receipts = _upload(client, paths)
        documents = _follow(client, receipts) if wait else {}
    rows = [
        _row(path, receipt, documents.get(receipt.document_id)) for path, receipt in zip(paths, receipts, strict=True)
    ]
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            _show(row)
    if any(row["error"] or row["status"] == _FAILED for row in rows):
        raise typer.Exit(1)


def _upload(client: Client, paths: list[Path]) -> list[Receipt]:
    with _progress() as progress:
        return [client.upload(path.name, path.read_bytes()) for path in progress.track(paths, description="Sending")]


def _follow(client: Client, receipts: list[Receipt]) -> dict[str, dict[str, Any]]:
    """Waits for the documents' runs, and gives what is known of each document then."""
    jobs = {receipt.job_id for receipt in receipts if not receipt.refused}
    with _progress() as progress:
        task = progress.add_task("Reading", total=len(jobs))
        late = client.wait(jobs, lambda _: progress.advance(task))
    if late:
        err.print(f"{len(late)} of them are not finished after an hour; the Queue page shows how they go on.")
    return {receipt.document_id: client.document(receipt.document_id) for receipt in receipts if not receipt.refused}


def _row(path: Path, receipt: Receipt, document: dict[str, Any] | None) -> dict[str, Any]:
    """What is told of one file, the same in the table and as JSON."""
    row: dict[str, Any] = {
        "file": str(path),
        "document_id": receipt.document_id or None,
        "job_id": receipt.job_id or None,
        "duplicate": receipt.duplicate,
        "error": {"code": receipt.code, "message": receipt.message} if receipt.refused else None,
        "status": "refused" if receipt.refused else "received",
    }
    if document is not None:
        row["status"] = document["processing_status"]
        row |= {key: document[key] for key in ("type", "type_confidence", "confidence", "reasons")}
    return row


def _show(row: dict[str, Any]) -> None:
    """One file: a line of what came of it, and a line per reason. Lines aren't cut, whatever the terminal's width."""
    name = escape(Path(row["file"]).name)
    if row["error"]:
        out.print(f"[red]✗[/] {name}  [red]refused[/] ({row['error']['code']})", soft_wrap=True)
        out.print(f"    {escape(row['error']['message'])}", soft_wrap=True)
        return
    known = ", known already" if row["duplicate"] else ""
    guess = f"  {row['type'] or 'type unknown'}, {_percent(row['confidence'])}" if "type" in row else ""
    sign = _SIGNS.get(row["status"], "[green]✓[/]")
    out.print(f"{sign} {name}  {row['status']}{known}{guess}  [dim]{row['document_id']}[/]", soft_wrap=True)
    for reason in row.get("reasons", ()):
        out.print(f"    {escape(reason['sentence'])}", soft_wrap=True)


def _percent(share: float | None) -> str:
    return "no confidence" if share is None else f"{share:.0%} confident"


def _progress() -> Progress:
    """A bar on standard error, so that standard output holds only the result."""
    return Progress(
        TextColumn("{task.description:<8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
