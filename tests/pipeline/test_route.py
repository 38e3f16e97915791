from __future__ import annotations

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.route import decide
from pipeline.types import (
    Box,
    ConfidenceParts,
    Extraction,
    FieldValue,
    Finding,
    Page,
    PageSource,
    Reading,
    Rules,
    TypeGuess,
    Word,
)

BOX = Box(1, 0.1, 0.1, 0.3, 0.12)
PAGE = Page(1, 612, 792, PageSource.OCR, "", (Word("x", BOX, 1.0, 0),))
READ = Reading((PAGE,), 1)
SURE = TypeGuess("w9", 0.99)
RULES = Rules({"w9": 0.75}, sampling_rate=0.05)


def value(name: str, confidence: float | None = 0.98, boxes: tuple[Box, ...] = (BOX,)) -> FieldValue:
    parts = None if confidence is None else ConfidenceParts(confidence, 1.0, 1.0)
    return FieldValue(name, "x", "x", boxes, confidence, parts)


def fields(**changed: FieldValue) -> Extraction:
    names = ("name", "federal_tax_classification", "address", "city_state_zip", "ssn", "signature_date")
    found = {name: value(name) for name in names} | changed
    return Extraction(tuple(found.values()))


def codes(extraction: Extraction, guess: TypeGuess = SURE, reading: Reading = READ, draw: float = 1.0,
          rules: Rules = RULES) -> list[str]:  # fmt: skip
    decision = decide(reading, guess, extraction, DOC_TYPES.get(guess.type), rules, draw)
    assert (decision.outcome == "accept") == (not decision.reasons)
    return [reason.code for reason in decision.reasons]


def test_a_document_is_accepted_when_nothing_speaks_against_it() -> None:
    assert codes(fields()) == []


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"extraction": fields(name=value("name", 0.74))}, "below_threshold"),
        ({"extraction": fields(name=value("name", None))}, "below_threshold"),
        ({"extraction": fields(name=value("name", 0.99, ()))}, "not_on_page"),
        ({"extraction": fields(name=FieldValue("name", None))}, "missing_required"),
        ({"extraction": Extraction((value("name"),))}, "incomplete"),
        ({"extraction": Extraction(fields().fields, (Finding("bad_ssn", "?", "ssn"),))}, "bad_ssn"),
        ({"guess": TypeGuess("w9", 0.7)}, "type_uncertain"),
        ({"guess": TypeGuess("unknown", 0.3)}, "type_unknown"),
        ({"guess": TypeGuess("w2", 0.99), "extraction": Extraction(())}, "type_not_extracted"),
        ({"reading": Reading((PAGE,), 2, "time_limit")}, "time_limit"),
        ({"reading": Reading((), 1, "worker_lost")}, "no_text"),
        ({"reading": Reading((PAGE,), 2)}, "page_unreadable"),
        ({"reading": Reading((PAGE, Page(2, 1, 1, PageSource.DAMAGED, "", ())), 2)}, "page_unreadable"),
        ({"reading": Reading((PAGE, Page(2, 1, 1, PageSource.CUT, "", ())), 2)}, "page_cut"),
        ({"guess": TypeGuess("w9", float("nan"))}, "type_uncertain"),
        ({"extraction": fields(name=value("name", float("nan")))}, "below_threshold"),
        ({"draw": 0.049}, "sampled"),
    ],
)
def test_each_reason_sends_it_to_a_person(case: dict[str, object], code: str) -> None:
    arguments: dict[str, object] = {"extraction": fields(), **case}
    assert code in codes(**arguments)  # type: ignore[arg-type]


def test_the_threshold_is_the_tenants() -> None:
    extraction = fields(name=value("name", 0.86))
    assert codes(extraction) == []
    assert codes(extraction, rules=Rules({"w9": 0.9})) == ["below_threshold"]


def test_values_that_are_each_sure_enough_may_not_be_together() -> None:
    extraction = fields(name=value("name", 0.8), address=value("address", 0.8))
    assert codes(extraction) == ["document_uncertain"]


def test_a_document_is_as_sure_as_all_its_parts_together() -> None:
    decision = decide(READ, TypeGuess("w9", 0.95), fields(ssn=value("ssn", 0.6)), DOC_TYPES["w9"], RULES, 1.0)
    assert decision.confidence == pytest.approx(0.95 * 0.6 * 0.98**5)
