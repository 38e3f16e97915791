"""`./fuse eval` as a person and a script see it: tables, JSON, sentences, exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from app import wiring
from app.commands.evaluate import evaluate
from app.console import CommandFailed
from app.settings import Settings
from pipeline.samples import draw
from tests.pipeline.engines.fake_ollama import server
from tests.pipeline.engines.scripted_server import says, serving

Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process; gives what it printed. No database and no system are set."""
    for name in ("DATABASE_URL", "REDIS_URL", "FUSE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_THREAD_LIMIT", "4")
    cli = typer.Typer()
    cli.command()(evaluate)

    def run(*arguments: object) -> str:
        cli([str(argument) for argument in arguments], standalone_mode=False)
        captured = capsys.readouterr()
        assert captured.err == ""  # no bar where nobody looks at it
        return captured.out

    return run


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Two drawn documents, a file that is not there, and three that must be refused or not."""
    sample, bill = draw("w9", "digital", 3), draw("utility_bill", "digital", 3)
    (tmp_path / "w9.pdf").write_bytes(sample.data)
    (tmp_path / "bill.pdf").write_bytes(bill.data)
    (tmp_path / "empty.pdf").write_bytes(b"")
    rows: list[dict[str, Any]] = [
        {"id": "one", "file": "w9.pdf", "doc_type": "w9", "truth": sample.truth, "born_digital": True},
        {"id": "two", "file": "bill.pdf", "doc_type": "utility_bill", "truth": {"total": 12.5}, "born_digital": True},
        {"id": "three", "file": "gone.pdf", "doc_type": "w9", "truth": {"name": "Ann"}, "born_digital": False},
        {"id": "r1", "file": "empty.pdf", "doc_type": "robust", "truth": None, "expected": {"outcome": "reject"}},
        {"id": "r2", "file": "empty.pdf", "doc_type": "robust", "truth": None, "expected": {"outcome": "accept"}},
    ]
    path = tmp_path / "manifest.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_every_file_is_shown_with_what_became_of_it(run: Run, manifest: Path) -> None:
    printed = run(manifest, "--files", "--type", "robust", "--workers", 1)
    assert re.search(r"empty\.pdf +│ reject +│ rejected +│ empty_file +│ \d+\.\d", printed)
    assert "Files" not in run(manifest, "--type", "robust", "--workers", 1)


def test_the_tables_and_the_json(run: Run, manifest: Path) -> None:
    target = manifest.parent / "out.json"
    printed = run(manifest, "--json", target, "--workers", 2)
    assert "Type right" in printed
    assert "utility_bill *" in printed
    assert "* not extracted yet" in printed
    assert re.search(r"gone\.pdf .* missing_file", printed)
    assert "Ended as they must: 50.0% (1/2)" in printed
    assert re.search(r"empty\.pdf +│ accept +│ rejected +│ empty_file", printed)
    assert "5 documents, " in printed
    assert "documents per minute with 2 workers" in printed

    result = json.loads(target.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    by_id = {document["id"]: document for document in result["documents"]}
    assert list(by_id) == ["one", "two", "three", "r1", "r2"]
    assert by_id["one"]["type"] == "w9"
    assert by_id["one"]["error"] is None
    assert by_id["one"]["cpu_s"] > 0
    found = [field for field in by_id["one"]["fields"].values() if field["value"] is not None]
    assert found
    for field in found:
        assert all(page >= 1 and 0 <= x0 <= x1 <= 1 and 0 <= y0 <= y1 <= 1 for page, x0, y0, x1, y1 in field["boxes"])
    assert (by_id["three"]["decision"], by_id["three"]["error"]["code"]) == ("failed", "missing_file")
    assert result["summary"]["types"]["utility_bill"]["by_field"]["total"]["exact"]["rate"] == 0.0
    assert result["summary"]["slices"]["all"]["documents"] == 3


def test_only_files_that_are_judged_by_their_end(run: Run, manifest: Path) -> None:
    printed = run(manifest, "--type", "robust")
    assert "Ended as they must: 50.0% (1/2)" in printed
    assert "Confusion" not in printed
    assert "— CPU seconds per page" in printed  # nothing was read, which is not 0


def test_a_limit(run: Run, manifest: Path) -> None:
    printed = run(manifest, "--limit", 1)
    assert "1 documents, " in printed
    assert "Failed" not in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{folder}/none.jsonl"], "none.jsonl can't be read: No such file or directory."),
        (["{folder}/bad.jsonl"], "bad.jsonl, line 1: this is not JSON"),
        (["{folder}/manifest.jsonl", "--type", "w99"], "holds no document of the type w99. It holds: robust"),
        (["{folder}/manifest.jsonl", "--json", "{folder}/none/out.json"], "There is no folder"),
    ],
)
def test_what_can_not_be_done_is_said(run: Run, manifest: Path, arguments: list[str], sentence: str) -> None:
    (manifest.parent / "bad.jsonl").write_text("{")
    with pytest.raises(CommandFailed) as failure:
        run(*(argument.format(folder=manifest.parent) for argument in arguments))
    assert sentence in str(failure.value)


DEV = Path(__file__).resolve().parents[2] / ".." / "shared" / "documents" / "dev" / "manifest.jsonl"


@pytest.mark.skipif(not DEV.exists(), reason="the labelled documents (../shared/documents) are not on this machine")
def test_labelled_documents(run: Run, tmp_path: Path) -> None:
    run(DEV, "--type", "w9", "--limit", 2, "--json", tmp_path / "out.json")
    documents = json.loads((tmp_path / "out.json").read_text())["documents"]
    assert [document["type"] for document in documents] == ["w9", "w9"]
    assert all(document["error"] is None for document in documents)


def test_a_model_beside_the_engine_is_measured(
    run: Run, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told.json"
    with serving(server({"name": "Somebody Else"})) as script:
        monkeypatch.setenv("FUSE_LLM_URL", script.address)
        monkeypatch.setattr(wiring, "settings", Settings)
        printed = run(manifest, "--type", "w9", "--workers", 1, "--engine", "ollama", "--json", told)
    assert "The language model answered once" in printed
    document, missing = json.loads(told.read_text())["documents"]
    assert document["model_use"]["calls"] == 1
    assert missing["model_use"] is None
    assert document["decision"] == "accept"
    # What does not stand on the page is no second opinion.
    assert "engines_disagree" not in document["reasons"]
    assert document["fields"]["name"]["value"] != "Somebody Else"


def test_a_model_that_is_not_there_is_told_before_anything_is_read(
    run: Run, manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(says({"models": []})) as script:
        monkeypatch.setenv("FUSE_LLM_URL", script.address)
        monkeypatch.setattr(wiring, "settings", Settings)
        with pytest.raises(CommandFailed, match="ollama pull"):
            run(manifest, "--engine", "ollama")
