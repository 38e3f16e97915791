from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import audit, documents, queue, reviews
from db.documents import DocumentNotFound
from db.filters import Filters
from db.session import engine
from db.tables import docs
from tests.db import store
from tests.db.queue_rows import colleague, opened_by, waiting
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def test_work_is_given_to_a_person_and_taken_back_on_record(connection: Connection) -> None:
    doc_id, ann = waiting(connection), colleague(connection)
    queue.assign(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN, ann)
    document = documents.get(connection, LOCAL_TENANT, doc_id)
    assert (document.assignee_id, document.version) == (ann, 1)
    queue.assign(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN, None)
    assert documents.get(connection, LOCAL_TENANT, doc_id).assignee_id is None
    queue.prioritise(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN, 1)
    assert documents.get(connection, LOCAL_TENANT, doc_id).priority == 1
    trail = [(event["action"], event["details"]) for event in audit.of_document(connection, LOCAL_TENANT, doc_id)]
    assert trail == [
        ("assigned", {"assignee": ann}),
        ("assigned", {"assignee": None}),
        ("prioritised", {"priority": 1}),
    ]


def test_nothing_is_given_to_somebody_of_another_tenant_or_with_a_priority_there_is_not(connection: Connection) -> None:
    doc_id, other = waiting(connection), store.add_tenant(connection, "other")
    stranger = colleague(connection, "Eve", other)
    with pytest.raises(queue.UnknownPerson):
        queue.assign(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN, stranger)
    with pytest.raises(ValueError, match="priority"):
        queue.prioritise(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN, 2)
    with pytest.raises(DocumentNotFound):
        queue.assign(connection, other, doc_id, 1, stranger, stranger)
    assert queue.people(connection, LOCAL_TENANT) == {LOCAL_ADMIN: "Local admin"}


def test_only_a_waiting_document_as_it_was_seen_is_held(connection: Connection) -> None:
    doc_id = waiting(connection)
    queue.hold(connection, LOCAL_TENANT, doc_id, 1)
    with pytest.raises(reviews.VersionConflict):
        queue.hold(connection, LOCAL_TENANT, doc_id, 2)
    reviews.approve(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN)
    with pytest.raises(reviews.NotReviewable):
        queue.hold(connection, LOCAL_TENANT, doc_id, 2)


def test_who_has_a_document_open_is_told_until_the_lock_runs_out(connection: Connection) -> None:
    ann, now, before = colleague(connection), waiting(connection, "now"), waiting(connection, "before")
    opened_by(connection, now, ann)
    opened_by(connection, before, ann, seconds=-1)
    assert queue.open_with(connection, LOCAL_TENANT, (now, before)) == {now: "Ann"}
    assert queue.open_with(connection, LOCAL_TENANT, ()) == {}
    found = queue.chosen(connection, LOCAL_TENANT, (now, before))
    assert {each.id: each.open_with for each in found} == {now: "Ann", before: None}


def test_a_doubt_about_a_field_that_a_person_has_set_no_longer_counts(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    [candidate] = queue.chosen(connection, LOCAL_TENANT, (doc_id,))
    assert candidate.reasons == {"below_threshold"}
    reviews.correct(connection, LOCAL_TENANT, doc_id, candidate.version, LOCAL_ADMIN, {"name": "Somebody Else"})
    [candidate] = queue.chosen(connection, LOCAL_TENANT, (doc_id,))
    assert candidate.reasons == frozenset()


@pytest.mark.parametrize("code", ["transactions_mismatch", "not_on_page", "missing_required", "a_code_of_tomorrow"])
def test_a_check_that_failed_counts_though_a_person_has_set_the_field(connection: Connection, code: str) -> None:
    doc_id = store.reviewable(connection)
    reasons = [{"code": code, "sentence": "Look.", "field": "name"}]
    connection.execute(docs.update().where(docs.c.id == doc_id).values(reasons=reasons))
    [candidate] = queue.chosen(connection, LOCAL_TENANT, (doc_id,))
    reviews.correct(connection, LOCAL_TENANT, doc_id, candidate.version, LOCAL_ADMIN, {"name": "Somebody Else"})
    [candidate] = queue.chosen(connection, LOCAL_TENANT, (doc_id,))
    assert candidate.reasons == {code}


def test_of_chosen_documents_those_that_are_decided_are_counted(connection: Connection) -> None:
    ids = [waiting(connection, each, processing_status=each) for each in ("approved", "rejected", "needs_review")]
    other = store.add_tenant(connection, "other")
    theirs = waiting(connection, "theirs", tenant_id=other, uploaded_by=None, processing_status="approved")
    assert queue.decided(connection, LOCAL_TENANT, [*ids, theirs]) == 2
    assert queue.decided(connection, LOCAL_TENANT, []) == 0


def test_what_is_decided_or_another_tenants_is_no_candidate(connection: Connection) -> None:
    kept = [waiting(connection, "b", confidence=0.2), waiting(connection, "a", confidence=0.1)]
    done = waiting(connection, "done", processing_status="approved")
    other = store.add_tenant(connection, "other")
    theirs = waiting(connection, "theirs", tenant_id=other, uploaded_by=None)
    found = queue.chosen(connection, LOCAL_TENANT, (*kept, done, theirs))
    assert [each.id for each in found] == kept[::-1]
    all_that_match = queue.matching(connection, LOCAL_TENANT, Filters(), "doubtful")
    assert all_that_match == found
    connection.execute(text("UPDATE docs SET type = 'w2' WHERE id = :id"), {"id": kept[0]})
    assert [each.id for each in queue.matching(connection, LOCAL_TENANT, Filters(types=("w2",)), "oldest")] == kept[:1]
