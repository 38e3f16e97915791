"""The command line: `./fuse COMMAND`. Each command has a file in `app/commands/`."""

from __future__ import annotations

import typer
from pydantic import ValidationError
from rich.markup import escape

from app.commands.add import add
from app.commands.bench import bench
from app.commands.doc_types import types
from app.commands.doctor import doctor
from app.commands.evaluate import evaluate
from app.commands.screenshots import screenshots
from app.commands.test import test
from app.commands.train import train
from app.commands.up import up
from app.console import CommandFailed, err
from db.embedded import EmbeddedError

cli = typer.Typer(
    name="./fuse",
    help="Fuse reads business documents: upload, OCR, classify, extract, review. Start with: ./fuse up",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # they may hold what a document says
    context_settings={"help_option_names": ["-h", "--help"]},
)
cli.command()(up)
cli.command()(add)
cli.command("eval")(evaluate)
cli.command()(doctor)
cli.command()(screenshots)
cli.add_typer(bench, name="bench")
cli.add_typer(train, name="train")
cli.add_typer(types, name="types")
cli.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(test)


def main() -> int:
    """Runs the command that the arguments name; a failure that we foresaw is told in a sentence."""
    try:
        cli(prog_name="./fuse")
    except (CommandFailed, EmbeddedError) as error:
        return _fail(str(error))
    except ValidationError as error:
        if error.title != "Settings":
            raise
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        return _fail(f"A setting is not valid: {wrong}. docs/settings.md explains them.")
    return 0


def _fail(sentence: str) -> int:
    err.print(f"[red]✗[/] {escape(sentence)}", soft_wrap=True)
    return 1
