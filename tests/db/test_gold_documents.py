"""Which documents types are learned from: approved ones of the tenant, first those that the machine had wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from db import documents, gold_documents, reviews
from db.session import engine
from pipeline.types import TypedDocument
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT, add_tenant, reviewable

TYPES = ("w9", "receipt", "invoice")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def approved(connection: Connection, name: str, doc_type: str = "w9", minute: int = 0, machine: str = "w9") -> str:
    """A document of a type, approved at a minute, that the machine had taken for this or another one."""
    doc_id = reviewable(connection, name.encode())
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    connection.execute(
        text(
            "UPDATE docs SET type = :type, machine_type = :machine, "
            "reviewed_at = now() + make_interval(mins => :minute) WHERE id = :id"
        ),
        {"id": doc_id, "type": doc_type, "machine": machine, "minute": minute},
    )
    return doc_id


def found(connection: Connection, most_of_type: int = 9, limit: int = 9, tenant: str = LOCAL_TENANT
          ) -> list[TypedDocument]:  # fmt: skip
    return gold_documents.typed_documents(connection, tenant, TYPES, most_of_type, limit)


def ids(some: list[TypedDocument]) -> list[str]:
    return [document.doc_id for document in some]


def test_the_ones_that_people_typed_otherwise_come_first_and_the_last_first(connection: Connection) -> None:
    right = [approved(connection, f"right {minute}", minute=minute) for minute in (1, 2, 9)]
    wrong = [approved(connection, f"wrong {minute}", "receipt", minute, machine="unknown") for minute in (3, 4)]
    assert ids(found(connection)) == [*wrong[::-1], *right[::-1]]
    assert ids(found(connection, most_of_type=1)) == [wrong[1], right[2]]
    assert ids(found(connection, limit=3)) == [*wrong[::-1], right[2]]
    assert [document.corrected for document in found(connection, limit=3)] == [True, True, False]


def test_one_comes_with_what_the_machine_guessed_its_pages_and_its_values(connection: Connection) -> None:
    doc_id = approved(connection, "one", "receipt")
    (one,) = found(connection)
    assert (one.doc_id, one.type, one.guessed) == (doc_id, "receipt", ("w9", "w2"))
    assert [page.text for page in one.pages] == ["Jordan Blake"]
    assert [(field.name, field.value, field.raw) for field in one.fields] == [("name", "Jordan Blake", "Jordan Blake")]


@pytest.mark.parametrize("status", ["needs_review", "auto_approved", "rejected", "received"])
def test_what_nobody_has_approved_is_none(connection: Connection, status: str) -> None:
    doc_id = approved(connection, "one")
    connection.execute(text("UPDATE docs SET processing_status = :status WHERE id = :id"),
                       {"status": status, "id": doc_id})  # fmt: skip
    assert found(connection) == []


def test_another_tenants_and_those_of_a_type_that_is_gone_are_none(connection: Connection) -> None:
    approved(connection, "one", "lease")
    approved(connection, "two")
    assert len(found(connection)) == 1
    assert found(connection, tenant=add_tenant(connection, "Another")) == []


def test_an_old_correction_is_found_below_any_number_of_younger_documents(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gold_documents, "_LATEST", 1)
    doc_id, younger, last = (approved(connection, name) for name in ("old", "young", "last"))
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    version, _ = reviews.change_type(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "receipt")
    connection.execute(text("UPDATE docs SET processing_status = 'needs_review' WHERE id = :id"), {"id": doc_id})
    reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    for days, each in enumerate((last, younger, doc_id)):
        connection.execute(
            text("UPDATE docs SET created_at = now() - make_interval(days => :days) WHERE id = :id"),
            {"days": days, "id": each},
        )
    assert ids(found(connection)) == [doc_id, last]
