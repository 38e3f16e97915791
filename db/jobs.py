"""The queue of record: claims with a lease and a fence, results written once, the outbox of wake-ups.

A worker *claims* a job: its fence grows by one and a lease begins. Everything it writes for the job carries that
fence; once somebody else has claimed the job, its writes are refused (`StaleFence`). `UNIQUE` on the results is the
second wall. A worker that dies leaves a lease that runs out; the sweeper then wakes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from db import audit
from db.tables import corrections, docs, fields, jobs, outbox, pages, stage_results, turns
from pipeline.types import Decision, Extraction, Page, Reading, TypeGuess

STAGES = ("ocr", "classification", "extraction")
_MOST_TEXT = 500_000
_TOO_LONG_FOR_SEARCH = "54000"
"""SQLSTATE program_limit_exceeded: "string is too long for tsvector"."""
DUE = "(state = 'waiting' AND run_at <= now() OR state = 'running' AND lease_until < now())"
"""SQL: nobody works on it: it waits and its time has come, or the lease of its worker ran out."""
OF_RUN = "doc_id = :doc_id AND generation = :generation AND stage = :stage"
"""SQL: a stage's job of the whole document, and its page batches."""
STATUS_IN_STAGE = {"ocr": "ocr", "classification": "classifying", "extraction": "extracting"}


class StaleFence(Exception):
    """Somebody else has taken this job over; this worker's result is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds."""

    job_id: str
    tenant_id: str
    doc_id: str
    stage: str
    generation: int
    attempts: int
    fence: int
    worker: str
    traceparent: str | None
    batch: tuple[tuple[int, ...], ...] | None = None
    """Of a page batch: the pages to read, each with the later ones that are the same. None: the whole document."""

    @staticmethod
    def from_row(row: RowMapping) -> Claim:
        """Makes one of a row of `jobs`."""
        batch = None if row["batch"] is None else tuple(tuple(pages) for pages in row["batch"])
        return Claim(str(row["id"]), str(row["tenant_id"]), str(row["doc_id"]), row["stage"], row["generation"],
                     row["attempts"], row["fence"], row["worker"], row["traceparent"], batch)  # fmt: skip


def add(connection: Connection, tenant_id: str, doc_id: str, stage: str, generation: int, traceparent: str | None = None
        ) -> str:  # fmt: skip
    """Adds a stage's job and its wake-up in the outbox; gives the job's id."""
    job_id = connection.execute(
        jobs.insert()
        .values(tenant_id=tenant_id, doc_id=doc_id, stage=stage, generation=generation, traceparent=traceparent)
        .returning(jobs.c.id)
    ).scalar_one()
    connection.execute(insert(turns).values(tenant_id=tenant_id, stage=stage).on_conflict_do_nothing())
    connection.execute(outbox.insert().values(tenant_id=tenant_id, job_id=job_id))
    return str(job_id)


def heartbeat(connection: Connection, held: Claim, lease_s: float) -> None:
    """Prolongs the lease.

    Raises:
        StaleFence: the job is no longer this worker's.
    """
    update_held(connection, held, "lease_until = now() + make_interval(secs => :lease)", lease=lease_s)


def give_back(connection: Connection, held: Claim) -> None:
    """Ends the lease of a worker that shuts down: the attempt doesn't count, another worker goes on at once."""
    update_held(
        connection,
        held,
        "state = 'waiting', lease_until = NULL, run_at = now(), attempts = attempts - 1, woken_at = NULL",
    )
    connection.execute(outbox.insert().values(tenant_id=held.tenant_id, job_id=held.job_id))


def try_again(connection: Connection, held: Claim, code: str, wait_s: float) -> None:
    """Puts a job that failed for a passing reason back, to be run after `wait_s`."""
    update_held(
        connection,
        held,
        "state = 'waiting', lease_until = NULL, run_at = now() + make_interval(secs => :wait), last_error = :code, "
        "woken_at = NULL",
        wait=wait_s,
        code=code,
    )


def bury(connection: Connection, held: Claim, status: str, reason: Mapping[str, Any]) -> None:
    """Ends a job that can't be done: its document goes to `status` with the reason; a person may retry it.

    Of a long document's reading, the other batches end too: nothing may be written once a person can retry.
    """
    dead = "state = 'dead', lease_until = NULL, finished_at = now(), last_error = :code"
    run = lock_run(connection, held)
    update_held(connection, held, dead, code=reason["code"])
    connection.execute(
        text(f"UPDATE jobs SET {dead} WHERE {OF_RUN} AND state IN ('waiting', 'running', 'split')"),  # noqa: S608 - constants
        {**run, "code": reason["code"]},
    )
    version = _update_doc(connection, held, processing_status=status, reasons=[dict(reason)])
    audit.record(connection, held.tenant_id, audit.SYSTEM, "failed", held.doc_id, stage=held.stage,
                 code=reason["code"], version=version)  # fmt: skip


def save_pages(connection: Connection, held: Claim, read: Sequence[Page]) -> None:
    """Stores pages as soon as they are read, so that a crash or a time limit doesn't lose them."""
    _check_held(connection, held)
    rows = [
        {
            "doc_id": held.doc_id,
            "number": page.number,
            "tenant_id": held.tenant_id,
            "source": page.source.value,
            "content": page.to_json(),
        }
        for page in read
    ]
    connection.execute(insert(pages).values(rows).on_conflict_do_nothing())


def finish_reading(connection: Connection, held: Claim, reading: Reading, version: str, wall_ms: float) -> str:
    """Ends the OCR stage; gives the next job's id."""
    _finish(connection, held, version, {"problem": reading.problem}, wall_ms)
    _update_doc(connection, held, partial=reading.partial, processing_status="classifying")
    _store_text(connection, held, reading.text)
    return add(connection, held.tenant_id, held.doc_id, "classification", held.generation, held.traceparent)


def finish_classification(
    connection: Connection,
    held: Claim,
    guess: TypeGuess,
    version: str,
    wall_ms: float,
    model_missing: str | None = None,
) -> str:
    """Ends the classification stage; gives the next job's id. A type that a person has set stays.

    `model_missing`: why the model did not say what the document is, as an error's code, when it is to be asked again.
    """
    told = type_told(guess, model_missing)
    _finish(connection, held, version, told, wall_ms)
    store_type(connection, held, told)
    connection.execute(docs.update().where(docs.c.id == held.doc_id).values(processing_status="extracting"))
    return add(connection, held.tenant_id, held.doc_id, "extraction", held.generation, held.traceparent)


def type_told(guess: TypeGuess, model_missing: str | None) -> dict[str, Any]:
    """What is kept of a classification; arguments as of `finish_classification`."""
    return {
        "type": guess.type,
        "score": guess.score,
        "runner_up": guess.runner_up,
        "runner_up_score": guess.runner_up_score,
        "evidence": list(guess.evidence),
        "model": guess.model,
        "disputed": guess.disputed,
        "model_missing": model_missing,
    }


def store_type(connection: Connection, held: Claim, told: Mapping[str, Any]) -> None:
    """Stores what a document is, as `type_told` says it. A type that a person has set stays."""
    _update_doc(
        connection, held, machine_type=told["type"], type_evidence=dict(told), type_confidence=told["score"]
    )  # fmt: skip
    connection.execute(
        docs.update().where(docs.c.id == held.doc_id, ~type_set_by_person(held.doc_id)).values(type=told["type"])
    )


def finish_extraction(
    connection: Connection, held: Claim, extraction: Extraction, decision: Decision, version: str, wall_ms: float
) -> None:
    """Ends the last stage: stores the fields (a person's values stay) and the decision."""
    codes = [reason.code for reason in decision.reasons]
    _finish(connection, held, version, {"decision": decision.outcome, "reasons": codes}, wall_ms)
    store_extraction(connection, held, extraction, decision)


def store_extraction(connection: Connection, held: Claim, extraction: Extraction, decision: Decision) -> None:
    """Stores the fields (a person's values stay), the decision, and that it was made."""
    reasons = [reason.to_json() for reason in decision.reasons]
    status = "auto_approved" if decision.outcome == "accept" else "needs_review"
    _store_fields(connection, held, extraction)
    version = _update_doc(
        connection,
        held,
        confidence=decision.confidence,
        reasons=reasons,
        machine_reasons=reasons,
        processing_status=status,
    )
    codes = [reason.code for reason in decision.reasons]
    audit.record(connection, held.tenant_id, audit.SYSTEM, status, held.doc_id, reasons=codes, version=version)


def due(connection: Connection, rewake_s: float, stages: Sequence[str] = STAGES, limit: int = 200
        ) -> list[tuple[str, str]]:  # fmt: skip
    """Jobs that nobody works on and nobody was woken for lately, as (job id, stage); marks them woken.

    Args:
        connection: an open transaction.
        rewake_s: how long after a wake-up a job is left alone.
        stages: whose waiting jobs; jobs whose worker was lost, or that failed before, are taken of every stage.
        limit: how many at most.
    """
    rows = connection.execute(
        text(
            f"""
            UPDATE jobs SET woken_at = now() WHERE id IN (
                SELECT id FROM jobs
                WHERE {DUE}
                  AND stage <> 'reread'
                  AND (woken_at IS NULL OR woken_at < now() - make_interval(secs => :rewake))
                  AND (stage = ANY(:stages) OR state = 'running' OR last_error IS NOT NULL)
                ORDER BY run_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING id, stage
            """  # noqa: S608 - a constant
        ),
        {"rewake": rewake_s, "limit": limit, "stages": list(stages)},
    )
    return [(str(row.id), row.stage) for row in rows]


def count_due(connection: Connection) -> dict[str, int]:
    """How many jobs of each stage wait for a worker now; without what is to be read again some day."""
    rows = connection.execute(
        text(f"SELECT stage, count(*) AS n FROM jobs WHERE stage <> 'reread' AND {DUE} GROUP BY stage")  # noqa: S608 - a constant
    )
    return {row.stage: row.n for row in rows}


def unsent(connection: Connection, waiting_s: float = 0.0, limit: int = 500) -> list[tuple[int, str, str]]:
    """Wake-ups in the outbox: (outbox id, job id, stage), locked until the transaction ends.

    `waiting_s` leaves those alone that are so young that whoever wrote them is about to send them.
    """
    rows = connection.execute(
        select(outbox.c.id, outbox.c.job_id, jobs.c.stage)
        .join_from(outbox, jobs, outbox.c.job_id == jobs.c.id)
        .where(outbox.c.sent_at.is_(None), outbox.c.created_at <= func.now() - timedelta(seconds=waiting_s))
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )
    return [(row.id, str(row.job_id), row.stage) for row in rows]


def mark_sent(connection: Connection, job_ids: Sequence[str]) -> None:
    """Notes that the wake-ups of these jobs were sent."""
    connection.execute(
        outbox.update().where(outbox.c.job_id.in_(job_ids), outbox.c.sent_at.is_(None)).values(sent_at=text("now()"))
    )
    connection.execute(jobs.update().where(jobs.c.id.in_(job_ids)).values(woken_at=text("now()")))


def forget_sent(connection: Connection) -> None:
    """Removes wake-ups that were sent more than a day ago."""
    connection.execute(text("DELETE FROM outbox WHERE sent_at < now() - interval '1 day'"))


def _store_text(connection: Connection, held: Claim, text_read: str) -> None:
    """Stores the text for search: as much of it as fits Postgres' 1 MB for the words of one document."""
    fits = text_read[:_MOST_TEXT]
    while fits:
        try:
            with connection.begin_nested():
                _update_doc(connection, held, ocr_text=fits)
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _TOO_LONG_FOR_SEARCH:
                raise
            fits = fits[: len(fits) // 2]


def _finish(connection: Connection, held: Claim, version: str, result: Mapping[str, Any], wall_ms: float) -> None:
    update_held(connection, held, "state = 'done', lease_until = NULL, finished_at = now(), last_error = NULL")
    stored = connection.execute(
        insert(stage_results)
        .values(
            tenant_id=held.tenant_id,
            doc_id=held.doc_id,
            stage=held.stage,
            stage_version=version,
            fence=held.fence,
            result=dict(result),
            wall_ms=wall_ms,
            worker=held.worker,
        )
        .on_conflict_do_nothing()
        .returning(stage_results.c.id)
    ).scalar_one_or_none()
    if stored is None:
        raise StaleFence


def lock_run(connection: Connection, held: Claim) -> dict[str, Any]:
    """Locks the whole document's job, before any batch of it, and gives the parameters of `OF_RUN`."""
    run = {"doc_id": held.doc_id, "generation": held.generation, "stage": held.stage}
    connection.execute(text(f"SELECT 1 FROM jobs WHERE {OF_RUN} AND first_page = 0 FOR UPDATE"), run)  # noqa: S608 - a constant
    return run


def update_held(connection: Connection, held: Claim, changes: str, **values: Any) -> None:
    """Changes a job's row, if this worker still holds it.

    Args:
        connection: an open transaction.
        held: the claim.
        changes: SQL after SET; written in the code, never from outside.
        values: its parameters.

    Raises:
        StaleFence: the job is no longer this worker's.
    """
    done = connection.execute(
        text(f"UPDATE jobs SET {changes} WHERE id = :job_id AND fence = :fence AND state = 'running'"),  # noqa: S608 - `changes` is written in our code
        {"job_id": held.job_id, "fence": held.fence, **values},
    )
    if done.rowcount != 1:
        raise StaleFence


def _check_held(connection: Connection, held: Claim) -> None:
    held_still = connection.execute(
        text("SELECT 1 FROM jobs WHERE id = :job_id AND fence = :fence AND state = 'running' FOR SHARE"),
        {"job_id": held.job_id, "fence": held.fence},
    ).scalar_one_or_none()
    if held_still is None:
        raise StaleFence


def _update_doc(connection: Connection, held: Claim, **values: Any) -> int:
    """Changes the document; gives its new version."""
    changed = (
        docs.update()
        .where(docs.c.id == held.doc_id)
        .values(version=docs.c.version + 1, updated_at=text("now()"), **values)
        .returning(docs.c.version)
    )
    return int(connection.execute(changed).scalar_one())


def type_set_by_person(doc_id: str) -> ColumnElement[bool]:
    """SQL: a person has said what the document is."""
    return select(corrections.c.id).where(corrections.c.doc_id == doc_id, corrections.c.field == "type").exists()


def _store_fields(connection: Connection, held: Claim, extraction: Extraction) -> None:
    for position, value in enumerate(extraction.fields):
        machine = {
            "position": position,
            "raw": value.raw,
            "boxes": [box.to_json() for box in value.boxes],
            "confidence": value.confidence,
            "parts": None
            if value.parts is None
            else {"engine": value.parts.engine, "validation": value.parts.validation, "clarity": value.parts.clarity},
            "findings": list(value.findings),
            "value": value.value,
            "machine_value": value.value,
        }
        row = insert(fields).values(
            doc_id=held.doc_id, name=value.name, tenant_id=held.tenant_id, source="machine", **machine
        )
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["doc_id", "name"], set_=machine, where=fields.c.source == "machine"
            )
        )
    names = [value.name for value in extraction.fields]
    connection.execute(
        fields.delete().where(
            fields.c.doc_id == held.doc_id, fields.c.source == "machine", fields.c.name.not_in(names or [""])
        )
    )
