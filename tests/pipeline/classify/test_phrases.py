from __future__ import annotations

import pytest

from pipeline.classify.phrases import FURTHER_DOWN, IN_RUNNING_TEXT, IN_TOP, find_phrases, plain
from pipeline.types import PageSource
from tests.pipeline.typed.typed_pages import typed

PROSE = "we have sent you the invoice with our letter of last week as you asked"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Relevé de  COMPTE,", "releve de compte"),
        ("Straße / Größe", "strasse grosse"),
        ("Employee’s TIN (SSN)", "employees tin ssn"),
        ("Łódź æther ØRE", "lodz aether ore"),
        ("— … —", ""),
    ],
)
def test_plain_text_is_letters_and_digits(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("INVOICE", "invoice", True),
        ("invoices", "invoice", False),  # a word is a word
        ("Rechnungsnummer 5", "rechnungs*", True),
        ("Rechnung 5", "rechnungs*", False),
        ("m1099-DIV", "*1099 div", True),  # glued to what stands before it
        ("1099-DIVA", "*1099 div", False),
        ("lNV0ICE", "invoice", True),  # look-alike letters
        ("R3CEIPT", "receipt", False),  # too short to forgive more
        ("Wage and Tax Statcment", "wage and tax statement", True),  # a letter misread
        ("WageandTaxStatement", "wage and tax statement", True),  # run together
        ("Wage and Text Settlement", "wage and tax statement", False),
    ],
)
def test_ocr_is_forgiven_what_it_may_have_done(text: str, phrase: str, found: bool) -> None:
    assert bool(find_phrases(typed(text), [phrase])) is found


@pytest.mark.parametrize("text", ["lNV0ICE", "Wage and Tax Statcment", "WageandTaxStatement"])
def test_a_text_layer_is_taken_at_its_word(text: str) -> None:
    page = typed(text, source=PageSource.TEXT_LAYER)
    assert find_phrases(page, ["invoice", "wage and tax statement"]) == {}


def test_where_a_phrase_stands_is_how_much_it_counts() -> None:
    text = "Invoice\n" + "\n" * 30 + "Amount due\n" + PROSE.replace("invoice", "receipt")
    assert find_phrases(typed(text), ["invoice", "amount due", "receipt"]) == {
        "invoice": IN_TOP,
        "amount due": FURTHER_DOWN,
        "receipt": IN_RUNNING_TEXT,
    }


@pytest.mark.parametrize(("lines_above", "found"), [(0, True), (10, True), (30, False)])
def test_some_phrases_count_only_in_the_top(lines_above: int, found: bool) -> None:
    page = typed("line\n" * lines_above + "Form 1098")
    assert bool(find_phrases(page, ["^form 1098"])) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tax invoice", {"tax invoice"}),
        ("Tax invoice / Invoice to", {"tax invoice", "invoice"}),
        ("Invoice", {"invoice"}),
        ("Simplified tax invoice", {"simplified tax invoice"}),
    ],
)
def test_a_phrase_inside_a_longer_one_is_not_there_by_itself(text: str, found: set[str]) -> None:
    assert set(find_phrases(typed(text), ["invoice", "tax invoice", "simplified tax invoice"])) == found


def test_a_misreading_is_taken_for_one_phrase_only() -> None:
    alike = ["driver licence", "driver license", "drivers license", "drivers licence"]
    assert set(find_phrases(typed("DRIVER LICENSE"), alike)) == {"driver license"}
    assert len(find_phrases(typed("DRIVER LICENXE"), alike)) == 1
