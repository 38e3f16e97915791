from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from app.settings import Settings
from db import review_locks, reviews
from db.documents import get
from db.session import engine
from tests.db.store import reviewable

OTHER_USER = "00000000-0000-4000-8000-0000000000aa"
OTHER_TENANT = "00000000-0000-4000-8000-0000000000bb"


@pytest.fixture
def store(settings: Settings) -> Engine:
    store = engine(settings.database)
    with store.begin() as connection:
        connection.execute(
            text("INSERT INTO users (id, tenant_id, email, name, role) VALUES (:id, :t, 'ana@x', 'Ana', 'analyst')"),
            {"id": OTHER_USER, "t": LOCAL_TENANT},
        )
    return store


def take(
    connection: Connection, doc: str, user: str = LOCAL_ADMIN, session: str = "mine"
) -> review_locks.Holder | None:
    return review_locks.take(connection, LOCAL_TENANT, doc, user, session)


def run_out(connection: Connection) -> None:
    connection.execute(text("UPDATE review_locks SET expires_at = now() - interval '1 second'"))


def test_two_people_do_not_collide_and_see_each_other(store: Engine) -> None:
    with store.begin() as connection:
        doc = reviewable(connection)
        assert take(connection, doc) is None
        assert take(connection, doc) is None, "it is kept"
        other = take(connection, doc, OTHER_USER, "theirs")
        assert other is not None
        assert other.name == "Local admin"
        assert review_locks.wanted_by(connection, doc, "mine") is None
        review_locks.want(connection, LOCAL_TENANT, doc, OTHER_USER)
        assert review_locks.wanted_by(connection, doc, "mine") == "Ana"
        assert review_locks.wanted_by(connection, doc, "theirs") is None
        assert review_locks.held_by_others(connection, LOCAL_TENANT, "theirs") == {doc}
        assert review_locks.held_by_others(connection, LOCAL_TENANT, "mine") == set()


def test_one_that_was_left_without_being_closed_is_told_apart(store: Engine) -> None:
    with store.begin() as connection:
        doc = reviewable(connection)
        take(connection, doc)
        run_out(connection)
        assert review_locks.held_by_others(connection, LOCAL_TENANT, "theirs") == set()
        assert review_locks.held_by_others(connection, LOCAL_TENANT, "theirs", also_run_out=True) == {doc}
        assert review_locks.held_by_others(connection, LOCAL_TENANT, "mine", also_run_out=True) == set()
        review_locks.release(connection, LOCAL_TENANT, doc, "mine")
        assert review_locks.held_by_others(connection, LOCAL_TENANT, "theirs", also_run_out=True) == set()


@pytest.mark.parametrize(
    "gone", ["wanted_at = now() - interval '1 minute'", "expires_at = now() - interval '1 second'"]
)
def test_who_wanted_it_is_forgotten(store: Engine, gone: str) -> None:
    """After a while, and when another one has it."""
    with store.begin() as connection:
        doc = reviewable(connection)
        take(connection, doc)
        review_locks.want(connection, LOCAL_TENANT, doc, OTHER_USER)
        connection.execute(text(f"UPDATE review_locks SET {gone}"))
        take(connection, doc, session="another tab")
        assert review_locks.wanted_by(connection, doc, "mine") is None
        assert review_locks.wanted_by(connection, doc, "another tab") is None


def test_a_lock_that_ran_out_goes_to_the_next(store: Engine) -> None:
    with store.begin() as connection:
        doc = reviewable(connection)
        take(connection, doc)
        run_out(connection)
        assert review_locks.holder(connection, LOCAL_TENANT, doc) is None
        assert review_locks.held_by_others(connection, LOCAL_TENANT, "theirs") == set()
        assert take(connection, doc, OTHER_USER, "theirs") is None
        mine = take(connection, doc)
        assert mine is not None
        assert mine.name == "Ana"


def test_opening_another_document_gives_the_first_free(store: Engine) -> None:
    with store.begin() as connection:
        one, two = reviewable(connection, b"one"), reviewable(connection, b"two")
        take(connection, one)
        take(connection, two)
        assert take(connection, one, OTHER_USER, "theirs") is None


def test_taking_over_is_on_record(store: Engine) -> None:
    with store.begin() as connection:
        doc = reviewable(connection)
        take(connection, doc)
        review_locks.take_over(connection, LOCAL_TENANT, doc, OTHER_USER, "theirs")
        mine = take(connection, doc)
        assert mine is not None
        assert mine.name == "Ana"
        actions = connection.execute(text("SELECT actor, action FROM audit_events ORDER BY id DESC LIMIT 1")).one()
        assert tuple(actions) == (OTHER_USER, "lock_taken_over")


def test_another_tenants_document_can_not_be_locked(store: Engine) -> None:
    with store.begin() as connection:
        doc = reviewable(connection)
        review_locks.take(connection, OTHER_TENANT, doc, LOCAL_ADMIN, "mine")
        assert connection.execute(text("SELECT count(*) FROM review_locks")).scalar_one() == 0


def test_the_time_a_document_was_open_goes_with_the_decision(store: Engine) -> None:
    with store.begin() as connection:
        doc = reviewable(connection)
        assert review_locks.seconds_held(connection, LOCAL_TENANT, doc, "mine") is None
        take(connection, doc)
        connection.execute(text("UPDATE review_locks SET taken_at = now() - interval '90 seconds'"))
        seconds = review_locks.seconds_held(connection, LOCAL_TENANT, doc, "mine")
        assert seconds == pytest.approx(90, abs=5)
        reviews.approve(connection, LOCAL_TENANT, doc, get(connection, LOCAL_TENANT, doc).version, LOCAL_ADMIN, seconds)
        stored = connection.execute(text("SELECT review_seconds FROM docs")).scalar_one()
        assert stored == pytest.approx(90, abs=5)
