from __future__ import annotations

import pytest

from pipeline.classify import classify
from pipeline.doctypes import DOC_TYPES
from pipeline.intake import inspect
from pipeline.reading import ReadingOptions, read_pages
from pipeline.samples import DOC_TYPES_DRAWN, draw
from pipeline.types import UNKNOWN_TYPE, Page
from tests.pipeline.test_ground import page


def pages_of(doc_type: str, variant: str, seed: int) -> list[Page]:
    data = draw(doc_type, variant, seed).data
    return list(read_pages(data, inspect(data).kind, ReadingOptions()))


@pytest.mark.parametrize("doc_type", DOC_TYPES_DRAWN)
def test_drawn_documents_of_each_type_are_recognised(doc_type: str) -> None:
    guesses = [classify(pages_of(doc_type, "digital", seed), DOC_TYPES) for seed in range(4)]
    assert [guess.type for guess in guesses].count(doc_type) >= 3, guesses
    best = max(guesses, key=lambda guess: guess.score)
    assert best.score > best.runner_up_score
    assert best.runner_up != best.type


@pytest.mark.parametrize("doc_type", ["w9", "bank_statement", "government_id"])
def test_a_scan_is_recognised_too(doc_type: str) -> None:
    assert classify(pages_of(doc_type, "scan", 0), DOC_TYPES).type == doc_type


def test_it_says_what_spoke_for_the_type() -> None:
    guess = classify(pages_of("w9", "digital", 0), DOC_TYPES)
    assert "form w-9" in guess.evidence


@pytest.mark.parametrize("pages", [[], [page("")], [page("x y")]], ids=["no page", "no word", "two letters"])
def test_what_can_not_be_read_is_unknown(pages: list[Page]) -> None:
    assert classify(pages, DOC_TYPES).type == UNKNOWN_TYPE


def test_misread_letters_are_forgiven() -> None:
    misread = page("Rcquest for Taxpayer ldentification Numbcr and Certification", "Give Form to the requcster")
    assert classify([misread], DOC_TYPES).type == "w9"
