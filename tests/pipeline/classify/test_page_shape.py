from __future__ import annotations

import time

import pytest

from pipeline.classify import page_shape
from pipeline.classify.page_shape import describe
from pipeline.types import Box, Code, Page, PageSource
from tests.pipeline.typed.typed_documents import DOCUMENTS
from tests.pipeline.typed.typed_pages import typed

LINES = "it is said that all of us will be there when the day has come\n"


def shape_of(name: str) -> dict[str, float]:
    _, text, across, down = DOCUMENTS[name]
    return describe(typed(text, across, down))


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("a German till receipt", page_shape.NARROW),
        ("a petrol receipt", page_shape.TIME),
        ("a faded receipt of which little is left", page_shape.BRIEF_BILL),
        ("a German invoice", page_shape.AMOUNTS),
        ("a German invoice", page_shape.WIDE),
        ("a US bank statement", page_shape.DATE_COLUMN),
        ("a letter", page_shape.PROSE),
        ("a licence application", page_shape.BLANKS),
        ("a business card", page_shape.CONTACT),
        ("an ID card's back, little but its zone", page_shape.ZONE),
        ("a French driving licence", page_shape.CARD),
        ("a faded receipt of which little is left", page_shape.UNTOTALLED),
    ],
)
def test_documents_have_their_features(name: str, feature: str) -> None:
    assert shape_of(name)[feature] > 0


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("a German invoice", page_shape.NARROW),
        ("a German invoice", page_shape.PROSE),
        ("a German invoice", page_shape.UNTOTALLED),
        ("a German till receipt", page_shape.DATE_COLUMN),  # prices are no dates
        ("a letter", page_shape.AMOUNTS),
        ("a CV", page_shape.BLANKS),
        ("a bank card", page_shape.ZONE),
        ("a faded receipt of which little is left", page_shape.CARD),
    ],
)
def test_and_not_those_of_others(name: str, feature: str) -> None:
    assert feature not in shape_of(name)


def test_many_words_are_no_card() -> None:
    shape = describe(typed(LINES * 40))
    assert shape[page_shape.LONG] == 1
    assert 0 < shape[page_shape.WORDY] <= 1


def test_a_long_strip_is_a_slip_whatever_is_on_it() -> None:
    words = typed("Hello there").words
    assert page_shape.SLIP in describe(Page(1, 200, 900, PageSource.OCR, "", words))
    assert page_shape.SLIP not in describe(Page(1, 595, 842, PageSource.OCR, "", words))


@pytest.mark.parametrize(
    ("code", "feature"),
    [
        ("@\n\x1e\rANSI 636001070002DL00410392ZN", page_shape.LICENCE_CODE),
        ("SPC\n0200\n1\nCH4431999123000889012", page_shape.PAYMENT_CODE),
        ("BCD\n002\n1\nSCT\nBFSWDE33BER", page_shape.PAYMENT_CODE),
        ("https://example.com/ANSI", None),
    ],
)
def test_what_bar_codes_say(code: str, feature: str | None) -> None:
    words = typed("Scan me").words
    page = Page(1, 400, 250, PageSource.OCR, "", words, codes=(Code("QR Code", code, Box(1, 0.1, 0.5, 0.9, 0.9)),))
    seen = describe(page).keys() & {page_shape.LICENCE_CODE, page_shape.PAYMENT_CODE}
    assert seen == ({feature} if feature else set())


@pytest.mark.parametrize(
    ("line", "is_zone"),
    [
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", True),
        ("P<UTO ERIKSSON<<ANNA<MARIA<<<<<<<<<<< <<<<<<", True),
        ("PKUTOERIKSSONKKANNAKMARIAKKKKKKKKKKKKKKKKKKK", True),  # fillers misread
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", True),
        ("ANNUAL REPORT OF THE BOARD OF DIRECTORS 2021", False),
        ("a<b<c<d<e<f<g<h<i<j<k<l<m<n<o<p", False),
    ],
)
def test_what_a_machine_readable_zone_is(line: str, is_zone: bool) -> None:
    assert (page_shape.ZONE in describe(typed(line))) is is_zone


def test_a_page_of_one_endless_word_takes_no_time() -> None:
    start = time.process_time()
    describe(typed("a1._-" * 200_000))
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "is_amount"),
    [
        ("1,234.50", True),
        ("$12.00", True),
        ("1.234,50-", True),
        ("(45.10)", True),
        ("25.000", False),
        ("12.50.11", False),
        ("2022", False),
        ("EUR", False),
    ],
)
def test_what_an_amount_is(text: str, is_amount: bool) -> None:
    assert (page_shape.AMOUNTS in describe(typed(text))) is is_amount
