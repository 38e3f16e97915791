"""The machine reads again only what is still its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from sqlalchemy import Connection, Engine, text

from db import audit, comments, documents, drafts, jobs, queue, rereads, review_locks, reviews
from db.session import engine
from tests.db import store
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT

Act = Callable[[Connection, str, int], object]


@pytest.fixture
def database(database_url: str) -> Engine:
    return engine(database_url)


@pytest.fixture
def connection(database: Engine) -> Iterator[Connection]:
    with database.begin() as open_connection:
        yield open_connection


def waiting(connection: Connection, content: bytes = b"one") -> tuple[str, str]:
    """A document that went on without the model and is due to be read again, as (document id, job id)."""
    doc_id = store.reviewable(connection, content)
    row = connection.execute(text("SELECT * FROM jobs WHERE doc_id = :id AND stage = 'extraction'"), {"id": doc_id})
    return doc_id, rereads.add(connection, jobs.Claim.from_row(row.mappings().one()), 0.0)


def free(connection: Connection, job_id: str) -> bool:
    return rereads.is_free(connection, store.claim(connection, job_id))


def state(connection: Connection, job_id: str) -> tuple[object, ...]:
    row = connection.execute(text("SELECT state, attempts, last_error FROM jobs WHERE id = :id"), {"id": job_id})
    return tuple(row.one())


def approved_and_reopened(connection: Connection, doc_id: str, version: int) -> None:
    newer = reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    reviews.reopen(connection, LOCAL_TENANT, doc_id, newer, LOCAL_ADMIN)


def rejected_and_reopened(connection: Connection, doc_id: str, version: int) -> None:
    newer = reviews.reject(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "Not ours.")
    reviews.reopen(connection, LOCAL_TENANT, doc_id, newer, LOCAL_ADMIN)


def corrected(connection: Connection, doc_id: str, version: int) -> None:
    reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"name": "Ada Blake"})


def marked(connection: Connection, doc_id: str, version: int) -> None:
    place = {"name": [[1, 0.5, 0.5, 0.6, 0.6]]}
    reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {}, place)


def typed_anew(connection: Connection, doc_id: str, version: int) -> None:
    reviews.change_type(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "w2")


def newly_decided(connection: Connection, doc_id: str, version: int) -> None:
    """An action that does not exist yet: it may well be a decision."""
    audit.record(connection, LOCAL_TENANT, LOCAL_ADMIN, "countersigned", doc_id)


@pytest.mark.parametrize(
    "act", [approved_and_reopened, rejected_and_reopened, corrected, marked, typed_anew, newly_decided]
)
def test_what_a_person_has_ever_decided_or_changed_is_theirs(connection: Connection, act: Act) -> None:
    doc_id, job_id = waiting(connection)
    act(connection, doc_id, documents.get(connection, LOCAL_TENANT, doc_id).version)
    assert not free(connection, job_id)
    assert state(connection, job_id) == ("done", 1, "in_persons_hands")


def test_what_the_machine_did_and_what_decides_nothing_leave_it_the_machines(connection: Connection) -> None:
    doc_id, job_id = waiting(connection)
    comments.add(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "Whose is this?")
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    queue.assign(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, LOCAL_ADMIN)
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    queue.prioritise(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, 1)
    assert documents.add(connection, store.new_document()).duplicate
    assert free(connection, job_id)


def test_a_newer_run_or_a_week_overtakes_it(connection: Connection) -> None:
    doc_id, job_id = waiting(connection)
    _, old = waiting(connection, b"two")
    reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "extraction")
    connection.execute(text("UPDATE jobs SET created_at = now() - interval '8 days' WHERE id = :id"), {"id": old})
    for each in (job_id, old):
        assert not free(connection, each)
        assert state(connection, each) == ("done", 1, "not_wanted")


def opened(connection: Connection, doc_id: str) -> None:
    review_locks.take(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "tab")


def lost(connection: Connection, doc_id: str) -> None:
    """Its browser was not heard of again."""
    connection.execute(text("UPDATE review_locks SET expires_at = now() - interval '1 second'"))


def begun(connection: Connection, doc_id: str) -> None:
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    assert drafts.save(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, version, {"name": drafts.Typed("Ada")})


def dropped(connection: Connection, doc_id: str) -> None:
    drafts.drop(connection, doc_id, LOCAL_ADMIN)


@pytest.mark.parametrize(("taken", "left"), [(opened, lost), (begun, dropped)], ids=["open", "draft"])
def test_what_somebody_works_on_waits_and_is_looked_at_again(
    connection: Connection, taken: Callable[[Connection, str], None], left: Callable[[Connection, str], None]
) -> None:
    doc_id, job_id = waiting(connection)
    taken(connection, doc_id)
    assert rereads.due(connection, 0.0, 10) == []
    assert not free(connection, job_id)
    assert state(connection, job_id) == ("waiting", 0, "open_in_review")
    left(connection, doc_id)
    assert rereads.due(connection, 0.0, 10) == [], "not before its time"
    connection.execute(text("UPDATE jobs SET run_at = now() WHERE id = :id"), {"id": job_id})
    assert rereads.due(connection, 0.0, 10) == [(job_id, "reread")]
    assert free(connection, job_id)


def test_a_job_that_has_only_to_be_ended_is_woken_whoever_works_on_its_document(connection: Connection) -> None:
    doc_id, job_id = waiting(connection)
    corrected(connection, doc_id, documents.get(connection, LOCAL_TENANT, doc_id).version)
    begun(connection, doc_id)
    assert rereads.due(connection, 0.0, 10) == [(job_id, "reread")]


def test_a_correction_that_is_being_stored_is_waited_for_and_seen(database: Engine) -> None:
    with database.begin() as connection:
        doc_id, job_id = waiting(connection)
        held = store.claim(connection, job_id)
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
    told: list[bool] = []

    def look() -> None:
        with database.begin() as connection:
            told.append(rereads.is_free(connection, held))

    with database.begin() as person:
        corrected(person, doc_id, version)
        machine = Thread(target=look)
        machine.start()
        machine.join(0.5)
        assert machine.is_alive()
    machine.join(10)
    assert told == [False]
