"""The OpenAI-like engine against a real llama.cpp server with a tiny model of noise: grammars, limits, kills."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.engines.answer_schema import answer_model, schema_of, type_model
from pipeline.engines.openai_like import OpenAiLikeEngine
from pipeline.engines.protocol import EngineOptions, Message, Prompt
from pipeline.engines.structured import ask_for
from pipeline.errors import LlmAway, LlmCutOff, LlmSlow, LlmTooLong
from tests.pipeline.engines.llama_server import LlamaServer, running_server
from tests.pipeline.engines.tiny_model import write_tiny_model

CHOICE = {
    "type": "object", "properties": {"kind": {"enum": ["w9", "invoice"]}}, "required": ["kind"],
    "additionalProperties": False,
}  # fmt: skip
QUESTION = (Message("user", "What is it?"),)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    model = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_tiny_model(model)
    with running_server(model) as running:
        yield running


@pytest.fixture
def engine(server: LlamaServer) -> Iterator[OpenAiLikeEngine]:
    if server.process is None:
        server.start()
    engine = OpenAiLikeEngine(EngineOptions(server.base_url, "tiny", seconds=30.0))
    yield engine
    engine.close()


def test_noise_is_forced_into_the_schema(engine: OpenAiLikeEngine) -> None:
    answer = engine.ask(Prompt(QUESTION, CHOICE, 200))
    assert answer.text.replace(" ", "").replace("\n", "") in ('{"kind":"w9"}', '{"kind":"invoice"}')
    assert answer.prompt_tokens
    assert answer.answer_tokens
    assert all(token.logprob <= 0 for token in answer.tokens)
    assert answer.text in "".join(token.text for token in answer.tokens)


def test_the_same_question_gets_the_same_answer(engine: OpenAiLikeEngine) -> None:
    assert engine.ask(Prompt(QUESTION, CHOICE, 200)).text == engine.ask(Prompt(QUESTION, CHOICE, 200)).text


@pytest.mark.parametrize("name", [name for name, doc_type in DOC_TYPES.items() if doc_type.fields])
def test_the_server_takes_every_types_schema(engine: OpenAiLikeEngine, name: str) -> None:
    schema = schema_of(answer_model(DOC_TYPES[name]))
    try:
        text = engine.ask(Prompt(QUESTION, schema, 300)).text
    except (LlmCutOff, LlmTooLong):  # noise does not know when a name ends
        return
    answer_model(DOC_TYPES[name]).model_validate_json(text)


def test_a_classification_is_checked(engine: OpenAiLikeEngine) -> None:
    shape = type_model(["w9", "invoice"])
    try:
        answered = ask_for(engine, Prompt(QUESTION, most_tokens=700), shape)
    except LlmCutOff:
        return
    assert answered.value.model_dump()["document_type"] in ("w9", "invoice")


def test_a_prompt_that_does_not_fit_is_told(engine: OpenAiLikeEngine) -> None:
    with pytest.raises(LlmTooLong):
        engine.ask(Prompt((Message("user", "word " * 3000),), CHOICE, 50))


def test_a_call_is_ended_when_its_time_is_over(server: LlamaServer) -> None:
    engine = OpenAiLikeEngine(EngineOptions(server.base_url, "tiny", seconds=0.05))
    with pytest.raises((LlmSlow, LlmCutOff)):
        engine.ask(Prompt(QUESTION, None, 900))
    engine.close()


def test_sixteen_at_once_are_all_answered(engine: OpenAiLikeEngine) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: engine.ask(Prompt(QUESTION, CHOICE, 200)), range(16)))
    assert len(answers) == 16
    assert all('"kind"' in answer.text for answer in answers)


def test_a_server_killed_in_mid_answer_and_started_again(server: LlamaServer, engine: OpenAiLikeEngine) -> None:
    text = {"type": "object", "properties": {"t": {"type": "string"}}, "required": ["t"], "additionalProperties": False}
    killer = Timer(0.15, server.kill)
    killer.start()
    with pytest.raises((LlmAway, LlmCutOff)):
        for _ in range(200):
            engine.ask(Prompt(QUESTION, text, 900))
    killer.join()
    with pytest.raises(LlmAway):
        engine.ask(Prompt(QUESTION, CHOICE, 200))
    server.start()
    started = time.monotonic()
    assert '"kind"' in engine.ask(Prompt(QUESTION, CHOICE, 200)).text
    assert time.monotonic() - started < 30
