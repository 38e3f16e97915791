from __future__ import annotations

from typer.testing import CliRunner

from app.cli import cli
from app.commands.screenshots import _SCREENS


def test_it_says_that_it_changes_documents() -> None:
    said = " ".join(CliRunner().invoke(cli, ["screenshots", "--help"]).stdout.split())
    assert "This changes documents" in said


def test_all_of_settings_is_taken() -> None:
    assert {"settings", "document-types", "new-type"} <= set(_SCREENS)
