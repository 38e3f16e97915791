"""Who has a document open in Review. A lock runs out by itself, so that a lost browser holds nothing for long.

It keeps two people from doing the same work; what keeps their work apart in any case is the document's version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from db import audit
from db.tables import review_locks, users

LOCK_S = 45
"""How long a lock holds after the browser was last heard of; it speaks every 15 s."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a document open, in which session, and since when."""

    user_id: str
    name: str
    session: str
    taken_at: datetime


def take(connection: Connection, tenant_id: str, doc_id: str, user_id: str, session: str) -> Holder | None:
    """Takes a document's lock, or keeps it; the session's locks on other documents end.

    Returns:
        None when the lock is the session's now; else whoever has it.
    """
    connection.execute(review_locks.delete().where(review_locks.c.session == session, review_locks.c.doc_id != doc_id))
    return None if _put(connection, tenant_id, doc_id, user_id, session) else holder(connection, tenant_id, doc_id)


def want(connection: Connection, tenant_id: str, doc_id: str, user_id: str) -> None:
    """Notes that somebody looks at a document that another session has open."""
    of_document = review_locks.c.tenant_id == tenant_id, review_locks.c.doc_id == doc_id
    wanted = {"wanted_by": user_id, "wanted_at": func.now()}
    connection.execute(review_locks.update().where(*of_document).values(wanted))


def take_over(connection: Connection, tenant_id: str, doc_id: str, user_id: str, session: str) -> None:
    """Takes a document's lock, whoever has it; that is put on record."""
    connection.execute(
        review_locks.delete().where(review_locks.c.tenant_id == tenant_id, review_locks.c.doc_id == doc_id)
    )
    _put(connection, tenant_id, doc_id, user_id, session)
    audit.record(connection, tenant_id, user_id, "lock_taken_over", doc_id)


def release(connection: Connection, tenant_id: str, doc_id: str | None, session: str) -> None:
    """Gives a document's lock back, if it is the session's; None: whatever the session holds."""
    mine = review_locks.delete().where(review_locks.c.tenant_id == tenant_id, review_locks.c.session == session)
    connection.execute(mine if doc_id is None else mine.where(review_locks.c.doc_id == doc_id))


def holder(connection: Connection, tenant_id: str, doc_id: str) -> Holder | None:
    """Who has the document open now."""
    row = connection.execute(
        select(review_locks.c.user_id, users.c.name, review_locks.c.session, review_locks.c.taken_at)
        .join_from(review_locks, users, users.c.id == review_locks.c.user_id)
        .where(review_locks.c.tenant_id == tenant_id, review_locks.c.doc_id == doc_id, _IN_FORCE)
    ).one_or_none()
    return None if row is None else Holder(*row)


def wanted_by(connection: Connection, doc_id: str, session: str) -> str | None:
    """The name of somebody who looks at a document that the session has open; None: nobody does."""
    name: str | None = connection.execute(
        select(users.c.name)
        .join_from(review_locks, users, users.c.id == review_locks.c.wanted_by)
        .where(
            review_locks.c.doc_id == doc_id,
            review_locks.c.session == session,
            review_locks.c.wanted_at > func.now() - text(f"interval '{LOCK_S} seconds'"),
        )
    ).scalar_one_or_none()
    return name


def held_by_others(connection: Connection, tenant_id: str, session: str, also_run_out: bool = False) -> set[str]:
    """The documents that other sessions have open now.

    `also_run_out`: those too whose session was not heard of lately and has not closed them; it may come back.
    """
    of_others = review_locks.c.tenant_id == tenant_id, review_locks.c.session != session
    conditions = of_others if also_run_out else (*of_others, _IN_FORCE)
    return set(connection.execute(select(review_locks.c.doc_id).where(*conditions)).scalars())


def seconds_held(connection: Connection, tenant_id: str, doc_id: str, session: str) -> float | None:
    """How long the session has had the document open; None when it has no lock on it."""
    seconds: float | None = connection.execute(
        select(func.extract("epoch", func.clock_timestamp() - review_locks.c.taken_at)).where(
            review_locks.c.tenant_id == tenant_id,
            review_locks.c.doc_id == doc_id,
            review_locks.c.session == session,
        )
    ).scalar_one_or_none()
    return None if seconds is None else float(seconds)


_IN_FORCE = review_locks.c.expires_at > func.now()


def _put(connection: Connection, tenant_id: str, doc_id: str, user_id: str, session: str) -> bool:
    written = connection.execute(
        text(
            """
            INSERT INTO review_locks AS held (doc_id, tenant_id, user_id, session, expires_at)
            SELECT id, tenant_id, :user_id, :session, now() + make_interval(secs => :seconds)
            FROM docs WHERE id = :doc_id AND tenant_id = :tenant_id
            ON CONFLICT (doc_id) DO UPDATE SET
                user_id = excluded.user_id, session = excluded.session, expires_at = excluded.expires_at,
                taken_at = CASE WHEN held.session = excluded.session THEN held.taken_at ELSE now() END,
                wanted_at = CASE WHEN held.session = excluded.session THEN held.wanted_at END
            WHERE held.session = excluded.session OR held.expires_at <= now()
            RETURNING 1
            """
        ),
        {"doc_id": doc_id, "tenant_id": tenant_id, "user_id": user_id, "session": session, "seconds": LOCK_S},
    )
    return written.scalar_one_or_none() is not None
