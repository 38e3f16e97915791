from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.classify import classify, describe
from pipeline.classify.type_model import LEARNED, Features
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import DocType
from pipeline.intake import inspect
from pipeline.reading import ReadingOptions, read_pages
from pipeline.samples import DOC_TYPES_DRAWN, draw
from pipeline.types import UNKNOWN_TYPE, Box, Code, Page, PageSource, Word
from tests.pipeline.test_ground import page
from tests.pipeline.typed.typed_documents import DOCUMENTS
from tests.pipeline.typed.typed_pages import typed

DEV = Path(__file__).parents[2].parent / "shared/documents/dev"

COVER = """
Attention:
You may file Forms W-2 and W-3 electronically. Please see the instructions on the web page
of the administration before you file. This copy of the form is provided for your information
only, and is not to be sent to anyone, because machines would not be able to read it as it is.
"""


def pages_of(doc_type: str, variant: str, seed: int) -> list[Page]:
    data = draw(doc_type, variant, seed).data
    return list(read_pages(data, inspect(data).kind, ReadingOptions()))


def typed_document(name: str) -> Page:
    _, text, across, down = DOCUMENTS[name]
    return typed(text, across, down)


def misread(document: Page, share: float, rng: random.Random) -> Page:
    """The page with some letters taken for others, as a bad scan is read."""
    words = tuple(
        Word(
            "".join(rng.choice("ceiltrnm") if rng.random() < share else c for c in w.text), w.box, w.confidence, w.line
        )
        for w in document.words
    )
    return Page(1, document.width_pt, document.height_pt, document.source, "", words)


@pytest.mark.parametrize("doc_type", DOC_TYPES_DRAWN)
def test_drawn_documents_of_each_type_are_recognised(doc_type: str) -> None:
    for seed in range(4):
        guess = classify(pages_of(doc_type, "digital", seed), DOC_TYPES)
        assert guess.type == doc_type, guess
        assert guess.score > guess.runner_up_score
        assert guess.runner_up != guess.type


@pytest.mark.parametrize("doc_type", ["w9", "bank_statement", "government_id"])
def test_a_scan_is_recognised_too(doc_type: str) -> None:
    assert classify(pages_of(doc_type, "scan", 0), DOC_TYPES).type == doc_type


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_of_other_issuers_and_languages_are_recognised(name: str) -> None:
    guess = classify([typed_document(name)], DOC_TYPES)
    assert guess.type == DOCUMENTS[name][0], guess
    assert guess.score > 0.7


def test_they_are_when_every_twentieth_letter_is_misread() -> None:
    rng = random.Random(3)
    guesses = {name: classify([misread(typed_document(name), 0.05, rng)], DOC_TYPES).type for name in DOCUMENTS}
    wrong = [name for name, guess in guesses.items() if guess != DOCUMENTS[name][0]]
    assert len(wrong) <= 0.1 * len(DOCUMENTS), wrong


def test_most_are_when_half_of_the_phrases_are_other_words() -> None:
    # Vocabulary that we did not think of: what an unknown issuer's documents are like.
    rng = random.Random(5)
    right = 0
    for name, (doc_type, *_) in DOCUMENTS.items():
        seen = describe(typed_document(name), DOC_TYPES)
        for _ in range(4):
            known = {phrase: strength for phrase, strength in seen.phrases.items() if rng.random() < 0.5}
            shares = LEARNED.probabilities(Features(known, seen.shape), DOC_TYPES)
            right += max(shares, key=lambda each: shares[each]) == doc_type
    assert right >= 0.85 * 4 * len(DOCUMENTS)


def test_born_digital_documents_of_real_issuers_are_recognised() -> None:
    if not (DEV / "manifest.jsonl").exists():
        pytest.skip("the labelled real documents are not on this machine (../shared/documents/dev)")
    rows = [json.loads(line) for line in (DEV / "manifest.jsonl").read_text().splitlines()]
    right = []
    for row in (row for row in rows if row.get("born_digital")):
        data = (DEV / row["file"]).read_bytes()
        right.append(classify(list(read_pages(data, inspect(data).kind, ReadingOptions())), DOC_TYPES).type)
    truths = [row["doc_type"] for row in rows if row.get("born_digital")]
    assert sum(a == b for a, b in zip(right, truths, strict=True)) >= 0.97 * len(truths)


def test_it_says_what_spoke_for_the_type() -> None:
    evidence = classify(pages_of("w9", "digital", 0), DOC_TYPES).evidence
    assert "form w-9" in evidence
    assert not any(set("*^") & set(each) for each in evidence)
    faded = classify([typed_document("a faded receipt of which little is left")], DOC_TYPES)
    assert "a narrow column of text with amounts" in faded.evidence


@pytest.mark.parametrize(
    "pages",
    [[], [page("")], [page("x y")], [page("Total 12.50")]],
    ids=["no page", "no word", "two letters", "a line"],
)
def test_what_can_not_be_read_is_unknown(pages: list[Page]) -> None:
    guess = classify(pages, DOC_TYPES)
    assert (guess.type, guess.score, guess.runner_up) == (UNKNOWN_TYPE, 0.0, None)


def test_the_back_of_a_licence_is_known_by_its_bar_code() -> None:
    back = page("Rev 01")
    code = Code("PDF417", "@\n\x1e\rANSI 636001070002DL00410392ZN", Box(1, 0.1, 0.5, 0.9, 0.9))
    guess = classify([replace(back, codes=(code,))], DOC_TYPES)
    assert (guess.type, guess.evidence[0]) == ("government_id", "a driving licence's bar code")


def test_a_page_that_could_be_two_things_is_unknown() -> None:
    torn = classify([typed("Kontoauszug, Earnings Statement, Personalausweis, VAT Invoice")], DOC_TYPES)
    assert torn.type == UNKNOWN_TYPE
    assert 0 < torn.score < 0.4
    assert torn.runner_up is not None


def test_misread_letters_are_forgiven() -> None:
    wrong = page("Rcquest for Taxpayer ldentification Numbcr and Certification", "Give Form to the requcster")
    assert classify([wrong], DOC_TYPES).type == "w9"


def test_a_cover_leaves_it_to_the_pages_behind_it() -> None:
    form = typed_document("a W-2 from a payroll service")
    assert classify([typed(COVER)], DOC_TYPES).type == "other"
    assert classify([typed(COVER), form], DOC_TYPES).type == "w2"
    blank = Page(1, 612, 792, PageSource.NONE, "", ())
    assert classify([blank, typed(COVER), form], DOC_TYPES).type == "w2"


def test_pages_behind_a_document_that_is_plainly_something_do_not_count() -> None:
    contract = typed_document("a contract that speaks of invoices")
    assert classify([contract, typed_document("a German invoice")], DOC_TYPES).type == "other"


OWN = DocType(
    name="delivery_note",
    label="Delivery note",
    cues={"delivery note": 6.0, "received in good order": 3.0, "driver": 1.0},
)
DELIVERY = """
Apex Supplies Ltd                 Delivery Note 4471
To: Harbour Cafe, 2 Quay Street   Date: 3 May 2022
Item                              Qty
Copier paper, box                  20
Received in good order, signature of the customer
"""


def test_a_type_of_ones_own_is_recognised_at_once() -> None:
    assert classify([typed(DELIVERY)], DOC_TYPES).type == "other"
    guess = classify([typed(DELIVERY)], {**DOC_TYPES, OWN.name: OWN})
    assert guess.type == OWN.name, guess
    assert guess.evidence[0] == "delivery note"
    assert guess.runner_up == "other"


def test_it_takes_nothing_from_the_others() -> None:
    types = {**DOC_TYPES, OWN.name: OWN}
    for name, (doc_type, *_) in DOCUMENTS.items():
        assert classify([typed_document(name)], types).type == doc_type, name


def test_types_without_other_can_be_told_apart() -> None:
    one = {name: DOC_TYPES[name] for name in ("invoice", "receipt")}
    assert classify([typed_document("a German invoice")], one).type == "invoice"
    alone = classify([typed_document("a German invoice")], {"invoice": DOC_TYPES["invoice"]})
    assert (alone.type, alone.score, alone.runner_up) == ("invoice", 1.0, None)


def test_a_word_without_letters_does_no_harm() -> None:
    words = (Word("…", Box(1, 0.1, 0.1, 0.2, 0.12), 1.0, 0), *page("Invoice number 5 and the amount due").words)
    assert classify([Page(1, 612, 792, PageSource.OCR, "", words)], DOC_TYPES).type == "invoice"
