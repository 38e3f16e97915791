"""A language model's engine as the workers use it: within the budget, behind the breaker, every call kept.

An answer is stored before anything is made of it: a worker that is killed right after has not called in vain, since
whoever takes the document over finds the answer.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Engine

from db import model_calls, usage
from db.model_calls import Called, Caller
from pipeline.engines.legible import count_of, legible, legible_json, logprob_of
from pipeline.engines.protocol import Answer, LlmEngine, Origin, Prompt, Token, ToolCall
from pipeline.engines.structured import unfenced
from pipeline.errors import LlmError, LlmPaused
from workers import retry
from workers.breaker import Breaker, State
from workers.budget import Budget
from workers.slots import Slots

_Read = TypeVar("_Read")
_NOWHERE = Origin("none", 0, "", "")


class MeteredEngine:
    """An engine that asks on behalf of documents of one tenant.

    Args:
        engine: the server's.
        callers: for whom; several, where one call is about several documents, in their order.
        store: the database.
        breaker, slots, budget: what a call has to pass.
    """

    def __init__(
        self,
        engine: LlmEngine,
        callers: Sequence[Caller],
        store: Engine,
        breaker: Breaker,
        slots: Slots,
        budget: Budget,
        wait_s: float = 60.0,
    ) -> None:
        self._engine, self._callers, self._store = engine, callers, store
        self._breaker, self._slots, self._budget, self._wait_s = breaker, slots, budget, wait_s

    @property
    def name(self) -> str:
        """The engine's kind."""
        return self._engine.name

    @property
    def model(self) -> str:
        """The model it asks."""
        return self._engine.model

    def models(self) -> Sequence[str]:
        """The models that the server has."""
        return self._engine.models()

    def close(self) -> None:
        """Gives its connections back."""
        self._engine.close()

    def ask(self, prompt: Prompt) -> Answer:
        """The stored answer to this very prompt, or the server's; see `LlmEngine.ask`.

        Raises:
            LlmPaused: the breaker is open.
            LlmOverBudget: the tenant may not call now.
            LlmBusy: no slot came free in time.
            LlmError: the server gave no answer.
        """
        known = self._in_transaction(lambda connection: self._look_up(connection, prompt))
        if known is not None:
            return known
        if self._breaker.look() is State.OPEN:  # nobody waits for a slot then
            raise LlmPaused
        with self._slots.one(self._wait_s):
            state = self._breaker.ask()
            if state is State.OPEN:
                raise LlmPaused
            return self._call(prompt, is_trial=state is State.HALF_OPEN)

    def told_before(self, part_keys: Sequence[str]) -> list[list[str]]:
        """What was answered about each caller's document in its run, with whomever it was asked about.

        Args:
            part_keys: of the callers' documents, in their order; see `Origin.part_keys`.
        """

        def read(connection: Connection) -> list[list[str]]:
            pairs = zip(self._callers, part_keys, strict=True)
            return [model_calls.parts_answered(connection, caller, self._hashed(key)) for caller, key in pairs]

        return self._in_transaction(read)

    def _look_up(self, connection: Connection, prompt: Prompt) -> Answer | None:
        """The stored answer.

        Raises:
            LlmOverBudget: there is none, and the tenant may not call now.
        """
        if len(self._callers) == 1:
            stored = model_calls.answered(connection, self._callers[0], self._hash(prompt))
            if stored is not None:
                return _answer(stored)
        self._budget.check(usage.spent(connection, self._callers[0].tenant_id))
        return None

    def _call(self, prompt: Prompt, is_trial: bool) -> Answer:
        started = time.monotonic()
        try:
            answer = self._engine.ask(prompt)
        except LlmError as error:
            if error.counts:
                self._breaker.failed()
            elif is_trial:
                self._breaker.not_judged()
            self._keep(prompt, None, error.code, time.monotonic() - started, error.tokens)
            raise
        self._breaker.succeeded()
        self._keep(prompt, answer, model_calls.OK, answer.seconds, (answer.prompt_tokens, answer.answer_tokens))
        return answer

    def _keep(
        self, prompt: Prompt, answer: Answer | None, outcome: str, seconds: float, told: tuple[int | None, int | None]
    ) -> None:
        prompt_tokens, answer_tokens = counts = count_of(told[0]), count_of(told[1])
        usd = self._budget.cost(prompt_tokens, answer_tokens)

        def write(connection: Connection) -> None:
            for place, caller in enumerate(self._callers):
                called = self._called(prompt, answer, outcome, seconds, counts, usd, place)
                model_calls.record(connection, caller, called)
            usage.record(connection, self._callers[0].tenant_id, prompt_tokens or 0, answer_tokens or 0, usd)

        self._in_transaction(write)

    def _called(
        self,
        prompt: Prompt,
        answer: Answer | None,
        outcome: str,
        seconds: float,
        counts: tuple[int | None, int | None],
        usd: float,
        place: int,
    ) -> Called:
        """A document's share of a call: of a prompt about several, only its own part is kept with it."""
        origin, share = prompt.origin or _NOWHERE, len(self._callers)
        prompt_tokens, answer_tokens = counts
        messages = [{"role": each.role, "content": legible(each.content)} for each in prompt.messages]
        text = legible(answer.text) if answer else None
        if share > 1:
            messages[-1] = {"role": "user", "content": legible(origin.parts[place])}
            text = _own_part(text, place)
        return Called(
            engine=self._engine.name,
            model=legible(answer.model) if answer else self._engine.model,
            template=origin.template,
            template_version=origin.version,
            prompt_hash=self._hash(prompt),
            prompt=messages,
            answer=text,
            tool_calls=legible_json(
                [{"name": c.name, "arguments": dict(c.arguments)} for c in (answer.tool_calls if answer else ())]
            ),
            tokens=[[legible(t.text), round(logprob_of(t.logprob), 3)] for t in answer.tokens]
            if answer and share == 1
            else [],
            prompt_tokens=_share(prompt_tokens, share),
            answer_tokens=_share(answer_tokens, share),
            latency_ms=seconds * 1000,
            usd=usd / share,
            outcome=outcome,
            part_hash=self._hashed(origin.part_keys[place]) if origin.part_keys else None,
        )

    def _hash(self, prompt: Prompt) -> str:
        origin = prompt.origin or _NOWHERE
        return self._hashed(origin.key or repr(prompt.messages))

    def _hashed(self, asked: str) -> str:
        return hashlib.sha256(f"{self._engine.name}\n{self._engine.model}\n{asked}".encode()).hexdigest()

    def _in_transaction(self, work: Callable[[Connection], _Read]) -> _Read:
        def run() -> _Read:
            with self._store.begin() as connection:
                return work(connection)

        return retry.patiently(run)


def _share(tokens: int | None, among: int) -> int | None:
    return None if tokens is None else -(-tokens // among)


def _own_part(text: str | None, place: int) -> str | None:
    """What an answer about several documents says of one; nothing of the others may be kept with it."""
    try:
        told = json.loads(unfenced(text or ""))
    except (ValueError, RecursionError):
        return None
    own = told.get(f"document_{place + 1}") if isinstance(told, dict) else None
    return None if own is None else legible(json.dumps(own, ensure_ascii=False))  # its escapes may hide anything


def _answer(stored: Called) -> Answer:
    return Answer(
        text=stored.answer or "",
        model=stored.model,
        prompt_tokens=stored.prompt_tokens,
        answer_tokens=stored.answer_tokens,
        seconds=stored.latency_ms / 1000,
        tokens=tuple(Token(text, logprob) for text, logprob in stored.tokens),
        tool_calls=tuple(ToolCall(each["name"], each["arguments"]) for each in stored.tool_calls),
    )
