from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import documents, figures, jobs, reviews
from db.session import engine
from pipeline.metrics.quality import Share
from pipeline.types import Decision, Extraction, Reason
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


def _reject(connection: Connection, doc_id: str) -> None:
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    reviews.reject(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "Not ours")


def _rename(connection: Connection, doc_id: str, type_name: str, decision: Decision) -> None:
    """A person sets another type, and the machine extracts and decides again."""
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    _, job_id = reviews.change_type(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, type_name)
    jobs.finish_extraction(connection, store.claim(connection, job_id), Extraction(()), decision, "v1", 1.0)


def _decided(connection: Connection, content: bytes, *reasons: str) -> str:
    """A document that the machine decided: accepted where nothing spoke against it."""
    doc_id = store.reviewable(connection, content)
    job_id, _ = reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "extraction")
    decision = Decision("review" if reasons else "accept", 0.9, tuple(Reason(code, "Why.") for code in reasons))
    held = store.claim(connection, job_id)
    jobs.finish_extraction(connection, held, Extraction((store.NAME,)), decision, "v2", 1.0)
    return doc_id


def _uploaded(connection: Connection, doc_id: str, days_ago: float) -> None:
    connection.execute(
        text("UPDATE docs SET created_at = now() - make_interval(secs => :secs) WHERE id = :id"),
        {"id": doc_id, "secs": days_ago * 86_400},
    )


def test_without_documents_nothing_is_known(connection: Connection) -> None:
    report = figures.report(connection, LOCAL_TENANT, 30)
    assert (report.documents, report.reviewed, report.fields, report.latencies) == (0, 0, (), ())
    assert (report.review_rate, report.error_rate, report.straight_through_rate, report.macro_f1) == (None,) * 4
    assert (report.straight_through_precision, report.straight_through_interval, report.field_accuracy) == (None,) * 3
    assert (report.review_time.n, report.review_time.p50_s, report.review_time.p90_s) == (0, None, None)


def test_what_people_approved_is_the_truth(connection: Connection) -> None:
    right, corrected, renamed, waiting = (store.reviewable(connection, str(i).encode()) for i in range(4))
    _approve(connection, right)
    _approve(connection, corrected, name="Jordan Blaker")
    _rename(connection, renamed, "w2", Decision("review", 1.0))
    _approve(connection, renamed)
    report = figures.report(connection, LOCAL_TENANT, 30)
    assert (report.documents, report.reviewed) == (4, 3)
    assert report.statuses == {"approved": 3, "needs_review": 1}
    assert report.confusion.count("w9", "w9") == 2
    assert report.confusion.count("w2", "w9") == 1
    [name] = report.fields
    assert (name.type, name.name, name.quality.exact) == ("w9", "name", Share(1, 2))
    assert name.quality.token_f1 == pytest.approx((1.0 + 0.5) / 2)
    assert report.values == name.quality
    assert report.calibration.n == 2
    assert report.calibration.error == pytest.approx(0.72 - 0.5)
    assert (report.review_rate, report.error_rate) == (1.0, 0.0)
    assert [(each.stage, each.n) for each in report.latencies] == [
        ("ocr", 4),
        ("classification", 4),
        ("extraction", 4),
    ]
    assert report.latencies[0].p50_ms == 10.0
    assert waiting


def test_a_change_of_case_only_is_right_and_a_field_the_machine_missed_is_wrong(connection: Connection) -> None:
    _approve(connection, store.reviewable(connection), name="JORDAN BLAKE", ein="38-8211965")
    report = figures.report(connection, LOCAL_TENANT, 30)
    by_name = {row.name: row.quality for row in report.fields}
    assert by_name["name"].present == Share(1, 1)
    assert (by_name["ein"].present, by_name["ein"].token_f1) == (Share(0, 1), 0.0)
    assert report.calibration.n == 1  # what the machine did not say has no confidence


def test_a_value_that_is_not_on_the_document_counts_only_where_absence_does(connection: Connection) -> None:
    _approve(connection, store.reviewable(connection, b"1"), name=None)
    [name] = figures.report(connection, LOCAL_TENANT, 30).fields
    assert (name.quality.exact, name.quality.present, name.quality.token_f1) == (Share(0, 1), Share(0, 0), None)


def test_a_value_without_a_confidence_is_in_no_bin(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    _approve(connection, doc_id)
    connection.execute(text("UPDATE fields SET confidence = NULL WHERE doc_id = :id"), {"id": doc_id})
    report = figures.report(connection, LOCAL_TENANT, 30)
    assert (report.values.present, report.calibration.n) == (Share(1, 1), 0)


def test_only_the_period_and_the_tenant_count(connection: Connection) -> None:
    old = store.reviewable(connection, b"old")
    _uploaded(connection, old, 40)
    store.reviewable(connection, b"new")
    assert figures.report(connection, LOCAL_TENANT, 30).documents == 1
    assert figures.report(connection, LOCAL_TENANT, 50).documents == 2
    assert figures.report(connection, store.add_tenant(connection, "other"), 50).documents == 0


def test_the_period_before_is_as_long_and_ends_where_this_one_begins(connection: Connection) -> None:
    for content, days_ago in ((b"1", 1), (b"2", 6.9), (b"3", 7.1), (b"4", 9), (b"5", 13.9), (b"6", 14.1)):
        _uploaded(connection, store.reviewable(connection, content), days_ago)
    found = figures.metrics(connection, LOCAL_TENANT, 7)
    assert (found.report.documents, found.before.documents) == (2, 3)


def test_straight_through_precision_is_of_what_people_checked(connection: Connection) -> None:
    stood, drawn, changed, refused, unseen, doubtful = (
        _decided(connection, str(i).encode(), *reasons)
        for i, reasons in enumerate(((), ("sampled",), (), ("sampled",), (), ("below_threshold",)))
    )
    _approve(connection, stood)
    _approve(connection, drawn)
    _approve(connection, changed, name="Another Name")
    _reject(connection, refused)
    _approve(connection, doubtful, name="Yet Another")
    report = figures.report(connection, LOCAL_TENANT, 30)
    assert report.straight_through == Share(3, 6)
    assert report.checked == Share(2, 4)
    assert report.straight_through_interval == Share(2, 4).interval
    assert documents.get(connection, LOCAL_TENANT, unseen).processing_status == "auto_approved"


def test_a_changed_type_is_a_mistake_of_what_was_accepted_before_and_not_of_the_run_after_it(
    connection: Connection,
) -> None:
    accepted, reviewed = _decided(connection, b"1"), _decided(connection, b"2", "below_threshold")
    for doc_id in (accepted, reviewed):
        _rename(connection, doc_id, "w2", Decision("accept", 0.9))
        _approve(connection, doc_id)
    report = figures.report(connection, LOCAL_TENANT, 30)
    assert report.straight_through == Share(1, 2)
    assert report.checked == Share(0, 1)


def test_a_correction_of_an_accepted_document_counts_before_it_is_approved(connection: Connection) -> None:
    doc_id = _decided(connection, b"1")
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"name": "Another"})
    assert figures.report(connection, LOCAL_TENANT, 30).checked == Share(0, 1)


def test_review_time_leaves_out_what_is_not_known(connection: Connection) -> None:
    for content, seconds in ((b"1", 10.0), (b"2", 20.0), (b"3", 90.0), (b"4", None)):
        doc_id = store.reviewable(connection, content)
        _approve(connection, doc_id)
        connection.execute(
            text("UPDATE docs SET review_seconds = :seconds WHERE id = :id"), {"id": doc_id, "seconds": seconds}
        )
    time = figures.report(connection, LOCAL_TENANT, 30).review_time
    assert (time.n, time.p50_s) == (3, 20.0)
    assert time.p90_s == pytest.approx(76.0)  # 20 + 0.8 * 70: numpy's quantile


def test_the_learning_curve_has_equal_parts_and_counts_reviews_of_all_times(connection: Connection) -> None:
    long_ago, first, last = (store.reviewable(connection, content) for content in (b"1", b"2", b"3"))
    _approve(connection, long_ago)
    connection.execute(
        text("UPDATE docs SET reviewed_at = now() - interval '99 days' WHERE id = :id"), {"id": long_ago}
    )
    _approve(connection, first, name="Somebody Else")
    _approve(connection, last)
    for doc_id, days_ago in ((long_ago, 100), (first, 29.5), (last, 0.5)):
        _uploaded(connection, doc_id, days_ago)
    points = figures.metrics(connection, LOCAL_TENANT, 30).learning
    assert len(points) == 10
    assert {(point.end - point.start).total_seconds() for point in points} == {3 * 86_400.0}
    assert [points[i].values for i in (0, 1, 9)] == [Share(0, 1), Share(0, 0), Share(1, 1)]
    assert [points[i].review for i in (0, 1, 9)] == [Share(1, 1), Share(0, 0), Share(1, 1)]
    assert [points[i].reviewed_by_then for i in (0, 8, 9)] == [1, 1, 3]
