from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from db import documents, filters, queue_counts, review_target
from db.filters import NOBODY, Filters
from db.queue_counts import WAITING
from db.session import engine
from tests.db import store
from tests.db.queue_rows import colleague, waiting
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


@pytest.fixture
def ann(connection: Connection) -> str:
    """Five waiting documents, one that is decided and one of another tenant; gives a colleague."""
    ann = colleague(connection)
    waiting(connection, "a", "below_threshold", "below_threshold", confidence=0.4, assignee_id=LOCAL_ADMIN)
    waiting(connection, "b", "below_threshold", "sampled", confidence=0.75, hours=2, priority=1, uploaded_by=ann)
    waiting(connection, "c", "type_unknown", confidence=1.0, type="unknown", hours=30, assignee_id=ann)
    waiting(connection, "d", "no_text", confidence=None, type=None, hours=200, processing_status="error")
    waiting(connection, "e", "sampled", confidence=0.9, hours=25, priority=-1, type="w2")
    waiting(connection, "decided", "sampled", processing_status="approved")
    other = store.add_tenant(connection, "other")
    waiting(connection, "theirs", "sampled", tenant_id=other, uploaded_by=None)
    return ann


def _counts(connection: Connection, **wanted: Any) -> queue_counts.Counts:
    return queue_counts.counts(connection, LOCAL_TENANT, Filters(**{"statuses": WAITING, **wanted}), LOCAL_ADMIN)


def test_the_whole_queue_is_counted(connection: Connection, ann: str) -> None:
    counts = _counts(connection)
    numbers = (counts.waiting, counts.overdue, counts.failed, counts.mine, counts.unassigned, counts.matching)
    assert numbers == (5, 3, 1, 1, 3, 5)
    assert counts.choices == {
        "type": {"w9": 2, "unknown": 1, "w2": 1},
        "status": {"needs_review": 4, "error": 1},
        "reason": {"below_threshold": 2, "sampled": 2, "type_unknown": 1, "no_text": 1},
        "confidence": {"0-50": 1, "75-90": 1, "90-100": 2, "none": 1},
        "age": {"overdue": 3, "on-time": 2, "1h": 4, "1d": 3, "3d": 1, "7d": 1},
        "uploader": {LOCAL_ADMIN: 4, ann: 1},
        "assignee": {LOCAL_ADMIN: 1, ann: 1, NOBODY: 3},
        "priority": {"1": 1, "0": 3, "-1": 1},
    }


@pytest.mark.usefixtures("ann")
def test_a_choice_is_counted_under_the_other_filters(connection: Connection) -> None:
    counts = _counts(connection, reason="sampled", overdue=True)
    assert (counts.waiting, counts.matching) == (5, 1)
    assert counts.choices["type"] == {"w2": 1}
    assert counts.choices["reason"] == {"sampled": 1, "type_unknown": 1, "no_text": 1}
    assert counts.choices["age"] == {"overdue": 1, "on-time": 1, "1h": 2, "1d": 1}


FILTERED: list[tuple[dict[str, Any], str]] = [
    ({"confidence": (0.5, 0.75)}, ""),
    ({"confidence": (0.75, 0.9)}, "b"),
    ({"confidence": (0.9, 1.0)}, "ce"),
    ({"confidence_known": False}, "d"),
    ({"confidence_known": True}, "abce"),
    ({"older_than_h": 1}, "bcde"),
    ({"overdue": True}, "cde"),
    ({"overdue": False}, "ab"),
    ({"uploader": LOCAL_ADMIN}, "acde"),
    ({"assignee": LOCAL_ADMIN}, "a"),
    ({"assignee": NOBODY}, "bde"),
    ({"priority": 0}, "acd"),
    ({"statuses": ("error",)}, "d"),
    ({"reason": "sampled", "types": ("w9", "w2")}, "be"),
]


@pytest.mark.usefixtures("ann")
def test_the_list_and_the_count_agree(connection: Connection) -> None:
    for wanted, names in FILTERED:
        filters_set = Filters(**{"statuses": WAITING, **wanted})
        listed = documents.listing(connection, LOCAL_TENANT, filters_set).documents
        assert "".join(sorted(document.filename[0] for document in listed)) == names, wanted
        assert _counts(connection, **wanted).matching == len(names), wanted


@pytest.mark.usefixtures("ann")
def test_overdue_goes_by_the_tenants_own_target(connection: Connection) -> None:
    review_target.save(connection, LOCAL_TENANT, LOCAL_ADMIN, 1.5)
    assert _counts(connection).overdue == 4
    review_target.save(connection, LOCAL_TENANT, LOCAL_ADMIN, 100)
    assert _counts(connection, overdue=True).matching == 1


ORDERED = [("doubtful", "dabec"), ("oldest", "dceba"), ("newest", "abecd"), ("priority", "bdcae")]


@pytest.mark.usefixtures("ann")
def test_each_order_holds_over_pages(connection: Connection) -> None:
    for order, names in ORDERED:
        found, place = "", None
        while True:
            listed = documents.listing(connection, LOCAL_TENANT, Filters(statuses=WAITING), order, place, 2)
            found += "".join(document.filename[0] for document in listed.documents)
            place = listed.next_cursor
            if place is None:
                break
        assert found == names, order
        assert filters.after(order, "W10=") is None


@pytest.mark.usefixtures("ann")
def test_documents_can_be_left_out_of_a_list(connection: Connection) -> None:
    first, second = documents.listing(connection, LOCAL_TENANT, Filters(statuses=WAITING), "oldest", limit=2).documents
    rest = documents.listing(connection, LOCAL_TENANT, Filters(statuses=WAITING), "oldest", limit=1, but={first.id})
    assert [document.id for document in rest.documents] == [second.id]
