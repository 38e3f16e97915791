from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import review_target
from db.session import engine
from tests.db import store
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def test_the_target_is_a_day_until_somebody_sets_it_for_their_tenant(connection: Connection) -> None:
    other = store.add_tenant(connection, "other")
    assert review_target.get(connection, LOCAL_TENANT) == 24
    review_target.save(connection, LOCAL_TENANT, LOCAL_ADMIN, 4)
    review_target.save(connection, LOCAL_TENANT, LOCAL_ADMIN, 2.5)
    assert review_target.get(connection, LOCAL_TENANT) == 2.5
    assert review_target.get(connection, other) == 24
    trail = connection.execute(text("SELECT details FROM audit_events WHERE action = 'review_target_changed'"))
    assert [row[0]["hours"] for row in trail] == [4, 2.5]


@pytest.mark.parametrize("hours", [0, -1, 24 * 365 + 1, float("nan"), float("inf")])
def test_a_target_that_makes_no_sense_is_refused(connection: Connection, hours: float) -> None:
    with pytest.raises(ValueError, match="target"):
        review_target.save(connection, LOCAL_TENANT, LOCAL_ADMIN, hours)
    assert review_target.get(connection, LOCAL_TENANT) == 24
