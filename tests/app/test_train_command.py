"""`./fuse train`: what is drawn, what is written, what is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import typer

from app.commands import train as command
from app.console import CommandFailed
from pipeline.classify.type_model import TypeModel
from pipeline.samples import DOC_TYPES_DRAWN, VARIANTS


def run(*arguments: object) -> None:
    typer.main.get_command(command.train)([str(argument) for argument in arguments], standalone_mode=False)


def test_every_type_is_drawn_as_often_and_some_are_worn() -> None:
    plan = list(command._plan(12))
    assert len(set(plan)) == len(plan)
    assert Counter(variant for _, variant, _ in plan)["digital"] == 12 * len(DOC_TYPES_DRAWN)
    assert Counter(doc_type for doc_type, _, _ in plan).keys() == set(DOC_TYPES_DRAWN)
    assert {variant for _, variant, seed in plan if seed in (0, 10)} == set(VARIANTS)


def test_the_model_is_written_and_the_measurement_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = [(doc_type, "digital", seed) for doc_type in ("invoice", "receipt", "w2") for seed in range(3)]
    monkeypatch.setattr(command, "_plan", lambda seeds: few)
    target = tmp_path / "model.json"
    run("classifier", "--output", target, "--workers", 1)
    assert 0.5 <= TypeModel.from_json(target.read_text()).temperature <= 8
    told = capsys.readouterr().out
    assert "9 drawn documents" in told
    assert "told right: 100.0%" in told


def test_a_folder_that_is_missing_is_told_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="There is no folder"):
        run("classifier", "--output", tmp_path / "missing" / "model.json")
