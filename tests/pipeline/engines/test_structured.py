"""Answers of a wanted shape: the schema that servers are given, one chance to mend, and never a value in an error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.engines.answer_schema import answer_model, schema_of, type_model
from pipeline.engines.fake import FakeEngine
from pipeline.engines.protocol import Message, Prompt
from pipeline.engines.structured import ask_for
from pipeline.errors import LlmAway, LlmNoSense

PROMPT = Prompt((Message("user", "What is it?"),))
TYPES = type_model(["w9", "invoice"])
GOOD = '{"document_type": "w9", "evidence": ["Form W-9"]}'
HONOURED = {"type", "properties", "required", "additionalProperties", "anyOf", "enum", "items", "maxItems"}


def keywords(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(keywords, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    found = set(node)
    for key, value in node.items():
        found |= set().union(*map(keywords, value.values())) if key == "properties" else keywords(value)
    return found


@pytest.mark.parametrize("name", [name for name, doc_type in DOC_TYPES.items() if doc_type.fields])
def test_a_types_schema_has_only_what_servers_honour(name: str) -> None:
    schema = schema_of(answer_model(DOC_TYPES[name]))
    assert keywords(schema) <= HONOURED
    assert set(schema["required"]) == set(schema["properties"]) == {spec.name for spec in DOC_TYPES[name].fields}
    assert schema["additionalProperties"] is False


def test_tables_have_an_end_and_choices_are_enums() -> None:
    invoice = schema_of(answer_model(DOC_TYPES["invoice"]))["properties"]
    assert invoice["line_items"]["anyOf"][0]["maxItems"] == 200
    identity = schema_of(answer_model(DOC_TYPES["government_id"]))["properties"]
    assert identity["sex"]["anyOf"][0]["enum"] == ["M", "F", "X"]


def test_a_good_answer_is_taken_at_once() -> None:
    engine = FakeEngine([GOOD])
    answered = ask_for(engine, PROMPT, TYPES)
    assert answered.value.model_dump() == {"document_type": "w9", "evidence": ["Form W-9"]}
    assert (len(answered.answers), engine.asked[0].schema) == (1, schema_of(TYPES))


def test_a_fence_is_forgiven() -> None:
    assert ask_for(FakeEngine([f"```json\n{GOOD}\n```"]), PROMPT, TYPES).value.model_dump()["document_type"] == "w9"


def test_a_wrong_answer_is_mended_once_with_what_is_wrong() -> None:
    engine = FakeEngine(['{"document_type": "secret 900-12-3456", "evidence": []}', GOOD])
    answered = ask_for(engine, PROMPT, TYPES)
    assert len(answered.answers) == 2
    told = engine.asked[1].messages[-1].content
    assert "document_type: literal_error" in told
    assert "900-12-3456" not in told


@pytest.mark.parametrize(
    "reply", ["", "no JSON", '{"document_type": "x"}', GOOD[:-1], GOOD[:-1] + ', "more": 1}', "[]"]
)
def test_a_wrong_answer_twice_is_given_up_without_quoting_it(reply: str) -> None:
    engine = FakeEngine([reply])
    with pytest.raises(LlmNoSense) as raised:
        ask_for(engine, PROMPT, TYPES)
    assert len(engine.asked) == 2
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_an_engines_error_goes_through() -> None:
    with pytest.raises(LlmAway):
        ask_for(FakeEngine([LlmAway()]), PROMPT, TYPES)


def test_an_extraction_answer_has_every_field() -> None:
    shape = answer_model(DOC_TYPES["receipt"])
    empty = {spec.name: None for spec in DOC_TYPES["receipt"].fields}
    assert ask_for(FakeEngine([json.dumps(empty)]), PROMPT, shape).value.model_dump() == empty
