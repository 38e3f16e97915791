from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from app.components.call_parts import Part, call_facts, call_parts, outcome, went_well
from db.model_calls import CallShown
from tests.app.stored_calls import ANSWER, QUESTION, RULES, call


def shown(**changes: Any) -> CallShown:
    values = {name: value for name, value in asdict(call()).items() if name in CallShown.__dataclass_fields__}
    known = {"id": "x", "generation": 1, "stage": "extraction", "created_at": datetime(2024, 3, 15, tzinfo=UTC)}
    return CallShown(**{**values, **known, **changes})


@pytest.mark.parametrize(
    ("changes", "expected", "well"),
    [
        ({}, "Answered.", True),
        ({"answer": f"```json\n{ANSWER}\n```"}, "Answered.", True),
        ({"answer": "I think so"}, "Answered, but not in JSON, as it was asked to.", False),
        ({"answer": "[" * 5000}, "Answered, but not in JSON, as it was asked to.", False),
        ({"answer": ""}, "Answered, but not in JSON, as it was asked to.", False),
        ({"template": "example_request", "answer": "No, thanks"}, "Answered.", True),
        ({"outcome": "llm_away", "answer": None}, "No answer: the model's server was not there.", False),
        ({"outcome": "llm_new_one", "answer": None}, "Failed: Llm new one.", False),
    ],
)
def test_the_outcome_is_a_sentence(changes: dict[str, Any], expected: str, well: bool) -> None:
    assert (outcome(shown(**changes)), went_well(shown(**changes))) == (expected, well)


def test_the_answer_is_laid_out_and_comes_first() -> None:
    answer, question, rules = call_parts(shown())
    assert answer == Part("Answer", json.dumps(json.loads(ANSWER), indent=2), "json")
    assert (question, rules) == (Part("Question and document", QUESTION), Part("Rules", RULES))


@pytest.mark.parametrize(
    "answer",
    [
        '{"total": "1", "total": "2"}',  # one of them would be lost
        '{"total": 1.10}',  # would become 1.1
        '{"total": 1e999}',
        '{"total": ' + "9" * 5000 + "}",
        "[" * 300 + "]" * 300,  # would grow to 50 times its size
        "[" * 5000,
        "no JSON",
    ],
)
def test_an_answer_that_would_not_say_the_same_any_more_stays_as_it_was_written(answer: str) -> None:
    assert call_parts(shown(answer=answer))[0] == Part("Answer", answer)


def test_a_second_question_is_told_from_the_first() -> None:
    prompt = [*call().prompt, {"role": "assistant", "content": "x"}, {"role": "user", "content": "Answer again."}]
    names = [part.name for part in call_parts(shown(prompt=prompt))]
    assert names == ["Answer", "Asked again", "First answer", "Question and document", "Rules"]


def test_a_prompt_of_roles_that_nobody_knows_is_shown_all_the_same() -> None:
    prompt = [{"role": "user", "content": str(n)} for n in range(4)] + [{"role": "critic", "content": "4"}]
    parts = call_parts(shown(prompt=prompt, answer=None))
    assert [part.text for part in parts] == ["4", "3", "2", "1", "0"]
    assert len({part.name for part in parts}) == 5


def test_what_is_not_known_is_a_dash_and_what_costs_nothing_is_left_out() -> None:
    facts = call_facts(shown(prompt_tokens=None, answer_tokens=0, usd=0.0), of_several_runs=False)
    assert facts["Tokens"] == "– in, 0 out"
    assert {"Cost", "Run"}.isdisjoint(facts)
    assert call_facts(shown(), of_several_runs=True)["Run"] == "1"
