"""What an engine is asked and what it answers. Nothing here knows a server or a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may ask to be called.

    Attributes:
        name: of the function.
        description: what it gives; the model reads it.
        parameters: JSON schema of its arguments.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model asks to be called, with arguments that nobody has checked yet."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which template a prompt was made of, and what tells it from all others.

    Attributes:
        template, version: name and number of the template.
        digest: of the template's texts.
        key: of everything that the answer depends on but the engine; two prompts that differ only in the delimiter
            around a document have the same one.
        parts: what the prompt says of each document, where it may be about several.
        part_keys: of each of them what its own part of the answer depends on, whatever else is asked in the prompt.
    """

    template: str
    version: int
    digest: str
    key: str
    parts: tuple[str, ...] = ()
    part_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an engine is asked.

    Attributes:
        messages: in order.
        schema: the answer's JSON schema, in what servers honour (`pipeline.engines.answer_schema`); None: free text.
        most_tokens: of the answer.
        tools: never together with a schema: servers then give neither.
        origin: where it comes from, for the record of calls; None: from nowhere in particular.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    most_tokens: int = 1024
    tools: tuple[Tool, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an answer, and the natural logarithm of its probability."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine answered, to its end.

    Attributes:
        text: the answer.
        model: as the server names it.
        prompt_tokens, answer_tokens: as the server counted; None where it does not.
        seconds: from sending to the last byte.
        tokens: of the answer, where the server tells their probabilities.
        tool_calls: what the model asked for.
        thinks: whether it thought before it answered, though it was told not to.
    """

    text: str
    model: str
    prompt_tokens: int | None
    answer_tokens: int | None
    seconds: float
    tokens: tuple[Token, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    thinks: bool = False


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a server is asked; the same for every call, since a changed context reloads the model.

    Attributes:
        base_url: where the server is.
        model: its model.
        api_key: where it wants one.
        context_tokens: length of prompt and answer together.
        seconds: a call takes no longer, however slowly the answer drips.
        temperature, seed: 0 and constant, so that the same document gets the same answer.
    """

    base_url: str
    model: str
    api_key: str = ""
    context_tokens: int = 8192
    seconds: float = 60.0
    temperature: float = 0.0
    seed: int = 7


class LlmEngine(Protocol):
    """A language model on a server."""

    @property
    def name(self) -> str:
        """The engine's kind, e.g. "ollama"."""

    @property
    def model(self) -> str:
        """The model it asks."""

    def ask(self, prompt: Prompt) -> Answer:
        """Asks and waits for the whole answer.

        Raises:
            LlmError: one of its kinds (`pipeline.errors`); an answer without its end is none.
        """

    def models(self) -> Sequence[str]:
        """The models that the server has.

        Raises:
            LlmError: it does not say.
        """

    def close(self) -> None:
        """Gives its connections back."""
