"""What the workers do to get a language model's opinion of a document, and what happens when there is none.

A failure that may pass (a server that is restarted, or busy) is tried again with the job. When the attempts are used
up, the breaker is open or the budget is empty, the document goes on with the built-in result, is marked, and is read
again later.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import structlog
from redis import Redis

from app import wiring
from app.settings import Settings
from db import cache, model_calls
from db.model_calls import Caller
from pipeline.doctypes import DocType
from pipeline.engines.legible import legible, legible_json
from pipeline.engines.protocol import LlmEngine
from pipeline.errors import LlmBusy, LlmError, LlmOverBudget, LlmPaused, LlmTooLong
from pipeline.masking import Mask
from pipeline.opinion.asking import Pace, ask_all
from pipeline.opinion.examples import GoldExample
from pipeline.opinion.questions import asked_of
from pipeline.opinion.tools import (
    GET_GOLD_EXAMPLES,
    ExampleArguments,
    Invocation,
    ToolRegistry,
    given_examples,
    wanted_examples,
)
from pipeline.run import extract_fields, prepare_questions, settle
from pipeline.types import Extraction, Finding, Page
from workers import kept_examples
from workers.breaker import Breaker, State
from workers.budget import budget_of
from workers.desk import Desk
from workers.metered import MeteredEngine
from workers.slots import Slots

log = structlog.get_logger()

_LATER = (LlmPaused, LlmOverBudget)
"""Trying again soon would be in vain."""


@dataclass(frozen=True, slots=True)
class Consulted:
    """An extraction with a model's opinion, or without.

    Attributes:
        extraction: to be decided on.
        missing: why there is no opinion, when the document is to be read again; None: there is one, or never will be.
        server_away: whether that is the server's fault and not the document's: nobody gets an answer.
    """

    extraction: Extraction
    missing: LlmError | None = None
    server_away: bool = False


@lru_cache(maxsize=2)
def _engine(settings: Settings) -> LlmEngine:
    """This process's connection to the server: a new one for each call would cost more than ours may."""
    engine = wiring.llm_engine(settings)
    assert engine is not None, "asked for a model where none is set"
    return engine


def breaker_of(settings: Settings, connection: Redis) -> Breaker:
    """The breaker of the server that is set."""
    return Breaker(connection, wiring.llm_server(settings), open_s=settings.llm_breaker_s, trial_s=settings.llm_seconds)


def metered(desk: Desk, callers: Sequence[Caller], connection: Redis) -> MeteredEngine:
    """The engine that is set, for some documents of one tenant."""
    settings = desk.settings
    slots = Slots(connection, settings.llm_concurrency, settings.llm_seconds)
    breaker, budget = breaker_of(settings, connection), budget_of(settings)
    return MeteredEngine(_engine(settings), callers, desk.store, breaker, slots, budget, settings.llm_seconds)


def caller_of(desk: Desk) -> Caller:
    """On whose behalf a stage calls."""
    held = desk.held
    return Caller(held.tenant_id, held.doc_id, held.generation, held.stage)


def extract_consulting(desk: Desk, pages: Sequence[Page], doc_type: DocType, last_try: bool) -> Consulted:
    """Extracts with a model beside the built-in engine.

    Args:
        desk: of the stage.
        pages: as read.
        doc_type: an extracted type.
        last_try: whether a failure that may pass is not worth another try now.

    Raises:
        LlmError: the model gave no answer, and the job is to be tried again soon.
    """
    with wiring.redis(desk.settings, answer_within_s=2.0) as connection:
        try:
            extraction = _with_its_cost(desk, _asked(desk, pages, doc_type, connection))
        except LlmError as error:
            server_away = is_away(desk, error, connection)
            if error.transient and not last_try and not server_away:
                raise
            log.warning("without_model", code=error.code)
            may_come = error.transient or isinstance(error, _LATER)
            alone = _with_its_cost(desk, desk.in_child(extract_fields, pages, doc_type))
            marked = _with(alone, Finding("model_missing" if may_come else "model_failed", error.sentence))
            return Consulted(marked, error if may_come else None, server_away)
    return Consulted(extraction)


def is_away(desk: Desk, error: LlmError, connection: Redis) -> bool:
    """Whether the breaker is open: nobody waits for a server that does not answer."""
    if isinstance(error, LlmPaused):
        return True
    return error.counts and breaker_of(desk.settings, connection).look() is State.OPEN


def _asked(desk: Desk, pages: Sequence[Page], doc_type: DocType, connection: Redis) -> Extraction:
    settings = desk.settings
    engine = metered(desk, [caller_of(desk)], connection)
    end = time.monotonic() + settings.llm_document_seconds
    pace = Pace(settings.llm_concurrency, settings.llm_document_seconds, desk.tick)
    examples = _examples(desk, doc_type, engine, connection, pace)
    mask = _kept_mask(desk)
    ways = wiring.llm_ways(settings)
    for smaller in ways.smaller():
        prepared = desk.in_child(prepare_questions, pages, doc_type, smaller, examples, mask)
        mask = _keep_mask(desk, prepared.questions.mask)
        left = replace(pace, seconds=end - time.monotonic())
        if left.seconds <= 0:
            break
        try:
            told = ask_all(engine, prepared.questions, asked_of(doc_type, ways), left)
        except LlmTooLong:
            continue
        extraction: Extraction = desk.in_child(settle, pages, doc_type, prepared, told)
        return extraction
    raise LlmTooLong


def _with_its_cost(desk: Desk, extraction: Extraction) -> Extraction:
    """A document whose calls were dear goes to a person, also where nothing came of them."""
    with desk.store.connect() as connection:
        tokens, usd = model_calls.spent_on(connection, desk.held.doc_id, desk.held.generation)
    dear = budget_of(desk.settings).finding(tokens, usd)
    return _with(extraction, dear) if dear else extraction


def _with(extraction: Extraction, finding: Finding) -> Extraction:
    return replace(extraction, findings=(*extraction.findings, finding))


def _kept_mask(desk: Desk) -> Mask | None:
    """The mask that earlier calls of this document went out with: their answers hold its surrogates."""
    with desk.store.connect() as connection:
        sealed = model_calls.sealed_mask(connection, desk.held.doc_id)
    return None if sealed is None else Mask.from_json(json.loads(wiring.seal(desk.settings).open(sealed)))


def _keep_mask(desk: Desk, mask: Mask) -> Mask:
    """Keeps a mask before anything goes out with it; gives the one that counts: another worker may have been faster."""
    seal = wiring.seal(desk.settings)
    sealed = seal.close(json.dumps(mask.to_json()).encode())
    kept = desk.save(lambda connection: model_calls.keep_mask(connection, caller_of(desk), sealed))
    return mask if kept == sealed else Mask.from_json(json.loads(seal.open(kept)))


def _examples(
    desk: Desk, doc_type: DocType, engine: LlmEngine, connection: Redis, pace: Pace
) -> tuple[GoldExample, ...]:
    """Gold examples of the type: as many as the model asks for, never of the document itself.

    What is asked for depends on the type only, so it is kept for five minutes, as the examples are.
    """
    way = desk.settings.llm_examples
    if way == "off":
        return ()
    stored = kept_examples.of_fields(desk, doc_type, connection)
    others = tuple(each for each in stored if each.doc_id != desk.held.doc_id)
    if not others:
        return ()
    registry = _registry(desk, doc_type, others)
    if way == "plain":
        return given_examples(doc_type, registry)
    key = cache.wish_key(desk.held.tenant_id, engine.model, doc_type.name)
    limit = cache.load(connection, key)
    if isinstance(limit, int):
        return given_examples(doc_type, registry, limit, "cached")
    wanted = wanted_examples(engine, doc_type, registry, pace)
    cache.keep(connection, key, wanted.limit, kept_examples.SECONDS)
    return wanted.examples


def _registry(desk: Desk, doc_type: DocType, examples: tuple[GoldExample, ...]) -> ToolRegistry:
    """The tools: one, that reads."""

    def get(arguments: ExampleArguments) -> tuple[GoldExample, ...]:
        meant = arguments.document_type.strip().casefold() == doc_type.name.casefold()
        return examples[: arguments.limit] if meant else ()

    def note(used: Invocation) -> None:
        desk.save(
            lambda connection: model_calls.log_tool(
                connection, caller_of(desk), legible(used.tool), legible_json(dict(used.arguments)), used.how,
                used.outcome, used.results, used.wall_ms,
            )
        )  # fmt: skip

    registry = ToolRegistry(note)
    registry.register(GET_GOLD_EXAMPLES, ExampleArguments, get)
    return registry


def wait_of(error: LlmError, settings: Settings) -> float:
    """How long a document waits until it is read again, in seconds."""
    return 5.0 if isinstance(error, LlmBusy) else settings.llm_breaker_s
