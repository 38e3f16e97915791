from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from db import saved_views
from db.saved_views import ViewNotSaved
from db.session import engine
from tests.db.queue_rows import colleague
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _save(connection: Connection, name: str, user: str = LOCAL_ADMIN, **params: str) -> None:
    plain = {key: [value] for key, value in params.items()}
    saved_views.save(connection, LOCAL_TENANT, user, "queue", name, plain)


def test_views_are_a_persons_own_and_sorted_by_name(connection: Connection) -> None:
    ann = colleague(connection)
    _save(connection, "late", type="w9")
    _save(connection, " Doubtful \n ones ", confidence="0-50", sort="oldest")
    _save(connection, "hers", ann)
    mine = saved_views.of_person(connection, LOCAL_TENANT, LOCAL_ADMIN, "queue")
    assert [(view.name, view.params) for view in mine] == [
        ("Doubtful ones", {"confidence": ["0-50"], "sort": ["oldest"]}),
        ("late", {"type": ["w9"]}),
    ]
    assert saved_views.of_person(connection, LOCAL_TENANT, LOCAL_ADMIN, "documents") == []
    [hers] = saved_views.of_person(connection, LOCAL_TENANT, ann, "queue")
    saved_views.delete(connection, LOCAL_TENANT, LOCAL_ADMIN, hers.id)
    assert saved_views.of_person(connection, LOCAL_TENANT, ann, "queue") == [hers]
    saved_views.delete(connection, LOCAL_TENANT, ann, hers.id)
    assert saved_views.of_person(connection, LOCAL_TENANT, ann, "queue") == []


def test_a_view_of_the_same_name_is_replaced_also_when_there_are_as_many_as_may_be(connection: Connection) -> None:
    for number in range(saved_views.MOST):
        _save(connection, f"view {number:02}")
    _save(connection, "view 00", type="w2")
    assert saved_views.of_person(connection, LOCAL_TENANT, LOCAL_ADMIN, "queue")[0].params == {"type": ["w2"]}
    with pytest.raises(ViewNotSaved, match="Delete one"):
        _save(connection, "one too many")


@pytest.mark.parametrize(("name", "sentence"), [("  ", "a name first"), ("x" * 61, "too long")])
def test_a_name_that_can_not_be_is_explained(connection: Connection, name: str, sentence: str) -> None:
    with pytest.raises(ViewNotSaved, match=sentence):
        _save(connection, name)
