"""A document type that is not built in: from its file alone it is classified, extracted, checked and decided on."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from app.settings import ROOT
from pipeline import route
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.catalogue import Catalogue, OwnTypeError, load_type
from pipeline.doctypes.invoice import INVOICE
from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions, read_pages
from pipeline.run import classify_pages, extract_fields
from pipeline.samples.sheet import A4, HELVETICA, Sheet
from pipeline.types import Page, Reading, Rules

EXAMPLE = ROOT / "docs" / "examples" / "delivery_note.toml"
HEAD = 'name = "crate_list"\nlabel = "Crate list"\n'


def delivery_note(condition: str = "Intact", ordered: str = "3 June 2025") -> tuple[Page, ...]:
    sheet = Sheet(A4, "Delivery note")
    text = HELVETICA.regular
    sheet.text(46, 60, "MERROW TIMBER LTD", HELVETICA.bold, 16)
    sheet.text(46, 90, "DELIVERY NOTE", HELVETICA.bold, 20)
    lines = (
        ("Delivery note no.", "DN-204117"), ("Delivered on", "17 June 2025"), ("Ordered on", ordered),
        ("Delivered to", "Alder & Finch Joinery"), ("Depot", "Quay 4, north shed"),
        ("Condition on arrival", condition),
    )  # fmt: skip
    for i, (label, value) in enumerate(lines):
        sheet.text(46, 130 + 18 * i, f"{label}:", text, 10)
        sheet.text(190, 130 + 18 * i, value, text, 10)
    for x, words in ((46, "Description"), (300, "Quantity delivered")):
        sheet.text(x, 270, words, HELVETICA.bold, 10)
    for i, (goods, count) in enumerate((("Oak board 25 mm", "12"), ("Larch batten", "140"))):
        sheet.text(46, 290 + 16 * i, goods, text, 10)
        sheet.text(330, 290 + 16 * i, count, text, 10)
    sheet.text(46, 360, "Received in good order by: ____________", text, 10)
    return tuple(read_pages(sheet.pdf(), FileKind.PDF, ReadingOptions()))


def test_a_type_from_a_file_works_at_once() -> None:
    own = load_type(EXAMPLE)
    pages = delivery_note()
    guess = classify_pages(pages, (own,))
    assert guess.type == "delivery_note"
    assert "delivery note" in guess.evidence
    extraction = extract_fields(pages, own)
    values = {value.name: value.value for value in extraction.fields}
    assert values == {
        "note_number": "DN-204117",
        "delivery_date": "2025-06-17",
        "ordered_on": "2025-06-03",
        "recipient": "Alder & Finch Joinery",
        "depot": "Quay 4, north shed",
        "condition": "Intact",
        "goods": [
            {"description": "Oak board 25 mm", "quantity": 12.0},
            {"description": "Larch batten", "quantity": 140.0},
        ],
    }
    assert all(value.boxes for value in extraction.fields)
    decision = route.decide(Reading(pages, 1), guess, extraction, own, Rules({"delivery_note": 0.5}), 1.0)
    assert decision.outcome == "accept", decision.reasons


def test_its_checks_count() -> None:
    findings = extract_fields(delivery_note(ordered="3 July 2025"), load_type(EXAMPLE)).findings
    assert [finding.code for finding in findings] == ["date_order"]


def test_without_it_the_document_is_something_else() -> None:
    assert classify_pages(delivery_note()).type != "delivery_note"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = ", "is not TOML"),
        ('name = "Crate List"\nlabel = "x"', "name"),
        (HEAD + 'colour = "red"', "colour: Extra inputs are not permitted"),
        (HEAD + '[[fields]]\nname = "a"\nlabel = "A"\nkind = "colour"', "fields.1.kind"),
        (HEAD + '[[fields]]\nname = "a"\nlabel = "A"\nkind = "choice"', "a choice needs its choices"),
        (HEAD + '[[fields]]\nname = "a"\nlabel = "A"\nkind = "table"', "a table needs columns"),
        (HEAD + '[[fields]]\nname = "a"\nlabel = "A"\nkind = "text"\npattern = "("', "no regular expression"),
        (HEAD + '[[fields]]\nname = "a"\nlabel = "A"\nkind = "identifier"\ncheck = "isbn"', "the check must be one of"),
        (HEAD + '[[fields]]\nname = "a"\nlabel = "A"\nkind = "text"\n' * 1
         + '[[fields]]\nname = "a"\nlabel = "B"\nkind = "text"', "two fields are called a"),
        (HEAD + '[[orders]]\nearly = "a"\nlate = "b"\nsentence = "No."', "which is no field"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_where_it_is_wrong(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "crate.toml"
    path.write_text(text)
    with pytest.raises(OwnTypeError, match=r"crate\.toml") as told:
        load_type(path)
    assert sentence in str(told.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OwnTypeError, match="No such file"):
        load_type(tmp_path / "gone.toml")


def test_files_count_as_they_come_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalogue((INVOICE,))
    catalogue.watch(tmp_path / "doctypes")
    assert list(catalogue) == ["invoice"]
    _move_the_clock(monkeypatch)
    (tmp_path / "doctypes").mkdir()
    path = tmp_path / "doctypes" / "crates.toml"
    path.write_text(HEAD)
    (tmp_path / "doctypes" / "double.toml").write_text('name = "invoice"\nlabel = "Mine"')
    assert list(catalogue) == ["invoice", "crate_list"]
    assert catalogue["crate_list"].label == "Crate list"
    assert catalogue.problems == ("double.toml: there is a type invoice already. Choose another name.",)
    path.write_text(HEAD.replace("Crate list", "Crates"))
    os.utime(path, ns=(1, 1))
    _move_the_clock(monkeypatch)
    assert catalogue["crate_list"].label == "Crates"
    path.unlink()
    _move_the_clock(monkeypatch)
    assert list(catalogue) == ["invoice"]
    assert catalogue["invoice"] is INVOICE


def test_a_type_that_is_asked_for_by_name_counts_at_once(tmp_path: Path) -> None:
    """Another process may have read a document of it already."""
    catalogue = Catalogue((INVOICE,))
    catalogue.watch(tmp_path)
    assert list(catalogue) == ["invoice"]
    (tmp_path / "crates.toml").write_text(HEAD + '[[fields]]\nname = "lot"\nlabel = "Lot"\nkind = "text"')
    assert list(catalogue) == ["invoice"], "the list is a second old at most"
    assert [spec.name for spec in catalogue.fields_of("crate_list")] == ["lot"]
    assert "nothing" not in catalogue
    assert list(catalogue) == ["invoice", "crate_list"]


def _move_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is looked at again after a second."""
    later = time.monotonic() + 10.0
    monkeypatch.setattr("pipeline.doctypes.catalogue.time.monotonic", lambda: later)


def test_the_built_in_types_fit_together() -> None:
    assert {name: type_.name for name, type_ in DOC_TYPES.items()} == {name: name for name in DOC_TYPES}
