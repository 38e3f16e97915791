"""The stages as the workers run them: load, call the pipeline in a confined child, save.

`run_job` is what a wake-up calls. It claims the job in Postgres; everything it writes carries the claim's fence. The
child that does the work is watched from here: each tick prolongs the lease, and notices a shutdown.
"""

from __future__ import annotations

import os
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app import wiring
from app.settings import Settings
from db import documents, jobs, rules
from db.blobs import BlobError
from db.jobs import Claim, StaleFence
from pipeline import child, route
from pipeline.doctypes import DOC_TYPES
from pipeline.errors import ChildCrashed, MemoryLimit, PipelineError, TimeLimit, Unexpected
from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions, read_pages
from pipeline.run import STAGE_VERSIONS, classify_pages, extract_fields
from pipeline.types import Page, Reading, TypeGuess
from workers import retry
from workers.queues import wake
from workers.shutdown import DRAIN

log = structlog.get_logger()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a stage works with: the claim it holds, the store and the settings."""

    held: Claim
    store: Engine
    settings: Settings

    def save(self, write: Callable[[Connection], _T]) -> _T:
        """Runs a write in a transaction of its own; a database that is away for some seconds is waited for."""
        return retry.patiently(lambda: self._in_transaction(write))

    def _in_transaction(self, write: Callable[[Connection], _T]) -> _T:
        with self.store.begin() as connection:
            return write(connection)


def run_job(job_id: str) -> None:
    """Claims a job and runs its stage; finding nothing to claim is normal."""
    settings = wiring.settings()
    store = wiring.database(settings)
    try:
        with store.begin() as connection:
            held = jobs.claim(connection, job_id, f"{socket.gethostname()}:{os.getpid()}", settings.lease_s)
    except SQLAlchemyError as error:
        log.warning("claim_failed", error=type(error).__name__)
        return
    if held is None:
        return
    structlog.contextvars.bind_contextvars(job_id=held.job_id, doc_id=held.doc_id, stage=held.stage)
    try:
        _run_claimed(Desk(held, store, settings))
    except StaleFence:
        log.warning("stale_fence", fence=held.fence)
    except SQLAlchemyError as error:  # the lease runs out, and the sweeper wakes another worker
        log.warning("database_away", error=type(error).__name__)
    finally:
        structlog.contextvars.unbind_contextvars("job_id", "doc_id", "stage")


def _run_claimed(desk: Desk) -> None:
    held, settings = desk.held, desk.settings
    try:
        lost_too_often = held.attempts > settings.max_attempts
        next_job = _give_up(desk) if lost_too_often else _STAGES[held.stage](desk)
    except StaleFence:
        raise
    except child.Interrupted:
        log.info("given_back")
        desk.save(lambda connection: jobs.give_back(connection, held))
        return
    except (PipelineError, BlobError) as error:
        _failed(desk, error)
        return
    except Exception as error:
        log.error("unexpected", error=type(error).__name__, where=where_of(error))
        _failed(desk, Unexpected())
        return
    if next_job is not None:
        wake([next_job], settings)


def where_of(error: Exception) -> str:
    """The place an error comes from, without its message: that may quote the document."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _failed(desk: Desk, error: PipelineError | BlobError) -> None:
    """A passing failure is tried again later; a lasting one makes the document a dead letter."""
    log.warning("stage_failed", code=error.code, attempts=desk.held.attempts)
    may_pass = isinstance(error, PipelineError) and error.transient
    if may_pass and desk.held.attempts < desk.settings.max_attempts:
        wait_s = retry.backoff_s(desk.held.attempts, desk.settings.backoff_s)
        desk.save(lambda connection: jobs.try_again(connection, desk.held, error.code, wait_s))
        return
    sentence = error.sentence if isinstance(error, PipelineError) else str(type(error).__doc__)
    reason = {"code": error.code, "sentence": sentence, "field": None}
    desk.save(lambda connection: jobs.bury(connection, desk.held, "error", reason))


def _give_up(desk: Desk) -> tuple[str, str] | None:
    """The job's worker was lost each time: what was read so far goes to a person."""
    log.warning("worker_lost", attempts=desk.held.attempts)
    if desk.held.stage == "ocr":
        return _end_reading(desk, "worker_lost", 0.0)
    reason = {"code": "worker_lost", "sentence": route.PROBLEMS["worker_lost"], "field": None}
    desk.save(lambda connection: jobs.bury(connection, desk.held, "needs_review", reason))
    return None


def _ocr(desk: Desk) -> tuple[str, str]:
    """Reads the pages that an earlier attempt has not; each is stored as soon as it is there."""
    with desk.store.connect() as connection:
        document = documents.get(connection, desk.held.tenant_id, desk.held.doc_id)
        done = documents.page_numbers_of(connection, document.id)
    data = wiring.blobs(desk.settings).get(document.blob_key)
    options = ReadingOptions(engine=desk.settings.ocr)
    start = time.monotonic()
    problem = None
    try:
        child.run(
            read_pages,
            data,
            FileKind(document.kind),
            options,
            tuple(done),
            limits=wiring.stage_limits(desk.settings),
            on_item=partial(_store_page, desk),
            tick=_Pulse(desk).tick,
        )
    except (TimeLimit, MemoryLimit) as limit:
        problem = limit.code
    except ChildCrashed as crash:
        if desk.held.attempts < retry.MAX_CRASHES:
            raise
        problem = crash.code
    return _end_reading(desk, problem, (time.monotonic() - start) * 1000)


def _store_page(desk: Desk, page: Page) -> None:
    desk.save(lambda connection: jobs.save_page(connection, desk.held, page))


def _end_reading(desk: Desk, problem: str | None, wall_ms: float) -> tuple[str, str]:
    with desk.store.connect() as connection:
        document = documents.get(connection, desk.held.tenant_id, desk.held.doc_id)
        reading = Reading(documents.pages_of(connection, document.id), document.page_count, problem)
    next_job = desk.save(
        lambda connection: jobs.finish_reading(connection, desk.held, reading, STAGE_VERSIONS["ocr"], wall_ms)
    )
    return next_job, "classification"


def _classification(desk: Desk) -> tuple[str, str]:
    with desk.store.connect() as connection:
        pages = documents.pages_of(connection, desk.held.doc_id)
    start = time.monotonic()
    guess = child.run(
        classify_pages, pages, limits=wiring.stage_limits(desk.settings), tick=_Pulse(desk).tick
    )  # fmt: skip
    wall_ms = (time.monotonic() - start) * 1000
    next_job = desk.save(
        lambda connection: jobs.finish_classification(
            connection, desk.held, guess, STAGE_VERSIONS["classification"], wall_ms
        )
    )
    return next_job, "extraction"


def _extraction(desk: Desk) -> None:
    with desk.store.connect() as connection:
        document = documents.get(connection, desk.held.tenant_id, desk.held.doc_id)
        reading = documents.reading_of(connection, document.id)
        in_force = rules.get(connection, desk.held.tenant_id, desk.settings.sampling_rate)
    guess = _type_in_force(document)
    start = time.monotonic()
    extraction = child.run(
        extract_fields, reading.pages, guess.type, limits=wiring.stage_limits(desk.settings), tick=_Pulse(desk).tick
    )
    wall_ms = (time.monotonic() - start) * 1000
    draw = 1.0 if document.sample_draw is None else document.sample_draw
    decision = route.decide(reading, guess, extraction, DOC_TYPES.get(guess.type), in_force, draw)
    desk.save(
        lambda connection: jobs.finish_extraction(
            connection, desk.held, extraction, decision, STAGE_VERSIONS["extraction"], wall_ms
        )
    )


def _type_in_force(document: documents.Document) -> TypeGuess:
    """What the classifier said, unless a person has set the type: a person is sure."""
    if document.type is not None and document.type != document.machine_type:
        return TypeGuess(document.type, 1.0)
    evidence = document.type_evidence
    return TypeGuess(evidence["type"], evidence["score"], evidence["runner_up"], evidence["runner_up_score"])


class _Pulse:
    """Called while the child works: prolongs the lease now and then, and stops the work when the worker shuts down."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._beat_at = time.monotonic()
        self._lease_from = self._beat_at

    def tick(self) -> None:
        """Raises:
        Interrupted: the worker shuts down and its time is over.
        StaleFence: the lease is lost.
        """
        if DRAIN.over():
            raise child.Interrupted
        now = time.monotonic()
        if now - self._beat_at < self._desk.settings.heartbeat_s:
            return
        self._beat_at = now
        try:
            with self._desk.store.begin() as connection:
                jobs.heartbeat(connection, self._desk.held, self._desk.settings.lease_s)
        except SQLAlchemyError:
            if now - self._lease_from > self._desk.settings.lease_s:
                raise StaleFence from None
            log.warning("heartbeat_missed")
        else:
            self._lease_from = now


_STAGES: dict[str, Callable[[Desk], tuple[str, str] | None]] = {
    "ocr": _ocr,
    "classification": _classification,
    "extraction": _extraction,
}
