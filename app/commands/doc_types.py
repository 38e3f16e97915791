"""`./fuse types`: the document types that are known, and whether a file defines one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app import wiring
from app.console import CommandFailed, out

if TYPE_CHECKING:
    from pipeline.doctypes import DocType

types = typer.Typer(help="Show the document types, or check one of your own.", invoke_without_command=True)


@types.callback()
def show(context: typer.Context) -> None:
    """Show the document types, or check one of your own (docs/doctypes.md tells how to write one)."""
    if context.invoked_subcommand is not None:
        return
    from pipeline.doctypes import DOC_TYPES

    folder = wiring.settings().doc_types_folder
    own = {each.name for each in DOC_TYPES.own}
    table = Table("Name", "Type", "Fields", "From", title="Document types", title_justify="left")
    for name, doc_type in DOC_TYPES.items():
        fields = ", ".join(spec.name for spec in doc_type.fields) or "classified only"
        table.add_row(name, escape(doc_type.label), escape(fields), "your own" if name in own else "built in")
    out.print(table)
    for problem in DOC_TYPES.problems:
        out.print(f"[red]✗[/] {escape(problem)}")
    out.print(f"Your own types are looked for in {escape(str(folder))}", soft_wrap=True)


@types.command()
def check(
    definition: Annotated[Path, typer.Argument(help="A TOML file that defines a document type.")],
    on: Annotated[Path | None, typer.Option(help="Show what it finds on this document.")] = None,
) -> None:
    """Say whether a file defines a document type, and what it finds on a document."""
    from pipeline.doctypes.catalogue import OwnTypeError, load_type

    try:
        doc_type = load_type(definition)
    except OwnTypeError as error:
        raise CommandFailed(str(error)) from None
    out.print(f"[green]✓[/] {escape(doc_type.label)}: {len(doc_type.fields)} fields, {len(doc_type.cues)} cues.")
    if on is not None:
        _try(doc_type, on)


def _try(doc_type: DocType, path: Path) -> None:
    from pipeline.errors import Rejected
    from pipeline.intake import inspect
    from pipeline.reading import read_pages
    from pipeline.run import classify_pages, extract_fields

    try:
        data = path.read_bytes()
        pages = tuple(read_pages(data, inspect(data).kind, wiring.reading_options(wiring.settings())))
    except OSError as error:
        raise CommandFailed(f"{path} can't be read: {error.strerror}.") from None
    except Rejected as error:
        raise CommandFailed(f"{path.name}: {error.sentence}") from None
    guess = classify_pages(pages, (doc_type,))
    extraction = extract_fields(pages, doc_type)
    out.print(
        f"It is taken for: {guess.type} ({guess.score:.0%}), because of {', '.join(guess.evidence) or 'nothing'}."
    )
    table = Table("Field", "Value", "On the page", "Confidence")
    for value in extraction.fields:
        shown = "—" if value.confidence is None else f"{value.confidence:.0%}"
        table.add_row(
            value.name, escape(str(value.value)) if value.value is not None else "—", escape(value.raw or ""), shown
        )
    out.print(table)
    for finding in extraction.findings:
        out.print(f"[yellow]![/] {escape(finding.sentence)}")
