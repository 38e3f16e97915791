"""An engine that answers what it was told to: for tests, and for trying the product without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline.engines.protocol import Answer, Prompt
from pipeline.errors import LlmError

Reply = str | Answer | LlmError | Callable[[Prompt], str]


class FakeEngine:
    """Gives its replies in turn, the last one again and again; an error is raised."""

    name = "fake"
    model = "fake"

    def __init__(self, replies: Iterable[Reply]) -> None:
        self._replies = list(replies)
        self.asked: list[Prompt] = []

    def ask(self, prompt: Prompt) -> Answer:
        """The next reply."""
        self.asked.append(prompt)
        reply = self._replies[min(len(self.asked), len(self._replies)) - 1]
        if isinstance(reply, LlmError):
            raise reply
        if isinstance(reply, Answer):
            return reply
        return Answer(reply(prompt) if callable(reply) else reply, self.model, None, None, 0.0)

    def models(self) -> Sequence[str]:
        """Its own name."""
        return (self.model,)

    def close(self) -> None:
        """Has nothing to give back."""
