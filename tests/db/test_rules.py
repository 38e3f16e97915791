from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import documents, reviews, rules
from db.session import engine
from pipeline.types import Rules
from tests.db import store
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def test_rules_are_the_defaults_until_somebody_sets_them(connection: Connection) -> None:
    assert rules.get(connection, LOCAL_TENANT, 0.05) == Rules({}, 0.05)
    rules.save(connection, LOCAL_TENANT, LOCAL_ADMIN, Rules({"w9": 0.9}, 0.1))
    stored = rules.get(connection, LOCAL_TENANT, 0.05)
    assert (stored.threshold("w9", 0.75), stored.threshold("invoice", 0.8)) == (0.9, 0.8)
    assert stored.sampling_rate == 0.1


@pytest.mark.parametrize("bad", [Rules({"w9": 1.2}), Rules({"w9": -0.1}), Rules({}, 2.0)])
def test_a_rule_outside_0_to_1_is_refused(connection: Connection, bad: Rules) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rules.save(connection, LOCAL_TENANT, LOCAL_ADMIN, bad)


def test_the_effect_counts_what_nothing_but_the_threshold_keeps_back(connection: Connection) -> None:
    ids = [store.reviewable(connection, str(i).encode()) for i in range(4)]
    connection.execute(text("UPDATE docs SET sample_draw = 0.5"))
    connection.execute(text("UPDATE docs SET sample_draw = 0.01 WHERE id = :id"), {"id": ids[1]})
    connection.execute(
        text("""UPDATE docs SET machine_reasons = '[{"code": "not_on_page"}]' WHERE id = :id"""), {"id": ids[2]}
    )
    connection.execute(text("UPDATE docs SET confidence = 0.95 WHERE id = :id"), {"id": ids[3]})
    effect = rules.effect(connection, LOCAL_TENANT, "w9", now=0.75, then=0.70, sampling_rate=0.05)
    every = rules.effect(connection, LOCAL_TENANT, "w9", now=0.75, then=0.70, sampling_rate=1.0)
    assert every == rules.Effect(documents=4, accepted_now=0, accepted_then=0, drawn_then=3)
    assert effect == rules.Effect(documents=4, accepted_now=1, accepted_then=2, drawn_then=1)


def test_reviewed_documents_are_right_where_nobody_had_to_mend_them(connection: Connection) -> None:
    right, mended, retyped, rejected, _ = (
        store.reviewable(connection, content) for content in (b"right", b"mended", b"retyped", b"rejected", b"waiting")
    )
    reviews.approve(connection, LOCAL_TENANT, right, version_of(connection, right), LOCAL_ADMIN)
    version = reviews.correct(
        connection, LOCAL_TENANT, mended, version_of(connection, mended), LOCAL_ADMIN, {"name": "Jo Black"}
    )
    reviews.approve(connection, LOCAL_TENANT, mended, version, LOCAL_ADMIN)
    reviews.approve(connection, LOCAL_TENANT, retyped, version_of(connection, retyped), LOCAL_ADMIN)
    connection.execute(text("UPDATE docs SET type = 'w2', confidence = 0.5 WHERE id = :id"), {"id": retyped})
    reviews.reject(connection, LOCAL_TENANT, rejected, version_of(connection, rejected), LOCAL_ADMIN, "blurred")
    told = rules.reviewed(connection, LOCAL_TENANT, "w9")
    assert sorted((each.confidence, each.fit, each.right) for each in told) == [
        (0.5, True, False),
        (0.72, True, False),
        (0.72, True, True),
    ]
    assert rules.reviewed(connection, store.add_tenant(connection, "other"), "w9") == []


def version_of(connection: Connection, doc_id: str) -> int:
    return documents.get(connection, LOCAL_TENANT, doc_id).version
