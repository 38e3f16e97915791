from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import batches, documents, jobs, reviews, workload
from db.session import engine
from tests.db.store import add_tenant, claim, new_document, reviewable


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def add(connection: Connection, content: bytes, tenant_id: str = LOCAL_TENANT) -> documents.Added:
    return documents.add(connection, new_document(content, tenant_id))


def dead_letter(connection: Connection, content: bytes = b"dead") -> str:
    added = add(connection, content)
    held = claim(connection, added.job_id)
    jobs.bury(connection, held, "error", {"code": "damaged", "sentence": "The file is damaged.", "field": None})
    return added.document_id


def load_of(connection: Connection, stage: str) -> workload.StageLoad:
    return next(load for load in workload.stages(connection, LOCAL_TENANT) if load.stage == stage)


def test_nothing_to_do(connection: Connection) -> None:
    assert [load.stage for load in workload.stages(connection, LOCAL_TENANT)] == list(workload.STAGES)
    assert load_of(connection, "ocr") == workload.StageLoad("ocr", 0, 0, 0, 0, None)


def test_each_document_is_counted_where_it_stands(connection: Connection) -> None:
    dead_letter(connection)
    failed = add(connection, b"later")
    jobs.try_again(connection, claim(connection, failed.job_id), "engine_missing", wait_s=60.0)
    running = add(connection, b"running")
    claim(connection, running.job_id)
    for content in (b"first", b"second"):
        add(connection, content)
    connection.execute(text("UPDATE jobs SET created_at = now() - interval '90 s' WHERE state = 'waiting'"))
    connection.execute(text("UPDATE jobs SET run_at = now() - interval '70 s' WHERE run_at <= now()"))
    load = load_of(connection, "ocr")
    assert (load.waiting, load.running, load.later, load.dead) == (2, 1, 1, 1)
    assert load.oldest_wait_s == pytest.approx(70.0, abs=1.0)


def test_what_a_lost_worker_held_waits_again(connection: Connection) -> None:
    claim(connection, add(connection, b"lost").job_id, lease_s=60.0)
    connection.execute(text("UPDATE jobs SET lease_until = now() - interval '1 s'"))
    load = load_of(connection, "ocr")
    assert (load.waiting, load.running) == (1, 0)
    assert workload.held(connection, LOCAL_TENANT) == []


def test_the_batches_of_a_long_document_are_one_document(connection: Connection) -> None:
    held = claim(connection, add(connection, b"long").job_id)
    batches.split(connection, held, [((1,), (2,)), ((3,), (4,))])
    load = load_of(connection, "ocr")
    assert (load.waiting, load.running) == (0, 1)


def test_documents_that_are_being_read(connection: Connection) -> None:
    """Not those that failed, or came to an end; a long one counts once."""
    assert workload.being_read(connection, LOCAL_TENANT) == 0
    dead_letter(connection)
    reviewable(connection)
    add(connection, b"theirs", add_tenant(connection, "other"))
    assert workload.being_read(connection, LOCAL_TENANT) == 0
    add(connection, b"new")
    claim(connection, add(connection, b"running").job_id)
    batches.split(connection, claim(connection, add(connection, b"long").job_id), [((1,), (2,)), ((3,), (4,))])
    jobs.try_again(connection, claim(connection, add(connection, b"later").job_id), "engine_missing", wait_s=60.0)
    assert workload.being_read(connection, LOCAL_TENANT) == 4


def test_another_tenants_work_is_not_counted_and_not_named(connection: Connection) -> None:
    other = add_tenant(connection, "other")
    claim(connection, add(connection, b"theirs", other).job_id, worker="host:2")
    claim(connection, add(connection, b"ours").job_id, worker="host:1")
    assert load_of(connection, "ocr").running == 1
    ours, theirs = workload.held(connection, LOCAL_TENANT)
    assert (ours.worker, ours.filename, ours.attempts) == ("host:1", "form.pdf", 1)
    assert 50 < ours.lease_left_s <= 60
    assert (theirs.worker, theirs.filename, theirs.doc_id) == ("host:2", None, None)


def test_dead_letters_tell_why_and_are_gone_once_run_again(connection: Connection) -> None:
    doc_id = dead_letter(connection)
    (letter,) = workload.dead_letters(connection, LOCAL_TENANT)
    assert (letter.doc_id, letter.sentence, letter.stage, letter.attempts) == (doc_id, "The file is damaged.", "ocr", 1)
    assert workload.dead_letters(connection, add_tenant(connection, "other")) == []
    reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "ocr")
    assert workload.dead_letters(connection, LOCAL_TENANT) == []
    load = load_of(connection, "ocr")
    assert (load.dead, load.waiting) == (0, 1)


def test_throughput_counts_each_hour(connection: Connection) -> None:
    for content in (b"now", b"before", b"long ago"):
        reviewable(connection, content)
    ids = list(connection.execute(text("SELECT id FROM docs ORDER BY created_at")).scalars())
    connection.execute(text("UPDATE docs SET page_count = 3"))
    for doc_id, hours in zip(ids, (0, 2, 30), strict=True):
        connection.execute(
            text("UPDATE stage_results SET created_at = now() - make_interval(hours => :hours) WHERE doc_id = :id"),
            {"hours": hours, "id": doc_id},
        )
    hours_back = workload.finished_by_hour(connection, LOCAL_TENANT)
    assert len(hours_back) == 24
    assert [(hour.documents, hour.pages) for hour in hours_back[-3:]] == [(1, 3), (0, 0), (1, 3)]
    assert sum(hour.documents for hour in hours_back) == 2
    assert workload.pages_read(connection, LOCAL_TENANT, 10) == 3


def test_the_slowest_stand_first_with_each_stages_time(connection: Connection) -> None:
    fast, slow = (reviewable(connection, content) for content in (b"fast", b"slow"))
    connection.execute(text("UPDATE stage_results SET wall_ms = 9000 WHERE doc_id = :id AND stage = 'ocr'"),
                       {"id": slow})  # fmt: skip
    listed = workload.slowest(connection, LOCAL_TENANT)
    assert [each.doc_id for each in listed] == [slow, fast]
    assert listed[0].stage_ms == {"ocr": 9000, "classification": 5, "extraction": 7}
    assert listed[0].total_ms == 9012
    assert workload.slowest(connection, add_tenant(connection, "other")) == []
