"""`./fuse bench extraction`: a tiny run over drawn documents, the ways beside each other, and what a signal buys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from app.commands.bench_extraction import extraction
from app.console import CommandFailed
from pipeline.evaluate.extraction_ways import OURS, Document, ablations, by_rules, measure, ours
from pipeline.evaluate.manifest import Labelled
from pipeline.evaluate.plain_rules import plain_fields
from pipeline.samples import draw
from pipeline.types import Reading
from tests.pipeline.written_pages import page_of

INVOICE = """
Lark & Rowe LLC
12 Mill Road, Salem, OR 97301

Order          88-120-7
Delivered      02/20/2025
Invoice #      LR-2041
Invoice date   03/04/2025

Description                 Qty       Unit price      Amount
Oak shelf                   2         45.00           90.00

                                      Subtotal        90.00
                                      Sales tax       7.20
                                      Total           $97.20
"""
TRUTH = {"invoice_number": "LR-2041", "invoice_date": "2025-03-04", "total": 97.2, "due_date": None,
         "line_items": [{"description": "Oak shelf", "quantity": 2.0, "unit_price": 45.0, "amount": 90.0}]}  # fmt: skip


def document() -> Document:
    labelled = Labelled("a", "a.pdf", Path("a.pdf"), "invoice", TRUTH)
    return Document(labelled, Reading((page_of(INVOICE),), 1))


def run(*arguments: object) -> None:
    cli = typer.Typer()
    cli.command()(extraction)
    cli([str(argument) for argument in arguments], standalone_mode=False)


def test_a_tiny_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = draw("invoice", "digital", 3)
    (tmp_path / sample.filename).write_bytes(sample.data)
    line = {"id": "a", "file": sample.filename, "doc_type": "invoice", "truth": sample.truth}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(line) + "\n")
    run("--documents", tmp_path, "--readings", tmp_path / "kept", "--markdown")
    told = capsys.readouterr().out
    assert "| invoice | total | 1 / 0 | 100% / — |" in told
    assert "| Fuse | " in told.split("CPU time per page")[1]
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_drawn_hands_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    run("--drawn", 1, "--type", "receipt", "--markdown")
    by_hand = capsys.readouterr().out.split("by hand")[1]
    assert by_hand.count("| receipt-") == 10
    with pytest.raises(CommandFailed, match="crayon"):
        run("--drawn", 1, "--variant", "crayon")


def test_a_folder_without_a_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed):
        run("--documents", tmp_path)


def test_only_fields_that_are_on_the_document_count() -> None:
    (figures,) = measure([document()], {OURS: ours, "rules": by_rules})
    assert figures[OURS].n == {("invoice", name, True): 1 for name in TRUTH if name != "due_date"}
    assert figures[OURS].right == figures[OURS].n
    assert figures[OURS].rows == {("invoice", "line_items", True): (1, 1, 1)}


def test_without_labels_fewer_are_right() -> None:
    (figures,) = measure([document()], ablations())
    right = {name: sum(tally.right.values()) for name, tally in figures.items()}
    assert right["without labels"] < right[OURS] == 4
    assert right["without the machine-readable zone"] == right[OURS]


@pytest.mark.parametrize(
    ("doc_type", "text", "expected"),
    [
        ("invoice", INVOICE, {"invoice_number": "LR-2041", "invoice_date": "2025-03-04", "total": 97.2, "tax": 7.2}),
        ("receipt", "CORNER SHOP\n1 High St\nTotal 12.50\n01/02/2025", {"vendor_name": "CORNER SHOP", "total": 12.5}),
        ("w9", "1 Name (as shown on your income tax return)\nJo Doe\n123-45-6789",
         {"name": "Jo Doe", "ssn": "123-45-6789"}),
        ("bank_statement", "Big Bank\nOpening balance  $10.00\nClosing balance  $20.00",
         {"bank_name": "Big Bank", "opening_balance": 10.0, "closing_balance": 20.0}),
        ("government_id", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
         {"full_name": "ANNA MARIA ERIKSSON", "date_of_birth": "1974-08-12", "sex": "F"}),
    ],
)  # fmt: skip
def test_the_baseline_is_a_fair_one(doc_type: str, text: str, expected: dict[str, object]) -> None:
    found = plain_fields([page_of(text)], doc_type)
    assert {name: found[name] for name in expected} == expected
