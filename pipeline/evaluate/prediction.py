"""One document through the pipeline as the workers take it: confined children, time limits, pages kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from inspect import isgeneratorfunction
from pathlib import Path
from typing import Any, Literal, get_args

import psutil

from pipeline import child
from pipeline.child import Limits
from pipeline.cpu_time import cpu_s
from pipeline.doctypes import DOC_TYPES
from pipeline.engines.choice import EngineChoice
from pipeline.errors import ChildCrashed, MemoryLimit, PipelineError, Rejected, StageFailed, TimeLimit, TooComplex
from pipeline.evaluate.kept_readings import KeptReadings
from pipeline.intake import inspect
from pipeline.opinion.questions import Ways
from pipeline.reading import ReadingOptions, read_pages
from pipeline.run import decide_beside_model, decide_on
from pipeline.types import FieldValue, ModelUse, Page, Reading, Result, Rules

Ending = Literal["accept", "review", "rejected", "failed"]
_WITH_MODEL_S = 600.0
"""Seconds for a document with a language model, whose own limits are tighter."""
ENDINGS: tuple[Ending, ...] = get_args(Ending)


@dataclass(frozen=True, slots=True)
class Setup:
    """What the documents are run with.

    Attributes:
        options: how to read.
        rules: thresholds; nothing is drawn for sampling.
        intake_limits: what looking at a file may cost.
        stage_limits: what reading, and then deciding, may cost.
        readings: where pages that were read are kept and taken from; None: every document is read.
        model: the language model beside the built-in engine, and how it is asked; None: none.
    """

    options: ReadingOptions
    rules: Rules
    intake_limits: Limits
    stage_limits: Limits
    readings: KeptReadings | None = None
    model: tuple[EngineChoice, Ways] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document was rejected or failed: a stable code and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the pipeline made of a document.

    Attributes:
        decision: accept or review as decided; rejected at the door; failed on the way.
        type: the type it was given, or "unknown"; None when rejected or failed.
        type_confidence: of the type, 0..1.
        reasons: codes, why a person must see it, each once.
        fields: name -> value, with those that were looked for and not found.
        pages: how many the document has; None when it could not be opened.
        pages_read: how many of them were read.
        cpu_s: CPU seconds of the processes that worked on it.
        wall_s: seconds from its bytes to its decision.
        error: why it was rejected or failed.
        model_use: what asking the language model took; None: none was asked.
    """

    decision: Ending
    type: str | None = None
    type_confidence: float | None = None
    reasons: tuple[str, ...] = ()
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    pages: int | None = None
    pages_read: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    error: Failure | None = None
    model_use: ModelUse | None = None


def predict(path: Path, setup: Setup, tick: Callable[[], None] = lambda: None) -> Prediction:
    """Runs a file through the pipeline. Whatever becomes of it is told in the prediction.

    Args:
        path: the file.
        setup: what to run it with.
        tick: called about twice a second; what it raises ends the run and is raised here.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return Prediction("failed", error=Failure("missing_file", f"The file can't be read: {error.strerror}."))
    return _Run(data, setup, tick).result()


class _Run:
    """One document's run: what is known of it so far, whatever stops it."""

    def __init__(self, data: bytes, setup: Setup, tick: Callable[[], None]) -> None:
        self._data = data
        self._setup = setup
        self._tick = tick
        self._pages: list[Page] = []
        self._page_count: int | None = None
        self._cpu_s = 0.0

    def result(self) -> Prediction:
        started = time.monotonic()
        try:
            result = self._decided(self._read())
        except Rejected as refusal:
            # Refused at the door it is rejected; a file that turns out to be broken later on is a dead letter.
            at_door = self._page_count is None
            return self._ended("rejected" if at_door else "failed", started, _failure(refusal))
        except PipelineError as failure:
            return self._ended("failed", started, _failure(failure))
        except (OSError, EOFError) as error:  # no child could be started, or the fork server is gone
            return self._ended("failed", started, Failure("child_not_started", type(error).__name__))
        return self._ended(result.decision.outcome, started, None, result)

    def _ended(
        self, decision: Ending, started: float, error: Failure | None, result: Result | None = None
    ) -> Prediction:
        return Prediction(
            decision=decision,
            type=result.guess.type if result else None,
            type_confidence=result.guess.score if result else None,
            reasons=tuple(dict.fromkeys(reason.code for reason in result.decision.reasons)) if result else (),
            fields=result.extraction.by_name() if result else {},
            pages=self._page_count,
            pages_read=len(self._pages),
            cpu_s=self._cpu_s,
            wall_s=time.monotonic() - started,
            error=error,
            model_use=result.model_use if result else None,
        )

    def _read(self) -> Reading:
        kept = self._setup.readings
        reading = kept.find(self._data) if kept is not None else None
        if reading is None:
            reading = self._read_now()
            if kept is not None:
                kept.keep(self._data, reading)
        self._page_count, self._pages = reading.page_count, list(reading.pages)
        return reading

    def _read_now(self) -> Reading:
        try:
            intake = self._in_child(inspect, self._data, limits=self._setup.intake_limits)[0]
        except StageFailed:
            raise TooComplex from None
        self._page_count = intake.page_count
        problem = None
        try:
            self._in_child(
                read_pages,
                self._data,
                intake.kind,
                self._setup.options,
                limits=self._setup.stage_limits,
                on_result=self._pages.append,
            )
        except (TimeLimit, MemoryLimit, ChildCrashed) as stopped:
            problem = stopped.code
        return Reading(tuple(self._pages), intake.page_count, problem)

    def _decided(self, reading: Reading) -> Result:
        limits, own = self._setup.stage_limits, DOC_TYPES.own
        if self._setup.model is not None:
            rules, open_limits = self._setup.rules, replace(limits, network=True, wall_s=_WITH_MODEL_S)
            work = (decide_beside_model, reading, rules, *self._setup.model, own)
            beside: Result = self._in_child(*work, limits=open_limits)[0]
            return beside
        result: Result = self._in_child(decide_on, reading, self._setup.rules, own, limits=limits)[0]
        return result

    def _in_child(
        self,
        work: Callable[..., Any],
        *args: Any,
        limits: Limits,
        on_result: Callable[[Any], None] | None = None,
    ) -> list[Any]:
        """Calls `work` in a child and gives its results; adds up what it costs, however it ends."""
        results: list[Any] = []
        meter = _Meter()

        def receive(item: tuple[str, Any]) -> None:
            kind, payload = item
            if kind == "result":
                (on_result or results.append)(payload)
            else:
                meter.note(kind, payload)

        def tick() -> None:
            meter.look()
            self._tick()

        try:
            child.run(_metered, work, args, limits=limits, on_item=receive, tick=tick)
        finally:
            self._cpu_s += meter.cpu_s
        return results


class _Meter:
    """The CPU seconds of one child: as it tells them at its end; of a child that is killed, as last seen from here."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self._child: psutil.Process | None = None

    def note(self, kind: str, payload: Any) -> None:
        if kind == "cpu_s":
            self.cpu_s = payload
            self._child = None
            return
        try:
            self._child = psutil.Process(payload)
        except psutil.Error:  # it has ended already, and its own figure is on the way
            self._child = None

    def look(self) -> None:
        if self._child is None:
            return
        try:
            times = self._child.cpu_times()
        except psutil.Error:
            self._child = None
            return
        self.cpu_s = times.user + times.system + times.children_user + times.children_system


def _metered(work: Callable[..., Any], args: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Runs in the child: its process id, then each result, then its CPU seconds."""
    yield "pid", os.getpid()
    try:
        if isgeneratorfunction(work):
            for result in work(*args):
                yield "result", result
        else:
            yield "result", work(*args)
    finally:
        yield "cpu_s", cpu_s()


def _failure(error: PipelineError) -> Failure:
    return Failure(error.code, error.sentence)
