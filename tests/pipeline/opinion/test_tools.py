"""What a model's wish for examples comes to, however it is said, and when it is not said."""

from __future__ import annotations

import json
from threading import Event

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.engines.fake import FakeEngine
from pipeline.engines.protocol import Answer, Prompt
from pipeline.errors import LlmAway, LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmTooLong
from pipeline.opinion.asking import Pace
from pipeline.opinion.examples import GoldExample
from pipeline.opinion.tools import (
    GET_GOLD_EXAMPLES,
    PLAIN_EXAMPLES,
    ExampleArguments,
    Invocation,
    ToolRegistry,
    wanted_examples,
)

RECEIPT = DOC_TYPES["receipt"]
EXAMPLES = tuple(GoldExample(str(n), "Total 1.00", {"total": "1.00"}) for n in range(5))


def registry(log: list[Invocation]) -> ToolRegistry:
    made = ToolRegistry(log.append)
    made.register(
        GET_GOLD_EXAMPLES, ExampleArguments, lambda a: EXAMPLES[: a.limit] if a.document_type == "receipt" else ()
    )
    return made


def written(**arguments: object) -> str:
    return json.dumps({"name": "get_gold_examples", "parameters": arguments})


@pytest.mark.parametrize("error", [LlmTooLong(), LlmCutOff(), LlmNoSense(), LlmRefused()])
def test_a_model_that_can_not_call_gets_a_few_examples_without_asking(error: LlmError) -> None:
    log: list[Invocation] = []
    wanted = wanted_examples(FakeEngine([error]), RECEIPT, registry(log), Pace())
    assert (wanted.examples, wanted.limit) == (EXAMPLES[:PLAIN_EXAMPLES], PLAIN_EXAMPLES)
    assert [(used.how, used.outcome) for used in log] == [("plain", "ok")]


def test_a_server_that_is_away_is_no_wish() -> None:
    with pytest.raises(LlmAway):
        wanted_examples(FakeEngine([LlmAway()]), RECEIPT, registry([]), Pace())


@pytest.mark.parametrize(
    ("said", "outcomes", "limit"),
    [
        (written(document_type="receipt", limit=2), ["ok"], 2),
        (written(document_type="receipt", limit=10), ["ok"], 10),  # more than there are now
        (written(document_type="receipt"), ["ok"], PLAIN_EXAMPLES),
        (written(document_type="invoice", limit=2), ["bad_arguments", "ok"], PLAIN_EXAMPLES),
        (written(document_type="receipt", limit=0), ["bad_arguments", "ok"], PLAIN_EXAMPLES),
        ("Sure, I would like some.", ["ok"], PLAIN_EXAMPLES),
    ],
)
def test_a_call_that_gives_nothing_is_refused_and_some_are_given(said: str, outcomes: list[str], limit: int) -> None:
    log: list[Invocation] = []
    wanted = wanted_examples(FakeEngine([said]), RECEIPT, registry(log), Pace())
    assert [used.outcome for used in log] == outcomes
    assert (wanted.examples, wanted.limit) == (EXAMPLES[:limit], limit)


def test_the_waiting_ends_with_what_the_tick_raises() -> None:
    held = Event()

    class Slow(FakeEngine):
        def ask(self, prompt: Prompt) -> Answer:
            held.wait(5.0)
            return super().ask(prompt)

    def stopped() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        wanted_examples(Slow(["none"]), RECEIPT, registry([]), Pace(tick=stopped))
    held.set()
