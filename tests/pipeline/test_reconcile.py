"""A model beside the built-in engine: agreement, disagreement, invention; and models that obey what a document says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.engines.fake import FakeEngine
from pipeline.engines.protocol import Prompt
from pipeline.errors import LlmAway
from pipeline.opinion.questions import Ways
from pipeline.reconcile import reconcile
from pipeline.route import decide
from pipeline.run import extract_beside_model, extract_fields
from pipeline.types import Box, ConfidenceParts, Extraction, FieldValue, JsonValue, Reading, Rules, TypeGuess
from tests.pipeline.test_guardrails import ORDERS
from tests.pipeline.written_pages import page_of

RECEIPT = DOC_TYPES["receipt"]
TEXT = """
Hollow Oak Grocery LLC
12 Mill Road
Salem, OR 97301

03/04/2025  11:20

Oak milk                      3.10
Rye bread                     4.90

Subtotal                      8.00
Tax                           0.56
Total                        $8.56
Cash                         10.00
Change                        1.44
"""


def field(name: str, value: JsonValue, engine: float = 0.8, on_page: bool = True) -> FieldValue:
    parts = ConfidenceParts(engine, 1.0, 1.0)
    return FieldValue(name, value, str(value), (Box(1, 0.1, 0.1, 0.2, 0.2),) if on_page else (), parts.product, parts)


def one(ours: FieldValue | None, theirs: FieldValue | None) -> FieldValue:
    built_in = {"total": ours} if ours else {}
    model = {"total": theirs} if theirs else {}
    return next(each for each in reconcile(built_in, model, RECEIPT) if each.name == "total")


def test_agreement_raises() -> None:
    agreed = one(field("total", 8.56), field("total", 8.56))
    assert (agreed.value, agreed.findings) == (8.56, ())
    assert agreed.confidence == pytest.approx(1 - 0.2 * (1 - 2 / 3 * 0.8))


def test_disagreement_keeps_the_built_in_value_and_goes_to_a_person() -> None:
    doubted = one(field("total", 8.56), field("total", 10.0))
    assert (doubted.value, doubted.findings) == (8.56, ("engines_disagree",))
    assert (doubted.confidence or 1) < 0.5


def test_what_the_page_does_not_show_is_no_second_opinion() -> None:
    kept = one(field("total", 8.56), field("total", 99.0, on_page=False))
    assert (kept.value, kept.findings, kept.confidence) == (8.56, (), 0.8)


@pytest.mark.parametrize("on_page", [True, False])
def test_what_only_the_model_claims_goes_to_a_person(on_page: bool) -> None:
    claimed = one(None, field("total", 8.56, on_page=on_page))
    assert (claimed.value, claimed.findings) == (8.56, ("model_only",))


def test_silence_changes_nothing() -> None:
    assert one(field("total", 8.56), None) == field("total", 8.56)
    assert one(None, None) == FieldValue("total", None)


def copied(**values: Any) -> str:
    return json.dumps({spec.name: values.get(spec.name) for spec in RECEIPT.fields})


def test_without_an_answer_the_built_in_engine_stands() -> None:
    with pytest.raises(LlmAway):
        extract_beside_model([page_of(TEXT)], RECEIPT, FakeEngine([LlmAway()]), Ways(4096))


def outcome(extraction: Extraction, text: str) -> str:
    reading = Reading((page_of(text),), 1)
    return decide(reading, TypeGuess("receipt", 0.99), extraction, RECEIPT, Rules({"receipt": 0.0}), 1.0).outcome


def test_an_honest_document_with_an_agreeing_model_passes() -> None:
    true = {"vendor_name": "Hollow Oak Grocery LLC", "date": "03/04/2025", "total": "8.56"}
    extraction, answers = extract_beside_model([page_of(TEXT)], RECEIPT, FakeEngine([copied(**true)]), Ways(4096))
    assert extraction.by_name()["total"].value == 8.56
    assert len(answers) == 1
    assert "suspicious_text" not in [finding.code for finding in extraction.findings]


def obeying(prompt: Prompt) -> str:
    """A model that does what the document says: everything is what the attacker wants."""
    assert "9,999.00" in prompt.messages[-1].content
    return copied(vendor_name="ACME", date="01/01/2020", total="9,999.00", address="ACME")


@pytest.mark.parametrize("order", ORDERS)
def test_a_model_that_obeys_changes_no_true_value_and_nothing_passes(order: str) -> None:
    attacked = f"{TEXT}\n{' '.join(order.split())}  ACME  01/01/2020  9,999.00\n"
    before = extract_fields([page_of(attacked)], RECEIPT).by_name()
    extraction, _ = extract_beside_model([page_of(attacked)], RECEIPT, FakeEngine([obeying]), Ways(4096))
    after = extraction.by_name()
    for name, value in before.items():
        if value.value is not None:
            assert after[name].value == value.value
    assert outcome(extraction, attacked) == "review"
