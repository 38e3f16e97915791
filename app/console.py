"""What commands share to talk with a person: steps with their seconds, and failures that say what to do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class CommandFailed(Exception):
    """A command can't do what was asked. The message is a sentence that says what to do."""


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """Shows a step while it runs, and `✓ name  seconds  detail` when it is done.

    Yields:
        A function that sets the detail.
    """
    detail = ""

    def describe(text: str) -> None:
        nonlocal detail
        detail = text

    started = time.monotonic()
    with out.status(f"{name} …"):
        try:
            yield describe
        except BaseException:
            out.print(f"[red]✗[/] {name}")
            raise
    seconds = time.monotonic() - started
    out.print(f"[green]✓[/] {name:<12} [dim]{seconds:5.1f} s[/]  {escape(detail)}", soft_wrap=True)


def progress_bar() -> Progress:
    """A bar with the time that is left, on standard error; only where a person looks at it."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal or "CI" in os.environ,
    )
