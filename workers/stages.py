"""The stages as the workers run them: load, call the pipeline in a confined child, save.

`run_job` is what a wake-up calls. It claims a job in Postgres; everything it writes carries the claim's fence. The
child that does the work is watched (`workers.desk`): each tick prolongs the lease, and notices a shutdown.
"""

from __future__ import annotations

import os
import socket
import traceback
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import wiring
from db import jobs, line, rereads
from db.blobs import BlobError
from db.jobs import StaleFence
from pipeline import child, route
from pipeline.errors import PipelineError, Unexpected
from workers import llm_jobs, ocr_jobs, retry
from workers.desk import Desk
from workers.ocr_jobs import Woken
from workers.queues import wake

log = structlog.get_logger()


def run_job(job_id: str) -> None:
    """Claims the next due job of the stage that this one is of, and runs it; finding nothing to claim is normal."""
    settings = wiring.settings()
    store = wiring.database(settings)
    try:
        with store.begin() as connection:
            held = line.claim(connection, job_id, f"{socket.gethostname()}:{os.getpid()}", settings.lease_s)
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
        woken = _give_up(desk) if lost_too_often else _STAGES[held.stage](desk)
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
    if woken:
        wake(woken, settings)


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
    if desk.held.stage == "reread":
        desk.save(lambda connection: rereads.finish(connection, desk.held, error.code))
        return
    sentence = error.sentence if isinstance(error, PipelineError) else str(type(error).__doc__)
    reason = {"code": error.code, "sentence": sentence, "field": None}
    desk.save(lambda connection: jobs.bury(connection, desk.held, "error", reason))


def _give_up(desk: Desk) -> Woken:
    """The job's worker was lost each time: what was read so far goes to a person."""
    log.warning("worker_lost", attempts=desk.held.attempts)
    if desk.held.stage == "ocr":
        return ocr_jobs.give_up(desk, "worker_lost")
    if desk.held.stage == "reread":
        return llm_jobs.give_up_reading_again(desk)
    reason = {"code": "worker_lost", "sentence": route.PROBLEMS["worker_lost"], "field": None}
    desk.save(lambda connection: jobs.bury(connection, desk.held, "needs_review", reason))
    return []


_STAGES: dict[str, Callable[[Desk], Woken]] = {
    "ocr": ocr_jobs.read,
    "classification": llm_jobs.classify,
    "extraction": llm_jobs.extract,
    "reread": llm_jobs.read_again,
}
