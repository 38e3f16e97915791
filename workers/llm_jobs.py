"""Classification and extraction as the workers run them, with a language model beside the built-in engine where one is
set; and documents that went on without it, read again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
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
from pipeline.errors import LlmError, NoSurrogate, StageFailed
from pipeline.opinion.asking import Pace, at_once
from pipeline.opinion.types_told import MOST_TOGETHER, beginning, reconciled, types_by_model
from pipeline.run import STAGE_VERSIONS, classify_pages, extract_fields
from pipeline.types import UNKNOWN_TYPE, Decision, Extraction, Page, Reading, Rules, TypeGuess
from workers.consult import Consulted, caller_of, extract_consulting, metered, wait_of
from workers.desk import Desk, Pulse
from workers.ocr_jobs import Woken

log = structlog.get_logger()

_SURE = 0.95
"""From this score on the built-in classifier's word is enough."""
_TYPE_S = 86_400


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A document whose type the model is asked about."""

    desk: Desk
    guess: TypeGuess
    beginning: str


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an extraction starts from."""

    reading: Reading
    guess: TypeGuess
    doc_type: DocType | None
    in_force: Rules
    draw: float

    def decide(self, extraction: Extraction) -> Decision:
        return route.decide(self.reading, self.guess, extraction, self.doc_type, self.in_force, self.draw)


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


def _classified(desk: Desk, guess: TypeGuess, start: float) -> Woken:
    wall_ms = (time.monotonic() - start) * 1000
    version = STAGE_VERSIONS["classification"]
    next_job = desk.save(lambda connection: jobs.finish_classification(connection, desk.held, guess, version, wall_ms))
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
        said = _types(asked)
    except child.Interrupted:
        for other in others:
            with suppress(StaleFence):
                other.save(partial(_give_back, other))
        raise
    for doubtful, its_type in zip(asked, said, strict=True):
        try:
            woken += _classified(doubtful.desk, reconciled(doubtful.guess, its_type), start)
        except StaleFence:
            if doubtful.desk is desk:
                raise
            log.warning("stale_fence", fence=doubtful.desk.held.fence)
    return woken


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


def _types(asked: Sequence[_Doubtful]) -> list[str | None]:
    """What the model says each is; None where it says nothing: the built-in classifier's word stands then."""
    desk = asked[0].desk
    tenant, model = desk.held.tenant_id, wiring.llm_server(desk.settings)
    with wiring.redis(desk.settings, answer_within_s=2.0) as connection:
        keys = [cache.type_key(tenant, model, each.beginning) for each in asked]
        said: list[str | None] = [cache.load(connection, key) for key in keys]
        places = [place for place, told in enumerate(said) if told is None and asked[place].beginning.strip()]
        if not places:
            return said
        try:
            answers = _ask([asked[place] for place in places], connection)
        except LlmError as error:
            log.warning("type_without_model", code=error.code)
            return said
        for place, told in zip(places, answers, strict=True):
            said[place] = told
            if told is not None:
                cache.keep(connection, keys[place], told, _TYPE_S)
    return said


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
    wall_ms = (time.monotonic() - start) * 1000

    def write(connection: Connection) -> None:
        version = STAGE_VERSIONS["extraction"]
        jobs.finish_extraction(connection, desk.held, consulted.extraction, decision, version, wall_ms)
        if consulted.missing is not None:
            rereads.add(connection, desk.held, wait_of(consulted.missing, desk.settings))

    desk.save(write)
    return []


def read_again(desk: Desk) -> Woken:
    """Asks the model about a document that went on without it; a document that people have touched is left alone."""
    start = time.monotonic()
    if desk.settings.llm == "off" or not desk.save(lambda connection: rereads.is_wanted(connection, desk.held)):
        desk.save(lambda connection: rereads.finish(connection, desk.held, "not_wanted"))
        return []
    facts = _look_up(desk)
    consulted = _extraction(desk, facts, last_try=True)
    missing = consulted.missing
    if missing is not None:
        wait_s = wait_of(missing, desk.settings)
        if consulted.server_away or not missing.counts:  # no attempt: an outage may last longer than those would
            desk.save(lambda connection: rereads.postpone(connection, desk.held, missing.code, wait_s))
            return []
        if desk.held.attempts < desk.settings.max_attempts:
            desk.save(lambda connection: jobs.try_again(connection, desk.held, missing.code, wait_s))
            return []
    decision = facts.decide(consulted.extraction)
    wall_ms = (time.monotonic() - start) * 1000
    version = STAGE_VERSIONS["extraction"]
    desk.save(
        lambda connection: rereads.replace_extraction(
            connection, desk.held, consulted.extraction, decision, version, wall_ms
        )
    )
    return []


def give_up_reading_again(desk: Desk) -> Woken:
    """Ends it: the built-in result stands."""
    desk.save(lambda connection: rereads.finish(connection, desk.held, "worker_lost"))
    return []


def _look_up(desk: Desk) -> _Facts:
    with desk.store.connect() as connection:
        document = documents.get(connection, desk.held.tenant_id, desk.held.doc_id)
        reading = documents.reading_of(connection, document.id)
        in_force = rules.get(connection, desk.held.tenant_id, desk.settings.sampling_rate)
    guess = _type_in_force(document)
    draw = 1.0 if document.sample_draw is None else document.sample_draw
    return _Facts(reading, guess, DOC_TYPES.get(guess.type), in_force, draw)


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
