from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import documents, figures, jobs, reviews
from db.session import engine
from pipeline.metrics.quality import Share
from pipeline.types import Decision, Extraction
from tests.db import store
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _approve(connection: Connection, doc_id: str, **values: object) -> None:
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    version = reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, values)
    reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)


def test_without_documents_nothing_is_known(connection: Connection) -> None:
    report = figures.report(connection, LOCAL_TENANT, 30)
    assert (report.documents, report.reviewed, report.fields, report.latencies) == (0, 0, (), ())
    assert (report.review_rate, report.error_rate, report.straight_through_rate, report.macro_f1) == (None,) * 4


def test_what_people_approved_is_the_truth(connection: Connection) -> None:
    right, corrected, renamed, waiting = (store.reviewable(connection, str(i).encode()) for i in range(4))
    _approve(connection, right)
    _approve(connection, corrected, name="Jordan Blaker")
    version = documents.get(connection, LOCAL_TENANT, renamed).version
    _, job_id = reviews.change_type(connection, LOCAL_TENANT, renamed, version, LOCAL_ADMIN, "w2")
    jobs.finish_extraction(
        connection, store.claim(connection, job_id), Extraction(()), Decision("review", 1.0), "v1", 1.0
    )
    _approve(connection, renamed)
    report = figures.report(connection, LOCAL_TENANT, 30)
    assert (report.documents, report.reviewed) == (4, 3)
    assert report.statuses == {"approved": 3, "needs_review": 1}
    assert report.confusion.count("w9", "w9") == 2
    assert report.confusion.count("w2", "w9") == 1
    [name] = report.fields
    assert (name.type, name.name, name.quality.exact) == ("w9", "name", Share(1, 2))
    assert name.quality.token_f1 == pytest.approx((1.0 + 0.5) / 2)
    assert (report.review_rate, report.error_rate) == (1.0, 0.0)
    assert [(each.stage, each.n) for each in report.latencies] == [
        ("ocr", 4),
        ("classification", 4),
        ("extraction", 4),
    ]
    assert report.latencies[0].p50_ms == 10.0
    assert waiting


def test_only_the_period_and_the_tenant_count(connection: Connection) -> None:
    old = store.reviewable(connection, b"old")
    connection.execute(text("UPDATE docs SET created_at = now() - interval '40 days' WHERE id = :id"), {"id": old})
    store.reviewable(connection, b"new")
    assert figures.report(connection, LOCAL_TENANT, 30).documents == 1
    assert figures.report(connection, LOCAL_TENANT, 50).documents == 2
    assert figures.report(connection, store.add_tenant(connection, "other"), 50).documents == 0


def test_snapshots_hold_each_tenants_report(connection: Connection) -> None:
    other = store.add_tenant(connection, "other")
    store.reviewable(connection)
    figures.take_snapshots(connection)
    rows = connection.execute(text("SELECT tenant_id, (metrics->>'documents')::int FROM metrics_history")).all()
    assert {str(tenant): count for tenant, count in rows} == {LOCAL_TENANT: 1, other: 0}
