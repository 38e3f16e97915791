"""The line: which due job is next. Tenants in turn; within a tenant by the job's place.

A wake-up says "a job of this stage may be due", not which. The worker that is woken takes the fairest one: of the
tenant that was served longest ago, the one with the earliest place. A place is the time at which the job was added; the
batches of a long document stand apart from each other (`db.batches`), so that later documents come between them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from db.jobs import DUE, STATUS_IN_STAGE, Claim
from db.tables import docs

_OPEN = "state IN ('waiting', 'running')"
"""Lets Postgres see that the index `ix_jobs_line` has every job that is due."""


def claim(connection: Connection, woken_for: str, worker: str, lease_s: float) -> Claim | None:
    """Takes the next due job of the stage that a wake-up is for; None when nothing is due (which is normal).

    Args:
        connection: an open transaction.
        woken_for: id of a job of that stage.
        worker: who claims, for people.
        lease_s: how long the claim holds without a heartbeat.
    """
    for tenant_id, stage in _in_turn(connection, woken_for):
        claimed = _claim_first(connection, tenant_id, stage, worker, lease_s)
        if claimed is not None:
            _note(connection, claimed)
            return claimed
    return None


def claim_more(connection: Connection, held: Claim, most: int, lease_s: float) -> list[Claim]:
    """Takes further due jobs of the same tenant and stage, to be done together with one that is held.

    Args:
        connection: an open transaction.
        held: the one.
        most: how many more.
        lease_s: how long the claims hold without a heartbeat.
    """
    more: list[Claim] = []
    while len(more) < most:
        claimed = _claim_first(connection, held.tenant_id, held.stage, held.worker, lease_s)
        if claimed is None:
            break
        _note(connection, claimed)
        more.append(claimed)
    return more


def _in_turn(connection: Connection, woken_for: str) -> list[tuple[str, str]]:
    """The tenants with due jobs of the stage, who was served longest ago first, as (tenant id, stage)."""
    rows = connection.execute(
        text(
            f"""
            SELECT turns.tenant_id, turns.stage
            FROM jobs AS woken JOIN turns ON turns.stage = woken.stage
            WHERE woken.id = :job_id AND EXISTS (
                SELECT 1 FROM jobs WHERE stage = turns.stage AND tenant_id = turns.tenant_id AND {_OPEN} AND {DUE})
            ORDER BY turns.served_at
            """  # noqa: S608 - constants
        ),
        {"job_id": woken_for},
    )
    return [(str(row.tenant_id), row.stage) for row in rows]


def _claim_first(connection: Connection, tenant_id: str, stage: str, worker: str, lease_s: float) -> Claim | None:
    row = (
        connection.execute(
            text(
                f"""
                UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, worker = :worker,
                       lease_until = now() + make_interval(secs => :lease)
                WHERE id = (
                    SELECT id FROM jobs WHERE stage = :stage AND tenant_id = :tenant AND {_OPEN} AND {DUE}
                    ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING *
                """  # noqa: S608 - constants
            ),
            {"tenant": tenant_id, "stage": stage, "worker": worker, "lease": lease_s},
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else Claim.from_row(row)


def _note(connection: Connection, claimed: Claim) -> None:
    """Ends the tenant's turn and shows people where the document is."""
    connection.execute(
        text("UPDATE turns SET served_at = clock_timestamp() WHERE tenant_id = :tenant AND stage = :stage"),
        {"tenant": claimed.tenant_id, "stage": claimed.stage},
    )
    if claimed.stage not in STATUS_IN_STAGE:  # what is read again stays where people see it
        return
    connection.execute(
        docs.update()
        .where(docs.c.id == claimed.doc_id)
        .values(processing_status=STATUS_IN_STAGE[claimed.stage], updated_at=text("now()"))
    )
