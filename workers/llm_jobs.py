"""Classification and extraction as the workers run them, with a language model beside the built-in engine where one is
set; and documents that went on without it, read again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import structlog
from redis import Redis
from sqlalchemy import Connection

from app import wiring
from db import cache, documents, jobs, line, rereads, rules
from db.jobs import StaleFence
from pipeline import child, route
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.engines.protocol import LlmEngine
from pipeline.errors import (
    LlmAway,
    LlmBusy,
    LlmCutOff,
    LlmError,
    LlmOverBudget,
    LlmPaused,
    LlmSlow,
    NoSurrogate,
    StageFailed,
)
from pipeline.opinion.asking import Pace, at_once
from pipeline.opinion.types_told import MOST_TOGETHER, beginning, reconciled, types_by_model
from pipeline.run import STAGE_VERSIONS, classify_pages, extract_fields
from pipeline.types import UNKNOWN_TYPE, Decision, Extraction, Page, Reading, Reason, Rules, TypeGuess
from workers import retry
from workers.consult import Consulted, caller_of, extract_consulting, is_away, metered, wait_of
from workers.desk import Desk, Pulse
from workers.ocr_jobs import Woken

log = structlog.get_logger()

_SURE = 0.95
"""From this score on the built-in classifier's word is enough."""
_TYPE_S = 86_400
_MAY_COME = {kind.code: kind for kind in (LlmAway, LlmSlow, LlmCutOff, LlmBusy, LlmPaused, LlmOverBudget)}
"""After these the model is asked what a document is once more, when its server is back or there is money."""


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A document whose type the model is asked about."""

    desk: Desk
    guess: TypeGuess
    beginning: str


@dataclass(frozen=True, slots=True)
class _Typed:
    """What a document is.

    Attributes:
        guess: with the model's opinion, where there is one.
        error: why there is none.
        server_away: whether that is the server's fault: nobody gets an answer.
    """

    guess: TypeGuess
    error: LlmError | None = None
    server_away: bool = False

    @property
    def missing(self) -> LlmError | None:
        """Why there is no opinion, when the model is to be asked again."""
        return self.error if self.error is not None and self.error.code in _MAY_COME else None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an extraction starts from; `type_missing`: why the model has not said what the document is so far."""

    reading: Reading
    guess: TypeGuess
    doc_type: DocType | None
    in_force: Rules
    draw: float
    type_missing: LlmError | None

    def decide(self, extraction: Extraction) -> Decision:
        """A document that the model has not been heard about is not accepted, whichever of its answers is missing."""
        made = route.decide(self.reading, self.guess, extraction, self.doc_type, self.in_force, self.draw)
        if self.type_missing is None or any(reason.code == "model_missing" for reason in made.reasons):
            return made
        missing = Reason("model_missing", self.type_missing.sentence)
        return replace(made, outcome="review", reasons=(*made.reasons, missing))


def classify(desk: Desk) -> Woken:
    """Says what a document is; with a model set, short doubtful ones of the same tenant are asked about together."""
    start = time.monotonic()
    with desk.store.connect() as connection:
        pages = documents.pages_of(connection, desk.held.doc_id)
    guess: TypeGuess = desk.in_child(classify_pages, pages, DOC_TYPES.own)
    if not _is_asked(desk, guess):
        return _classified(desk, guess, start)
    return _classify_together(desk, pages, guess, start)


def _is_asked(desk: Desk, guess: TypeGuess) -> bool:
    settings = desk.settings
    if settings.llm == "off" or settings.llm_classify == "off":
        return False
    return settings.llm_classify == "all" or guess.type == UNKNOWN_TYPE or guess.score < _SURE


def _classified(desk: Desk, guess: TypeGuess, start: float, missing: LlmError | None = None) -> Woken:
    wall_ms = (time.monotonic() - start) * 1000
    version, code = STAGE_VERSIONS["classification"], missing.code if missing else None
    next_job = desk.save(
        lambda connection: jobs.finish_classification(connection, desk.held, guess, version, wall_ms, code)
    )
    return [(next_job, "extraction")]


def _classify_together(desk: Desk, pages: Sequence[Page], guess: TypeGuess, start: float) -> Woken:
    """Takes further documents that wait for the same, and asks about all that are doubtful in one call.

    One that is taken along and fails in whatever way is left to its lease: it is claimed again then, by itself.
    """
    asked = [_Doubtful(desk, guess, _beginning(desk, pages, guess))]
    woken: Woken = []
    others = _others(desk)
    try:
        for other in others:
            woken += _look_at(other, asked, start)
        types = _types(asked)
    except child.Interrupted:
        for other in others:
            with suppress(StaleFence):
                other.save(partial(_give_back, other))
        raise
    for doubtful, typed in zip(asked, types, strict=True):
        try:
            woken += _settled(doubtful.desk, typed, start)
        except StaleFence:
            if doubtful.desk is desk:
                raise
            log.warning("stale_fence", fence=doubtful.desk.held.fence)
    return woken


def _settled(desk: Desk, typed: _Typed, start: float) -> Woken:
    """Ends a classification, or puts it back where the model may answer soon."""
    error, attempts = typed.error, desk.held.attempts
    if error is not None and error.transient and not typed.server_away and attempts < desk.settings.max_attempts:
        wait_s = retry.backoff_s(attempts, desk.settings.backoff_s)
        desk.save(lambda connection: jobs.try_again(connection, desk.held, error.code, wait_s))
        return []
    return _classified(desk, typed.guess, start, typed.missing)


def _give_back(desk: Desk, connection: Connection) -> None:
    jobs.give_back(connection, desk.held)


def _look_at(other: Desk, asked: list[_Doubtful], start: float) -> Woken:
    """Ends a document that was taken along and is not doubtful; adds the others to those that are asked about."""
    with other.store.connect() as connection:
        pages = documents.pages_of(connection, other.held.doc_id)
    try:
        guess: TypeGuess = other.in_child(classify_pages, pages, DOC_TYPES.own)
        if not _is_asked(other, guess):
            return _classified(other, guess, start)
        asked.append(_Doubtful(other, guess, _beginning(other, pages, guess)))
    except (StaleFence, StageFailed) as failure:
        log.warning("left_to_its_lease", doc_id=other.held.doc_id, error=type(failure).__name__)
    return []


def _others(desk: Desk) -> list[Desk]:
    """What is asked about together with a document; one that failed before is asked about by itself."""
    if desk.held.attempts > 1:
        return []

    def take(connection: Connection) -> list[jobs.Claim]:
        return line.claim_more(connection, desk.held, MOST_TOGETHER - 1, desk.settings.lease_s)

    return [Desk(held, desk.store, desk.settings) for held in desk.save(take)]


def _beginning(desk: Desk, pages: Sequence[Page], guess: TypeGuess) -> str:
    """What the model is shown of a document; nothing, where what is sensitive can't be hidden."""
    try:
        guesses = [DOC_TYPES.get(name) for name in (guess.type, guess.runner_up) if name is not None]
        types = [doc_type for doc_type in guesses if doc_type is not None]
        shown: str = desk.in_child(beginning, pages, desk.settings.llm_mask, types)
    except NoSurrogate as error:
        log.warning("type_without_model", code=error.code)
        return ""
    return shown


def _types(asked: Sequence[_Doubtful]) -> list[_Typed]:
    """What each is by both opinions; where the model says nothing, the built-in classifier's word stands."""
    desk = asked[0].desk
    tenant, model = desk.held.tenant_id, wiring.llm_server(desk.settings)
    with wiring.redis(desk.settings, answer_within_s=2.0) as connection:
        keys = [cache.type_key(tenant, model, each.beginning) for each in asked]
        said: list[str | None] = [cache.load(connection, key) for key in keys]
        places = [place for place, told in enumerate(said) if told is None and asked[place].beginning.strip()]
        typed = [_Typed(reconciled(each.guess, told)) for each, told in zip(asked, said, strict=True)]
        if not places:
            return typed
        try:
            answers = _ask([asked[place] for place in places], connection)
        except LlmError as error:
            log.warning("type_without_model", code=error.code)
            server_away = is_away(desk, error, connection)
            for place in places:
                typed[place] = _Typed(asked[place].guess, error, server_away)
            return typed
        for place, told in zip(places, answers, strict=True):
            typed[place] = _Typed(reconciled(asked[place].guess, told))
            if told is not None:
                cache.keep(connection, keys[place], told, _TYPE_S)
    return typed


def _ask(asked: Sequence[_Doubtful], connection: Redis) -> list[str | None]:
    """Asks, while all claims are kept."""
    first = asked[0].desk

    def engine_for(places: Sequence[int]) -> LlmEngine:
        return metered(first, [caller_of(asked[place].desk) for place in places], connection)

    pulses = [Pulse(each.desk) for each in asked]

    def tick() -> None:
        pulses[0].tick()
        for pulse in pulses[1:]:
            with suppress(StaleFence):  # noticed when its result is stored
                pulse.tick()

    beginnings = [each.beginning for each in asked]
    types = [DOC_TYPES[name] for name in DOC_TYPES]
    answers = at_once(lambda _: types_by_model(engine_for, beginnings, types), [None], Pace(tick=tick))[0]
    assert answers is not None
    return answers


def extract(desk: Desk) -> Woken:
    """Extracts the fields and decides."""
    start = time.monotonic()
    facts = _look_up(desk)
    consulted = _extraction(desk, facts, last_try=desk.held.attempts >= desk.settings.max_attempts)
    decision = facts.decide(consulted.extraction)
    missing = consulted.missing or facts.type_missing
    wall_ms = (time.monotonic() - start) * 1000

    def write(connection: Connection) -> None:
        version = STAGE_VERSIONS["extraction"]
        jobs.finish_extraction(connection, desk.held, consulted.extraction, decision, version, wall_ms)
        if missing is not None:
            rereads.add(connection, desk.held, wait_of(missing, desk.settings))

    desk.save(write)
    return []


def read_again(desk: Desk) -> Woken:
    """Asks the model about a document that went on without it: first what it is, where that was left open.

    A document that people have touched is left alone.
    """
    start = time.monotonic()
    if desk.settings.llm == "off":
        desk.save(lambda connection: rereads.finish(connection, desk.held, "not_wanted"))
        return []
    if not desk.save(lambda connection: rereads.is_free(connection, desk.held)):
        return []
    facts, typed = _look_up(desk), None
    if facts.type_missing is not None:
        typed = _type_again(desk, facts)
        if _is_put_off(desk, typed.missing, typed.server_away):
            return []
        facts = replace(
            facts, guess=typed.guess, doc_type=DOC_TYPES.get(typed.guess.type), type_missing=typed.missing
        )  # fmt: skip
    consulted = _extraction(desk, facts, last_try=True)
    if not _is_put_off(desk, consulted.missing, consulted.server_away):
        _replace(desk, facts, typed, consulted.extraction, start)
    return []


def _type_again(desk: Desk, facts: _Facts) -> _Typed:
    pages = facts.reading.pages
    guess: TypeGuess = desk.in_child(classify_pages, pages, DOC_TYPES.own)
    if not _is_asked(desk, guess):
        return _Typed(guess)
    return _types([_Doubtful(desk, guess, _beginning(desk, pages, guess))])[0]


def _is_put_off(desk: Desk, missing: LlmError | None, server_away: bool) -> bool:
    """Puts a document that is read again back, where the model may answer later; gives whether it did."""
    if missing is None:
        return False
    wait_s = wait_of(missing, desk.settings)
    if server_away or not missing.counts:  # no attempt: an outage may last longer than those would
        desk.save(lambda connection: rereads.postpone(connection, desk.held, missing.code, wait_s))
        return True
    if desk.held.attempts < desk.settings.max_attempts:
        desk.save(lambda connection: jobs.try_again(connection, desk.held, missing.code, wait_s))
        return True
    return False


def _replace(desk: Desk, facts: _Facts, typed: _Typed | None, extraction: Extraction, start: float) -> None:
    """Stores a second reading, if the document is still the machine's; `typed`: where its type was asked for again."""
    decision = facts.decide(extraction)
    wall_ms = (time.monotonic() - start) * 1000

    def write(connection: Connection) -> None:
        if not rereads.is_free(connection, desk.held):
            return
        if typed is not None:
            code = typed.missing.code if typed.missing else None
            rereads.replace_type(connection, desk.held, typed.guess, STAGE_VERSIONS["classification"], code)
        rereads.replace_extraction(
            connection, desk.held, extraction, decision, STAGE_VERSIONS["extraction"], wall_ms
        )  # fmt: skip

    desk.save(write)


def give_up_reading_again(desk: Desk) -> Woken:
    """Ends it: the built-in result stands."""
    desk.save(lambda connection: rereads.finish(connection, desk.held, "worker_lost"))
    return []


def _look_up(desk: Desk) -> _Facts:
    with desk.store.connect() as connection:
        document = documents.get(connection, desk.held.tenant_id, desk.held.doc_id)
        reading = documents.reading_of(connection, document.id)
        in_force = rules.get(connection, desk.held.tenant_id, desk.settings.sampling_rate)
        missing = rereads.type_missing(connection, document.id)
    guess = _type_in_force(document)
    draw = 1.0 if document.sample_draw is None else document.sample_draw
    type_missing = None if missing is None else _MAY_COME[missing]()
    return _Facts(reading, guess, DOC_TYPES.get(guess.type), in_force, draw, type_missing)


def _extraction(desk: Desk, facts: _Facts, last_try: bool) -> Consulted:
    pages, doc_type = facts.reading.pages, facts.doc_type
    if desk.settings.llm == "off" or doc_type is None or not doc_type.fields or not any(page.words for page in pages):
        return Consulted(desk.in_child(extract_fields, pages, doc_type))
    return extract_consulting(desk, pages, doc_type, last_try)


def _type_in_force(document: documents.Document) -> TypeGuess:
    """What the classifier said, unless a person has set the type: a person is sure."""
    if document.type is not None and document.type != document.machine_type:
        return TypeGuess(document.type, 1.0)
    told = document.type_evidence
    return TypeGuess(told["type"], told["score"], told["runner_up"], told["runner_up_score"],
                     model=told.get("model"), disputed=told.get("disputed"))  # fmt: skip
