"""Which engine, and how it is asked: what a process needs to make one for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.engines.protocol import EngineOptions, LlmEngine

Kind = Literal["ollama", "openai"]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine that is not made yet: it can be handed to another process, where a connection can't.

    Attributes:
        kind: "ollama", or "openai" for servers that speak OpenAI's protocol.
        options: how its server is asked.
    """

    kind: Kind
    options: EngineOptions

    def open(self) -> LlmEngine:
        """Makes it; the caller closes it."""
        if self.kind == "ollama":
            from pipeline.engines.ollama import OllamaEngine  # the clients are loaded where one is wanted

            return OllamaEngine(self.options)
        from pipeline.engines.openai_like import OpenAiLikeEngine

        return OpenAiLikeEngine(self.options)
