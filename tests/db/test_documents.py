from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from db import documents, runs
from db.documents import Filters
from db.session import engine
from tests.db import store

_NO_UUID = base64.urlsafe_b64encode(b'["newest", "2026-01-01T00:00:00+00:00", "x"]').decode()


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def test_the_same_bytes_at_once_give_one_document(database_url: str) -> None:
    together = Barrier(20)

    def upload(_: int) -> documents.Added:
        together.wait()
        with engine(database_url, 30).begin() as connection:
            return documents.add(connection, store.new_document())

    with ThreadPoolExecutor(20) as pool:
        added = list(pool.map(upload, range(20)))
    engine(database_url, 30).dispose()
    assert len({one.document_id for one in added}) == 1
    assert sum(not one.duplicate for one in added) == 1
    assert {one.job_id for one in added} == {next(one.job_id for one in added if not one.duplicate)}
    with engine(database_url).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM jobs")).scalar_one() == 1


def test_the_same_bytes_in_two_tenants_are_two_documents(connection: Connection) -> None:
    other = store.add_tenant(connection, "other")
    first = documents.add(connection, store.new_document())
    second = documents.add(connection, store.new_document(tenant_id=other))
    assert not second.duplicate
    assert second.document_id != first.document_id
    with pytest.raises(documents.DocumentNotFound):
        documents.get(connection, other, first.document_id)
    with pytest.raises(documents.DocumentNotFound):
        runs.job_status(connection, other, first.job_id)


def test_search_finds_words_of_the_text_and_shows_where(connection: Connection) -> None:
    found = store.reviewable(connection, b"one", "Request for Taxpayer Jordan Blake")
    store.reviewable(connection, b"two", "Opening balance of the savings account")
    listed = documents.listing(connection, store.LOCAL_TENANT, Filters(query="taxpayers"))
    assert [d.id for d in listed.documents] == [found]
    assert "‹Taxpayer›" in listed.snippets[found]


@pytest.mark.parametrize("query", ["'", "a & | !", "((", '"unclosed', "<script>", "\\", "a:*b", "%_"])
def test_any_query_is_legal(connection: Connection, query: str) -> None:
    store.reviewable(connection)
    assert documents.listing(connection, store.LOCAL_TENANT, Filters(query=query)).documents == []


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (Filters(), 1),
        (Filters(statuses=["needs_review"]), 1),
        (Filters(statuses=["approved"]), 0),
        (Filters(types=["w9", "w2"]), 1),
        (Filters(types=["w2"]), 0),
        (Filters(filename="FORM"), 1),
        (Filters(filename="%"), 0),
        (Filters(reason="below_threshold"), 1),
        (Filters(reason="sampled"), 0),
        (Filters(max_confidence=0.72), 1),
        (Filters(max_confidence=0.5), 0),
    ],
)
def test_filters(connection: Connection, filters: Filters, shown: int) -> None:
    store.reviewable(connection)
    assert len(documents.listing(connection, store.LOCAL_TENANT, filters).documents) == shown


@pytest.mark.parametrize("order", ["newest", "doubtful"])
def test_pages_of_a_list_hold_each_document_once(connection: Connection, order: str) -> None:
    ids = [store.reviewable(connection, str(i).encode()) for i in range(7)]
    for age, doc_id in enumerate(ids[:4]):  # the others have all been made in the same instant
        older = "UPDATE docs SET created_at = created_at - make_interval(hours => :age) WHERE id = :id"
        connection.execute(text(older), {"id": doc_id, "age": age})
    connection.execute(text("UPDATE docs SET confidence = NULL WHERE id = :id"), {"id": ids[3]})
    connection.execute(text("UPDATE docs SET confidence = 0.1 WHERE id = :id"), {"id": ids[5]})
    seen: list[str] = []
    cursor = None
    while True:
        listed = documents.listing(connection, store.LOCAL_TENANT, Filters(), order, cursor, 2)
        seen += [d.id for d in listed.documents]
        cursor = listed.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)
    if order == "doubtful":
        assert seen[:2] == [ids[3], ids[5]]


@pytest.mark.parametrize("cursor", ["x", "", "W10=", "eyJhIjoxfQ==", _NO_UUID])
def test_a_foreign_cursor_starts_at_the_beginning(connection: Connection, cursor: str) -> None:
    store.reviewable(connection)
    assert len(documents.listing(connection, store.LOCAL_TENANT, Filters(), cursor=cursor).documents) == 1


def test_job_status_follows_the_run(connection: Connection) -> None:
    added = documents.add(connection, store.new_document())
    status = runs.job_status(connection, store.LOCAL_TENANT, added.job_id)
    assert (status.status, status.stage, status.state, status.pages_read) == ("received", "ocr", "waiting", 0)
    held = store.claim(connection, added.job_id)
    from db import jobs

    jobs.save_pages(connection, held, [store.page()])
    jobs.finish_reading(connection, held, store.READING, "v1", 1.0)
    status = runs.job_status(connection, store.LOCAL_TENANT, added.job_id)
    assert (status.status, status.stage, status.pages_read) == ("classifying", "classification", 1)
    with pytest.raises(documents.DocumentNotFound):
        runs.job_status(connection, store.LOCAL_TENANT, str(uuid4()))


def test_pages_come_back_as_they_were(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    assert documents.pages_of(connection, doc_id) == (store.page(),)
    assert documents.reading_of(connection, doc_id).problem is None
