"""What `./fuse doctor` finds out about a model's server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.engines.fake import FakeEngine, Reply
from pipeline.engines.probe import probe
from pipeline.engines.protocol import Answer, Token, ToolCall
from pipeline.errors import LlmAway, LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmSlow, LlmTooLong

GOOD = Answer('{"answer": "seven"}', "fake", 5, 5, 0.1, (Token("seven", -0.1),))
CALL = Answer("", "fake", 5, 5, 0.1, (), (ToolCall("get_gold_examples", {"limit": 3}),))


class Server(FakeEngine):
    """An engine whose server has some models, or none that answers."""

    def __init__(self, replies: Sequence[Reply], models: Sequence[str] | LlmError) -> None:
        super().__init__(replies)
        self._models = models

    def models(self) -> Sequence[str]:
        if isinstance(self._models, LlmError):
            raise self._models
        return self._models


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (
            Server([GOOD, CALL], ["fake"]),
            {"server": True, "schema": True, "thinking": True, "logprobs": True, "tools": True},
        ),
        (
            Server([GOOD, LlmRefused()], ["fake:latest"]),
            {"server": True, "schema": True, "thinking": True, "logprobs": True, "tools": True},
        ),
        (
            Server([GOOD], ["/models/fake.gguf"]),
            {"server": True, "schema": True, "thinking": True, "logprobs": True, "tools": True},
        ),
        (Server([], LlmAway()), {"server": False}),
        (Server([], ["other"]), {"server": False}),
        (Server(["five", GOOD], ["fake"]), {"server": True, "schema": False, "tools": True}),
        (Server([LlmRefused(), GOOD], ["fake"]), {"server": True, "schema": False, "tools": True}),
        (Server([LlmSlow(), GOOD], ["fake"]), {"server": True, "schema": False, "tools": True}),
        (Server([LlmNoSense(), GOOD], ["fake"]), {"server": True, "thinking": False, "tools": True}),
        (
            Server([replace(GOOD, thinks=True), CALL], ["fake"]),
            {"server": True, "schema": True, "thinking": False, "logprobs": True, "tools": True},
        ),
    ],
    ids=["all", "no tools", "llama.cpp", "away", "no model", "no schema", "refused", "slow", "silent", "thinks"],
)
def test_what_a_server_can_do(server: Server, found: dict[str, bool]) -> None:
    assert {each.what: not each.mend for each in probe(server)} == found


def test_a_missing_model_is_named_with_the_way_to_it() -> None:
    (told,) = probe(Server([], ["qwen:4b"]))
    assert "qwen:4b" in told.found
    assert "FUSE_LLM_MODEL" in told.mend


@pytest.mark.parametrize(
    ("reply", "taken"),
    [("{}", True), (LlmTooLong(), True), (LlmCutOff(), True), (LlmRefused(), False), (LlmAway(), False)],
)
def test_a_schema_is_taken_when_the_server_begins_to_answer(reply: Reply, taken: bool) -> None:
    told = {each.what: each for each in probe(Server([GOOD, CALL, reply], ["fake"]), {"w9": {}, "receipt": {}})}
    assert (told["types"].mend == "") is taken
    assert taken or "w9, receipt" in told["types"].found
