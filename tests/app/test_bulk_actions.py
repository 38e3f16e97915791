from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from app.auth import current_user
from app.bulk_actions import Action, Task, carry_out, plan
from app.components.wording import REASONS
from app.settings import Settings
from db import audit, documents, queue, reviews
from db.queue import Candidate
from db.session import engine
from db.tables import docs
from pipeline import checks, route, run
from pipeline.doctypes import DOC_TYPES
from tests.db.queue_rows import colleague, opened_by, waiting
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT, reviewable


def _candidate(**changes: Any) -> Candidate:
    usual = {"id": "one", "version": 3, "filename": "one.pdf", "type": "w9", "status": "needs_review",
             "assignee_id": None, "priority": 0, "reasons": frozenset(), "open_with": None}  # fmt: skip
    return Candidate(**{**usual, **changes})


def _because(*codes: str) -> dict[str, Any]:
    return {"reasons": frozenset(codes)}


@pytest.mark.parametrize(
    ("action", "changes", "obstacle"),
    [
        ("approve", {}, None),
        ("approve", _because("below_threshold", "document_uncertain", "type_uncertain"), None),
        ("approve", _because("below_threshold", "not_on_page"), "must_look"),
        ("approve", _because("missing_required", "sampled"), "must_look"),
        ("approve", _because("balance_mismatch"), "must_look"),
        ("approve", _because("a_code_of_tomorrow"), "must_look"),
        ("approve", _because("sampled"), "sampled"),
        ("approve", {"type": None}, "no_type"),
        ("approve", {"type": "unknown"}, "no_type"),
        ("approve", {"status": "error"}, "failed"),
        ("approve", {"open_with": "Ann"}, "open"),
        ("reject", {"type": "unknown", **_because("not_on_page")}, None),
        ("reject", {"status": "error"}, "failed"),
        ("reject", {"open_with": "Ann"}, "open"),
        ("retry", {"status": "error", "type": None}, None),
        ("retry", {"open_with": "Ann"}, "open"),
        ("assign", {"open_with": "Ann", "status": "error"}, None),
        ("assign", {"assignee_id": "ann"}, "already"),
        ("prioritise", {"open_with": "Ann"}, None),
        ("prioritise", {"priority": 1}, "already"),
    ],
)
def test_what_can_not_be_done_is_left_out_with_its_reason(
    action: Action, changes: dict[str, Any], obstacle: str | None
) -> None:
    candidate = _candidate(**changes)
    made = plan(Task(action, assignee_id="ann", priority=1), [candidate])
    assert (made.ready, dict(made.left_out)) == (
        ((candidate,), {}) if obstacle is None else ((), {obstacle: (candidate,)})
    )


HARMLESS = {"below_threshold", "document_uncertain", "type_uncertain"}
CODES = {
    *REASONS,
    *route.PROBLEMS,
    *checks._DOUBTS,
    *(rule.code for doc_type in DOC_TYPES.values() for rule in doc_type.orders),
    *re.findall(r'(?:Finding|Reason)\(\s*"(\w+)"', "".join(inspect.getsource(each) for each in (checks, route, run))),
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_only_a_low_confidence_may_be_approved_unseen(store: Engine, code: str) -> None:
    """Of every code that there is; on a field that a person has set, too."""
    with store.begin() as connection:
        doc_id = reviewable(connection)
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"name": "Somebody Else"})
        reasons = [{"code": code, "sentence": "Look.", "field": "name"}]
        connection.execute(docs.update().where(docs.c.id == doc_id).values(reasons=reasons))
    made = plan(Task("approve"), [_chosen(store, doc_id)])
    if code in HARMLESS:
        assert len(made.ready) == 1
    else:
        assert list(made.left_out) == ["sampled" if code == "sampled" else "must_look"]


def test_what_has_changed_since_it_was_chosen_is_left_out() -> None:
    same, newer = _candidate(), _candidate(id="two", version=9)
    made = plan(Task("approve"), [same, newer], {"one": 3, "two": 8})
    assert (made.ready, dict(made.left_out)) == ((same,), {"changed": (newer,)})


@pytest.fixture
def store(settings: Settings) -> Engine:
    return engine(settings.database)


def _chosen(store: Engine, doc_id: str) -> Candidate:
    with store.connect() as connection:
        return queue.chosen(connection, LOCAL_TENANT, (doc_id,))[0]


def _document(store: Engine, doc_id: str) -> documents.Document:
    with store.connect() as connection:
        return documents.get(connection, LOCAL_TENANT, doc_id)


def test_each_task_is_done_and_put_on_record(store: Engine, settings: Settings) -> None:
    with store.begin() as connection:
        ids = {action: reviewable(connection, action.encode()) for action in ("approve", "reject", "retry", "assign")}
        ann = colleague(connection)
    tasks = [Task("approve"), Task("reject", reason="sent twice"), Task("retry", stage="extraction"),
             Task("assign", assignee_id=ann)]  # fmt: skip
    for task in tasks:
        assert carry_out(task, _chosen(store, ids[task.action]), current_user(), settings) is None
    assert carry_out(Task("prioritise", priority=1), _chosen(store, ids["assign"]), current_user(), settings) is None
    statuses = {action: _document(store, doc_id).processing_status for action, doc_id in ids.items()}
    assert statuses == {"approve": "approved", "reject": "rejected", "retry": "extracting", "assign": "needs_review"}
    assert _document(store, ids["reject"]).reject_reason == "sent twice"
    assigned = _document(store, ids["assign"])
    assert (assigned.assignee_id, assigned.priority) == (ann, 1)
    with store.connect() as connection:
        trails = {a: audit.of_document(connection, LOCAL_TENANT, doc_id)[2:] for a, doc_id in ids.items()}
        woken = connection.execute(text("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")).scalar_one()
    assert {action: [event["action"] for event in trail] for action, trail in trails.items()} == {
        "approve": ["approved"], "reject": ["rejected"], "retry": ["retried"], "assign": ["assigned", "prioritised"],
    }  # fmt: skip
    assert woken == 1


def test_what_people_have_set_and_fails_a_check_is_not_approved_unseen(store: Engine, settings: Settings) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        both = {"ssn": "123-45-6789", "ein": "12-3456789"}
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, both)
    told = carry_out(Task("approve"), _chosen(store, doc_id), current_user(), settings)
    assert told is not None
    assert told.startswith("Both a social security number and an employer number were found")
    assert _document(store, doc_id).processing_status == "needs_review"


def _corrected(connection: Any, doc_id: str) -> None:
    reviews.correct(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN, {"name": "Somebody Faster"})


def _approved(connection: Any, doc_id: str) -> None:
    reviews.approve(connection, LOCAL_TENANT, doc_id, 1, LOCAL_ADMIN)


def _opened(connection: Any, doc_id: str) -> None:
    opened_by(connection, doc_id, LOCAL_ADMIN)


def _deleted(connection: Any, doc_id: str) -> None:
    connection.execute(text("DELETE FROM docs WHERE id = :id"), {"id": doc_id})


@pytest.mark.parametrize("task", [Task("approve"), Task("reject", reason="no"), Task("retry")], ids=lambda t: t.action)
@pytest.mark.parametrize(
    ("meanwhile", "sentence"),
    [
        (_corrected, "changed this document meanwhile"),
        (_approved, "changed this document meanwhile"),
        (_opened, "has this document open"),
        (_deleted, "no longer there"),
    ],
)
def test_what_happened_meanwhile_is_reported_and_nothing_is_changed(
    store: Engine, settings: Settings, task: Task, meanwhile: Callable[..., None], sentence: str
) -> None:
    with store.begin() as connection:
        doc_id = waiting(connection)
    candidate = _chosen(store, doc_id)
    with store.begin() as connection:
        meanwhile(connection, doc_id)
        before = connection.execute(text("SELECT * FROM docs")).all()
    problem = carry_out(task, candidate, current_user(), settings)
    assert problem is not None
    assert sentence in problem
    with store.connect() as connection:
        assert connection.execute(text("SELECT * FROM docs")).all() == before


def test_somebody_who_is_not_there_is_given_nothing(store: Engine, settings: Settings) -> None:
    with store.begin() as connection:
        doc_id = waiting(connection)
    stranger = "00000000-0000-4000-8000-00000000dead"
    problem = carry_out(Task("assign", assignee_id=stranger), _chosen(store, doc_id), current_user(), settings)
    assert problem == "There is no such person. Choose somebody from the list."
