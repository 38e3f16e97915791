"""Asking a model about all parts of a document: at once, in time, without keeping anybody waiting for a slow one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread
from typing import Any, Generic, TypeVar

from pipeline.doctypes.definition import DocType, FieldKind
from pipeline.engines.answer_schema import answer_model
from pipeline.engines.protocol import Answer, LlmEngine, Prompt
from pipeline.engines.structured import Structured, ask_for
from pipeline.errors import LlmSlow
from pipeline.opinion.questions import Questions
from pipeline.opinion.token_scores import value_scores

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_TICK_S = 0.2


@dataclass(frozen=True, slots=True)
class Told:
    """What a model answered about one document; values still have their surrogates.

    Attributes:
        values: field -> as the model copied it; the first part that has a field counts, rows follow each other.
        scores: field -> how sure it was, 0..1, where the server says so.
        complete: whether every part was asked about.
        answers: all of them, in order.
    """

    values: dict[str, Any]
    scores: dict[str, float]
    complete: bool
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast questions may be asked.

    Attributes:
        at_once: calls at a time.
        seconds: what is not asked after this time is not asked.
        tick: called about five times a second while answers are waited for; what it raises ends the waiting.
    """

    at_once: int = 1
    seconds: float = 300.0
    tick: Callable[[], None] = lambda: None


def ask_all(engine: LlmEngine, asked: Questions, doc_type: DocType, pace: Pace) -> Told:
    """Asks about every part.

    Args:
        engine: whom.
        asked: the prompts.
        doc_type: with the fields that are asked for.
        pace: how fast.

    Raises:
        LlmError: a part got no answer, or not even the first one in time.
    """
    shape = answer_model(doc_type)

    def ask(prompt: Prompt) -> Structured[Any]:
        return ask_for(engine, prompt, shape)

    parts = [part for part in at_once(ask, asked.prompts, pace) if part is not None]
    if asked.prompts and not parts:
        raise LlmSlow
    values: dict[str, Any] = {}
    scores: dict[str, float] = {}
    names = [spec.name for spec in doc_type.fields if spec.kind not in (FieldKind.TABLE, FieldKind.CHOICE)]
    for part in parts:
        new = _take(values, part.value.model_dump())
        scores |= {name: score for name, score in value_scores(part.answers[-1], names).items() if name in new}
    complete = asked.left_out == 0 and len(parts) == len(asked.prompts)
    return Told(values, scores, complete, tuple(answer for part in parts for answer in part.answers))


def _take(told: dict[str, Any], more: dict[str, Any]) -> set[str]:
    """Adds what a further part says: rows follow each other, of two values the first one counts; gives what is new."""
    new = set()
    for name, value in more.items():
        if isinstance(value, list):
            told[name] = [*(told.get(name) or []), *value]
        elif told.get(name) is None and value is not None and str(value).strip():
            told[name] = value
            new.add(name)
    return new


@dataclass(frozen=True, slots=True)
class _Done(Generic[_Result]):
    place: int
    result: _Result | None
    error: Exception | None


def at_once(work: Callable[[_Item], _Result], items: Sequence[_Item], pace: Pace) -> list[_Result | None]:
    """Like `map`, several at a time and in order; None for what was not begun in time.

    The threads are daemons: a server that drips must not keep a process alive that was asked to stop.

    Raises:
        Exception: the first one that `work` or `pace.tick` raised; what runs is left to end by itself.
    """
    waiting = deque(enumerate(items))
    done: Queue[_Done[_Result]] = Queue()
    end = time.monotonic() + pace.seconds

    def run() -> None:
        while True:
            try:
                place, item = waiting.popleft()
            except IndexError:
                return
            if time.monotonic() > end:
                done.put(_Done(place, None, None))
                continue
            try:
                done.put(_Done(place, work(item), None))
            except Exception as error:  # raised again by whoever waits
                waiting.clear()
                done.put(_Done(place, None, error))
                return

    for _ in range(min(pace.at_once, len(items))):
        Thread(target=run, daemon=True, name="asking").start()
    results: list[_Result | None] = [None] * len(items)
    for _ in items:
        each = _wait(done, pace.tick)
        if each.error is not None:
            raise each.error
        results[each.place] = each.result
    return results


def _wait(done: Queue[_Done[_Result]], tick: Callable[[], None]) -> _Done[_Result]:
    while True:
        tick()
        try:
            return done.get(timeout=_TICK_S)
        except Empty:
            continue
