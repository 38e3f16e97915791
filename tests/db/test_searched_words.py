from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select, text

from db import documents
from db.documents import Filters
from db.filters import by_name
from db.session import engine
from db.tables import docs
from tests.db import store


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).begin() as open_connection:
        yield open_connection


def _snippet(connection: Connection, words: str, query: str) -> str | None:
    doc_id = store.reviewable(connection, b"one", f"Direct debit {words} on the third")
    return documents.listing(connection, store.LOCAL_TENANT, Filters(query=query)).snippets.get(doc_id)


@pytest.mark.parametrize("printed", ["282.01", "£282.01", "$282.01", "€282.01", "(£282.01)", "-282.01"])
@pytest.mark.parametrize("typed", ["282.01", "£282.01", "$ 282.01", "€282.01", "debit 282.01", '"debit 282.01"'])
def test_an_amount_is_found_whatever_sign_stands_before_it(connection: Connection, printed: str, typed: str) -> None:
    snippet = _snippet(connection, printed, typed)
    assert snippet is not None
    assert "282.01›" in snippet


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("1,836.38", "1,836.38"),
        ("£1,836.38", "1,836.38"),
        ("£1,836.38", "$1,836.38"),
        ("£1,836.38", "1836.38"),
        ("$1,836.38", "1836.38"),
        ("€1836.38", "1836.38"),
        ("£12,345,678.90", "12,345,678.90"),
        ("£12,345,678.90", "12345678.90"),
        ("€ 282.01", "282.01"),
        ("€ 282.01", "€ 282.01"),
        ("£500", "500"),
        ("£12,500", "12,500"),
        ("£282.01 and €3.50", "282.01 3.50"),
    ],
)
def test_thousands_are_found_as_they_are_printed_and_without_commas(
    connection: Connection, printed: str, typed: str
) -> None:
    snippet = _snippet(connection, printed, typed)
    assert snippet is not None
    assert "‹" in snippet


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("£282.01", "282.02"),
        ("£282.01", "82.01"),
        ("£282.01", "debit -282.01"),
        ("£282.01", "debit -£282.01"),
        ("£1,836.38", "836,1.38"),
        ("£1,836.38", "2836.38"),
        ("2023-05-12", "12"),
        ("£282.01 fee", '"282.01 debit"'),
    ],
)
def test_other_amounts_and_what_is_not_wanted_are_not_found(connection: Connection, printed: str, typed: str) -> None:
    assert _snippet(connection, printed, typed) is None


@pytest.mark.parametrize("typed", ["1'2", "1,000'", "£", "$$ 5", "1.2.3", "9" * 40, "1,", "-£-5", "0001.5", "1 " * 200])
def test_any_number_is_legal(connection: Connection, typed: str) -> None:
    _snippet(connection, "nothing of it", typed)


def test_words_with_an_amount_are_still_found_by_the_index(connection: Connection) -> None:
    store.reviewable(connection)
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    statement = select(docs.c.id).where(by_name(store.LOCAL_TENANT, Filters(query="debit £1,836.38"))["text"])
    compiled = statement.compile(connection)
    plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).scalars()
    assert "Bitmap Index Scan on ix_docs_ocr_text" in "\n".join(plan)
