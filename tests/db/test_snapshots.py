from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import snapshots
from db.session import engine
from tests.db import store
from tests.db.store import LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _taken(connection: Connection, days_ago: float, metrics: str = '{"documents": 1}') -> None:
    connection.execute(
        text(
            "INSERT INTO metrics_history (tenant_id, at, metrics) "
            "VALUES (:tenant, now() - make_interval(secs => :secs), CAST(:metrics AS jsonb))"
        ),
        {"tenant": LOCAL_TENANT, "secs": days_ago * 86_400, "metrics": metrics},
    )


def test_snapshots_hold_each_tenants_report(connection: Connection) -> None:
    other = store.add_tenant(connection, "other")
    store.reviewable(connection)
    snapshots.take(connection)
    rows = connection.execute(text("SELECT tenant_id, (metrics->>'documents')::int FROM metrics_history")).all()
    assert {str(tenant): count for tenant, count in rows} == {LOCAL_TENANT: 1, other: 0}
    [mine] = snapshots.history(connection, LOCAL_TENANT, 30)
    assert (mine.documents, mine.review_rate, mine.type_accuracy) == (1, 1.0, None)


def test_the_history_is_the_tenants_own_in_order_and_no_longer_than_a_chart_is_wide(connection: Connection) -> None:
    for minutes in range(0, 3 * 1440, 20):
        _taken(connection, minutes / 1440, f'{{"documents": {minutes}, "review_rate": 0.5}}')
    found = snapshots.history(connection, LOCAL_TENANT, 7)
    assert 20 <= len(found) <= 60
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert found[-1].documents == 0  # the newest of its part
    assert snapshots.history(connection, store.add_tenant(connection, "other"), 7) == []


def test_a_snapshot_of_an_older_release_has_what_it_has(connection: Connection) -> None:
    _taken(connection, 1, '{"documents": 3, "error_rate": 0.25, "calibration": {"error": 0.1, "bins": []}}')
    [found] = snapshots.history(connection, LOCAL_TENANT, 7)
    assert (found.error_rate, found.calibration_error, found.straight_through_precision) == (0.25, 0.1, None)


def test_old_snapshots_are_thinned_to_one_an_hour_and_later_to_one_a_day(connection: Connection) -> None:
    for minute in range(0, 600, 5):
        for day in (1, 10, 100):
            _taken(connection, day + minute / 1440)
    snapshots.thin(connection)
    ages = connection.execute(text("SELECT extract(epoch FROM now() - at) / 86400 FROM metrics_history")).scalars()
    counts = dict.fromkeys((1, 10, 100), 0)
    for age in ages:
        counts[min(counts, key=lambda day: abs(day - float(age)))] += 1
    assert counts[1] == 120
    assert counts[10] in (10, 11)
    assert counts[100] in (1, 2)
