"""What a model's server can do, found out by asking it once: reachable, model, schema, thinking, log-probabilities,
tools, and whether it takes the schema of every document type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.engines.protocol import LlmEngine, Message, Prompt, Tool
from pipeline.errors import LlmCutOff, LlmError, LlmNoSense, LlmRefused, LlmTooLong

_SCHEMA = {
    "type": "object", "properties": {"answer": {"enum": ["seven"]}}, "required": ["answer"],
    "additionalProperties": False,
}  # fmt: skip
_TOOL = Tool(
    "get_gold_examples",
    "Gives examples of a document type.",
    {"type": "object", "properties": {"limit": {"type": "integer"}}, "required": ["limit"]},
)
_MOST_TOKENS = 128
_FEW_TOKENS = 4


@dataclass(frozen=True, slots=True)
class Probed:
    """One thing that was tried.

    Attributes:
        what: e.g. "server", "schema".
        found: in a sentence.
        mend: what to do about it; "" where all is well, or where the product does without.
    """

    what: str
    found: str
    mend: str = ""


def probe(engine: LlmEngine, schemas: Mapping[str, Mapping[str, Any]] | None = None) -> Iterator[Probed]:
    """Asks a server what it can do; ends with the first thing without which nothing else can be tried.

    Args:
        engine: whom.
        schemas: document type -> schema of the answer about it; servers stumble over schemas that others take.
    """
    try:
        models = engine.models()
    except LlmError as error:
        yield Probed("server", error.sentence, f"start the server, or set FUSE_LLM_URL ({engine.name})")
        return
    if not _is_there(engine.model, models):
        there = ", ".join(models) or "none"
        pull = f"ollama pull {engine.model}" if engine.name == "ollama" else "set FUSE_LLM_MODEL to one of them"
        yield Probed("server", f"reachable, without the model {engine.model}; it has {there}", pull)
        return
    yield Probed("server", f"{engine.name}, reachable, with {engine.model}")
    yield from _answers(engine)
    yield _tools(engine)
    if schemas:
        yield _schemas(engine, schemas)


def _is_there(model: str, models: object) -> bool:
    """Ollama adds ":latest" to a name without a tag; llama.cpp calls its one model by the name of its file."""
    names = [str(name) for name in models] if isinstance(models, list | tuple) else []
    return (
        model in names or f"{model}:latest" in names or any(name.endswith((model, f"{model}.gguf")) for name in names)
    )


def _answers(engine: LlmEngine) -> Iterator[Probed]:
    """An answer by schema that only a forced one gets right: the question asks for another."""
    question = Message("user", "Answer with the word five, and nothing else.")
    try:
        answer = engine.ask(Prompt((question,), _SCHEMA, _MOST_TOKENS))
    except LlmRefused as error:
        yield Probed("schema", error.sentence, "choose a model that answers by a JSON schema")
        return
    except LlmNoSense:  # some models say nothing when they may not think and must keep to a schema
        yield Probed("thinking", "with thinking off it answers nothing", "choose a model that does not think")
        return
    except LlmError as error:
        yield Probed("schema", error.sentence, "look into the server's log; a smaller model answers sooner")
        return
    if _parsed(answer.text) != {"answer": "seven"}:
        yield Probed("schema", "answers, but not by the schema", "use a server that forces answers into a JSON schema")
        return
    counted = "counts tokens" if answer.prompt_tokens is not None else "does not count tokens"
    yield Probed("schema", f"honoured; {counted}; answers in {answer.seconds:.1f} s")
    if answer.thinks:
        yield Probed("thinking", "it thinks, though it is told not to", "choose a model that does not think")
    else:
        yield Probed("thinking", "off")
    yield Probed("logprobs", "told" if answer.tokens else "not told: confidence goes without them")


def _tools(engine: LlmEngine) -> Probed:
    question = Message("user", "Call get_gold_examples with the limit 3.")
    try:
        answer = engine.ask(Prompt((question,), None, _MOST_TOKENS, (_TOOL,)))
    except LlmError:
        return Probed("tools", "none: examples are put into the prompt")
    return Probed("tools", "called" if answer.tool_calls else "not called: examples are put into the prompt")


def _schemas(engine: LlmEngine, schemas: Mapping[str, Mapping[str, Any]]) -> Probed:
    """A server compiles a schema before it answers: the first few tokens show that it could."""
    question = Message("user", "Answer with null for everything.")
    refused = []
    for name, schema in schemas.items():
        try:
            engine.ask(Prompt((question,), schema, _FEW_TOKENS))
        except (LlmTooLong, LlmCutOff, LlmNoSense):  # it began to answer
            continue
        except LlmError:
            refused.append(name)
    if refused:
        return Probed("types", f"it refuses the schema of {', '.join(refused)}", "use another server, or a newer one")
    return Probed("types", f"the schemas of all {len(schemas)} types are taken")


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
