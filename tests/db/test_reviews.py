from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import audit, documents, jobs, reviews
from db.session import engine
from pipeline.types import Decision, Extraction
from tests.db import store
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _version(connection: Connection, doc_id: str) -> int:
    return documents.get(connection, LOCAL_TENANT, doc_id).version


def _correct(connection: Connection, doc_id: str, version: int, **values: object) -> int:
    return reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, values)


def test_a_correction_keeps_before_after_who_and_when(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    version = _version(connection, doc_id)
    assert _correct(connection, doc_id, version, name="Jordan Blaker") == version + 1
    [row] = documents.corrections_of(connection, LOCAL_TENANT, doc_id)
    assert (row["field"], row["before"], row["after"]) == ("name", "Jordan Blake", "Jordan Blaker")
    assert (row["user"], row["doc_version"]) == ("Local admin", version)
    assert row["created_at"] is not None
    [name] = documents.fields_of(connection, doc_id)
    assert (name.value, name.source, name.machine_value) == ("Jordan Blaker", "human", "Jordan Blake")


def test_an_unchanged_value_is_no_correction(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    version = _version(connection, doc_id)
    assert _correct(connection, doc_id, version, name="Jordan Blake") == version
    assert documents.corrections_of(connection, LOCAL_TENANT, doc_id) == []


def test_a_place_that_is_marked_anew_is_stored_and_is_no_correction(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    version = _version(connection, doc_id)
    boxes = {"name": [[1, 0.1, 0.5, 0.3, 0.52]], "ein": [[1, 0.0, 0.0, 1.0, 1.0]]}  # of ein no value is known

    def mark(version: int, **values: object) -> int:
        return reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, values, boxes)

    assert mark(version, name="Jordan Blake") == version + 1
    assert mark(version + 1) == version + 1, "it stands there already"
    [name] = documents.fields_of(connection, doc_id)
    assert (name.value, name.source, name.confidence, name.boxes) == ("Jordan Blake", "machine", 0.72, boxes["name"])
    assert documents.corrections_of(connection, LOCAL_TENANT, doc_id) == []
    event = audit.of_document(connection, LOCAL_TENANT, doc_id)[-1]
    assert (event["action"], event["actor"]) == ("place_marked", "Local admin")
    assert event["details"] == {"fields": ["name"], "version": version + 1}


@pytest.mark.parametrize(
    "change",
    [
        lambda c, d, v: _correct(c, d, v, name="X"),
        lambda c, d, v: reviews.approve(c, LOCAL_TENANT, d, v, LOCAL_ADMIN),
        lambda c, d, v: reviews.reject(c, LOCAL_TENANT, d, v, LOCAL_ADMIN, "blurred"),
        lambda c, d, v: reviews.change_type(c, LOCAL_TENANT, d, v, LOCAL_ADMIN, "w2"),
    ],
    ids=["correct", "approve", "reject", "type"],
)
def test_who_saw_an_old_version_changes_nothing(connection: Connection, change) -> None:  # type: ignore[no-untyped-def]
    doc_id = store.reviewable(connection)
    version = _version(connection, doc_id)
    _correct(connection, doc_id, version, name="Somebody Faster")
    with pytest.raises(reviews.VersionConflict) as conflict:
        change(connection, doc_id, version)
    assert conflict.value.current_version == version + 1
    [name] = documents.fields_of(connection, doc_id)
    assert name.value == "Somebody Faster"


def test_what_nobody_knows_is_not_approved(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    connection.execute(text("UPDATE docs SET type = 'unknown', machine_type = 'unknown'"))
    version = _version(connection, doc_id)
    with pytest.raises(reviews.TypeNotChosen, match="Choose it"):
        reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    version, job_id = reviews.change_type(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "w2")
    held = store.claim(connection, job_id)
    jobs.finish_extraction(connection, held, Extraction(()), Decision("review", 1.0), "v1", 1.0)
    reviews.approve(connection, LOCAL_TENANT, doc_id, _version(connection, doc_id), LOCAL_ADMIN)
    assert documents.get(connection, LOCAL_TENANT, doc_id).processing_status == "approved"


def test_a_document_in_work_can_not_be_changed(connection: Connection) -> None:
    added = documents.add(connection, store.new_document())
    with pytest.raises(reviews.NotReviewable):
        _correct(connection, added.document_id, 1, name="X")
    with pytest.raises(reviews.NotReviewable):
        reviews.retry(connection, LOCAL_TENANT, added.document_id, LOCAL_ADMIN, "ocr")


def test_approve_and_reject_say_who_and_why(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    version = reviews.reject(connection, LOCAL_TENANT, doc_id, _version(connection, doc_id), LOCAL_ADMIN, "blurred")
    document = documents.get(connection, LOCAL_TENANT, doc_id)
    assert (document.processing_status, document.reject_reason, document.reviewed_by) == (
        "rejected",
        "blurred",
        LOCAL_ADMIN,
    )
    reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    document = documents.get(connection, LOCAL_TENANT, doc_id)
    assert (document.processing_status, document.reject_reason) == ("approved", None)
    actions = [event["action"] for event in audit.of_document(connection, LOCAL_TENANT, doc_id)]
    assert actions == ["uploaded", "needs_review", "rejected", "approved"]


def test_a_persons_value_outlives_a_new_extraction(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    _correct(connection, doc_id, _version(connection, doc_id), name="Jordan Blaker")
    job_id, _ = reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "extraction")
    held = store.claim(connection, job_id)
    jobs.finish_extraction(connection, held, Extraction((store.NAME,)), Decision("accept", 0.9), "v1", 1.0)
    [name] = documents.fields_of(connection, doc_id)
    assert (name.value, name.source) == ("Jordan Blaker", "human")


@pytest.mark.parametrize(("stage", "left"), [("ocr", []), ("classification", ["ocr"]),
                                             ("extraction", ["classification", "ocr"])])  # fmt: skip
def test_a_retry_runs_from_its_stage_on(connection: Connection, stage: str, left: list[str]) -> None:
    doc_id = store.reviewable(connection)
    job_id, from_stage = reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, stage)
    assert from_stage == stage
    rows = connection.execute(text("SELECT stage FROM stage_results ORDER BY stage")).scalars().all()
    assert rows == left
    held = store.claim(connection, job_id)
    assert (held.stage, held.generation) == (stage, 2)
    assert len(documents.pages_of(connection, doc_id)) == (0 if stage == "ocr" else 1)


def test_a_dead_letter_can_be_retried(connection: Connection) -> None:
    added = documents.add(connection, store.new_document())
    reason = {"code": "engine_missing", "sentence": "No OCR engine.", "field": None}
    jobs.bury(connection, store.claim(connection, added.job_id), "error", reason)
    assert documents.get(connection, LOCAL_TENANT, added.document_id).reasons == [reason]
    job_id, stage = reviews.retry(connection, LOCAL_TENANT, added.document_id, LOCAL_ADMIN, "extraction")
    assert (store.claim(connection, job_id).stage, stage) == ("ocr", "ocr"), "there is no reading to extract from"


def test_a_retry_begins_where_the_results_end(connection: Connection) -> None:
    """Classification was buried: there is a reading, but no type to extract for."""
    added = documents.add(connection, store.new_document())
    held = store.claim(connection, added.job_id)
    held = store.claim(connection, jobs.finish_reading(connection, held, store.READING, "v1", 1.0))
    jobs.bury(connection, held, "error", {"code": "memory_limit", "sentence": "?", "field": None})
    _, stage = reviews.retry(connection, LOCAL_TENANT, added.document_id, LOCAL_ADMIN, "extraction")
    assert stage == "classification"


def test_the_same_type_again_keeps_what_people_wrote(connection: Connection) -> None:
    doc_id = store.reviewable(connection)
    version = _correct(connection, doc_id, _version(connection, doc_id), name="Jordan Blaker")
    reviews.change_type(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "w9")
    assert [field.value for field in documents.fields_of(connection, doc_id)] == ["Jordan Blaker"]
