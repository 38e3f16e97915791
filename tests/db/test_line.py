from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from db import batches, documents, jobs, line
from db.session import engine
from tests.db import store


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _add_many(connection: Connection, tenant_id: str, count: int) -> str:
    """Documents with a waiting job each, by two statements; gives one of the jobs."""
    connection.execute(
        text(
            "INSERT INTO docs (tenant_id, sha256, blob_key, filename, kind, content_type, size_bytes, page_count) "
            "SELECT :tenant, :tag || n, 'k', 'f', 'pdf', 'application/pdf', 1, 1 FROM generate_series(1, :n) n"
        ),
        {"tenant": tenant_id, "n": count, "tag": uuid4().hex},
    )
    connection.execute(
        text("INSERT INTO jobs (tenant_id, doc_id, stage) SELECT tenant_id, id, 'ocr' FROM docs WHERE tenant_id = :t"),
        {"t": tenant_id},
    )
    connection.execute(
        text("INSERT INTO turns (tenant_id, stage) VALUES (:t, 'ocr') ON CONFLICT DO NOTHING"), {"t": tenant_id}
    )
    some = "SELECT id FROM jobs WHERE tenant_id = :t LIMIT 1"
    return str(connection.execute(text(some), {"t": tenant_id}).scalar_one())


def _served(connection: Connection, woken_for: str, count: int) -> list[str]:
    """The tenants of the next claims."""
    held = [line.claim(connection, woken_for, "w", 60.0) for _ in range(count)]
    return [each.tenant_id for each in held if each is not None]


def test_a_tenant_that_floods_takes_turns_with_the_others(connection: Connection) -> None:
    small = store.add_tenant(connection, "small")
    woken = _add_many(connection, store.LOCAL_TENANT, 2000)
    _add_many(connection, small, 10)
    served = _served(connection, woken, 24)
    assert Counter(served[:20]) == {store.LOCAL_TENANT: 10, small: 10}
    assert all(len(list(run)) == 1 for _, run in groupby(served[:20])), "they alternate"
    assert set(served[20:]) == {store.LOCAL_TENANT}


def test_a_claim_is_fast_behind_ten_thousand_jobs(connection: Connection) -> None:
    for number in range(20):
        store.add_tenant(connection, f"idle {number}")
    connection.execute(text("INSERT INTO turns (tenant_id, stage) SELECT id, 'ocr' FROM tenants"))
    woken = _add_many(connection, store.LOCAL_TENANT, 10_000)
    connection.execute(text("ANALYZE jobs, turns, docs"))
    times = []
    for _ in range(50):
        began = time.perf_counter()
        assert line.claim(connection, woken, "w", 60.0) is not None
        times.append(time.perf_counter() - began)
    assert median(times) < 0.03, "about 2 ms here; a scan of the whole line takes some 100 ms"


def test_jobs_of_a_tenant_are_served_in_the_order_of_their_places(connection: Connection) -> None:
    ids = [documents.add(connection, store.new_document(str(n).encode())).job_id for n in range(5)]
    held = [line.claim(connection, ids[-1], "w", 60.0) for _ in range(6)]
    assert [each.job_id if each else None for each in held] == [*ids, None]


def test_a_wake_up_of_another_stage_claims_nothing(connection: Connection) -> None:
    added = documents.add(connection, store.new_document())
    next_job = jobs.finish_reading(connection, store.claim(connection, added.job_id), store.READING, "v1", 1.0)
    assert line.claim(connection, added.job_id, "w", 60.0) is None
    assert line.claim(connection, str(uuid4()), "w", 60.0) is None
    assert store.claim(connection, next_job).stage == "classification"


def test_later_documents_come_between_the_batches_of_a_long_one(connection: Connection) -> None:
    """A hundred pages were split; two batches are in hand when a page comes: it is the next."""
    long = documents.add(connection, store.new_document(b"long"))
    parts: Sequence[list[list[int]]] = [[[page] for page in range(first, first + 5)] for first in range(1, 101, 5)]
    batch_ids = batches.split(connection, store.claim(connection, long.job_id), parts)
    in_hand = [store.claim(connection, batch_ids[0]).job_id for _ in range(2)]
    short = documents.add(connection, store.new_document(b"short")).job_id
    after = [store.claim(connection, short).job_id for _ in range(3)]
    assert (in_hand, after) == (batch_ids[:2], [short, *batch_ids[2:4]])


def test_a_stream_of_small_documents_does_not_starve_a_long_one(connection: Connection) -> None:
    """Whoever comes more than a step later than a batch's place stands behind it."""
    long = documents.add(connection, store.new_document(b"long"))
    batch_ids = batches.split(connection, store.claim(connection, long.job_id), [[[1]], [[6]], [[11]]])
    connection.execute(text("UPDATE jobs SET place = place - interval '3 minutes'"))  # they have passed
    small = documents.add(connection, store.new_document(b"small")).job_id
    assert [store.claim(connection, small).job_id for _ in range(4)] == [*batch_ids, small]


def test_two_workers_at_once_take_two_jobs(database_url: str) -> None:
    with engine(database_url).begin() as setting_up:
        ids = [documents.add(setting_up, store.new_document(str(n).encode())).job_id for n in range(2)]
    with engine(database_url).begin() as one, engine(database_url).begin() as other:
        first = one.execute(text("SELECT id FROM jobs ORDER BY place LIMIT 1 FOR UPDATE")).scalar_one()
        second = line.claim(other, ids[0], "w", 60.0)
    assert (str(first), second.job_id if second else None) == (ids[0], ids[1])
