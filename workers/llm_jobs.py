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
from sqlalchemy import Connection

from db import documents, jobs, line, rereads, rules
from db.jobs import StaleFence
from pipeline import child, route
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.errors import LlmError, StageFailed
from pipeline.opinion.types_told import MOST_TOGETHER
from pipeline.run import STAGE_VERSIONS, classify_pages, extract_fields
from pipeline.types import UNKNOWN_TYPE, Decision, Extraction, Page, Reading, Reason, Rules, TypeGuess
from workers import retry
from workers.asked_types import MAY_COME, Doubtful, Typed, beginning_of, types_of
from workers.consult import Consulted, extract_consulting, wait_of
from workers.desk import Desk
from workers.ocr_jobs import Woken

log = structlog.get_logger()

_SURE = 0.95
"""From this score on the built-in classifier's word is enough."""


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
    asked = [Doubtful(desk, guess, beginning_of(desk, pages, guess))]
    woken: Woken = []
    others = _others(desk)
    try:
        for other in others:
            woken += _look_at(other, asked, start)
        types = types_of(asked)
    except child.Interrupted:
        for other in others:
            with suppress(StaleFence):
                other.save(partial(_give_back, other))
        raise
    for doubtful, typed in zip(asked, types, strict=True):
        try:
            woken += _settled(doubtful.desk, typed, start)
        except StaleFence:  # the others' answers count all the same
            log.warning("stale_fence", doc_id=doubtful.desk.held.doc_id, fence=doubtful.desk.held.fence)
    return woken


def _settled(desk: Desk, typed: Typed, start: float) -> Woken:
    """Ends a classification, or puts it back where the model may answer soon."""
    error, attempts = typed.error, desk.held.attempts
    if error is not None and error.transient and not typed.server_away and attempts < desk.settings.max_attempts:
        wait_s = retry.backoff_s(attempts, desk.settings.backoff_s)
        desk.save(lambda connection: jobs.try_again(connection, desk.held, error.code, wait_s))
        return []
    return _classified(desk, typed.guess, start, typed.missing)


def _give_back(desk: Desk, connection: Connection) -> None:
    jobs.give_back(connection, desk.held)


def _look_at(other: Desk, asked: list[Doubtful], start: float) -> Woken:
    """Ends a document that was taken along and is not doubtful; adds the others to those that are asked about."""
    with other.store.connect() as connection:
        pages = documents.pages_of(connection, other.held.doc_id)
    try:
        guess: TypeGuess = other.in_child(classify_pages, pages, DOC_TYPES.own)
        if not _is_asked(other, guess):
            return _classified(other, guess, start)
        asked.append(Doubtful(other, guess, beginning_of(other, pages, guess)))
    except (StaleFence, StageFailed) as failure:
        log.warning("left_to_its_lease", doc_id=other.held.doc_id, error=type(failure).__name__)
    return []


def _others(desk: Desk) -> list[Desk]:
    """What is asked about together with a document, and kept with it; one that failed before is asked about alone."""
    if desk.held.attempts > 1:
        return []

    def take(connection: Connection) -> list[jobs.Claim]:
        return line.claim_more(connection, desk.held, MOST_TOGETHER - 1, desk.settings.lease_s)

    return [Desk(held, desk.store, desk.settings, desk.pulses) for held in desk.save(take)]


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


def _type_again(desk: Desk, facts: _Facts) -> Typed:
    pages = facts.reading.pages
    guess: TypeGuess = desk.in_child(classify_pages, pages, DOC_TYPES.own)
    if not _is_asked(desk, guess):
        return Typed(guess)
    return types_of([Doubtful(desk, guess, beginning_of(desk, pages, guess))])[0]


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


def _replace(desk: Desk, facts: _Facts, typed: Typed | None, extraction: Extraction, start: float) -> None:
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
    type_missing = None if missing is None else MAY_COME[missing]()
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
